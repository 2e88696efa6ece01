"""What submissions may try on the machine that grades them, or on those that are graded after.

Each is a piece of source that stands before a right server of step 4. It does its harm when the
server starts, and what it cannot do it leaves. Where it is not kept apart it ends instead: nobody
who runs the tests shall suffer from them.
"""

from pathlib import Path
from textwrap import dedent

import grader
from tests.support import TESTS

_GRADER = Path(grader.__file__).parent

# A server that writes into one of these controls every later grading.
_EVIL = """
import grader.report.result as result
result.CheckResult.earned = property(lambda self: self.points)
result.CheckResult.verdict = property(lambda self: "passed", lambda self, value: None)
"""

_START = """
import contextlib, gc, glob, os, pathlib, signal, socket, subprocess, sys, time

if os.getppid() != 0:  # whose parent is in another PID namespace has none
    sys.exit("this machine keeps no processes apart: nothing is tried")

def tries(action, *arguments):
    with contextlib.suppress(Exception):
        return action(*arguments)

def write(place, text):
    with contextlib.suppress(OSError):
        os.chmod(place, 0o666)
    with contextlib.suppress(OSError):
        pathlib.Path(place).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(place).write_text(text)

def child(then):
    if os.fork() == 0:
        try:
            then()
        finally:
            os._exit(0)
"""

ATTACKS = {
    "writes into the grader": f"""
        for file in ("report/result.py", "report/terminal.py", "checking/verdicts.py"):
            write({str(_GRADER)!r} + "/" + file, "verdict = 'passed'\\n")
        """,
    "writes bytecode for the grader": f"""
        for file in glob.glob({str(_GRADER)!r} + "/**/__pycache__/*.pyc", recursive=True):
            write(file, "")
        """,
    "writes into the packages": f"""
        for place in sys.path:
            write(place + "/sitecustomize.py", {_EVIL!r})
            write(place + "/evil.pth", "import sys; sys.dont_write_bytecode = True")
        """,
    "writes into the course": """
        static = pathlib.Path(os.environ["STATIC_DIR"])
        for file in (*static.rglob("*"), *static.parent.glob("s*/*/*.py")):
            write(file, "1 / 0")
        """,
    "writes beside itself and over itself": """
        for place in ("app.py", "../app.py", "../../app.py", "sitecustomize.py"):
            write(place, "1 / 0")
        """,
    "writes what the shell and Python begin with": f"""
        home = os.path.expanduser("~")
        for file in (".bashrc", ".profile", ".local/lib/python3.11/site-packages/evil.pth"):
            write(home + "/" + file, "exit 1")
        write(os.path.dirname(sys.executable) + "/python", "#!/bin/sh\\nexit 1\\n")
        write(os.path.dirname(sys.executable) + "/grader", "#!/bin/sh\\nexit 0\\n")
        write({str(TESTS.parent)!r} + "/course.toml", "")
        """,
    "leaves files in the temporary folders": """
        for place in ("/tmp", "/var/tmp", "/dev/shm", os.environ.get("TMPDIR", "/tmp")):
            for name in ("app.py", "users.json", "socketio.py", "grader-scratch/users"):
                write(place + "/" + name, "1 / 0")
        """,
    "fills the disk": """
        def fill(place):
            with open(place, "wb") as file:
                for _ in range(2000):
                    file.write(bytes(2**20))
        for place in ("full", "/tmp/full", "/dev/shm/full"):
            tries(fill, place)
            tries(os.unlink, place)
        """,
    "tells what it finds": """
        print(os.environ, tries(pathlib.Path("/proc/self/environ").read_bytes))
        for place in (os.path.expanduser("~"), "..", "../..", os.environ["STATIC_DIR"] + "/.."):
            print(tries(os.listdir, place))
        """,
    "kills its parent": """
        parent = os.getppid()
        if parent:
            tries(os.kill, parent, signal.SIGKILL)
        """,
    "stops process 1 and its parent": """
        for pid in {1, os.getppid()} - {0}:
            tries(os.kill, pid, signal.SIGSTOP)
        """,
    "kills every process that it sees": """
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                tries(os.kill, int(name), signal.SIGKILL)
        """,
    "kills everybody": """
        tries(os.kill, -1, signal.SIGKILL)
        """,
    "starts nine hundred children": """
        for _ in range(900):
            child(lambda: time.sleep(600))
        """,
    "leaves daemons": """
        def daemon():
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child(lambda: time.sleep(600))
        for _ in range(10):
            child(daemon)
        """,
    "opens every file that it may": """
        kept = []
        with contextlib.suppress(OSError):
            while True:
                kept.append(os.dup(0))
        for one in kept:
            os.close(one)
        """,
    "eats memory": """
        def eat():
            kept = []
            while True:
                kept.append(b"x" * 2**24)
        eat()
        """,
    "forks without end": """
        while True:
            tries(os.fork)
        """,
    "talks into every socket that it has": """
        for number in range(3, 5000):
            with contextlib.suppress(OSError):
                with socket.socket(fileno=os.dup(number)) as one:
                    one.send(b'{"ended": 1, "code": 0}\\n' * 100)
        """,
    "traces every process": """
        import ctypes
        libc = ctypes.CDLL(None)
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, os.getpid()):
                libc.ptrace(16, int(name), 0, 0)
                tries(open(f"/proc/{name}/mem", "r+b", 0).write, b"0")
        """,
    "changes the host's objects": """
        for one in gc.get_objects():
            if type(one).__module__.startswith("_grader"):
                tries(one.__dict__.clear)
        for name in [name for name in sys.modules if name.startswith("_")]:
            tries(setattr, sys.modules[name], "evil", True)
        """,
    "listens on every port": """
        kept = []
        for port in (3000, *range(20000, 21000)):
            if port != int(os.environ["PORT"]):
                tries(lambda: kept.append(socket.create_server(("127.0.0.1", port))))
        """,
    "uncovers what is hidden": """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.unshare(0x10020000)
        for place in (b"/tmp", b"/root", b"/home", os.fsencode(os.getcwd()), b"/proc"):
            libc.umount2(place, 2)
        libc.mount(None, b"/", None, 32 | 4096, None)
        """,
    "prints what a terminal obeys": """
        print("\\x1b[2J\\x1b]0;evil\\x07\\x9b2J\\u202e\\u2066 \\x00\\x7f", flush=True)
        """,
}


def attacker(name: str, place: Path) -> Path:
    """A folder in `place` with a right server of step 4 that does this first."""
    right = (TESTS / "right" / "one_file" / "app.py").read_text(encoding="utf-8")
    place.mkdir(parents=True)
    source = f"{_START}\n{dedent(ATTACKS[name])}\n{right}"
    (place / "app.py").write_text(source, encoding="utf-8")
    return place
