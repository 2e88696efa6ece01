"""A submission's server: started on a free port, known to be ready, stopped with all it started."""

import re
import shlex
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from grader.servers import ports, sight, surroundings
from grader.servers.copies import new_folder
from grader.servers.output import Output
from grader.servers.process import Process
from grader.servers.protocol import FILES, Launcher
from grader.servers.readiness import NotReadyError, ready, waits_of
from grader.servers.sight import Sight
from grader.servers.world import MACHINE, World

STOP_MOMENT = 0.1  # seconds between SIGTERM and SIGKILL
_PORT = re.compile(r"\$(?:PORT\b|\{PORT\})")
SCRATCH = "{scratch}"  # in a variable's value: a folder of the server's own, empty at first


@dataclass(frozen=True)
class Submission:
    """What is graded: the app.py of a folder, another command run in it, or a running server.

    `static` is the course's folder of shared files; None: where the folder is a step's.
    `environment` are the variables of ours that a server gets beside what every one does: a NAME,
    or a NAME=VALUE.
    """

    folder: Path | None
    command: str | None = None
    url: str | None = None
    static: Path | None = None
    environment: tuple[str, ...] = ()

    def argv(self, port: int) -> Sequence[str] | None:
        """The command's words with that port for $PORT, None where it is the folder's app.py."""
        if self.command is None:
            return None
        return [_PORT.sub(str(port), word) for word in shlex.split(self.command)]


class Server:
    """A server that takes clients at `url`. `output` is None where it cannot be seen.

    `name` is what a reader calls it.
    """

    name = "server"

    def __init__(
        self,
        url: str,
        *,
        process: Process | None = None,
        asked_port: int | None = None,
        world: World = MACHINE,
    ) -> None:
        self.url = url
        self.process = process
        self.asked_port = asked_port
        self.world = world
        self.starved = waits_of(process)

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


@asynccontextmanager
async def serving(
    submission: Submission,
    launcher: Launcher | None,
    seconds: float,
    changed: Callable[[], None],
    elsewhere: int | None = None,
    special: Mapping[str, str] = MappingProxyType({}),
    *,
    world: World = MACHINE,
    socketio: bool = False,
    beside: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[Server]:
    """A fresh server of the submission in that world, stopped with its process group on leaving.

    `seconds` is the patience with a server that does nothing; `changed` is called when the
    server prints or ends; `elsewhere` is the port on which the submission is known to listen
    instead of the one that it is given; `special` is what it finds in its environment beside what
    every server does, with {scratch} for a folder of its own; `socketio` says whether it is a
    server of Socket.IO; `beside` gives the seconds that it may have waited for others than itself.
    Raises NotReadyError, and process.LaunchError.
    """
    if submission.url is not None:
        yield Server(submission.url.rstrip("/"))
        return
    assert launcher is not None
    assert submission.folder is not None
    with _surroundings(submission, launcher, world, special) as (folder, given, seen):
        for _ in range(3):
            port = world.free_port()
            output = Output(changed, renamed=(folder, submission.folder))
            process = await launcher.start(
                folder, given(port), submission.argv(port), output, world, seen
            )
            process.ended.add_done_callback(lambda _: changed())
            try:
                try:
                    found = await ready(
                        process,
                        world,
                        port,
                        seconds,
                        elsewhere,
                        socketio=socketio,
                        beside=beside,
                    )
                except NotReadyError as error:
                    shared = not world.isolated
                    if shared and error.code is not None and ports.is_listened_on(port):
                        continue  # another program took the port between our look and the start
                    raise
                yield Server(
                    f"http://127.0.0.1:{found}", process=process, asked_port=port, world=world
                )
                return
            finally:
                await launcher.stop(process, STOP_MOMENT)
        raise OSError("three free ports in a row were taken by other programs")


@contextmanager
def _surroundings(
    submission: Submission, launcher: Launcher, world: World, special: Mapping[str, str]
) -> Iterator[tuple[Path, Callable[[int], dict[str, str]], Sight]]:
    """The folder of a server, its environment, by its port, and what it sees of other files.

    A home and a scratch folder of its own are part of that: hidden places, or new folders that
    are removed on leaving, as a copy of the submission is.
    """
    assert submission.folder is not None
    static = surroundings.static_of(submission.folder, submission.static)
    course = (submission.static or submission.folder.parent.parent / "static").parent
    seen = sight.of(submission.folder, course, static, submission.command or "")
    with ExitStack() as leaving:
        if FILES in launcher.isolation and world.isolated:
            folder, home, scratch = submission.folder, sight.home(), sight.scratch()
        else:
            static = launcher.copies.of(static)
            folder = leaving.enter_context(launcher.copies.for_one(submission.folder))
            home = leaving.enter_context(new_folder())
            scratch = leaving.enter_context(new_folder()) if _needs_scratch(special) else ""
        filled = {name: value.replace(SCRATCH, scratch) for name, value in special.items()}
        more = submission.environment
        yield folder, lambda port: surroundings.given(port, static, home, more) | filled, seen


def _needs_scratch(special: Mapping[str, str]) -> bool:
    return any(SCRATCH in value for value in special.values())
