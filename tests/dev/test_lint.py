"""A course in order has no violations, and the command says so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import grader
from tests.tiny_course import (
    LESSON,
    SOLVED,
    lines,
)


def test_a_course_in_order_has_no_violation(root: Path) -> None:
    assert lines(root, quick=False) == []


def test_the_command_prints_what_was_looked_at(root: Path) -> None:
    run = grader("dev", "lint", cwd=root / SOLVED)
    assert (run.code, run.err) == (0, "")
    assert re.fullmatch(r"2 steps, \d+ checks, 1 notebooks: all in order\n", run.out)


def test_the_command_prints_each_violation_and_fails(root: Path) -> None:
    (root / LESSON).unlink()
    run = grader("dev", "lint", "--quick", cwd=root)
    assert (run.code, run.err) == (1, "")
    assert run.out == f"{LESSON}: the lesson cannot be read; write it, in UTF-8\n"


def test_outside_a_course_there_is_nothing_to_lint(tmp_path: Path) -> None:
    run = grader("dev", "lint", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        f"grader: no course here: neither {tmp_path} nor a folder above it has steps/; "
        "run grader inside your copy of the course\n"
    )


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (("lint",), "tree_sitter"),
        (("lessons",), "tree_sitter"),
        (("mutants", "--list", "5"), "tree_sitter_javascript"),
    ],
)
def test_in_a_plain_installation_it_is_said_what_to_install(
    root: Path, tmp_path: Path, command: tuple[str, ...], module: str
) -> None:
    missing = f'raise ModuleNotFoundError("it is not here", name="{module}")'
    (tmp_path / f"{module}.py").write_text(missing)
    run = grader("dev", *command, cwd=root, env={"PYTHONPATH": str(tmp_path)})
    said = f"grader: dev {command[0]} needs {module}: pip install --editable '.[dev]'\n"
    assert (run.code, run.out, run.err) == (3, "", said)


def test_checking_a_step_imports_nothing_of_this() -> None:
    program = "import sys, grader.cli.commands, grader.running.session; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    imported = run.stdout.split()
    assert "grader.cli.commands" in imported
    assert not [name for name in imported if name.startswith(("grader.dev", "tree_sitter"))]
