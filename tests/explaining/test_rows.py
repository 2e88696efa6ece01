"""A failed check is put into rows: what happened, and what is wrong with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.explaining.evidence import Evidence
from grader.explaining.rows import LAST_LINES, MOST_ROWS, explain
from grader.explaining.source import Source
from grader.history.conversation import END, Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.vocabulary import CHAT
from grader.report.result import Explanation, Row

AMY, TERRY = "k3JxAAAAAAAAAAAAAAAA", "Zq9_BBBBBBBBBBBBBBBB"


class History:
    """A history that is recorded by hand, and explained."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.conversation.clients += ["amy", "terry"]
        self.conversation.sids |= {AMY: "amy", TERRY: "terry"}
        self.since = 0

    def record(self, kind: Kind, client: str, event: str = "", *args: Any) -> int:
        """Record an entry; where it stands."""
        self.conversation.record(kind, client, event, args)
        return len(self.conversation.entries) - 1

    def sends(self, client: str, event: str, *args: Any) -> int:
        return self.record(Kind.SENT, client, event, *args)

    def hears(self, client: str, event: str, *args: Any) -> int:
        return self.record(Kind.HEARD, client, event, *args)

    def begin(self) -> None:
        """The turn that fails begins here."""
        self.since = len(self.conversation.entries)

    def explained(
        self,
        *findings: Finding,
        printed: Sequence[str] = (),
        folder: Path | None = None,
        patience: float = 2.0,
    ) -> Explanation:
        source = Source(folder)
        return explain(
            Evidence(
                findings,
                self.conversation,
                self.since,
                tuple(printed),
                None,
                source,
                patience,
                CHAT,
            )
        )

    def rows(self, *findings: Finding, patience: float = 2.0) -> tuple[Row, ...]:
        return self.explained(*findings, patience=patience).rows


@pytest.fixture
def history() -> History:
    return History()


def test_what_is_missing_follows_what_was_done(history: History) -> None:
    history.sends("amy", "new user", "amy")
    assert history.rows(Finding(Fault.MISSING, "terry", "new user", ("amy",))) == (
        Row("amy", "→ server", "new user", '"amy"'),
        Row("terry", "waits for", "new user", '"amy"', "did not come within 2 s"),
    )


def test_the_patience_is_told_as_it_was(history: History) -> None:
    (row,) = history.rows(Finding(Fault.MISSING, "amy", "user count"), patience=0.5)
    assert row == Row("amy", "waits for", "user count", "", "did not come within 0.5 s")


@pytest.mark.parametrize("fault", [Fault.ENDED, Fault.LOST, Fault.FLOODED, Fault.MALFORMED])
def test_where_all_has_ended_it_did_not_come_at_all(history: History, fault: Fault) -> None:
    rows = history.rows(
        Finding(Fault.MISSING, "amy", "new user", ("amy",)), Finding(fault, "amy", text="gone")
    )
    assert rows[0].note == "did not come"


def test_what_is_different_says_what_it_should_be(history: History) -> None:
    history.sends("amy", "new user", "amy")
    entry = history.hears("amy", "new user", {"name": "amy"})
    finding = Finding(Fault.DIFFERENT, "amy", "new user", ("amy",), ({"name": "amy"},), entry)
    assert history.rows(finding) == (
        Row("amy", "→ server", "new user", '"amy"'),
        Row("server", "→ amy", "new user", '{"name": "amy"}', 'should be "amy"'),
    )


def test_long_payloads_are_shown_where_they_differ(history: History) -> None:
    expected, got = "x" * 1_000 + "left", "x" * 1_000 + "right"
    entry = history.hears("amy", "new user", got)
    (row,) = history.rows(Finding(Fault.DIFFERENT, "amy", "new user", (expected,), (got,), entry))
    assert row.payload == "(from character 961) … " + "x" * 40 + 'right" (1,007 characters)'
    assert row.note == ("should be (from character 961) … " + "x" * 40 + 'left" (1,006 characters)')


def test_what_is_too_much_says_why(history: History) -> None:
    entry = history.hears("terry", "get online users", {"amy": AMY})
    finding = Finding(
        Fault.SURPLUS,
        "terry",
        "get online users",
        None,
        ({"amy": AMY},),
        entry,
        "terry did not ask",
    )
    assert history.rows(finding) == (
        Row("server", "→ terry", "get online users", '{"amy": "k3Jx…"}', "terry did not ask"),
    )


