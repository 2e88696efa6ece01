"""A submission's hash is of what somebody wrote, and of all of that."""

from pathlib import Path

import pytest

from grader.running import fingerprint as module
from grader.running.fingerprint import fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "amy"
    (folder / "public").mkdir(parents=True)
    (folder / "app.py").write_text("print()\n", encoding="utf-8")
    (folder / "public" / "index.html").write_text("<h1>", encoding="utf-8")
    return folder


def test_a_copy_elsewhere_has_the_same(folder: Path, tmp_path: Path) -> None:
    copy = folder.rename(tmp_path / "terry")
    before = fingerprint([copy])
    assert before == fingerprint([copy.rename(folder)])


@pytest.mark.parametrize("name", [".git/HEAD", "node_modules/a/b.js", "public/__pycache__/a.pyc"])
def test_what_nobody_wrote_counts_for_nothing(folder: Path, name: str) -> None:
    before = fingerprint([folder])
    (folder / name).parent.mkdir(parents=True)
    (folder / name).touch()
    assert fingerprint([folder]) == before


def test_every_file_counts_and_its_name(folder: Path) -> None:
    seen = {fingerprint([folder])}
    (folder / "public" / "index.html").write_text("<h2>", encoding="utf-8")
    seen.add(fingerprint([folder]))
    (folder / "app.py").rename(folder / "main.py")
    seen.add(fingerprint([folder]))
    (folder / "main.py").unlink()
    (folder / "main.py").symlink_to("public")
    seen.add(fingerprint([folder]))
    assert len(seen) == 4


def test_one_file_may_be_left_out(folder: Path) -> None:
    before = fingerprint([folder])
    report = folder / "result.json"
    report.touch()
    assert fingerprint([folder]) != before
    assert fingerprint([folder], report) == before


def test_several_folders_have_one_together(folder: Path) -> None:
    alone = fingerprint([folder])
    assert fingerprint([folder, folder]) == alone
    assert fingerprint([folder, folder / "public"]) not in (alone, fingerprint([folder / "public"]))


def test_too_much_to_read_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 8)
    assert fingerprint([folder]) is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "MOST_FILES", 1)
    assert fingerprint([folder]) is None
