"""`grader run` serves a step, again after every change, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.servers.ports import free_port, is_listened_on
from tests.support import GRADER, LONGEST, ROOT, grader, is_running, wait_until

APP = """\
import os
import signal
import subprocess
import sys

from aiohttp import web

signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


async def index(request):
    return web.Response(text=f"one {os.getpid()} {helper.pid} {os.environ['STATIC_DIR']}")


app = web.Application()
app.router.add_get("/", index)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), handle_signals=False)
"""


@dataclass(frozen=True)
class Served:
    """A running `grader run`, the folder that it serves, and where."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def out(self) -> str:
        """All that was printed so far, by the grader and by the server."""
        return (self.folder.parent / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return (self.folder.parent / "err").read_text(encoding="utf-8")

    def answer(self) -> list[str]:
        """The words of the answer to GET /; none where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=LONGEST) as got:
                return str(got.read().decode()).split()
        except (urllib.error.URLError, ConnectionError):
            return []

    def answers(self, word: str) -> list[str]:
        """The words of the answer, as soon as the first one is this."""
        last: list[str] = []

        def does() -> bool:
            assert self.process.poll() is None, self.err
            last[:] = self.answer()
            return last[:1] == [word]

        wait_until(does, f"the answer {word}")
        return last

    def says(self, text: str) -> Callable[[], bool]:
        """Whether this was printed, asked again each time."""
        return lambda: text in self.out

    def edit(self, old: str, new: str) -> None:
        file = self.folder / "app.py"
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The only step of a course."""
    step = tmp_path / "steps" / "step04_join"
    (step / "public").mkdir(parents=True)
    (step / "step.toml").write_text('number = 4\ntitle = "Join"\n', encoding="utf-8")
    (step / "app.py").write_text(APP, encoding="utf-8")
    return step


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    yield from serving(folder)


def serving(folder: Path, *options: str, **env: str) -> Iterator[Served]:
    port = free_port()
    with (folder.parent / "out").open("wb") as out, (folder.parent / "err").open("wb") as err:
        process = subprocess.Popen(
            [GRADER, "run", "--port", str(port), *options],
            cwd=folder,
            env={**{k: v for k, v in os.environ.items() if k != "STATIC_DIR"}, **env},
            stdout=out,
            stderr=err,
        )
    try:
        yield Served(process, folder, port)
    finally:
        process.terminate()
        process.wait(LONGEST)


def ends(*pids: str) -> None:
    """A process that is killed ends a moment later."""
    wait_until(lambda: not any(is_running(int(pid)) for pid in pids), "the end of a process")


def test_it_says_where_and_serves_the_step(served: Served) -> None:
    _, _, _, static = served.answers("one")
    assert static == str(served.folder.parent.parent / "static")
    where = f"http://127.0.0.1:{served.port}"
    assert served.out.startswith(f"step 4 · Join: {where} until Ctrl-C\n")
    assert f"Running on {where}" in served.out


def test_after_a_change_the_new_program_answers(served: Served) -> None:
    _, server, helper, _ = served.answers("one")
    served.edit("one", "two")
    served.answers("two")
    assert "grader: app.py has changed\n" in served.out
    ends(server, helper)


def test_what_others_put_beside_a_file_is_no_change(served: Served) -> None:
    """Editors, Python, and the server itself, which may have a database or a log there."""
    served.answers("one")
    (served.folder / "__pycache__").mkdir()
    for name in (
        "__pycache__/app.cpython-311.pyc",
        "app.py~",
        ".app.py.swp",
        ".#app.py",
        "presence.sqlite3",
        "presence.sqlite3-journal",
        "users.json",
    ):
        (served.folder / name).write_text("", encoding="utf-8")
    served.edit("one", "two")
    served.answers("two")
    said = [line for line in served.out.splitlines() if line.endswith("has changed")]
    assert said == ["grader: app.py has changed"]


def test_a_change_of_the_page_counts(served: Served) -> None:
    served.answers("one")
    (served.folder / "public" / "style.css").write_text("", encoding="utf-8")
    wait_until(served.says("grader: style.css has changed\n"), "the change of a page")


def test_a_program_that_ends_is_run_again_after_the_next_change(served: Served) -> None:
    served.answers("one")
    served.edit("import os\n", "import os, sys; sys.exit(7)\n")
    said = "grader: app.py ended with exit code 7; save a file to run it again\n"
    wait_until(served.says(said), said)
    assert served.process.poll() is None
    served.edit("import os, sys; sys.exit(7)\n", "import os\n")
    served.answers("one")


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "grader: interrupted\n"),
        (signal.SIGTERM, 143, ""),
        (signal.SIGHUP, 129, ""),
    ],
)
def test_it_ends_with_all_that_it_started(
    served: Served, number: signal.Signals, code: int, said: str
) -> None:
    _, server, helper, _ = served.answers("one")
    served.process.send_signal(number)
    assert served.process.wait(LONGEST) == code
    assert served.err == said
    ends(server, helper)
    assert not is_listened_on(served.port)


