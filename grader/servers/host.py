"""The warm process: it imports what servers need once, then forks a fresh server per request.

A program, started by `servers.warm` as `python -P host.py FD [MODULE …]`; the grader never
imports it, and it imports nothing of the grader's. FD is its end of a Unix stream socket, which
carries one JSON object a line:

    → {"start": n, "folder": path, "env": {…}}                  runs app.py in a fork
    → {"start": n, "folder": path, "env": {…}, "argv": […]}     runs that program instead
    → {"stop": n, "moment": seconds}                            SIGTERM, a moment, SIGKILL
    → {"warm": [MODULE, …]}                                     imports these too
    ← {"ready": true}                                           the modules are imported
    ← {"started": n, "pid": pid} or {"failed": n, "error": text}
    ← {"ended": n, "code": exit code, or minus the signal}

Each "start" comes with one file descriptor, on which the server's standard output and error go.
A server leads a process group of its own. When the socket ends, however that comes, the host
kills every server and, on Linux, everything that any of them has started, and ends.
"""

import array
import atexit
import builtins
import contextlib
import gc
import importlib
import io
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Running:
    """A server that was started: its number, and when it is to be killed (monotonic seconds)."""

    number: int
    kill_at: float | None = None


@dataclass
class Job:
    """What a fork is to run; the host's loop hands it out in the child."""

    folder: str
    env: dict[str, str]
    argv: list[str] | None
    output: int


def prctl(option: int, value: int) -> None:
    """Linux's prctl(2); elsewhere nothing."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def shadowed(folder: str) -> str | None:
    """The file of a submission that hides a module imported here already, or None.

    `python app.py` puts the folder first on the module path, so such a file wins over the
    package; a fork, which has the package in memory, would not notice.
    """
    own = {"__main__", *sys.builtin_module_names}
    with contextlib.suppress(OSError):
        for entry in Path(folder).iterdir():
            importable = entry.suffix == ".py" or entry.is_dir()
            if importable and entry.stem in sys.modules and entry.stem not in own:
                return entry.name
    return None


class Host:
    """The loop that starts, stops and reaps servers."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.running: dict[int, Running] = {}
        self.buffer = b""
        self.descriptors: list[int] = []
        self.wake_in, self.wake_out = os.pipe()
        for end in (self.wake_in, self.wake_out):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_out, warn_on_full_buffer=False)

    def serve(self) -> Job | None:
        """Handle requests until the socket ends (None), or, in a fork, return its Job."""
        self.send({"ready": True})
        while True:
            pauses = [r.kill_at - time.monotonic() for r in self.running.values() if r.kill_at]
            timeout = max(0.0, min(pauses)) if pauses else None
            readable, _, _ = select.select([self.control.fileno(), self.wake_in], [], [], timeout)
            if self.wake_in in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake_in, 4096)
                self.reap()
            self.kill_overdue()
            if self.control.fileno() in readable:
                requests = self.receive()
                if requests is None:
                    return None
                for request in requests:
                    if "stop" in request:
                        self.stop(request["stop"], request["moment"])
                    elif "warm" in request:
                        warm(request["warm"])
                    elif job := self.start(request):
                        return job

    def send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the grader is gone: the next read says so
            self.control.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> list[dict[str, Any]] | None:
        """The requests that have come, or None at the end of the socket."""
        size = array.array("i").itemsize
        try:
            data, ancillary, _, _ = self.control.recvmsg(65536, socket.CMSG_SPACE(16 * size))
        except OSError:
            return None
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                received = array.array("i")
                received.frombytes(payload[: len(payload) - len(payload) % size])
                self.descriptors.extend(received)
        if not data:
            return None
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def start(self, request: dict[str, Any]) -> Job | None:
        """Fork a server; in the child, the Job it is to run."""
        output = self.descriptors.pop(0)
        argv = request.get("argv")
        if argv is None and shadowed(request["folder"]):
            argv = [sys.executable, "app.py"]
        try:
            pid = os.fork()
        except OSError as error:
            os.close(output)
            self.send({"failed": request["start"], "error": error.strerror})
            return None
        if pid == 0:
            return Job(request["folder"], request["env"], argv, output)
        os.close(output)
        self.running[pid] = Running(request["start"])
        self.send({"started": request["start"], "pid": pid})
        return None

    def stop(self, number: int, moment: float) -> None:
        for pid, running in self.running.items():
            if running.number == number and running.kill_at is None:
                running.kill_at = time.monotonic() + moment
                signal_group(pid, signal.SIGTERM)

    def kill_overdue(self) -> None:
        now = time.monotonic()
        for pid, running in self.running.items():
            if running.kill_at is not None and running.kill_at <= now:
                running.kill_at = now + 1
                signal_group(pid, signal.SIGKILL)

    def reap(self) -> None:
        """Tell of every server that has ended; kill what is left of its group."""
        while True:
            try:
                # Left unreaped until its group is dead: so long its number is nobody else's.
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            if found.si_pid in self.running:
                signal_group(found.si_pid, signal.SIGKILL)
            _, status = os.waitpid(found.si_pid, 0)
            if running := self.running.pop(found.si_pid, None):
                self.send({"ended": running.number, "code": os.waitstatus_to_exitcode(status)})

    def end(self) -> None:
        """Kill every server and every process that came from one."""
        for pid in self.running:
            signal_group(pid, signal.SIGKILL)
        while children := list(own_children()):
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            # As the subreaper the host inherits the children of what it kills, and goes on.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)

    def release(self) -> None:
        """In a fork: let go of everything that is the host's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.control.close()
        os.close(self.wake_in)
        os.close(self.wake_out)
        for descriptor in self.descriptors:
            os.close(descriptor)


def signal_group(child: int, number: int) -> None:
    """Signal an unreaped child's process group; the child alone before it leads one."""
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        os.kill(child, number)
    except PermissionError:
        pass  # macOS says so of a group of which only zombies are left


