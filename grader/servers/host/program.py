"""The program: what the host does before its loop, and after it."""

import os
import signal
import socket
import sys
from collections.abc import Sequence

from . import isolation, kernel, limits
from .control import Control
from .files import enter_own
from .fork import run
from .loop import Host
from .networks import Networks
from .processes import Maker
from .running import Job


def main() -> None:
    """The host, in the end; in its forks, the servers."""
    control, door, wanted, *modules = sys.argv[1:]
    kernel.prctl(kernel.SET_CHILD_SUBREAPER, 1)
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)  # only the end of the socket ends the host
    given = isolation.begin() if int(wanted) else []
    networks = Networks() if isolation.NETWORK in given else None
    maker = Maker() if isolation.PROCESSES in given else None
    talk = Control(socket.socket(fileno=int(control)))
    host = Host(talk, socket.socket(fileno=int(door)), networks, maker)
    host.imports(modules)
    job = host.serve(given)
    if job is None:
        host.end()
        os._exit(0)  # nothing is left to tidy up, and the grader waits for this
    try:
        keep_apart(job, networks, given)
    except OSError as error:
        talk.send({"broken": job.number, "error": str(error)})
        os._exit(1)
    host.release()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(job)


def keep_apart(job: Job, networks: Networks | None, given: Sequence[str]) -> None:
    """Move this fork to where nothing of the machine is within its reach. Raises OSError."""
    apart = networks is not None and job.world is not None
    if networks and job.world is not None:
        networks.enter(job.world)
    if not job.sight:
        return
    limits.limit()
    if apart and isolation.FILES in given:
        enter_own(job.folder, job.sight, processes=isolation.PROCESSES in given)
        limits.give_up_privileges(root=isolation.is_root())
