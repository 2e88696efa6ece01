"""A failed page check is put into rows: what everybody did, then what its pages said and heard."""

import pytest

from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.report.result import Row
from tests.explaining.test_rows import History

GONE = Finding(
    Fault.UNSEEN,
    "amy",
    text='it shows "terry"',
    should='not show "terry"',
    about=("user has left",),
)
WRONG = Row("amy's page", "should", payload='not show "terry"', note='it shows "terry"')


@pytest.fixture
def history() -> History:
    history = History()
    history.conversation.clients.append("bob")
    history.conversation.pages += ["amy", "terry"]
    return history


def test_only_what_the_failing_page_has_heard_is_told(history: History) -> None:
    history.record(Kind.ACTED, "amy", "opens", "the page")
    for name in ("amy", "terry", "bob"):
        history.hears(name, "user has left", {})
    assert history.rows(GONE) == (
        Row("amy", "opens", payload="the page"),
        Row("server", "→ amy", "user has left", "{}"),
        WRONG,
    )


def test_what_a_scripted_client_does_is_an_act_and_what_a_page_sends_is_said(
    history: History,
) -> None:
    history.sends("amy", "user has left")
    history.sends("bob", "new user", "bob")
    history.sends("bob", "get online users")  # as every page does
    assert history.rows(GONE) == (
        Row("bob", "→ server", "new user", '"bob"'),
        Row("amy", "→ server", "user has left"),
        WRONG,
    )


def test_other_events_are_beside_the_point(history: History) -> None:
    history.hears("amy", "new message", {})
    assert history.rows(GONE) == (WRONG,)


def test_errors_of_all_pages_are_told_once_each(history: History) -> None:
    history.record(Kind.CONSOLE, "amy", "TypeError: no\x1b")
    history.record(Kind.CONSOLE, "terry", "TypeError: no\x1b")
    history.record(Kind.HTTP, "amy", "GET /x.js", 404)
    history.record(Kind.HTTP, "bob", "GET /polling", 400)
    history.record(Kind.BLOCKED, "terry", "http://localhost:3000/x")
    assert history.explained(GONE).console == (
        r"TypeError: no\x1b",
        "GET /x.js is answered with HTTP status 404",
        "http://localhost:3000/x is not loaded: a check lets a page get to its own server alone",
    )