def test_what_is_too_much_for_no_other_reason_should_not_come(history: History) -> None:
    entry = history.hears("terry", "new user", "amy")
    (row,) = history.rows(Finding(Fault.SURPLUS, "terry", "new user", None, ("amy",), entry))
    assert row.note == "should not come"


def test_who_heard_what_is_told_client_by_client(history: History) -> None:
    history.sends("amy", "new message", "a")
    history.hears("terry", "new message", "a")
    history.hears("amy", "new message", "a")
    history.hears("terry", "new message", "b")
    finding = Finding(Fault.MISSING, "amy", "new message", ("b",))
    assert [(row.who, row.does, row.payload) for row in history.rows(finding)] == [
        ("amy", "→ server", '"a"'),
        ("server", "→ amy", '"a"'),
        ("server", "→ terry", '"a"'),
        ("server", "→ terry", '"b"'),
        ("amy", "waits for", '"b"'),
    ]


@pytest.mark.parametrize("before", [True, False])
def test_what_a_check_says_again_is_told_once(history: History, before: bool) -> None:
    history.sends("amy", "new user", "amy")
    history.conversation.repeated.add(history.sends("amy", "new user", "amy"))
    if before:
        history.begin()
    assert history.rows(Finding(Fault.MISSING, "terry", "new user", ("amy",))) == (
        Row("amy", "→ server", "new user", '"amy"'),
        Row("terry", "waits for", "new user", '"amy"', "did not come within 2 s"),
    )


def test_before_the_turn_only_who_joined_and_who_left_is_told(history: History) -> None:
    history.record(Kind.CONNECTED, "amy", "websocket")
    history.sends("amy", "get online users")
    history.sends("amy", "new user", "amy")
    history.hears("amy", "new user", "amy")
    history.sends("amy", "new message", {})
    history.record(Kind.LEFT, "terry", "closes the tab")
    history.begin()
    assert history.rows(Finding(Fault.MISSING, "amy", "user has left", ({},))) == (
        Row("amy", "→ server", "new user", '"amy"'),
        Row("terry", "closes the tab"),
        Row("amy", "waits for", "user has left", "{}", "did not come within 2 s"),
    )


def test_what_the_page_does_by_itself_is_told_only_where_it_matters(history: History) -> None:
    history.sends("amy", "get online users")
    history.sends("amy", "user changed channel", "General")
    asked = Finding(Fault.MISSING, "amy", "get online users", ({},))
    assert [row.event for row in history.rows(asked)] == ["get online users"] * 2
    other = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    assert [row.event for row in history.rows(other)] == ["new user"]


def test_what_a_client_hears_after_what_is_wrong_is_beside_the_point(history: History) -> None:
    entry = history.hears("amy", "new message", "a")
    history.hears("amy", "new message", "b")
    history.hears("terry", "new message", "c")
    finding = Finding(Fault.SURPLUS, "amy", "new message", None, ("a",), entry)
    assert [row.payload for row in history.rows(finding)] == ['"a"', '"c"']


def test_two_things_that_are_wrong_for_one_client_are_both_told(history: History) -> None:
    message = history.hears("amy", "new message", "a")
    user = history.hears("amy", "new user", "b")
    findings = (
        Finding(Fault.SURPLUS, "amy", "new user", None, ("b",), user),
        Finding(Fault.SURPLUS, "amy", "new message", None, ("a",), message),
    )
    assert [row.note for row in history.rows(*findings)] == ["should not come"] * 2


def test_the_end_of_another_connection_is_beside_the_point(history: History) -> None:
    history.begin()
    history.sends("amy", "GET /")
    history.hears("terry", END)
    entry = history.hears("amy", "response", 101)
    finding = Finding(Fault.DIFFERENT, "amy", "response", (426,), (101,), entry)
    assert [(row.who, row.event) for row in history.rows(finding)] == [
        ("amy", "GET /"),
        ("server", "response"),
    ]
    history.hears("amy", END)
    again = Finding(Fault.MISSING, "amy", "close", (1000,))
    assert ("server", END) in [(row.who, row.event) for row in history.rows(again)]


