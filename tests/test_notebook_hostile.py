"""Whatever a notebook does, it gets a clear verdict, and nothing of it is left."""

import os
import re
import signal
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from grader.notebook.books import Book, find_shelf
from grader.notebook.judge import MOST_FATAL
from grader.report.result import CheckResult, StepResult, Verdict
from tests.notebooks.support import COURSE, before, judged
from tests.support import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

MARK = "GRADER_TEST_MARK"
MOST_GROWTH = 200 * 2**20  # bytes that the grader may need more, whatever a notebook prints

RIGHT = """
def pack(kind, text):
    {}
    return f"{{kind}}:{{text}}".encode()
"""

# pack, as it is written → what a reader is told it came to
WRONG = {
    "never_ends": ("while True: pass", "nothing within 2 s"),
    "waits": ("import time; time.sleep(1000)", "nothing within 2 s"),
    "loses_an_interrupt": (
        "import signal, time\n"
        "    def lose(*_): signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "    signal.signal(signal.SIGINT, lose)\n"
        "    time.sleep(1000)",
        "nothing within 2 s",
    ),
    "cannot_be_interrupted": (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
        "was still busy after 2 s, even when interrupted",
    ),
    "takes_all_memory": (
        "much = []\n    while True: much.append(b'x' * 10**6)",
        "used more than 1,024 MB of memory",
    ),
    "kills_its_kernel": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "was ended by signal 9",
    ),
    "exits_at_once": ("import os; os._exit(3)", "ended with exit code 3"),
    "exits": ("raise SystemExit(5)", "SystemExit: 5"),
    "leaves": ("exit()", "SystemExit"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "floods": (
        "import os\n    for _ in range(1000): os.write(1, b'x' * 10**6)",
        "printed without end",
    ),
    "returns_much": ("return b'x' * 10**8", "a value of more than 262,144 characters"),
    "returns_itself": ("x = []; x.append(x); return x", "a value of more than 50 levels"),
    "returns_a_generator": ("return (x for x in 'abc')", "a value of type generator"),
    "returns_what_cannot_be_shown": (
        "class Bad:\n        def __repr__(self): 1 / 0\n    return Bad()",
        "a value of type Bad",
    ),
    "raises_what_cannot_be_shown": (
        "class Bad(Exception):\n        def __str__(self): 1 / 0\n    raise Bad",
        "Bad: its text raises ZeroDivisionError",
    ),
    "raises_much": ("raise ValueError('x' * 10**8)", "ValueError: " + "x" * 108 + " …"),
}

OTHERS = {
    "number": ("pack = 5", "nothing: pack is of type int, not a function"),
    "class": ("class pack:\n    def __init__(self, *_): pass", "a value of type pack"),
    "nothing": ("", "nothing: pack is not defined"),
    "syntax_error": ("def pack(kind, text:", "nothing: pack is not defined"),
    "stays_a_string": ("pack = 'ping:hello'.encode()", "nothing: pack is of type bytes"),
}

# one cell more → a note on it, or none; the exercises are right, and are judged so
HARMLESS = {
    "closes_its_streams": ("import sys\nsys.stdout.close()\nsys.stderr.close()", ""),
    "takes_its_streams": ("import sys\nsys.stdout = None\nsys.stderr = 5", ""),
    "redefines_names": ("print = repr = len = json = type = bytes = 5", ""),
    "redefines_builtins": (
        "import builtins\nbuiltins.print = builtins.repr = builtins.input = lambda *_: '?'",
        "",
    ),
    "prints_much": (
        "print('x' * 10**8)",
        "cell [0] prints 100,000,001 characters, more than a browser can show.",
    ),
    "prints_line_by_line": (
        "for _ in range(10**5): print('x' * 999)",
        "cell [0] prints 100,000,000 characters, more than a browser can show.",
    ),
    "shows_much": ("from IPython.display import display\ndisplay('x' * 10**8)\n'y' * 10**8", ""),
    "shows_often": (
        "from IPython.display import HTML\nfor _ in range(300): display(HTML('x' * 10**6))",
        "",
    ),
    "raises_much": ("raise ValueError('x' * 10**8)", "cell [0] raises ValueError: " + "x" * 108),
    "raises": ("1 / 0", "cell [0] raises ZeroDivisionError: division by zero"),
    "exits": ("exit()", "cell [0] raises SystemExit"),
    "raises_exit": ("raise SystemExit(5)", "cell [0] raises SystemExit: 5"),
    "asks": ("input('who?')", "cell [0] raises StdinNotImplementedError"),
    "starts_threads": (
        "import threading\n"
        "def on():\n"
        "    while True: sum(range(1000))\n"
        "threading.Thread(target=on, daemon=True).start()",
        "",
    ),
    "starts_processes": (
        "import subprocess\n"
        "for own in (True, False):\n"
        "    subprocess.Popen(['sleep', '1000'], start_new_session=own)",
        "",
    ),
}

