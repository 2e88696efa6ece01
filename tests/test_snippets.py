"""Every command and snippet of the lessons and the READMEs works, where and when they say so.

Not run here is what installs (pip, npm, apt, uv) and what `make` does: that its target, its extra
and its program are there is all that is looked at, as CI sets itself up with them. `grader dev
lint` is run by `make lint`. `grader check --page` is run for one step alone, of the others it lists
the checks: that every solution passes them is tested elsewhere.
"""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.course.course import Step
from grader.dev.lesson import Lesson
from tests.reader import Reader, Snippet, need, snippets
from tests.support import ROOT, course

STEPS = course().steps
PAGE_STEP = 4  # whose page is checked, in a browser
INSTALLS = ("npm", "apt", "uv", "source", "python3 -m venv", "jupyter")

# Those that use the browser: there is one for all tests.
BROWSED = pytest.mark.xdist_group("browser")
LESSONS = [
    pytest.param(step.number, marks=BROWSED if step.number in (1, PAGE_STEP) else ())
    for step in STEPS
]

Trial = Callable[[Reader, Step, str, int | None], None]


def check(reader: Reader, step: Step, command: str, done: int | None) -> None:
    number = re.search(r"check (?:step)?(\d+)", command)
    page = "--page" in command and int(number[1] if number else step.number) != PAGE_STEP
    right = done is None or "--solution" in command
    said = reader.type(
        f"{command} --list" if page else command, step.folder, 0 if right or page else 1
    )
    assert re.match(r"(step )?\d+ · ", said.removeprefix("step "))


def run(reader: Reader, step: Step, command: str, _done: int | None) -> None:
    reader.start_server(command, reader.root)
    if step.number > 1:
        assert reader.get() == 200


def app(reader: Reader, step: Step, command: str, _done: int | None) -> None:
    reader.start_server(command, step.folder)


def curl(reader: Reader, step: Step, command: str, done: int | None) -> None:
    need("curl")
    if done is None:  # the reader's own server, and it has all that the lesson asks for
        reader.start_server("python app.py", step.folder)
    said = reader.type(command, step.folder)
    expected = {1: "HTTP/1.1 501 Not Implemented", 2: "404: Not Found"}
    assert said.startswith(expected[step.number])


def websockets(reader: Reader, step: Step, command: str, _done: int | None) -> None:
    reader.start_server("python app.py", step.folder)
    assert "1000" in reader.talk(command, "hello")


def script(reader: Reader, step: Step, command: str, _done: int | None) -> None:
    if "other_site" in command:
        compile((reader.root / command.split()[1]).read_bytes(), command, "exec")
        return  # it listens on port 4000, where another test may be: notebook 09 runs the attack
    assert len(reader.type(command, reader.root).splitlines()) == 5


def commit(reader: Reader, step: Step, command: str, _done: int | None) -> None:
    reader.type(command, step.folder)
    subject = reader.type("git log -1 --format=%s", reader.root).strip()
    assert f'"{subject}"' in command


def once(reader: Reader, _step: Step, command: str, _done: int | None) -> None:
    reader.type(command, reader.root)


def target(_reader: Reader, _step: Step, command: str, _done: int | None) -> None:
    (name,) = re.fullmatch(r"make (\w+)", command).groups()  # type: ignore[union-attr]
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(), re.M)


def extra(_reader: Reader, _step: Step, command: str, _done: int | None) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in re.findall(r"\[(\w+)\]", command):
        assert name in extras["optional-dependencies"]


def skip(_reader: Reader, _step: Step, _command: str, _done: int | None) -> None:
    """What installs, or what CI runs."""


# The first that matches the whole command is the one that tries it.
TRIALS: tuple[tuple[str, Trial], ...] = (
    (r"grader check\b.*", check),
    (r"grader run step\d+( --solution)?", run),
    (r"python app\.py", app),
    (r"python steps/\w+\.py", script),
    (r"python -m websockets .*", websockets),
    (r"curl .*", curl),
    (r'git commit -am ".*"', commit),
    (r"grader (list|dev lessons|dev branches DIR)", once),
    (r"grader dev lint", skip),
    (r"make \w+", target),
    (r"(\.venv/bin/)?pip install .*", extra),
    (rf"({'|'.join(INSTALLS)}) .*", skip),
)


def attempt(reader: Reader, step: Step, command: str, done: int | None) -> None:
    """Try a command with the first tasks of the step done; all where that is None."""
    tries = [trial for pattern, trial in TRIALS if re.fullmatch(pattern, command)]
    assert tries, f"nobody tries {command!r}: say in TRIALS how"
    tries[0](reader, step, command, done)


def tasks_done(lesson: Lesson, snippet: Snippet) -> int | None:
    """How many tasks a reader has done who comes to the snippet; None: all of them."""
    (build,) = (part for part in lesson.sections if part.title == "Build it")
    if snippet.at >= build.start + len(build.text):
        return None
    line = lesson.text.count("\n", 0, snippet.at) + 1
    return max(sum(task.line < line for task in lesson.tasks) - 1, 0)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with Reader(tmp_path) as one:
        yield one


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_can_be_followed(number: int, reader: Reader) -> None:
    step = reader.course.find(str(number))
    lesson = Lesson.read(step.folder / "README.md")
    was: int | None = 0
    found = list(snippets(lesson.text))
    assert found[0].text.startswith(f"grader run step{number}")
    assert found[-1].text.startswith("git commit")
    for snippet in found:
        done = tasks_done(lesson, snippet)
        if done != was:
            reader.do_tasks(step, done)
            was = done
        if snippet.in_console:
            (said,) = re.findall(r'send\("(.+?)"\)', snippet.text)
            reader.paste(snippet.text, said)
        else:
            attempt(reader, step, snippet.text, done)


@BROWSED
def test_the_page_of_the_steps_can_be_followed(reader: Reader) -> None:
    step = reader.course.find("4")
    reader.do_tasks(step)
    for snippet in snippets((ROOT / "steps" / "README.md").read_text(encoding="utf-8")):
        attempt(reader, step, snippet.text, None)


def test_the_readme_can_be_followed(reader: Reader) -> None:
    step = reader.course.find("6")
    reader.do_tasks(step)
    for place in (reader.home / "mine", step.folder / "DIR"):
        shutil.copytree(step.solution, place)
    for snippet in snippets((ROOT / "README.md").read_text(encoding="utf-8")):
        command = snippet.text
        if not command.startswith("grader "):
            attempt(reader, step, command, None)
        elif "node app.js" in command:
            need("node")
            shutil.rmtree(reader.home / "mine")
            shutil.copytree(ROOT / "tests" / "right" / "node", reader.home / "mine", symlinks=True)
            reader.type(command, reader.root)
        elif "--url" in command:
            reader.start_server("python app.py", step.solution)
            reader.type(command, reader.root, 3)  # what the server prints cannot be seen
        elif "--json" in command:
            found = json.loads(reader.type(command, step.folder))["steps"]
            assert [one["step"] for one in found] == [4, 5, 6]
        elif "notebook" in command:
            reader.type(command, reader.root, 1)  # its exercises are not written yet
        elif "--list" in command or "branches" in command:
            reader.type(command, reader.root)
        else:
            attempt(reader, step, command, None)
