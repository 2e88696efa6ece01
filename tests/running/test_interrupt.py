"""Ctrl-C ends the grader, wherever it comes."""

import subprocess
import sys

import pytest

from tests.support import ROOT

IN_A_CALLBACK = """
import signal
import time
import weakref

from grader.running import interrupt

class Lock:
    pass

interrupt.ends_the_program()
lock, other = Lock(), Lock()
callback = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))
# What comes a moment later may meet another callback.
another = weakref.ref(other, lambda _: time.sleep(600))
del lock
{then}
time.sleep(600)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGALRM")
@pytest.mark.parametrize("then", ["", "del other"])
def test_it_ends_though_it_comes_where_no_exception_gets_through(then: str) -> None:
    ran = run(IN_A_CALLBACK.format(then=then))
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "grader: interrupted\n")


def test_what_else_gets_lost_in_a_callback_is_told_as_ever() -> None:
    lost = "import weakref; from grader.running import interrupt; interrupt.ends_the_program()\n"
    lost += "class One: pass\none = One(); ref = weakref.ref(one, lambda _: 1 / 0); del one"
    ran = run(lost)
    assert ran.returncode == 0
    assert ran.stderr.endswith("ZeroDivisionError: division by zero\n")