# one cell more, at which the kernel ends
BREAKING = {
    "kills_its_kernel": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "was ended by signal 9",
    ),
    "exits_at_once": ("import os; os._exit(0)", "ended with exit code 0"),
    "floods": ("import os\nfor _ in range(100): os.write(1, b'x' * 10**6)", "printed without end"),
    "takes_all_memory": (
        "much = []\nwhile True: much.append(b'x' * 10**6)",
        "used more than 1,024 MB of memory",
    ),
    "takes_all_memory_in_a_child": (
        "import subprocess, sys\n"
        "code = 'much = []\\nwhile True: much.append(b\"x\" * 10**6)'\n"
        "subprocess.run([sys.executable, '-c', code])",
        "used more than 1,024 MB of memory",
    ),
}


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails the test where a process that came from it is left; then ends it."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)

    def left() -> set[int]:
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                    found.add(int(folder.name))
            except OSError:
                continue
        return found

    try:
        yield
        wait_until(lambda: not left(), "every process to go")
    finally:
        for pid in left():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def solved() -> Book:
    return find_shelf(COURSE).books[0].solved()


def told(check: CheckResult) -> str:
    """The last row of what a reader is told."""
    assert check.explanation
    rows = [row for row in check.explanation.rows if row.who != "in"]
    return rows[-1].note or rows[-1].event


def wrong_in_pack_alone(result: StepResult) -> str:
    """What is told of pack, where that failed and all else passed."""
    first, *others = result.checks
    assert [check.verdict for check in others] == [Verdict.PASSED] * 4
    assert first.verdict is Verdict.FAILED
    return told(first)


@pytest.mark.parametrize("name", WRONG)
def test_what_a_function_does_is_told_and_the_others_are_judged(solved: Book, name: str) -> None:
    body, text = WRONG[name]
    result = judged(solved.filled({"pack": RIGHT.format(body)}))
    assert text in wrong_in_pack_alone(result)


def test_the_line_that_raised_is_told(solved: Book) -> None:
    first, *_ = judged(solved.filled({"pack": RIGHT.format("1 / 0")})).checks
    assert first.explanation
    place = first.explanation.rows[-1]
    assert (place.who, place.event, place.payload) == (
        "in",
        "cell “def pack(kind, text):”, line 3, in pack:",
        "1 / 0",
    )


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_function_is_told(solved: Book, name: str) -> None:
    source, text = OTHERS[name]
    assert text in wrong_in_pack_alone(judged(solved.filled({"pack": source})))


@pytest.mark.parametrize("body", ["print('x' * 10**8)", "import sys; sys.stdout = None"])
def test_a_right_function_may_do_it(solved: Book, body: str) -> None:
    result = judged(solved.filled({"pack": RIGHT.format(body)}))
    assert result.verdict is Verdict.PASSED


