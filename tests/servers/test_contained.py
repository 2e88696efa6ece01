"""What a submission tries on the machine that grades it stays in its own world."""

import asyncio
import contextlib
import errno
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import pytest

import grader
from grader.servers import sight
from grader.servers.launcher import HostLauncher, a_world
from grader.servers.output import Output
from grader.servers.process import Process
from grader.servers.server import SCRATCH, Submission, serving
from grader.servers.warm import WarmHost
from grader.servers.world import MACHINE, World
from tests.support import LONGEST, is_running, wait_until

GRADER = Path(grader.__file__).parent

LISTENS = """
import os, socket, time
one = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
print("listens")
time.sleep(600)
"""


@pytest.fixture
async def launcher() -> AsyncIterator[HostLauncher]:
    one = HostLauncher(WarmHost((), isolated=True))
    yield one
    await one.close()


@pytest.fixture
async def world(launcher: HostLauncher) -> AsyncIterator[World]:
    async with a_world(launcher) as one:
        if launcher.isolation != ("network", "files", "processes"):
            pytest.skip("this machine gives no network, files and processes of one's own")
        yield one


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """One of a class of two, beside a course that has a solution."""
    for place in ("course/solutions/step04", "course/static", "class/amy", "class/bob"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "course/solutions/step04/app.py").write_text("SECRET", encoding="utf-8")
    (tmp_path / "course/static/style.css").write_text("body {}", encoding="utf-8")
    (tmp_path / "class/bob/app.py").write_text("SECRET", encoding="utf-8")
    return Submission(tmp_path / "class" / "amy", static=tmp_path / "course" / "static")


class Trial:
    """Runs what a submission tries, and gives what it says of it."""

    def __init__(self, launcher: HostLauncher, world: World, submission: Submission) -> None:
        assert submission.folder and submission.static
        self.launcher, self.world, self.submission = launcher, world, submission
        self.folder, self.course = submission.folder, submission.static.parent

    async def said(self, source: str, special: Mapping[str, str] = MappingProxyType({})) -> Any:
        """What it gives out, as JSON, before it listens."""
        (self.folder / "app.py").write_text(f"{dedent(source)}\n{LISTENS}", encoding="utf-8")
        async with serving(
            self.submission, self.launcher, 10, lambda: None, None, special, world=self.world
        ) as server:
            assert server.process
            await printed(server.process, "listens")
            first, *_ = text(server.process)
        return json.loads(first)

    async def started(self, source: str) -> Process:
        """It, once it runs."""
        (self.folder / "app.py").write_text(dedent(source), encoding="utf-8")
        assert self.submission.static
        seen = sight.of(self.folder, self.course, self.submission.static)
        env, output = dict(os.environ), Output()
        return await self.launcher.start(self.folder, env, None, output, self.world, seen)

    async def ended(self, source: str) -> Process:
        """It, once it has ended, by itself or not."""
        process = await self.started(source)
        async with asyncio.timeout(LONGEST):
            await process.ended
        await self.launcher.stop(process, 0)
        return process


@pytest.fixture
def trial(launcher: HostLauncher, world: World, submission: Submission) -> Trial:
    return Trial(launcher, world, submission)


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def text(process: Process) -> list[str]:
    return [line.text for line in process.output.lines()]


# Tries each call, and gives out the names of the errors; "" where there is none.
TRIES = """
    import json, os, signal, socket
    from pathlib import Path
    def tried(*calls):
        found = []
        for call in calls:
            try:
                call()
                found.append("")
            except OSError as error:
                found.append(type(error).__name__ if error.errno != 30 else "read-only")
        print(json.dumps(found), flush=True)
"""


def tries(*calls: str) -> str:
    """Source that tries these expressions."""
    return dedent(TRIES) + f"tried({', '.join(f'lambda: {call}' for call in calls)})\n"


# Files.


async def test_the_graders_own_files_are_not_there(trial: Trial) -> None:
    before = sorted(GRADER.rglob("*.py"))
    said = await trial.said(
        tries(
            f"Path({str(GRADER / 'checking' / 'runner.py')!r}).read_text()",
            f"Path({str(GRADER / 'report' / 'result.py')!r}).write_text('1/0')",
            "__import__('grader.servers.host.loop')",
        )
        .replace("except OSError", "except (OSError, ImportError)")
        .replace("error.errno", "getattr(error, 'errno', 0)")
    )
    assert said == ["FileNotFoundError", "FileNotFoundError", "ModuleNotFoundError"]
    assert sorted(GRADER.rglob("*.py")) == before