def test_an_event_that_the_course_does_not_know_is_told(history: History) -> None:
    history.hears("amy", "newUser", "amy")
    history.hears("amy", "user count", 1)
    finding = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    assert [row.event for row in history.rows(finding)] == ["newUser", "new user"]


def test_what_is_not_printed_is_a_row(history: History) -> None:
    assert history.rows(Finding(Fault.UNPRINTED, text="amy has joined the chat")) == (
        Row("server", "prints", "", "amy has joined the chat …", "was not printed"),
    )


@pytest.mark.parametrize(
    ("seen", "should", "note"),
    [
        (1, 2, "is printed once; should be twice"),
        (2, 3, "is printed twice; should be 3 times"),
        (4, 2, "is printed more than twice"),
    ],
)
def test_what_is_printed_too_often_or_not_often_enough_is_a_row(
    history: History, seen: int, should: int, note: str
) -> None:
    finding = Finding(Fault.MISCOUNTED, expected=(should,), got=(seen,), text="New user")
    assert history.rows(finding) == (Row("server", "prints", "", "New user …", note),)


def test_a_request_is_told_where_its_answer_is_wrong(history: History) -> None:
    history.record(Kind.HTTP, "browser", "GET /", 200)
    wrong = history.record(Kind.HTTP, "browser", "GET /app.py\x1b", 200)
    unanswered = history.record(Kind.HTTP, "browser", "GET /" + "n" * 300)
    rows = history.rows(
        Finding(Fault.ANSWERED, "browser", entry=wrong, text="answered 200; should be 404"),
        Finding(Fault.UNANSWERED, "browser", entry=unanswered, text="no answer within 2 s"),
    )
    long = f"GET /{'n' * 115} … (305 characters)"
    assert rows == (
        Row("browser", "→ server", r"GET /app.py\x1b", note="answered 200; should be 404"),
        Row("browser", "→ server", long, note="no answer within 2 s"),
    )


def test_what_led_to_a_history_is_told(history: History) -> None:
    """Messages and channels of before; not that every page enters General."""
    history.sends("amy", "user changed channel", "General")
    history.sends("amy", "new channel", "cats")
    history.sends("amy", "new message", "meow")
    history.begin()
    history.sends("terry", "user changed channel", "cats")
    entry = history.hears("terry", "user changed channel", "nothing")
    rows = history.rows(
        Finding(Fault.DIFFERENT, "terry", "user changed channel", ("meow",), ("nothing",), entry)
    )
    assert [(row.who, row.event) for row in rows] == [
        ("amy", "new channel"),
        ("amy", "new message"),
        ("terry", "user changed channel"),
        ("server", "user changed channel"),
    ]


def test_who_is_refused_is_told_with_the_answers_status(history: History) -> None:
    history.record(Kind.HTTP, "amy", "GET /socket.io/", 404)
    history.record(Kind.HTTP, "terry", "GET /socket.io/", 500)
    finding = Finding(Fault.REFUSED, "amy", text="Unexpected status code 404\x1b in response")
    assert history.rows(finding) == (
        Row("amy", "→ server", "GET /socket.io/", "", "answered HTTP status 404"),
        Row("amy", "connects", note=r"is not let in: Unexpected status code 404\x1b in response"),
    )


@pytest.mark.parametrize(
    ("finding", "row"),
    [
        (
            Finding(Fault.LOST, "amy", entry=0, text="transport close"),
            Row("amy", "loses the connection", note="transport close"),
        ),
        (
            Finding(Fault.MALFORMED, "amy", got=("'9\x07'",), entry=0, text="is no packet"),
            Row("server", "→ amy", r"'9\x07'", "", "is no packet"),
        ),
        (
            Finding(Fault.SILENT, "amy"),
            Row("server", "hangs", note="has answered nothing for 2 s"),
        ),
        (
            Finding(Fault.ENDED, text="ended with exit code 1"),
            Row("server", "runs", note="ended with exit code 1"),
        ),
        (
            Finding(Fault.TOO_LONG, text="the conversation was not over after 20 s"),
            Row("check", "runs", note="the conversation was not over after 20 s"),
        ),
    ],
)
def test_what_concerns_the_server_is_a_row(history: History, finding: Finding, row: Row) -> None:
    history.record(Kind.CONNECTED, "amy", "websocket")
    assert history.rows(finding) == (row,)


