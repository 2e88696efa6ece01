"""Mistakes that show in how the web app answers a request: what aiohttp says when it cannot."""

import ast

from grader.explaining.evidence import Evidence
from grader.explaining.syntax import FUNCTIONS, called
from grader.report.result import Mistake, Where

_ADDING = ("add_get", "add_post", "add_route", "get", "post", "route")  # of a router, or of web

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
            _without_return(e),
        )
    return None


def _without_return(e: Evidence) -> Where | None:
    """The function that is added as a route and returns nothing, if there is one alone."""
    added = {
        node.id
        for tree in e.source.trees.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call) in _ADDING
        for node in call.args
        if isinstance(node, ast.Name)
    }
    found = [
        Where(file, node.lineno)
        for file, tree in e.source.trees.items()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and node.name in added
        if not isinstance(node.body[-1], ast.Raise)
        if not any(isinstance(one, ast.Return) and one.value for one in ast.walk(node))
    ]
    return found[0] if len(found) == 1 else None


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
