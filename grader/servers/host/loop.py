"""The loop that starts, stops and reaps servers, and makes the networks in which they run.

It is asked over two Unix stream sockets, whose other ends the grader has. CONTROL carries one
JSON object a line:

    → {"world": n, "sockets": count}                            makes a network
    → {"start": n, "folder": path, "env": {…}}                  runs app.py in a fork
    → {"start": n, …, "argv": […], "world": n}                  that program instead, there
    → {"start": n, …, "hidden": [path, …], "shown": [path, …]}  a stranger's: limited, kept apart
    → {"stop": n, "moment": seconds}                            SIGTERM, a moment, SIGKILL
    → {"forget": n}                                             lets a network go
    → {"warm": [MODULE, …]}                                     imports these too
    ← {"fault": text}                                           a module cannot be imported
    ← {"ready": true, "isolation": [NAME, …]}                   the modules are imported
    ← {"world": n, "sockets": count}                            with a netlink socket and these
    ← {"started": n, "pid": pid} or {"failed": n, "error": text}
    ← {"broken": n, "error": text}                              it could not be kept apart
    ← {"ended": n, "code": exit code, or minus the signal}      with "because", if we ended it, and
    ← {"gone": n}                                               with "left": true until this comes:
                                                                all that it had started has ended

Each "start" comes with one file descriptor, on which the server's standard output and error go.
DOOR is for what cannot wait its turn: {"world": n, "family": f, "kind": k, "count": count} is
answered by as many sockets, or by none where there is no such network.

A server leads a process group of its own. When CONTROL ends, however that comes, the host kills
every server and, on Linux, everything that any of them has started, and ends.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

from . import limits
from .control import Control, hand_over
from .files import Sight
from .modules import shadowed, warm
from .networks import Networks
from .processes import Maker, end_own_children, signal_group
from .running import Job, Running
from .terminal import a_terminal, close


class Host:
    """The state of the loop. `networks` and `maker` are None where this machine gives no networks,
    and no process numbers, of a server's own.
    """

    def __init__(
        self,
        control: Control,
        door: socket.socket,
        networks: Networks | None,
        maker: Maker | None,
    ) -> None:
        self.control = control
        self.door = door
        self.networks = networks
        self.maker = maker
        self.running: dict[int, Running] = {}
        self.ending: dict[int, Running] = {}  # by the keeper that still has to end
        self.look_at = time.monotonic()
        self.wake_in, self.wake_out = os.pipe()
        for end in (self.wake_in, self.wake_out):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_out, warn_on_full_buffer=False)

    def serve(self, isolation: Sequence[str]) -> Job | None:
        """Handle requests until CONTROL ends (None), or, in a fork, return its Job."""
        self.control.send({"ready": True, "isolation": isolation})
        while True:
            watched = [self.control.fileno(), self.door.fileno(), self.wake_in]
            readable, _, _ = select.select(watched, [], [], self.pause())
            if self.wake_in in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.wake_in, 4096)
                self.reap()
            self.kill_overdue()
            self.look()
            if self.door.fileno() in readable:
                self.open_door()
            if self.control.fileno() in readable:
                requests = self.control.receive()
                if requests is None:
                    return None
                for request in requests:
                    if job := self.handle(request):
                        return job

    def pause(self) -> float | None:
        """Seconds until there is something to do, unless something comes before."""
        times = [one.kill_at for one in self.running.values() if one.kill_at]
        if any(one.limited for one in self.running.values()):
            times.append(self.look_at)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def handle(self, request: dict[str, Any]) -> Job | None:
        """Do what is asked; in the child of a fork, the Job it is to run."""
        if "start" in request:
            return self.start(request)
        if "stop" in request:
            self.stop(request["stop"], request["moment"])
        elif "warm" in request:
            self.imports(request["warm"])
        elif "forget" in request and self.networks:
            self.networks.forget(request["forget"])
        elif "world" in request:
            self.make_world(request["world"], request["sockets"])
        return None

    def imports(self, modules: Sequence[str]) -> None:
        """Import modules that servers need, and tell of one that is broken here."""
        if fault := warm(modules):
            self.control.send({"fault": fault})

    def make_world(self, number: int, count: int) -> None:
        """Make a network and hand out sockets of it; none where that fails."""
        sockets: list[socket.socket] = []
        if self.networks:
            with contextlib.suppress(OSError):
                self.networks.make(number)
                if self.maker:
                    self.maker.order()
                sockets = [
                    self.networks.diagnosis(number),
                    *self.networks.sockets(number, socket.AF_INET, socket.SOCK_STREAM, count),
                ]
        self.control.send({"world": number, "sockets": max(0, len(sockets) - 1)}, sockets)

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
        number, world = request["start"], request.get("world")
        output = self.control.descriptors.pop(0)
        argv = request.get("argv")
        if argv is None and shadowed(request["folder"]):
            argv = [sys.executable, "app.py"]
        sight = None
        if "hidden" in request:
            sight = Sight(tuple(request["hidden"]), tuple(request["shown"]))
        host, keeper = os.getpid(), None
        ours, theirs = a_terminal()
        try:
            if self.maker and sight and world is not None:
                keeper = self.maker.make()
                pid = self.maker.fork_inside(keeper, number)
            else:
                pid = os.fork()
        except OSError as error:
            if keeper:
                keeper.end()
                keeper.close()
            close(output, ours, theirs)
            self.control.send({"failed": number, "error": error.strerror})
            return None
        if pid == 0:
            close(ours)
            if keeper:
                keeper.close()
            parent = 0 if keeper else host
            folder, env = request["folder"], request["env"]
            return Job(number, folder, env, argv, output, world, theirs, sight, parent)
        close(output, theirs)
        self.running[pid] = Running(number, ours, keeper, sight is not None)
        self.control.send({"started": number, "pid": pid})
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
                self.kill(pid, running)

    def kill(self, pid: int, running: Running) -> None:
        """Kill a server with all its processes, as far as they can be known."""
        signal_group(pid, signal.SIGKILL)
        if running.keeper:
            running.keeper.end()

    def look(self) -> None:
        """From time to time, end the servers that use too much of the machine."""
        if (now := time.monotonic()) < self.look_at:
            return
        self.look_at = now + limits.LOOK
        shared = limits.own_memory()
        for pid, running in self.running.items():
            if not running.limited or running.because:
                continue
            if because := limits.exceeded(pid, running.keeper, shared):
                running.because = because
                self.kill(pid, running)

    def reap(self) -> None:
        """Tell of every server that has ended; kill what is left of it."""
        while True:
            try:
                # Left unreaped until its group is dead: so long its number is nobody else's.
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            if found.si_pid in self.running:
                self.kill(found.si_pid, self.running[found.si_pid])
            _, status = os.waitpid(found.si_pid, 0)
            code = os.waitstatus_to_exitcode(status)
            if running := self.running.pop(found.si_pid, None):
                self.tell_end(running, code)
                if running.keeper:  # which ends after all others
                    self.ending[running.keeper.pid] = running
                else:
                    running.let_go()
            elif ended := self.ending.pop(found.si_pid, None):
                ended.let_go()
                self.control.send({"gone": ended.number})

    def tell_end(self, running: Running, code: int) -> None:
        said: dict[str, Any] = {"ended": running.number, "code": code}
        if running.because:
            said["because"] = running.because
        if running.keeper:
            said["left"] = True
        self.control.send(said)

    def end(self) -> None:
        """Kill every server and every process that came from one."""
        for pid, running in self.running.items():
            self.kill(pid, running)
        end_own_children()

    def release(self) -> None:
        """In a fork: let go of everything that is the host's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.control.close()
        self.door.close()
        os.close(self.wake_in)
        os.close(self.wake_out)
        close(*self.control.descriptors)
        for one in (*self.running.values(), *self.ending.values()):
            one.let_go()
        if self.networks:
            self.networks.close()
        if self.maker:
            self.maker.close()
