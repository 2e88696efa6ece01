"""Mistakes that show in how the web app answers a request: what aiohttp says when it cannot."""

from grader.explaining.evidence import Evidence
from grader.report.result import Mistake, Where

# What a middleware may ask the request for.
_OF_A_REQUEST = (
    "cookies",
    "headers",
    "match_info",
    "method",
    "path",
    "query",
    "raw_path",
    "rel_url",
    "remote",
    "url",
)


def _says(e: Evidence, text: str) -> bool:
    """Whether aiohttp, which calls what the student wrote, ended with this error."""
    return any(text in trace.text for trace in e.traces)


def _first(places: list[Where]) -> Where | None:
    return places[0] if places else None


def returns_a_coroutine(e: Evidence) -> Mistake | None:
    """A middleware, or a handler, hands on what another one has not done yet."""
    if _says(e, "'coroutine' object has no attribute 'prepare'"):
        return Mistake(
            "returns-a-coroutine",
            "what is returned for a request is a coroutine, and no response yet: "
            "return await handler(request).",
            _first(e.source.calls("handler")),
        )
    return None


def returns_nothing(e: Evidence) -> Mistake | None:
    """A handler makes a response and keeps it."""
    said = (
        "'NoneType' object has no attribute 'prepare'",
        "Expect response, not <class 'NoneType'>",
    )
    if any(_says(e, text) for text in said):
        return Mistake(
            "returns-nothing",
            "the handler of a request ends without return: the response that it makes has to be "
            "returned.",
        )
    return None


def middleware_undecorated(e: Evidence) -> Mistake | None:
    """aiohttp takes the middleware for one in the old style, called with the app, for a handler."""
    asked = (f"'Application' object has no attribute '{name}'" for name in _OF_A_REQUEST)
    if any(_says(e, text) for text in (*asked, "Response' object is not callable")):
        return Mistake(
            "middleware-undecorated",
            "@web.middleware is missing above the middleware: without it aiohttp calls it in "
            "another way.",
            e.source.keyword("middlewares"),
        )
    return None


RULES = (returns_a_coroutine, returns_nothing, middleware_undecorated)
