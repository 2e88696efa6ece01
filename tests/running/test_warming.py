"""What the host imports for a submission is what its servers import, and is harmless."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.running.warming import KNOWN, modules
from tests.support import TESTS

RIGHT = TESTS / "right"


def test_known_packages_are_found_wherever_they_are_imported() -> None:
    assert modules(RIGHT / "one_file") == ()
    assert set(modules(RIGHT / "flask_plain")) == {*KNOWN["flask"], *KNOWN["flask_socketio"]}
    assert set(modules(RIGHT / "flask_factory")) == {*KNOWN["flask"], *KNOWN["flask_socketio"]}
    assert set(modules(RIGHT / "fastapi_at_root")) == {*KNOWN["fastapi"], *KNOWN["uvicorn"]}


def test_nothing_comes_before_what_patches_others(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import flask\nfrom gevent import monkey\n", encoding="utf-8")
    assert modules(tmp_path) == ()


def test_what_is_no_file_or_no_text_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.py").mkdir()
    (tmp_path / "data.py").write_bytes(b"\xff\xfe\x00\n")
    assert modules(tmp_path) == ()


@pytest.mark.parametrize("package", KNOWN)
def test_what_is_imported_early_starts_nothing(package: str) -> None:
    """No thread, which a fork would not have, and no process."""
    program = (
        "import importlib, multiprocessing, sys, threading\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "print(threading.active_count(), len(multiprocessing.active_children()))\n"
    )
    command = [sys.executable, "-c", program, *KNOWN[package]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1 0\n"