async def test_the_interpreter_and_its_packages_can_be_read_and_not_written(trial: Trial) -> None:
    packages = Path(pytest.__file__).parent.parent
    said = await trial.said(
        tries(
            f"Path({str(packages / 'sitecustomize.py')!r}).write_text('1/0')",
            f"Path({str(packages / 'evil.pth')!r}).write_text('import os')",
            f"Path({sys.executable!r}).with_name('python3').unlink()",
            f"Path({sys.prefix!r}).joinpath('bin', 'node').write_text('#!/bin/sh')",
            "Path('/usr/bin/node2').write_text('#!/bin/sh')",
            "Path('/etc/evil').write_text('')",
            "__import__('pytest')",
        )
    )
    assert said == ["read-only"] * 6 + [""]


async def test_the_solutions_and_the_neighbours_are_not_there(trial: Trial) -> None:
    source = """
        import json, os
        from pathlib import Path
        static = Path(os.environ["STATIC_DIR"])
        found = [str(one) for top in (static.parent, Path("..")) for one in top.rglob("*")
                 if one.is_file() and one.stat().st_size < 9 and b"SECRET" in one.read_bytes()]
        print(json.dumps([found, (static / "style.css").read_text()]))
    """
    assert await trial.said(source) == [[], "body {}"]


async def test_the_shared_files_do_not_lie_beside_the_solutions_without_worlds_either(
    trial: Trial, submission: Submission
) -> None:
    source = """
        import json, os
        from pathlib import Path
        static = Path(os.environ["STATIC_DIR"])
        print(json.dumps([(static / "../solutions").exists(), (static / "style.css").read_text()]))
    """
    shared = HostLauncher(WarmHost((), isolated=False))
    assert await Trial(shared, MACHINE, submission).said(source) == [False, "body {}"]
    await shared.close()


