"""A submission's server: started on a free port, known to be ready, stopped with all it started."""

import asyncio
import os
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from grader.history import patience
from grader.servers import ports
from grader.servers.launcher import Launcher, Process
from grader.servers.output import Output

STOP_MOMENT = 0.1  # seconds between SIGTERM and SIGKILL
BUSY_FACTOR = 3  # a server that is still computing may take so many times the patience to listen
ELSEWHERE_AFTER = 0.25  # seconds that a server may listen on another port before PORT

SCRATCH = "{scratch}"  # in a variable's value: a folder of the server's own, empty at first

_POLL = 0.001  # seconds between two looks at the table of listening sockets, at first
_POLL_SLOWEST = 0.02


@dataclass(frozen=True)
class Submission:
    """What is graded: the app.py of a folder, another command run in it, or a running server.

    `static` is the course's folder of shared files; None: where the folder is a step's.
    """

    folder: Path | None
    command: str | None = None
    url: str | None = None
    static: Path | None = None

    @property
    def argv(self) -> Sequence[str] | None:
        """The command's words, None where it is the folder's app.py."""
        return None if self.command is None else shlex.split(self.command)


class Server:
    """A server that takes clients at `url`. `output` is None where it cannot be seen."""

    def __init__(
        self, url: str, *, process: Process | None = None, asked_port: int | None = None
    ) -> None:
        self.url = url
        self.process = process
        self.asked_port = asked_port
        self._starved_before = patience.starved(os.getpid())

    @property
    def output(self) -> Output | None:
        return self.process.output if self.process else None

    @property
    def exit_code(self) -> int | None:
        """None while the server runs, or where that cannot be seen."""
        return self.process.code if self.process else None

    @property
    def elsewhere(self) -> int | None:
        """The port it listens on, where that is not the one it was given."""
        if self.asked_port is None:
            return None
        port = int(self.url.rpartition(":")[2])
        return port if port != self.asked_port else None

    def starved(self) -> float:
        """Seconds that the server has waited for a core, and the grader since it is ready."""
        pids = (self.process.pid,) if self.process else ()
        return patience.starved(os.getpid(), *pids) - self._starved_before


class NotReadyError(Exception):
    """The server did not come to listen. `code` is its exit code where it ended."""

    def __init__(self, output: Output, code: int | None, waited: float) -> None:
        super().__init__(f"exit code {code}" if code is not None else "it never listened")
        self.output = output
        self.code = code
        self.waited = waited

    @property
    def instead(self) -> str:
        """What the server did instead of listening, in the words of a report."""
        if self.code is not None:
            return f"{exit_text(self.code)} before it listened on any port"
        if self.output.flooded:
            return "printed without end, and did not listen on any port"
        waited = round(self.waited) or round(self.waited, 1)
        return f"did not listen on any port within {waited} s"


@asynccontextmanager
async def serving(
    submission: Submission,
    launcher: Launcher | None,
    seconds: float,
    changed: Callable[[], None],
    elsewhere: int | None = None,
    special: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Server]:
    """A fresh server of the submission, stopped with its process group on leaving.

    `seconds` is the patience with a server that does nothing; `changed` is called when the
    server prints or ends; `elsewhere` is the port on which the submission is known to listen
    instead of the one that it is given; `special` is what it finds in its environment beside what
    every server does, with {scratch} for a folder of its own. Raises NotReadyError, and
    launcher.LaunchError.
    """
    if submission.url is not None:
        yield Server(submission.url.rstrip("/"))
        return
    assert launcher is not None
    assert submission.folder is not None
    with _filled_in(special) as filled:
        for _ in range(3):
            port = ports.free_port()
            output = Output(on_change=changed)
            process = await launcher.start(
                submission.folder,
                environment(submission.folder, port, submission.static) | filled,
                submission.argv,
                output,
            )
            process.ended.add_done_callback(lambda _: changed())
            try:
                try:
                    found = await _ready(process, port, seconds, elsewhere)
                except NotReadyError as error:
                    if error.code is not None and ports.is_listened_on(port):
                        continue  # another program took the port between our look and the start
                    raise
                yield Server(f"http://127.0.0.1:{found}", process=process, asked_port=port)
                return
            finally:
                await launcher.stop(process, STOP_MOMENT)
        raise OSError("three free ports in a row were taken by other programs")


@contextmanager
def _filled_in(special: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The variables with a new folder for {scratch}, where they have that; removed on leaving."""
    if not any(SCRATCH in value for value in special.values()):
        yield dict(special)
        return
    with TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as folder:
        yield {name: value.replace(SCRATCH, folder) for name, value in special.items()}


def environment(folder: Path, port: int, static: Path | None = None) -> dict[str, str]:
    """The environment of a submission's server: the caller's, and what COURSE.md promises."""
    static = static or folder.parent.parent / "static"
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return {
        **os.environ,
        "PATH": os.pathsep.join(path),  # so that python is the grader's own, with its packages
        "PORT": str(port),
        "STATIC_DIR": os.environ.get("STATIC_DIR", str(static)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def exit_text(code: int) -> str:
    """How a process ended, in words."""
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


async def _ready(process: Process, port: int, seconds: float, known: int | None) -> int:
    """The port on which the process, or a child of it, has come to listen."""
    began = asyncio.get_running_loop().time()
    idle = patience.Patience(seconds, lambda: patience.starved(process.pid))
    longest = patience.Patience(seconds * BUSY_FACTOR, lambda: patience.starved(process.pid))
    computed = 0.0
    elsewhere: patience.Patience | None = None
    pause = _POLL
    while True:
        # To look for children costs more than to look; few servers have any.
        found = ports.listening(process.pid, children=pause > _POLL * 10)
        for one in (port, known):
            if one in found:
                return one
        if process.code is not None or process.output.flooded:
            raise NotReadyError(process.output, process.code, seconds)
        if found:
            elsewhere = elsewhere or patience.Patience(min(ELSEWHERE_AFTER, seconds))
            if not elsewhere.left():
                return min(found)
        if not idle.left():
            so_far = _computed(process.pid)
            if not longest.left() or so_far - computed < seconds / 4:
                waited = asyncio.get_running_loop().time() - began
                raise NotReadyError(process.output, None, waited)
            computed = so_far
            idle = patience.Patience(seconds, lambda: patience.starved(process.pid))
        await asyncio.wait([process.ended], timeout=pause)
        pause = min(pause * 1.2, _POLL_SLOWEST)


def _computed(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    import psutil  # seldom needed, and slow to import

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
