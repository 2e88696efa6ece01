"""`grader notebook` as a student runs it: what it prints, its exit codes, its end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.notebooks.support import COURSE
from tests.support import LONGEST, ROOT, Run, grader, wait_until

MARK = "GRADER_TEST_MARK"
PROGRAM = [sys.executable, "-m", "tests.notebooks", "notebook"]


def notebook(*arguments: str, cwd: Path = COURSE, env: dict[str, str] | None = None) -> Run:
    """Run the grader with the checks of the tests' own notebook."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def copied(tmp_path: Path) -> Path:
    """A copy of the tests' course, to be written to."""
    return Path(shutil.copytree(COURSE, tmp_path / "course"))


def test_the_solution_passes() -> None:
    run = notebook("tiny", "--solution")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == f"{'notebook 1 · A tiny protocol':<67}5 of 5 checks"


def test_the_stubs_fail_and_the_seed_is_told() -> None:
    run = notebook("1", "--seed", "7")
    assert (run.code, run.err) == (1, "")
    first, *others = run.out.split("  ✗ ")[1:]
    assert [first.split("  ")[0], *(one.split("  ")[0] for one in others)] == [
        "pack is not written yet",
        "unpack is not written yet",
        "new_key is not written yet",
        "answer is not written yet",
    ]
    assert "Hint" not in run.out
    note = " ".join(run.out.partition("Note: ")[2].split())
    assert note.startswith('cells “unpack(pack("ping", "hello"))” and “await answer(')
    assert "  Note: what the checks tried was drawn with --seed 7.\n" in run.out


def test_a_seed_repeats_what_was_tried_and_another_does_not() -> None:
    def tried(seed: str) -> list[Any]:
        document = json.loads(notebook("tiny", "--json", "--seed", seed).out)
        explanations = [check["explanation"] for check in document["steps"][0]["checks"]]
        return [one["rows"][0] for one in explanations if one]

    assert tried("3") == tried("3") != tried("4")


def test_json_keeps_to_its_schema() -> None:
    run = notebook("01_tiny", "--json")
    assert (run.code, run.err) == (1, "")
    document = json.loads(run.out)
    schema = ROOT / "grader" / "report" / "schema.json"
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    assert document["submission"] == str(COURSE / "notebooks" / "01_tiny.ipynb")
    (part,) = document["steps"]
    assert (part["kind"], part["step"]) == ("notebook", 1)


def test_a_copy_elsewhere_is_checked_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    copy = Path(shutil.copy(COURSE / "notebooks" / "01_tiny.ipynb", tmp_path / "01_tiny (1).ipynb"))
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    home = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    run = notebook(str(copy), "--solution", env=home)
    assert (run.code, run.err) == (0, "")
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"home", "tmp", copy.name}


def test_the_list_names_notebooks_and_exercises() -> None:
    run = notebook("--list")
    assert (run.code, run.err) == (0, "")
    words = [line.split() for line in run.out.splitlines()]
    assert words[0] == ["1", "tiny", "A", "tiny", "protocol"]
    assert [word for (word,) in words[1:]] == ["pack", "unpack", "new_key", "answer"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "which notebook? There are 1 tiny"),
        (("9",), "no notebook '9': there are 1 tiny"),
        (("gone.ipynb",), "gone.ipynb: No such file or directory"),
    ],
)
def test_wrong_usage_is_told_in_one_line(arguments: tuple[str, ...], text: str) -> None:
    run = notebook(*arguments)
    assert (run.code, run.out, run.err) == (2, "", f"grader: {text}\n")


def test_a_notebook_without_checks_says_so(tmp_path: Path) -> None:
    course = copied(tmp_path)
    (course / "notebooks" / "01_tiny.ipynb").rename(course / "notebooks" / "02_other.ipynb")
    run = notebook("2", cwd=course)
    text = "grader: there are no checks for 02_other.ipynb yet\n"
    assert (run.code, run.out, run.err) == (2, "", text)


def test_a_notebook_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    course = copied(tmp_path)
    file = course / "notebooks" / "01_tiny.ipynb"
    file.write_text("{}", encoding="utf-8")
    run = notebook("1", cwd=course)
    text = f"grader: {file}: it is no notebook; save it in Jupyter again\n"
    assert (run.code, run.out, run.err) == (2, "", text)


def test_where_jupyter_is_missing_it_says_what_to_install(tmp_path: Path) -> None:
    """An interpreter that finds everything but ipykernel."""
    hide = "import sys\nsys.modules['ipykernel'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hide, encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    run = notebook("tiny", env={"PYTHONPATH": path})
    text = "grader: notebook needs: pip install -e '.[notebooks]'\n"
    assert (run.code, run.out, run.err) == (3, "", text)


def test_nothing_of_jupyter_is_imported_for_what_does_not_need_it() -> None:
    code = (
        "import sys, grader.cli.commands, grader.running.notebook\n"
        "print({'nbclient', 'zmq', 'IPython', 'nbformat'} & sys.modules.keys() or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "none\n"
    assert grader("notebook", "--help").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_broken_off_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    course = copied(tmp_path)
    file = course / "notebooks" / "01_tiny.ipynb"
    document = json.loads(file.read_bytes())
    at_work = tmp_path / "at work"
    document["cells"][1]["source"] = f"open({str(at_work)!r}, 'w').close()\nwhile True: pass"
    file.write_text(json.dumps(document), encoding="utf-8")
    mark = uuid.uuid4().hex

    def marked() -> set[int]:
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                    found.add(int(folder.name))
            except OSError:
                continue
        return found

    with subprocess.Popen(
        [*PROGRAM, "tiny"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(ROOT), MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_until(at_work.exists, "the kernel to be at work")
            process.send_signal(number)
            out, err = process.communicate(timeout=LONGEST)
            wait_until(lambda: not marked(), "every process to go")
        finally:
            for pid in marked():
                os.kill(pid, signal.SIGKILL)
    expected = (130, "grader: interrupted\n") if number is signal.SIGINT else (-number, "")
    assert (process.returncode, err, out) == (*expected, "")