def own_children() -> Iterator[int]:
    """The processes whose parent this one is; Linux only, elsewhere none."""
    if sys.platform != "linux":
        return
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = status.read_text(errors="replace").rpartition(")")[2]
            if int(after_name.split()[1]) == os.getpid():  # proc(5): ppid
                yield int(status.parent.name)


def unbuffered(descriptor: int) -> io.TextIOWrapper:
    """A text stream as `python -u` makes it: what is printed is seen when it happens."""
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)


def run(job: Job, host: int) -> None:
    """Become the server: as `python app.py`, or the program given, does in its folder."""
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != host:
        os._exit(1)  # it has died already
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(job.output, 1)
    os.dup2(job.output, 2)
    os.closerange(3, max(nothing, job.output) + 1)
    os.environ.clear()
    os.environ.update(job.env)
    try:
        os.chdir(job.folder)
        if job.argv:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, others should not
            os.execvp(job.argv[0], job.argv)
    except OSError as error:
        os.write(2, f"{job.argv[0] if job.argv else job.folder}: {error.strerror}\n".encode())
        os._exit(127)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        setattr(sys, name, unbuffered(descriptor))
        setattr(sys, f"__{name}__", getattr(sys, name))
    path = str(Path(job.folder) / "app.py")
    sys.argv = ["app.py"]
    sys.path.insert(0, job.folder)
    sys.dont_write_bytecode = True
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None)
    sys.modules["__main__"] = main
    gc.enable()
    code = execute(path, main)
    # What the interpreter does at its end, but for taking every imported module apart.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def execute(path: str, main: types.ModuleType) -> int:
    """Run the file as the module `main`; the exit code."""
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        reason = f"[Errno {error.errno}] {error.strerror}"
        print(f"{sys.executable}: can't open file {path!r}: {reason}", file=sys.stderr)
        return 2
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as ending:
        if ending.code is None or isinstance(ending.code, int):
            return (ending.code or 0) & 0xFF
        print(ending.code, file=sys.stderr)
        return 1
    except BaseException as error:
        # The student's own lines only: the first frame is this function's.
        trace = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def warm(modules: Iterable[str]) -> None:
    """Import what servers need. A module that is not installed is left out."""
    gc.disable()  # what is imported stays
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # forks share these objects' pages, and never walk them


def main() -> None:
    host = Host(socket.socket(fileno=int(sys.argv[1])))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)  # only the end of the socket ends the host
    warm(sys.argv[2:])
    own = os.getpid()
    job = host.serve()
    if job is None:
        host.end()
        os._exit(0)  # nothing is left to tidy up, and the grader waits for this
    host.release()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(job, own)


if __name__ == "__main__":
    main()