def test_a_lambda_is_a_function_too(solved: Book) -> None:
    source = "pack = lambda kind, text: f'{kind}:{text}'.encode()"
    assert judged(solved.filled({"pack": source})).verdict is Verdict.PASSED


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_cell_does_is_noted_and_no_exercise_pays_for_it(solved: Book, name: str) -> None:
    source, note = HARMLESS[name]
    memory = psutil.Process().memory_info().rss
    result = judged(before(solved, source))
    assert psutil.Process().memory_info().rss - memory < MOST_GROWTH
    assert result.verdict is Verdict.PASSED, result
    assert [text[: len(note)] for text in result.notes] == ([note] if note else [])


@pytest.mark.parametrize("name", BREAKING)
def test_a_cell_that_ends_the_kernel_is_left_out(solved: Book, name: str) -> None:
    source, text = BREAKING[name]
    result = judged(before(solved, source))
    assert result.verdict is Verdict.PASSED
    assert result.notes == (f"the kernel {text} at cell [0], which was left out then.",)


def test_a_notebook_that_goes_on_ending_its_kernel_is_broken(solved: Book) -> None:
    for _ in range(MOST_FATAL + 1):
        solved = before(solved, f"import os; os._exit({len(solved.cells)})")
    first, *others = judged(solved).checks
    assert (first.verdict, told(first)) == (Verdict.FAILED, "ended with exit code 8")
    assert first.explanation
    assert first.explanation.rows[-1].event == "cell [0]"
    assert {(check.verdict, check.reason, check.graders_fault) for check in others} == {
        (Verdict.NOT_JUDGED, "the notebook does not run to its end", False)
    }


def test_a_cell_that_never_ends_is_interrupted_and_the_exercises_judged(solved: Book) -> None:
    cells = [c if c.number != 4 else replace(c, source="while True: pass") for c in solved.cells]
    result = judged(replace(solved, cells=tuple(cells)), seconds=1)
    assert result.verdict is Verdict.PASSED
    interrupted, left_out = result.notes
    assert re.fullmatch(r"cell “while True: pass” was interrupted after \S+ s\.", interrupted)
    why = "not run, as all cells together may take 1 s"
    assert left_out == f"{why}: cell “{solved.cells[6].source[:40]}…”."


@pytest.mark.parametrize("name", ["len", "isinstance", "type", "__import__", "getattr"])
def test_a_builtin_that_python_needs_costs_no_more_than_a_clear_verdict(
    solved: Book, name: str
) -> None:
    source = f"import builtins\nbuiltins.{name} = lambda *_: 0"
    result = judged(before(solved, source), seconds=3)
    assert not any(check.graders_fault for check in result.checks)
    assert result.verdict is Verdict.FAILED or "which was left out then" in result.notes[0]


def test_a_cell_that_cannot_be_interrupted_is_left_out(solved: Book) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    result = judged(before(solved, source), seconds=2)
    assert result.verdict is Verdict.PASSED
    assert result.notes == (
        "the kernel was still busy after 2 s, even when interrupted at cell [0], "
        "which was left out then.",
    )


# What the student's cells make of the grader's own code in the kernel → what is told of pack.
ANSWERS = {
    "none": ("a.json = None", "no answer: something in the cells keeps IPython from giving it"),
    "no_value": (
        "a.encode = lambda _: '{\"right\": true}'",
        "what came back is no value: it has an unknown tag: right",
    ),
    "no_json": (
        "a.json = types.SimpleNamespace(dumps=lambda _: '[' * 10**5)",
        "no answer: something in the cells keeps IPython from giving it",
    ),
    "another": (
        'a.json = types.SimpleNamespace(dumps=lambda _: \'{"value": "true"}\')',
        "True",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_of_the_kernels_makes_a_wrong_function_right(solved: Book, name: str) -> None:
    change, text = ANSWERS[name]
    source = f"import types\nimport grader.notebook.answer as a\n{change}"
    wrong = solved.filled({"pack": "def pack(*_): return True"})
    first, *others = judged(before(wrong, source)).checks
    assert told(first) == text
    assert not any(check.graders_fault for check in (first, *others))
