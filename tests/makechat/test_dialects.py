"""A student who uses Node or Flask-SocketIO reads of that, and not of python-socketio."""

import ast
import pkgutil
import re
from pathlib import Path

import pytest

from grader import makechat
from grader.checking import suite
from grader.explaining.source import Dialect
from grader.makechat import mistakes
from grader.makechat.dialects import compiled, in_dialect
from tests.support import course

ONLY_AIOHTTP = r"HTTPBadRequest|aiohttp|\.invalidate|EncryptedCookieStorage|sio\.attach"
OWN = (
    r"\bsio\b|to=sid|without to=|skip_sid|enter_room|leave_room\(sid|save_session|web\."
    rf"|AsyncServer|\bawait\b|{ONLY_AIOHTTP}"
)
FOREIGN = {
    Dialect.ASGI: re.compile(ONLY_AIOHTTP),
    Dialect.FLASK: re.compile(OWN),
    Dialect.NODE: re.compile(
        OWN + r"|room=|transports=|\bdicts?\b|app\.py|\bthe sid\b|\bprint\(|os\.environ|setdefault"
        r"|append|json\.dumps|\bNone\b|(?<!broadcast=)\b(True|False)\b|data\[|\bsids?\b"
        r"|\.pop\(|raise "
    ),
}
# What only Python's own errors lead to, or a server that uses no library.
OF_PYTHON = re.compile(
    r"coroutine|start_server|hides the module|misses its|@sio\.event|is spelt|@web\.middleware"
    r"|save_session|the page's JavaScript|the f in front|the connect handler returns False"
)
# What a page does wrong, which is JavaScript in every course.
OF_PAGES = re.compile(r"append\(\)")
_TABLES = "dialects"  # in the names of the files with the phrases
STEPS = [step.number for step in course().steps if step.number >= 3]
MODULES = sorted(one.name for one in pkgutil.iter_modules(mistakes.__path__))


def texts_of_mistakes() -> set[str]:
    """The text of every mistake that servers from step 3 on may be told, with … for values."""
    found = set()
    folder = Path(mistakes.__file__).parent
    for name in MODULES:
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Mistake":
                found |= {text_of(one) for one in node.args[1:2]}
    return found


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) for part in node.values)
    if isinstance(node, ast.IfExp):
        return f"{text_of(node.body)} {text_of(node.orelse)}"
    return str(node.value) if isinstance(node, ast.Constant) else "…"


def every_text() -> set[str]:
    """Every text that stands in the code of the course, with … for values."""
    files = Path(makechat.__file__).parent.rglob("*.py")
    trees = [ast.parse(one.read_text(encoding="utf-8")) for one in files if _TABLES not in one.name]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {text_of(one) for one in nodes if isinstance(one, ast.JoinedStr | ast.Constant)}


def hints() -> set[str]:
    return {check.hint for number in STEPS for check in suite.of_step(number).server}


@pytest.mark.parametrize("dialect", FOREIGN)
def test_no_text_speaks_of_another_library(dialect: Dialect) -> None:
    texts = [text for text in texts_of_mistakes() | hints() if not OF_PYTHON.search(text)]
    texts = [text for text in texts if not OF_PAGES.search(text)]
    told = [in_dialect(text, dialect) for text in texts]
    assert [text for text in told if FOREIGN[dialect].search(text)] == []


@pytest.mark.parametrize("dialect", FOREIGN)
def test_every_phrase_is_one_that_somebody_reads(dialect: Dialect) -> None:
    texts = every_text()
    phrases = [phrase for phrase, _ in compiled(dialect)]
    assert [one.pattern for one in phrases if not any(map(one.search, texts))] == []


def test_python_socketio_is_what_they_are_written_for() -> None:
    texts = texts_of_mistakes() | hints()
    assert {in_dialect(text, Dialect.PYTHON) for text in texts} == texts


def test_it_says_the_same_of_another_call() -> None:
    text = "everybody hears it but amy, who sent it. skip_sid=sid leaves the sender out; the page"
    assert in_dialect(text, Dialect.NODE) == (
        "everybody hears it but amy, who sent it. socket.broadcast.emit(…) leaves the sender out; "
        "the page"
    )
    assert "include_self=False leaves the sender out" in in_dialect(text, Dialect.FLASK)
