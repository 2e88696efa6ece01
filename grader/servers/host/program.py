"""The program: what the host does before its loop, and after it."""

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Iterable

from . import isolation, kernel
from .files import enter_own
from .fork import run
from .loop import Host
from .networks import Networks


def warm(modules: Iterable[str]) -> None:
    """Import what servers need. A module that is not installed is left out."""
    gc.disable()  # what is imported stays
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()  # forks share these objects' pages, and never walk them


def main() -> None:
    """The host, in the end; in its forks, the servers."""
    control, door, wanted, *modules = sys.argv[1:]
    kernel.prctl(kernel.SET_CHILD_SUBREAPER, 1)
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)  # only the end of the socket ends the host
    given = isolation.begin() if int(wanted) else []
    networks = Networks() if isolation.NETWORK in given else None
    host = Host(socket.socket(fileno=int(control)), socket.socket(fileno=int(door)), networks, warm)
    warm(modules)
    own = os.getpid()
    job = host.serve(given)
    if job is None:
        host.end()
        os._exit(0)  # nothing is left to tidy up, and the grader waits for this
    if networks and job.world is not None:
        networks.enter(job.world)
        if isolation.FILES in given:
            with contextlib.suppress(OSError):  # then it writes where the student's own run does
                enter_own(job.folder)
    host.release()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(job, own)
