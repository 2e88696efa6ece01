"""A reader who follows a text: what it says to type is found, and typed, in its order and place.

In a copy of the course, which is a git repository as a reader's is. Two things differ from the
text: another port than 3000 is taken, as other tests run beside; and what takes a step's work for
granted finds it done as far as the lesson has come by then.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.request import urlopen

from playwright.sync_api import CDPSession, Page, sync_playwright
from playwright.sync_api import Error as PageError

from grader.browser.chromium import find_chromium
from grader.course.course import Course, Step, find_course
from grader.dev.files import write
from grader.dev.lesson import Lesson
from grader.dev.states import states
from grader.servers.ports import free_port, is_listened_on
from tests.support import LONGEST, ROOT, course, missing_tool, need_browser, wait_until

PARTS = ("steps", "solutions", "static", "notebooks", "README.md", "Makefile", "pyproject.toml")
PORT = "127.0.0.1:3000"

_GENERATED = re.compile(r"^<!-- (quote|diff|checks)\b.*?^<!-- /\1 -->$", re.M | re.S)
_SHOWN = re.compile(r"^<!-- until\b[^\n]*\n+```\w*\n.*?^```$", re.M | re.S)
_TYPED = re.compile(
    r"^```(?P<language>\w*)\n(?P<fence>.*?)^```$|(?<!`)`(?P<inline>[^`\n]+)`(?!`)", re.M | re.S
)
_COMMAND = re.compile(
    r"(\.venv/bin/)?(grader|python3?|curl|make|pip|npm|apt|uv|jupyter|git|source) \S.*"
)


@dataclass(frozen=True)
class Snippet:
    """What a text says to type, and where that stands: a command, or code for the console."""

    text: str
    at: int
    in_console: bool


def snippets(text: str) -> Iterator[Snippet]:
    """What a text says to type, in its order."""
    for pattern in (_GENERATED, _SHOWN):
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _TYPED.finditer(text):
        if match["language"] == "js":
            yield Snippet(match["fence"], match.start(), in_console=True)
        elif not match["language"]:
            for line in (match["fence"] or match["inline"]).splitlines():
                command = re.sub(r"\s{2,}#.*", "", line).strip()
                if _COMMAND.fullmatch(command):
                    yield Snippet(command, match.start(), in_console=False)


class Reader:
    """Types what a text says; what goes on after it, as a server, is ended with the reader."""

    def __init__(self, place: Path) -> None:
        self.root = place / "course"
        self.root.mkdir()
        without = shutil.ignore_patterns("node_modules", "__pycache__")
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, self.root / part, ignore=without)
            else:
                shutil.copy(ROOT / part, self.root)
        self.course: Course = find_course(self.root)
        self.port = free_port()
        self._home = place / "home"
        self._home.mkdir()
        self._server: subprocess.Popen[bytes] | None = None
        self._tab: tuple[Page, CDPSession] | None = None
        self._stack = ExitStack()
        self.type("git init -q && git add -A && git commit -qm 'The course'", self.root)

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self.end_server()

    @property
    def home(self) -> Path:
        """The reader's home folder."""
        return self._home

    def type(self, command: str, folder: Path, code: int = 0) -> str:
        """Run a command in a shell; what it prints. It ends with this exit code."""
        done = subprocess.run(
            ["bash", "-c", self._on_our_port(command)],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def do_tasks(self, step: Step, count: int | None = None) -> None:
        """Do the first tasks of a step; all where no number is given."""
        untouched = course().find(str(step.number))
        lesson = Lesson.read(untouched.folder / "README.md")
        every = states(course(), untouched, lesson)
        write(step.folder, every[-1 if count is None else count].files)

    def start_server(self, command: str, folder: Path) -> None:
        """Run a command that goes on until it is ended, and wait until it listens."""
        self.end_server()
        if command.startswith("grader run"):
            command += f" --port {self.port}"
        assert not is_listened_on(self.port)
        self._server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: is_listened_on(self.port), f"{command} to listen")
        assert self._server.poll() is None

    def end_server(self) -> None:
        """Press Ctrl-C, and wait for the end."""
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(LONGEST)
            wait_until(lambda: not is_listened_on(self.port), "the server to end")
        self._server = None

    def get(self, path: str = "/") -> int:
        """The status of the answer to a request of the server."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONGEST) as answer:
            return int(answer.status)

    def paste(self, code: str, logged: str) -> None:
        """Paste code into the console of the server's page, and wait for what is logged."""
        page, console = self._tab = self._tab or self._open()
        with page.expect_console_message(lambda message: message.text == logged):
            typed = {"expression": self._on_our_port(code), "replMode": True}
            said = console.send("Runtime.evaluate", typed)
            assert "exceptionDetails" not in said, said

    def talk(self, command: str, line: str) -> str:
        """Run a command, write a line, wait for its echo, press Ctrl-D; what is printed then."""
        with subprocess.Popen(
            ["bash", "-c", self._on_our_port(command)],
            env=self._environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client:
            assert client.stdin
            assert client.stdout
            client.stdin.write(f"{line}\n")
            client.stdin.flush()
            while f"< {line}" not in client.stdout.readline():
                assert client.poll() is None
            client.stdin.close()
            return client.stdout.read()

    def _open(self) -> tuple[Page, CDPSession]:
        need_browser()
        player = self._stack.enter_context(sync_playwright())
        browser = player.chromium.launch(executable_path=find_chromium())
        self._stack.callback(browser.close)
        page = browser.new_page()
        with suppress(PageError):  # an answer without a body is shown as the browser's own page
            page.goto(f"http://127.0.0.1:{self.port}/")
        assert page.url == f"http://127.0.0.1:{self.port}/"
        return page, page.context.new_cdp_session(page)

    def _on_our_port(self, text: str) -> str:
        return text.replace(PORT, f"127.0.0.1:{self.port}")

    def _environment(self) -> dict[str, str]:
        tools = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self._home),
            "PORT": str(self.port),
            "STATIC_DIR": str(ROOT / "static"),  # with what npm has installed there
            **{f"GIT_{who}_NAME": "A reader" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "reader@example.org" for who in ("AUTHOR", "COMMITTER")},
        }


def need(program: str) -> None:
    """Skip the test where the program is not here; fail where REQUIRE_TOOLS is set."""
    if not shutil.which(program):
        missing_tool(program)