async def test_the_home_is_empty_and_private(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_text("SECRET", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    sight.of.cache_clear()
    source = """
        import json
        from pathlib import Path
        before = [one.name for one in Path.home().iterdir()]
        (Path.home() / "notes").write_text("mine")
        print(json.dumps([before, [one.name for one in Path.home().iterdir()]]))
    """
    assert await trial.said(source) == [[], ["notes"]]
    assert names(home) == [".ssh"]


async def test_an_own_folder_can_be_changed_and_is_whole_again_for_the_next(trial: Trial) -> None:
    source = """
        import json, os
        from pathlib import Path
        there = sorted(os.listdir())
        os.unlink("app.py")
        Path("users.json").write_text("{}")
        Path("/tmp/left").write_text("here"); Path("/dev/shm/left").write_text("here")
        print(json.dumps([there, sorted(os.listdir())]))
    """
    for _ in range(2):
        assert await trial.said(source) == [["app.py"], ["users.json"]]
    assert names(trial.folder) == ["app.py"]
    assert "left" not in names(Path("/tmp"))


async def test_a_scratch_folder_is_empty_and_the_servers_own(trial: Trial) -> None:
    source = """
        import json, os
        from pathlib import Path
        scratch = Path(os.environ["SCRATCH"])
        before = os.listdir(scratch)
        (scratch / "users").touch()
        print(json.dumps(before))
    """
    for _ in range(2):
        assert await trial.said(source, {"SCRATCH": SCRATCH}) == []


async def test_sockets_of_services_and_disks_are_not_there(trial: Trial, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as service:
        os.chdir(tmp_path)
        service.bind("service.sock")
        service.listen()
        said = await trial.said(
            tries(
                f"socket.socket(socket.AF_UNIX).connect({str(tmp_path / 'service.sock')!r})",
                "next(one for one in Path('/dev').rglob('*') if one.is_block_device())",
                "Path('/run').joinpath(next(Path('/run').iterdir()))",
            )
            .replace("except OSError", "except (OSError, StopIteration)")
            .replace("error.errno", "getattr(error, 'errno', 0)")
        )
    assert said == ["FileNotFoundError", "StopIteration", "StopIteration"]


async def test_what_is_hidden_cannot_be_uncovered(trial: Trial) -> None:
    source = """
        import ctypes, json, os
        from pathlib import Path
        libc = ctypes.CDLL(None)
        static = Path(os.environ["STATIC_DIR"])
        course = os.fsencode(static.parent)
        def attempts():
            return [
                libc.umount2(course, 2), libc.umount2(b"/tmp", 2), libc.umount2(b"/proc", 2),
                libc.umount2(os.fsencode(os.getcwd()), 2),
                libc.mount(None, b"/usr", None, 32 | 4096, None),  # MS_REMOUNT | MS_BIND
                libc.mount(None, b"/", None, 32 | 4096, None),
            ]
        first = attempts()
        inside = libc.unshare(0x10020000)  # CLONE_NEWUSER | CLONE_NEWNS
        again = attempts()
        solutions = (static / "../solutions").exists()
        try:
            Path("/usr/evil").write_text("")
        except OSError:
            print(json.dumps([first, again, solutions]))
    """
    assert await trial.said(source) == [[-1] * 6, [-1] * 6, False]


async def test_settings_of_the_kernel_cannot_be_written(trial: Trial) -> None:
    said = await trial.said(
        tries(
            "Path('/proc/sys/kernel/core_pattern').write_text('|/bin/sh')",
            "Path('/proc/sys/kernel/ns_last_pid').write_text('1')",
            "next(Path('/sys').rglob('uevent')).write_text('add')",
        )
    )
    assert all(said), said


# Environment.


async def test_no_secret_of_the_caller_is_there(
    submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    source = """
        import contextlib, json, os
        from pathlib import Path
        every = []
        for file in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                every.append(file.read_bytes())
        own = Path("/proc/self/environ").read_bytes()
        print(json.dumps(["ghp" in str(os.environ), b"ghp" in own, b"ghp" in b"".join(every)]))
    """
    for isolated in (True, False):
        launcher = HostLauncher(WarmHost((), isolated=isolated))
        async with a_world(launcher) as one:
            said = await Trial(launcher, one, submission).said(source)
        await launcher.close()
        # Without worlds a process of the same user finds the grader's own in /proc.
        assert said[:2] == [False, False]
        assert not isolated or not said[2]


# Processes.


async def test_it_sees_itself_and_no_other_process(trial: Trial) -> None:
    source = """
        import json, os
        seen = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
        print(json.dumps([seen == [1, os.getpid()], os.getppid()]))
    """
    assert await trial.said(source) == [True, 0]


async def test_whom_it_kills_is_itself_or_nobody(trial: Trial) -> None:
    survives = tries(
        "os.kill(1, signal.SIGKILL)",
        "os.kill(1, signal.SIGSTOP)",
        f"os.kill({os.getpid()}, signal.SIGTERM)",
        "os.kill(-1, signal.SIGKILL)",  # all but itself and process 1
    )
    assert (await trial.said(survives))[2] == "ProcessLookupError"
    assert await trial.said("print(1)") == 1  # the host goes on


async def test_a_server_that_kills_its_group_or_its_parent_ends_alone(trial: Trial) -> None:
    for last in ("os.kill(0, 9)", "os.kill(os.getppid(), 9)", "os.killpg(os.getpgrp(), 9)"):
        process = await trial.ended(f"import os\n{last}\n")
        assert (process.code, process.because) == (-9, "")
    assert await trial.said("print(1)") == 1


CHILDREN = """
    import os, time
    for _ in range({count}):
        if os.fork() == 0:
            {then}
            time.sleep(600)
    os.write(1, b"started\\n")
    time.sleep(600)
"""


async def test_two_hundred_children_end_at_once(trial: Trial) -> None:
    process = await trial.started(CHILDREN.format(count=200, then="os.setsid()"))
    await printed(process, "started")
    namespace = namespace_of(process)
    assert len(members(namespace)) == 202  # with process 1
    await trial.launcher.stop(process, 0)
    assert members(namespace) == []


@pytest.mark.parametrize(
    "source",
    [CHILDREN.format(count=900, then="os.setsid()"), "import os\nwhile True:\n    os.fork()\n"],
    ids=["nine hundred children", "a bomb of forks"],
)
async def test_too_many_processes_are_ended(trial: Trial, source: str) -> None:
    process = await trial.ended(source)
    assert process.because == "it had more than 250 processes"


async def test_a_daemon_ends_with_its_server(trial: Trial) -> None:
    source = """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(1, b"daemon\\n")
                time.sleep(600)
            os._exit(0)
        os.wait()
        time.sleep(600)
    """
    process = await trial.started(source)
    await printed(process, "daemon")
    namespace = namespace_of(process)
    # With process 1, once the one in between has ended.
    wait_until(lambda: len(members(namespace)) == 3, "the end of the one in between")
    await trial.launcher.stop(process, 0)
    assert members(namespace) == []


async def test_nothing_is_left_where_the_host_is_killed(trial: Trial) -> None:
    process = await trial.started(CHILDREN.format(count=3, then="os.setsid()"))
    await printed(process, "started")
    namespace = namespace_of(process)
    trial.launcher._host.kill()
    wait_until(lambda: members(namespace) == [], "every process to go")


def namespace_of(process: Process) -> Path:
    """The PID namespace of the process."""
    return Path(f"/proc/{process.pid}/ns/pid").readlink()


def members(namespace: Path) -> list[int]:
    """The processes of a PID namespace that have not ended."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (place / "ns" / "pid").readlink() == namespace and is_running(int(place.name)):
                found.append(int(place.name))
    return found


async def printed(process: Process, line: str) -> None:
    """Wait until the process has printed the line."""
    changed = asyncio.Event()
    process.output.on_change = changed.set
    async with asyncio.timeout(LONGEST):
        while line not in text(process):
            await changed.wait()
            changed.clear()


# What it uses.


async def test_a_disk_that_is_filled_is_its_own(trial: Trial) -> None:
    source = """
        import json
        errors = []
        for place in ("full", "/tmp/full", "/dev/shm/full"):
            try:
                with open(place, "wb") as file:
                    for _ in range(1000):
                        file.write(bytes(2**20))
            except OSError as error:
                errors.append(error.errno)
        print(json.dumps(errors))
    """
    first, *others = await trial.said(source)
    assert first in (errno.ENOSPC, errno.EFBIG)
    assert others == [errno.ENOSPC] * 2


async def test_a_server_that_eats_memory_is_ended(trial: Trial) -> None:
    process = await trial.ended("kept = []\nwhile True:\n    kept.append(b'x' * 2**22)\n")
    assert re.fullmatch(r"it used more than [\d,]+ MB of memory", process.because)


async def test_it_has_so_many_files_open_and_no_more(trial: Trial) -> None:
    source = """
        import json, os
        count = 0
        try:
            while True:
                os.dup(0)
                count += 1
        except OSError as error:
            os.closerange(3, 100_000)
            print(json.dumps([count <= 4096, error.errno]))
    """
    assert await trial.said(source) == [True, errno.EMFILE]


# The host.


async def test_no_socket_of_the_host_is_open(trial: Trial) -> None:
    source = """
        import json, os, stat
        sockets = [n for n in range(1000) if os.path.exists(f"/proc/self/fd/{n}")
                   and stat.S_ISSOCK(os.fstat(n).st_mode)]
        print(json.dumps([sockets, sorted(map(int, os.listdir("/proc/self/fd")))[:3]]))
    """
    assert await trial.said(source) == [[], [0, 1, 2]]


async def test_no_process_can_be_traced_or_read(trial: Trial) -> None:
    source = """
        import ctypes, json, os
        libc = ctypes.CDLL(None, use_errno=True)
        attached = [pid for pid in range(2, 3000)
                    if pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0]
        print(json.dumps([attached, libc.ptrace(16, 1, 0, 0)]))
    """
    attached, first = await trial.said(source)
    assert attached == []
    # Process 1 is its own: who traces it reaches nothing but a process that waits.
    assert first in (0, -1)
    assert await trial.said("print(1)") == 1


async def test_what_it_changes_in_memory_is_not_there_for_the_next(trial: Trial) -> None:
    source = """
        import asyncio, builtins, gc, json, os
        before = [getattr(os, "evil", None), getattr(builtins, "evil", None)]
        os.evil = builtins.evil = True
        asyncio.start_server = None
        for one in gc.get_objects():
            if type(one).__name__ in ("Host", "Control", "Networks", "Maker"):
                one.__dict__.clear()
        print(json.dumps(before))
    """
    for _ in range(2):
        assert await trial.said(source) == [None, None]


async def test_what_it_leaves_in_system_v_ipc_no_other_sees(trial: Trial) -> None:
    source = """
        import ctypes, json
        libc = ctypes.CDLL(None, use_errno=True)
        EXISTS, CREATE = 0, 0o1600
        print(json.dumps([libc.msgget(4711, how) for how in (EXISTS, CREATE)]), flush=True)
    """
    for _ in range(2):
        found, made = await trial.said(source)
        assert (found, made >= 0) == (-1, True)