def test_ctrl_c_ends_it_while_no_program_runs(folder: Path) -> None:
    (folder / "app.py").write_text("", encoding="utf-8")
    for served in serving(folder):
        said = "grader: app.py ended with exit code 0; save a file to run it again\n"
        wait_until(served.says(said), said)
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(LONGEST) == 130
        assert served.err == "grader: interrupted\n"


def test_the_browser_is_opened_once_the_server_listens(folder: Path, tmp_path: Path) -> None:
    browser, seen = tmp_path / "browser.py", tmp_path / "seen"
    browser.write_text(
        "import pathlib, sys, urllib.request\n"
        "text = urllib.request.urlopen(sys.argv[1]).read().decode()\n"
        f"pathlib.Path({str(seen)!r}).write_text(text + ' end')\n",
        encoding="utf-8",
    )
    for served in serving(folder, "--open", BROWSER=f"{sys.executable} {browser} %s"):
        wait_until(lambda: seen.is_file() and seen.read_text().endswith("end"), "the browser")
        assert seen.read_text().split()[:-1] == served.answer()


def test_the_solution_is_run_where_it_is_asked_for(folder: Path) -> None:
    solution = folder.parent.parent / "solutions" / folder.name
    solution.mkdir(parents=True)
    (solution / "app.py").write_text(APP.replace("one", "solved"), encoding="utf-8")
    for served in serving(folder, "4", "--solution"):
        served.answers("solved")
    (folder / "app.py").unlink()
    (folder.parent / "out").unlink()
    for served in serving(solution):
        served.answers("solved")


def test_a_port_that_is_taken_is_refused_before_anything_is_started(served: Served) -> None:
    served.answers("one")
    run = grader("run", "--port", str(served.port), cwd=served.folder)
    assert (run.code, run.out, run.err) == (
        2,
        "",
        f"grader: port {served.port} is taken: end what listens there, "
        "or choose another with --port\n",
    )


def test_a_step_that_cannot_be_run_is_refused(folder: Path) -> None:
    (folder / "app.py").unlink()
    steps = folder.parent
    for arguments, cwd, line in (
        (("4",), steps, "step04_join has no app.py"),
        ((), steps, "which step? There are 4; write for example: grader run step6"),
        (("5",), steps, "no step '5': there are 4; write for example step6, 6 or all"),
        (
            ("4", "--solution"),
            steps.parent,
            "solutions/step04_join is not here, so there is no solution of step 4; "
            "among the branches of the steps it is step04-solution",
        ),
    ):
        run = grader("run", *arguments, cwd=cwd)
        assert (run.code, run.out, run.err) == (2, "", f"grader: {line}\n")


def test_it_runs_a_step_of_our_own_course() -> None:
    port = free_port()
    process = subprocess.Popen(
        [GRADER, "run", "6", "--solution", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: is_listened_on(port), "the server")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/static/style.css") as got:
            assert got.status == 200
    finally:
        process.terminate()
        process.wait(LONGEST)
