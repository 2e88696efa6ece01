"""What led to a failed page check: each act, and what the page then said."""

from grader.explaining.evidence import Evidence
from grader.explaining.page_rows import happened
from grader.explaining.source import Source
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.vocabulary import CHAT
from grader.report.result import Row


def rows(conversation: Conversation, *findings: Finding) -> list[Row]:
    evidence = Evidence(findings, conversation, 0, (), None, Source(None), 2.0, CHAT)
    return [*happened(evidence, {})]


def test_what_a_page_says_follows_what_its_user_did() -> None:
    conversation = Conversation()
    conversation.clients += ["bob", "amy", "terry"]
    conversation.pages += ["amy", "terry"]
    for name in ("amy", "terry"):
        conversation.record(Kind.ACTED, name, "opens", ("the page",))
        conversation.record(Kind.SENT, name, "get online users")
    conversation.record(Kind.SENT, "bob", "new user", ("bob",))
    for name in ("amy", "terry"):
        conversation.record(Kind.ACTED, name, "types", (name,))
        conversation.record(Kind.SENT, name, "new user", (name,))
    conversation.record(Kind.HEARD, "terry", "new user", ("amy",))
    conversation.record(Kind.HEARD, "amy", "new user", ("amy",))
    twice = Finding(Fault.UNSEEN, "amy", about=("new user",))
    assert rows(conversation, twice) == [
        Row("amy", "opens", payload="the page"),
        Row("terry", "opens", payload="the page"),
        Row("bob", "→ server", "new user", '"bob"'),
        Row("amy", "types", payload="amy"),
        Row("amy", "→ server", "new user", '"amy"'),
        Row("terry", "types", payload="terry"),
        Row("terry", "→ server", "new user", '"terry"'),
        Row("server", "→ amy", "new user", '"amy"'),
    ]


def test_what_a_page_says_by_itself_before_it_fails_to_do_something_follows_the_act_before() -> (
    None
):
    conversation = Conversation()
    conversation.clients.append("amy")
    conversation.pages.append("amy")
    conversation.record(Kind.ACTED, "amy", "opens", ("the page",))
    conversation.record(Kind.SENT, "amy", "new user", ("amy",))
    conversation.record(Kind.ACTED, "amy", "types", ("amy",))
    unable = Finding(Fault.UNABLE, "amy", "types", about=("new user",))
    evidence = Evidence((unable,), conversation, 2, (), None, Source(None), 2.0, CHAT)
    assert [*happened(evidence, {})] == [
        Row("amy", "opens", payload="the page"),
        Row("amy", "→ server", "new user", '"amy"'),
    ]


def test_what_came_and_is_wrong_has_its_note() -> None:
    conversation = Conversation()
    conversation.clients += ["bob", "amy"]
    conversation.pages.append("amy")
    conversation.record(Kind.ACTED, "amy", "types", ("amy",))
    conversation.record(Kind.HEARD, "bob", "new user", ("AMY",))
    other = Finding(Fault.DIFFERENT, "bob", "new user", ("amy",), ("AMY",), 1)
    assert rows(conversation, other) == [
        Row("amy", "types", payload="amy"),
        Row("server", "→ bob", "new user", '"AMY"', 'should be "amy"'),
    ]
