"""A PostgreSQL of our own: in a new folder and a world of its own, without privileges."""

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from platformdirs import user_cache_path

from grader.history.patience import Waits
from grader.servers import ports
from grader.servers.output import Output
from grader.servers.process import LaunchError, Process
from grader.servers.protocol import Launcher
from grader.servers.world import MACHINE

MISSING = "PostgreSQL is not installed: apt install postgresql"
LONGEST = 30.0  # seconds that it may take to begin, and to end, on a busy machine

_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
_NOBODIES = ("postgres", "nobody")  # it refuses to run as root
# A small write-ahead log, as the folder is copied.
_INITDB = (
    "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--wal-segsize=1", "--no-sync",
    "--no-instructions",
)  # fmt: skip
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",  # nothing here outlives the run
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=50",
    "shared_buffers=16MB",
)
_POLL = 0.01


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    for place in _PLACES:
        folders = Path("/").glob(place.removeprefix("/"))
        if having := sorted(one for one in folders if (one / "initdb").exists()):
            return having[-1]
    return None


class Postgres:
    """One server with as many databases as are asked for.

    What initdb makes is kept in the user's cache: it takes a second, and a copy a tenth of that.
    """

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._programs = binaries()
        self._starting: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self.folder: Path | None = None  # once it has begun
        self.world = MACHINE  # in which it then listens
        self._port = 0
        self._numbers = count(1)
        self._creating = asyncio.Lock()

    @property
    def missing(self) -> str:
        """What is missing to run it; "" where nothing is."""
        return "" if self._programs else MISSING

    async def database(self) -> tuple[int, str]:
        """The port, and the name of a new and empty database of the user postgres.

        Raises LaunchError where that does not come about.
        """
        self._starting = self._starting or asyncio.create_task(self._start())
        await asyncio.shield(self._starting)
        name = f"check{next(self._numbers)}"
        async with self._creating:  # of two at once, one would find the template in use
            await self._ask("createdb", "-U", "postgres", name)
        return self._port, name

    def waits(self) -> Waits:
        """How long its processes wait for a core from now on."""
        assert self._process
        pid = self._process.pid
        return Waits(lambda: ports.family(pid))

    async def close(self) -> None:
        """End it, and remove what it wrote."""
        if self._starting:
            with contextlib.suppress(LaunchError, asyncio.CancelledError):
                await self._starting
        if self._process:
            await self._launcher.stop(self._process, LONGEST)
        await self._launcher.forget(self.world)
        if self.folder:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    async def _start(self) -> None:
        self.world = await self._launcher.world()
        self.folder = Path(mkdtemp(prefix="grader-postgres-"))
        prefix = self._without_privileges()
        data, kept = self.folder / "data", self._kept(prefix)
        await self._make(data, kept, prefix)
        self._port = self.world.free_port()
        settings = (part for one in _SETTINGS for part in ("-c", one))
        command = [*self._program("postgres"), "-D", str(data), "-p", str(self._port), *settings]
        output = Output()
        self._process = await self._launch([*prefix, *command], output)
        try:
            async with asyncio.timeout(LONGEST):
                while not await self._answers(self._process.pid):
                    if self._process.code is not None:
                        _drop(kept)  # in case it is the copy's fault
                        raise LaunchError(f"PostgreSQL does not start: {_last(output)}")
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            raise LaunchError(f"PostgreSQL takes no connection within {LONGEST:g} s") from None

    def _kept(self, prefix: Sequence[str]) -> Path:
        """Where a cluster as these programs make it for this user is kept."""
        program = Path(*self._program("initdb"))
        made_by = program, program.stat().st_mtime_ns, *_INITDB, *prefix
        digest = hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]
        return user_cache_path("grader") / f"postgres-{digest}"

    async def _make(self, data: Path, kept: Path, prefix: Sequence[str]) -> None:
        """A new cluster in the folder `data`: a copy of the kept one, or one that is kept then."""
        with contextlib.suppress(LaunchError):
            await self._copy(kept, data)
            return
        await asyncio.to_thread(shutil.rmtree, data, ignore_errors=True)
        await self._run(*self._program("initdb"), "-D", str(data), *_INITDB, prefix=prefix)
        # Where nothing can be kept, the next start takes as long.
        with contextlib.suppress(OSError, LaunchError), _replacing(kept) as copy:
            await self._copy(data, copy)

    async def _copy(self, source: Path, target: Path) -> None:
        await self._run("cp", "-a", str(source), str(target))

    async def _answers(self, pid: int) -> bool:
        """Whether it takes connections: it listens a moment before."""
        if all(one.port != self._port for one in self.world.listeners(pid, children=False)):
            return False
        with contextlib.suppress(LaunchError):
            await self._ask("pg_isready", "-q")
            return True
        return False

    async def _ask(self, program: str, *arguments: str) -> None:
        address = "-h", "127.0.0.1", "-p", str(self._port)
        await self._run(*self._program(program), *address, *arguments)

    async def _run(self, program: str, *arguments: str, prefix: Sequence[str] = ()) -> None:
        output = Output()
        process = await self._launch([*prefix, program, *arguments], output)
        try:
            code = await asyncio.shield(process.ended)
        finally:
            await self._launcher.stop(process, 0)
        if code:
            raise LaunchError(f"{Path(program).name} fails: {_last(output)}")

    async def _launch(self, argv: list[str], output: Output) -> Process:
        assert self.folder
        # Its programs look for settings, and for a home, in the environment.
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return await self._launcher.start(self.folder, kept, argv, output, self.world)

    def _program(self, name: str) -> list[str]:
        assert self._programs
        return [str(self._programs / name)]

    def _without_privileges(self) -> list[str]:
        """What to put before a command so that it runs as somebody else, where we are root."""
        assert self.folder
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return []
        import pwd

        for name in _NOBODIES:
            with contextlib.suppress(KeyError):
                user = pwd.getpwnam(name)
                os.chown(self.folder, user.pw_uid, user.pw_gid)
                who = f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"
                return ["setpriv", *who, "--clear-groups", "--"]
        raise LaunchError("PostgreSQL does not run as root, and there is no user nobody")


@contextlib.contextmanager
def _replacing(kept: Path) -> Iterator[Path]:
    """A place for a cluster that goes to `kept` as a whole; what is kept of other programs goes.

    Raises OSError where another grader was first, or nothing can be written.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    for other in kept.parent.glob("postgres-*"):
        if other != kept:
            _drop(other)
    with TemporaryDirectory(dir=kept.parent, ignore_cleanup_errors=True) as folder:
        copy = Path(folder, "data")
        yield copy
        copy.rename(kept)


def _drop(kept: Path) -> None:
    """Remove a cluster at once: who is copying it finds nothing more there, and no half of it."""
    with contextlib.suppress(OSError), TemporaryDirectory(dir=kept.parent) as folder:
        kept.rename(Path(folder, "data"))


def _last(output: Output) -> str:
    lines = [line.text for line in output.lines()]
    return lines[-1] if lines else "it says nothing"
