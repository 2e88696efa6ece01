"""The loop that starts, stops and reaps servers, and makes the networks in which they run.

It is asked over two Unix stream sockets, whose other ends the grader has. CONTROL carries one
JSON object a line:

    → {"world": n, "sockets": count}                            makes a network
    → {"start": n, "folder": path, "env": {…}}                  runs app.py in a fork
    → {"start": n, …, "argv": […], "world": n}                  that program instead, there
    → {"stop": n, "moment": seconds}                            SIGTERM, a moment, SIGKILL
    → {"forget": n}                                             lets a network go
    → {"warm": [MODULE, …]}                                     imports these too
    ← {"ready": true, "isolation": [NAME, …]}                   the modules are imported
    ← {"world": n, "sockets": count}                            with a netlink socket and these
    ← {"started": n, "pid": pid} or {"failed": n, "error": text}
    ← {"ended": n, "code": exit code, or minus the signal}

Each "start" comes with one file descriptor, on which the server's standard output and error go.
DOOR is for whoever cannot wait its turn: {"world": n, "family": f, "kind": k, "count": count} is
answered by as many sockets, or by none where there is no such network.

A server leads a process group of its own. When CONTROL ends, however that comes, the host kills
every server and, on Linux, everything that any of them has started, and ends.
"""

import array
import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .networks import Networks, hand_over

_END = b"\x04"  # what a terminal takes for the end of its input: termios(3), VEOF
_ENDS = 1000


@dataclass
class Running:
    """A server that was started: its number, and when it is to be killed (monotonic seconds)."""

    number: int
    terminal: int | None  # the other end of its standard input
    kill_at: float | None = None


@dataclass
class Job:
    """What a fork is to run; the host's loop hands it out in the child."""

    folder: str
    env: dict[str, str]
    argv: list[str] | None
    output: int
    world: int | None
    terminal: int | None  # for its standard input


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
    """The state of the loop. `warm` imports modules; `networks` is None where none can be made."""

    def __init__(
        self,
        control: socket.socket,
        door: socket.socket,
        networks: Networks | None,
        warm: Callable[[Sequence[str]], None],
    ) -> None:
        self.control = control
        self.door = door
        self.networks = networks
        self.warm = warm
        self.running: dict[int, Running] = {}
        self.buffer = b""
        self.descriptors: list[int] = []
        self.wake_in, self.wake_out = os.pipe()
        for end in (self.wake_in, self.wake_out):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_out, warn_on_full_buffer=False)

    def serve(self, isolation: Sequence[str]) -> Job | None:
        """Handle requests until CONTROL ends (None), or, in a fork, return its Job."""
        self.send({"ready": True, "isolation": isolation})
        while True:
            pauses = [r.kill_at - time.monotonic() for r in self.running.values() if r.kill_at]
            timeout = max(0.0, min(pauses)) if pauses else None
            watched = [self.control.fileno(), self.door.fileno(), self.wake_in]
            readable, _, _ = select.select(watched, [], [], timeout)
            if self.wake_in in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake_in, 4096)
                self.reap()
            self.kill_overdue()
            if self.door.fileno() in readable:
                self.open_door()
            if self.control.fileno() in readable:
                requests = self.receive()
                if requests is None:
                    return None
                for request in requests:
                    if job := self.handle(request):
                        return job

    def handle(self, request: dict[str, Any]) -> Job | None:
        """Do what is asked; in the child of a fork, the Job it is to run."""
        if "start" in request:
            return self.start(request)
        if "stop" in request:
            self.stop(request["stop"], request["moment"])
        elif "warm" in request:
            self.warm(request["warm"])
        elif "forget" in request and self.networks:
            self.networks.forget(request["forget"])
        elif "world" in request:
            self.make_world(request["world"], request["sockets"])
        return None

    def send(self, message: dict[str, Any], sockets: Sequence[socket.socket] = ()) -> None:
        with contextlib.suppress(OSError):  # the grader is gone: the next read says so
            hand_over(self.control, json.dumps(message).encode() + b"\n", list(sockets))

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

    def make_world(self, number: int, count: int) -> None:
        """Make a network and hand out sockets of it; none where that fails."""
        sockets: list[socket.socket] = []
        if self.networks:
            with contextlib.suppress(OSError):
                self.networks.make(number)
                sockets = [
                    self.networks.diagnosis(number),
                    *self.networks.sockets(number, socket.AF_INET, socket.SOCK_STREAM, count),
                ]
        self.send({"world": number, "sockets": max(0, len(sockets) - 1)}, sockets)

    def open_door(self) -> None:
        """Answer one request for sockets."""
        request = self.door.recv(4096)
        if not request:
            return
        asked, sockets = json.loads(request), list[socket.socket]()
        with contextlib.suppress(OSError, KeyError):
            if self.networks:
                sockets = self.networks.sockets(
                    asked["world"], asked["family"], asked["kind"], asked["count"]
                )
        with contextlib.suppress(OSError):
            hand_over(self.door, b"\n", sockets)

    def start(self, request: dict[str, Any]) -> Job | None:
        """Fork a server; in the child, the Job it is to run."""
        output = self.descriptors.pop(0)
        argv = request.get("argv")
        if argv is None and shadowed(request["folder"]):
            argv = [sys.executable, "app.py"]
        ours, theirs = a_terminal()
        try:
            pid = os.fork()
        except OSError as error:
            close(output, ours, theirs)
            self.send({"failed": request["start"], "error": error.strerror})
            return None
        if pid == 0:
            close(ours)
            return Job(
                request["folder"], request["env"], argv, output, request.get("world"), theirs
            )
        close(output, theirs)
        self.running[pid] = Running(request["start"], ours)
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
                close(running.terminal)
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
        self.door.close()
        os.close(self.wake_in)
        os.close(self.wake_out)
        close(*self.descriptors, *(one.terminal for one in self.running.values()))
        if self.networks:
            self.networks.close()


def a_terminal() -> tuple[int | None, int | None]:
    """Both ends of a pseudo-terminal at which nobody types: who reads finds its end, many times.

    Some servers refuse to start without a terminal. None where the machine has none left.
    """
    try:
        ours, theirs = os.openpty()
    except OSError:
        return None, None
    os.write(ours, _END * _ENDS)
    return ours, theirs


def close(*descriptors: int | None) -> None:
    """Close those that there are."""
    for descriptor in descriptors:
        if descriptor is not None:
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
