"""Pictures of the real pages."""

import shutil
import struct
from pathlib import Path

import pytest

from grader.browser.chromium import NO_BROWSER
from grader.course.course import find_course
from grader.dev.pictures import LOW, WIDTH, PictureError, take
from tests.support import ROOT, need_browser

# One browser at a time, whatever else runs beside it: see the Makefile.
pytestmark = pytest.mark.xdist_group("browser")


def step4(folder: Path) -> Path:
    """A course that has step 4 alone."""
    for kind in ("steps", "solutions"):
        (source,) = ROOT.glob(f"{kind}/step04_*")
        shutil.copytree(source, folder / kind / source.name)
    shutil.rmtree(folder / "steps" / source.name / "images")
    shutil.copytree(ROOT / "static", folder / "static")
    return folder


def test_a_picture_is_taken_of_each_page(tmp_path: Path) -> None:
    need_browser()
    (file,) = take(find_course(step4(tmp_path)))
    assert file.relative_to(tmp_path).as_posix() == "steps/step04_join_the_chat/images/page.png"
    # PNG, third edition, 11.2.1: the first chunk has the width and the height.
    assert struct.unpack(">4sII", file.read_bytes()[12:24]) == (b"IHDR", WIDTH, LOW[4])


def test_without_a_browser_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(PictureError) as raised:
        list(take(find_course(step4(tmp_path))))
    assert str(raised.value) == NO_BROWSER
