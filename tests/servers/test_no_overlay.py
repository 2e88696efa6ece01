"""Where no overlay can lie on a submission's folder, a copy lies on it, and nobody is worse off."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import GRADER, LONGEST, TESTS

# An overlay on an overlay on a folder: the kernel lays no third one on these.
TWO_LAYERS = """
set -e
cd "$1"
mount -t tmpfs tmpfs room
mkdir room/u1 room/w1 room/u2 room/w2
mount -t overlay overlay -o lowerdir=lower,upperdir=room/u1,workdir=room/w1 middle
mount -t overlay overlay -o lowerdir=middle,upperdir=room/u2,workdir=room/w2 top
shift
exec "$@"
"""


def test_a_folder_that_takes_no_overlay_is_copied(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("only root mounts overlays, with util-linux's unshare")
    for name in ("room", "middle", "top", "lower/packages/node_modules/thing"):
        (tmp_path / name).mkdir(parents=True)
    source = (TESTS / "right" / "users_in_a_file" / "app.py").read_text(encoding="utf-8")
    looks = "import os\nassert os.listdir('node_modules') == ['thing']\n"
    (tmp_path / "lower" / "app.py").write_text(looks + source, encoding="utf-8")
    (tmp_path / "lower" / "packages" / "node_modules").rename(tmp_path / "lower" / "node_modules")
    check = [str(GRADER), "check", "4", "--path", str(tmp_path / "top"), "--json"]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", TWO_LAYERS, "sh", str(tmp_path), *check],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert document["isolation"] == ["network", "files", "processes"]
    assert document["verdict"] == "passed"
