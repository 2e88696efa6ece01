"""Ctrl-C ends the grader, wherever it comes."""

import subprocess
import sys

import pytest

from tests.support import ROOT

IN_A_CALLBACK = """
import signal
import sys
import time
import weakref

from grader.running import interrupt

class Lock:
    pass

interrupt.ends_the_program()
signal.signal(signal.SIGALRM, signal.SIG_IGN)
{twice}
lock = Lock()
callback = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))
del lock
time.sleep(600)
"""

# What comes a moment later may meet another callback.
TWICE = """
other = Lock()
def again(_):
    time.sleep(0.2)
next_one = weakref.ref(other, again)
hook = sys.unraisablehook
def meanwhile(lost):
    global other
    hook(lost)
    other = None
sys.unraisablehook = meanwhile
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGALRM")
@pytest.mark.parametrize("twice", ["", TWICE])
def test_it_ends_though_it_comes_where_no_exception_gets_through(twice: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", IN_A_CALLBACK.format(twice=twice)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "grader: interrupted\n")


def test_what_else_gets_lost_in_a_callback_is_told_as_ever() -> None:
    lost = "import weakref; from grader.running import interrupt; interrupt.ends_the_program()\n"
    lost += "class One: pass\none = One(); ref = weakref.ref(one, lambda _: 1 / 0); del one"
    run = subprocess.run(
        [sys.executable, "-c", lost],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0
    assert run.stderr.endswith("ZeroDivisionError: division by zero\n")
