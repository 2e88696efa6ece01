"""Calls a student's function, in the kernel, and publishes what came of it for the grader.

What is published under `ANSWER` is one JSON object of these:

    {"value": text}                                             `crossing` reads it
    {"strange": text}                                           it gave what cannot cross
    {"raised": type, "kinds": [type, …], "text": text, "frames": [[place, line, function], …]}
"""

import contextlib
import inspect
import json
import signal
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from grader.notebook.crossing import ANSWER, CrossingError, decode, encode

LONGEST_TEXT = 500  # characters of an exception's text
MOST_FRAMES = 20


async def answer(name: str, arguments: str) -> None:
    """Call the notebook's function `name`; `arguments` is the text of a tuple of them."""
    shell = InteractiveShell.instance()
    outcome = await _outcome(shell.user_ns, name, decode(arguments))
    shell.events.trigger("post_run_cell", None)  # what was called may have taken the streams away
    shell.display_pub.publish({ANSWER: json.dumps(outcome)})


async def _outcome(namespace: dict[str, Any], name: str, arguments: tuple[Any, ...]) -> Any:
    if name not in namespace:
        return {"strange": f"nothing: {name} is not defined"}
    function = namespace[name]
    if not callable(function):
        return {"strange": f"nothing: {name} is of type {type(function).__name__}, not a function"}
    try:
        with _interruptible():
            value = function(*arguments)
        if inspect.isawaitable(value):
            value = await value
    except BaseException as error:  # whatever it is, it is the student's: SystemExit too
        return _raised(error)
    try:
        return {"value": encode(value)}
    except CrossingError as error:
        return {"strange": str(error)}


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt, where IPython lets it do no more than cancel an await."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _raised(error: BaseException) -> dict[str, Any]:
    frames = []
    trace = error.__traceback__ and error.__traceback__.tb_next  # without the call itself
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append([code.co_filename, trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    try:
        text = str(error)[:LONGEST_TEXT]
    except BaseException as another:
        text = f"its text raises {type(another).__name__}"
    return {
        "raised": type(error).__name__,
        "kinds": [kind.__name__ for kind in type(error).__mro__],
        "text": text,
        "frames": frames[-MOST_FRAMES:],
    }
