"""A report is written whole, or into what is no file of its own."""

import os
import stat
from pathlib import Path

from grader.report.printing import write


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write("one", tmp_path / "report.json")
    write("two", tmp_path / "report.json")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("report.json", "two\n")]


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report.json")
    write("one", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.json").read_text() == "one\n"


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write("one", pipe)
        assert os.read(reader, 100) == b"one\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