def test_an_events_name_is_made_printable(history: History) -> None:
    history.sends("amy", "new user", "amy")
    history.hears("amy", "\x1b[2Jhello", "\x1b[2J")
    rows = history.rows(Finding(Fault.MISSING, "amy", "new user", ("amy",)))
    assert rows[1] == Row("server", "→ amy", r"\x1b[2Jhello", r'"\u001b[2J"')


def of_many(history: History, wrong: int, rows: int = 100) -> tuple[Row, ...]:
    """The rows of a turn in which so many messages come, and one is too much.

    Amy hears them up to the one, which is wrong for her; terry hears the others.
    """
    for number in range(wrong + 1):
        entry = history.hears("amy", "new message", number)
    for number in range(wrong + 1, rows):
        history.hears("terry", "new message", number)
    return history.rows(Finding(Fault.SURPLUS, "amy", "new message", None, (wrong,), entry))


def test_few_rows_are_all_told(history: History) -> None:
    rows = of_many(history, MOST_ROWS - 1, rows=MOST_ROWS)
    assert [row.payload for row in rows] == [str(number) for number in range(MOST_ROWS)]


def test_of_many_rows_those_around_a_note_are_told(history: History) -> None:
    rows = of_many(history, 50)
    shown = [row.payload or row.does for row in rows]
    assert shown[:5] == ["0", "1", "… 46 more", "48", "49"]
    assert shown[5] == "50"
    assert shown[-1].endswith(" more")
    assert sum(int(row.does.split()[1]) if not row.who else 1 for row in rows) == 100
    assert len(rows) <= MOST_ROWS


def test_as_many_rows_follow_a_note_as_come_before_it(history: History) -> None:
    shown = [row.payload for row in of_many(history, 50)]
    assert shown[3:8] == ["48", "49", "50", "51", "52"]


def test_that_the_server_ended_is_told_however_much_else_is_wrong(history: History) -> None:
    missing = [Finding(Fault.MISSING, "amy", "new message", (n,)) for n in range(100)]
    ended = Finding(Fault.ENDED, text="ended with exit code 1")
    assert history.rows(*missing, ended)[-1].note == "ended with exit code 1"


def test_what_the_server_may_have_ended_at_is_told(history: History) -> None:
    history.sends("amy", "new message", "hello")
    history.sends("terry", "new message", "bye")
    history.begin()
    missing = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    ended = Finding(Fault.ENDED, text="ended with exit code 1")
    assert [row.payload for row in history.rows(missing, ended)] == ['"bye"', '"amy"', ""]
    assert [row.payload for row in history.rows(missing)] == ['"amy"']


TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/course/step06/chat.py", line 3, in new_user',
    "    x = {}[name]",
    "KeyError: 'a\x1b'",
)


def test_of_a_traceback_the_students_part_is_told(history: History) -> None:
    finding = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    explanation = history.explained(
        finding, printed=("before", *TRACEBACK, "after"), folder=Path("/course/step06")
    )
    assert explanation.printed == (
        "chat.py:3, in new_user",
        "    x = {}[name]",
        r"KeyError: 'a\x1b'",
    )


@pytest.mark.parametrize(
    "fault", [Fault.UNPRINTED, Fault.ENDED, Fault.NOT_READY, Fault.FLOODED, Fault.REFUSED]
)
def test_the_last_lines_are_told_where_the_server_is_what_went_wrong(
    history: History, fault: Fault
) -> None:
    printed = [f"line {number}\x07" for number in range(20)]
    explanation = history.explained(Finding(fault, "amy"), printed=printed)
    assert explanation.printed == tuple(rf"line {n}\x07" for n in range(20 - LAST_LINES, 20))


def test_otherwise_what_the_server_printed_is_beside_the_point(history: History) -> None:
    finding = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    assert history.explained(finding, printed=["hello"]).printed == ()


def test_a_known_mistake_is_named(history: History) -> None:
    entry = history.hears("amy", "new user", ["amy"])
    mistake = history.explained(
        Finding(Fault.DIFFERENT, "amy", "new user", ("amy",), (["amy"],), entry)
    ).mistake
    assert mistake
    assert mistake.id == "wrapped"


def test_an_unknown_mistake_is_not_named(history: History) -> None:
    assert history.explained(Finding(Fault.TOO_LONG, text="too long")).mistake is None
