"""Root and an ordinary user, with worlds and without them, come to the same verdicts."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import GRADER, LONGEST, ROOT, TESTS

# Who is root here is an ordinary user in this, without a right beyond those of any user.
ORDINARY = ("unshare", "--user", "--map-user=1000", "--map-group=1000")

SUBMISSIONS = {
    "right": TESTS / "right" / "one_file",
    "keeps a file": TESTS / "right" / "users_in_a_file",
    "in threads": TESTS / "right" / "threaded",
    "ends": TESTS / "hostile" / "exits_on_event",
    "starts children": TESTS / "hostile" / "starts_children",
    "blocks": TESTS / "hostile" / "exception_in_handler",
}
MODES = {
    "as we are": ((), ()),
    "as we are, on the machine": ((), ("--no-isolation",)),
    "as an ordinary user": (ORDINARY, ()),
    "as an ordinary user, on the machine": (ORDINARY, ("--no-isolation",)),
}


def grade(folder: Path, mode: str) -> tuple[list[str], list[tuple[str, str, int]]]:
    """What was kept apart, and each check's verdict and points."""
    prefix, options = MODES[mode]
    done = subprocess.run(
        [*prefix, GRADER, "check", "4", "--path", str(folder), "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.stderr == ""
    document = json.loads(done.stdout)
    (step,) = document["steps"]
    checks = [(one["id"], one["verdict"], one["points"]["earned"]) for one in step["checks"]]
    return document["isolation"], checks


@pytest.fixture(scope="module")
def ordinary() -> None:
    if os.geteuid() != 0:
        return  # we are one
    if not shutil.which("unshare") or subprocess.run([*ORDINARY, "true"], check=False).returncode:
        pytest.skip(
            "nobody here can be an ordinary user: util-linux's unshare, and user namespaces"
        )


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize("name", SUBMISSIONS)
def test_who_grades_makes_no_difference(name: str) -> None:
    first, *others = (grade(SUBMISSIONS[name], mode)[1] for mode in MODES)
    for other in others:
        assert other == first


@pytest.mark.usefixtures("ordinary")
def test_both_keep_the_same_apart() -> None:
    found = {mode: grade(SUBMISSIONS["right"], mode)[0] for mode in MODES}
    if "processes" not in found["as we are"]:
        pytest.skip("this machine keeps nothing apart")
    assert found["as an ordinary user"] == found["as we are"]
    assert found["as we are, on the machine"] == ["copies"]
    assert found["as an ordinary user, on the machine"] == ["copies"]
