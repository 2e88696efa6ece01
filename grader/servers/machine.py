"""Whether this machine, or the container that we are in, lets anything be graded at all.

What is missing here is the machine's fault: it is said in one line before a server is started.
"""

import os
import sys
from pathlib import Path

from grader.servers.process import LaunchError
from grader.servers.world import World

NEEDED_FILES = 256  # that the grader may have open
_WANTED_FILES = 4096
_LONGEST = 5.0  # seconds that a connection may take


def unfit() -> str:
    """Why nothing can be graded here; "" where it can."""
    return _proc() or _files()


def _proc() -> str:
    """Linux tells in /proc who listens, who started whom, and who waits for a core."""
    if sys.platform != "linux":
        return ""
    try:
        seen = os.readlink("/proc/self")  # noqa: PTH115 - it is no path
        Path("/proc/self/stat").read_bytes()
    except OSError:
        return (
            "there is no /proc here, which tells who listens: mount it (mount -t proc proc /proc)"
        )
    if seen != str(os.getpid()):
        return "/proc is that of other processes: mount one (mount -t proc proc /proc)"
    return ""


def _files() -> str:
    """So many checks side by side have many files and sockets open."""
    try:
        import resource
    except ImportError:
        return ""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if 0 <= soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if 0 <= soft < NEEDED_FILES:
        return (
            f"no more than {soft} files may be open here, and {NEEDED_FILES} are needed: ulimit -n"
        )
    return ""


def look(world: World) -> None:
    """Whether what listens can be reached and seen there. Raises LaunchError where it cannot."""
    try:
        with world.listen() as one, world.new_socket() as client:
            port = one.getsockname()[1]
            client.settimeout(_LONGEST)
            client.connect(("127.0.0.1", port))
            seen = {listener.port for listener in world.listeners(os.getpid())}
    except OSError as error:
        raise LaunchError(f"nobody can be reached at 127.0.0.1 here: {error.strerror}") from error
    if port not in seen:
        raise LaunchError("this machine does not show who listens on which port")
