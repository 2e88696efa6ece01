"""The grader as a wheel has it, in a folder where there is no course."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.course.course import find_course
from tests.support import LONGEST, ROOT, TESTS, Run, missing_tool

RIGHT = TESTS / "right" / "one_file" / "app.py"
MAIN = "from grader.cli.main import main; main()"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel puts into site-packages."""
    place = tmp_path_factory.mktemp("wheel")
    if uv := shutil.which("uv"):
        build = [uv, "build", "--quiet", "--wheel", "--out-dir", str(place), str(ROOT)]
    else:
        wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        build = [*wheel, "--wheel-dir", str(place), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=LONGEST, check=False)
    if done.returncode:
        missing_tool(f"hatchling, to build a wheel: {done.stderr}")
    (file,) = place.glob("*.whl")
    with zipfile.ZipFile(file) as whole:
        whole.extractall(place / "packages")
    return place / "packages"


def run(installed: Path, *arguments: str, cwd: Path) -> Run:
    env = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def test_it_knows_its_steps(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "--version", cwd=tmp_path).code == 0
    listed = run(installed, "list", cwd=tmp_path)
    titles = [f"{step.number:3}  {step.title}" for step in find_course(ROOT).steps]
    assert (listed.out.splitlines(), listed.code) == (titles, 0)


@pytest.mark.parametrize("arguments", [[], ["--path", "."]])
def test_it_checks_a_students_own_folder(
    installed: Path, tmp_path: Path, arguments: list[str]
) -> None:
    shutil.copy(RIGHT, tmp_path)
    done = run(installed, "check", "step6", "--json", *arguments, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    (step,) = document["steps"]
    assert (step["title"], step["holds"]) == ("Saving and destroying users", [4, 5])
    assert step["held"]
    assert document["submission"] == str(tmp_path)


def test_a_copy_of_a_step_is_known_by_its_folder(installed: Path, tmp_path: Path) -> None:
    (solution,) = (ROOT / "solutions").glob("step04_*")
    copy = shutil.copytree(solution, tmp_path / solution.name)
    done = run(installed, "check", cwd=copy)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("step 4 · Join the chat")


def test_the_files_that_all_pages_share_travel_too(installed: Path) -> None:
    inside = installed / "grader" / "makechat" / "course" / "static"
    for file in inside.iterdir():
        assert file.read_bytes() == (ROOT / "static" / file.name).read_bytes()
    assert {file.name for file in inside.iterdir()} == {"icon.svg", "socket.io.js", "style.css"}


def test_a_package_that_a_submission_brings_is_not_loaded(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('package = "theirs"\n', encoding="utf-8")
    (tmp_path / "theirs").mkdir()
    mark = tmp_path.parent / "loaded"
    load = f"open({str(mark)!r}, 'w')\n"
    (tmp_path / "theirs" / "__init__.py").write_text(load, encoding="utf-8")
    step = tmp_path / "steps" / "step06_mine"
    step.mkdir(parents=True)
    (step / "step.toml").write_text('number = 6\ntitle = "All pass"\n', encoding="utf-8")
    for place in (tmp_path, step):
        shutil.copy(RIGHT, place)
        done = run(installed, "check", "step6", "--path", ".", cwd=place)
        assert done.err == f"grader: {tmp_path / 'course.toml'} is the submission's own: not used\n"
        assert done.code == 0
        assert done.out.startswith("step 6 · Saving and destroying users")
    assert not mark.exists()
