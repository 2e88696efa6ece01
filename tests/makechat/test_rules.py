"""Whatever a server sends, no rule that looks for the mistake breaks on it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.explaining.evidence import Evidence
from grader.explaining.rows import explain
from grader.explaining.source import Source
from grader.explaining.vocabulary import Vocabulary
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.makechat.vocabulary import CHAT, COUNT, PRESENCE, SESSIONS, USERS
from grader.report.result import Mistake
from tests.support import ROOT

NAMES = ("amy", "terry", "bob")
SIDS = {f"{name}'s socket id": name for name in NAMES}
# What a step's checks expect to hear, of every kind that there is.
EXPECTED: dict[str, dict[str, list[Any]]] = {
    "CHAT": {
        "new user": ["amy"],
        "get online users": [{}, {"amy": "amy's socket id"}],
        "user has left": [{}, {"amy": "amy's socket id", "bob": "bob's socket id"}],
        "new message": [{"channel": "General", "sender": "amy", "message": "hello"}],
        "new channel": ["Cats"],
        "user changed channel": [
            {"channel": "Cats", "messages": []},
            {"channel": "General", "messages": [{"sender": "amy", "message": "hello"}]},
        ],
        "get channels": [["General"], ["General", "Cats"]],
    },
    "COUNT": {"user count": [0, 1, 2, 3]},
    "USERS": {
        "recMessage": [{"msg": "hello"}],
        "recModalInfo": [{"info": []}, {"info": [["amy's socket id", "orders"]]}],
    },
    "PRESENCE": {
        "onlineUsers": [[{"id": 1, "username": "amy"}]],
        "userJoined": [{"id": 1, "username": "amy"}],
        "userLeft": [{"id": 1}],
    },
    "SESSIONS": {
        "user": [
            {"username": "amy", "currentUsers": 1, "connected": True},
            {"username": "bob", "currentUsers": 2, "connected": False},
        ],
        "chat message": [{"username": "amy", "message": "hello"}],
    },
}
VOCABULARIES = {
    "CHAT": (CHAT, "solutions/step07*"),
    "COUNT": (COUNT, "solutions/step08*"),
    "USERS": (USERS, "solutions/step12*"),
    "PRESENCE": (PRESENCE, "solutions/step13*"),
    "SESSIONS": (SESSIONS, "solutions/step09*"),
}
KEYS = sorted(
    {
        key
        for events in EXPECTED.values()
        for values in events.values()
        for value in values
        if isinstance(value, dict)
        for key in value
    }
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 4),
    st.sampled_from([*NAMES, *SIDS, "General", "Cats", "hello", ""]),
)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)
SOURCES = {name: Source(next(ROOT.glob(place))) for name, (_, place) in VOCABULARIES.items()}
CLIENTS = st.sampled_from(NAMES)


def nearly(value: Any) -> st.SearchStrategy[Any]:
    """The value, or one with something else in one place of it."""
    inner: st.SearchStrategy[Any] = JSON
    if isinstance(value, dict) and value:
        one = st.sampled_from(sorted(value))
        inner = one.flatmap(lambda key: nearly(value[key]).map(lambda new: {**value, key: new}))
    elif isinstance(value, list):
        added = JSON.map(lambda new: [*value, new])
        inner = added if not value else st.one_of(added, nearly(value[0]).map(lambda new: [new]))
    return st.one_of(st.just(value), inner, JSON)


@st.composite
def evidence(draw: st.DrawFn, name: str) -> Evidence:
    """A conversation in which what comes is anything, and a finding of it."""
    words, events = VOCABULARIES[name][0], EXPECTED[name]
    known = st.sampled_from([*events, *sorted(words.prepares), "another event"])
    payload = st.one_of(
        st.lists(JSON, max_size=2).map(tuple),
        st.sampled_from([one for values in events.values() for one in values])
        .flatmap(nearly)
        .map(lambda value: (value,)),
    )
    told = Conversation()
    told.clients += NAMES
    told.sids |= SIDS
    for client in NAMES:
        told.record(Kind.CONNECTED, client)
    # A client of the course sends what its page does: one value.
    one, all_of_them = CLIENTS.map(lambda name: (name,)), st.just(NAMES)
    acts = st.tuples(st.just(Kind.SENT), one, known, st.tuples(st.sampled_from(NAMES)))
    heard = st.tuples(st.just(Kind.HEARD), st.one_of(one, all_of_them), known, payload)
    gone = st.tuples(st.just(Kind.LEFT), one, st.just(""), st.just(()))
    for kind, who, event, args in draw(st.lists(st.one_of(acts, heard, heard, gone), max_size=6)):
        for client in who:
            told.record(kind, client, event, args)
    since = draw(st.integers(0, len(told.entries) - 1))
    event = draw(st.sampled_from(sorted(events)))
    expected = (draw(st.sampled_from(events[event])),)
    client, fault = draw(CLIENTS), draw(st.sampled_from([Fault.DIFFERENT, Fault.SURPLUS]))
    finding = Finding(Fault.MISSING, client, event, expected)
    if draw(st.booleans()):
        got = (draw(nearly(expected[0])),)
        finding = replace(finding, fault=fault, got=got, entry=len(told.entries))
        for hearer in (client, *(draw(st.sampled_from([(), NAMES])))):
            told.record(Kind.HEARD, hearer, event, got)
    if finding.fault is Fault.SURPLUS:
        finding = replace(finding, expected=None)
    source = draw(st.sampled_from([SOURCES[name], Source(None)]))
    return Evidence([finding], told, since, (), None, source, 2.0, words)


@pytest.mark.parametrize("name", VOCABULARIES)
@settings(max_examples=400)
@given(data=st.data())
def test_no_rule_breaks_on_what_comes(name: str, data: st.DataObject) -> None:
    assert explain(data.draw(evidence(name))).fault == ""


@pytest.mark.parametrize(
    ("name", "before", "fault", "event", "expected", "got"),
    [
        ("CHAT", (), Fault.SURPLUS, "new message", None, {"channel": ["Cats"], "message": "hello"}),
        ("CHAT", (), Fault.DIFFERENT, "get channels", ["General"], ["General", {"Cats": []}]),
        ("COUNT", ((Kind.HEARD, "amy", "user count"),), Fault.DIFFERENT, "user count", 2, 4),
        (
            "USERS",
            ((Kind.LEFT, "bob"),),
            Fault.DIFFERENT,
            "recModalInfo",
            {"info": []},
            {"info": [["bob's socket id"]]},
        ),
    ],
)
def test_no_rule_breaks_on_what_one_has_broken_on(
    name: str, before: tuple[Any, ...], fault: Fault, event: str, expected: Any, got: Any
) -> None:
    told = Conversation()
    told.clients += NAMES
    told.sids |= SIDS
    for client in NAMES:
        told.record(Kind.CONNECTED, client)
    for entry in before:
        told.record(*entry)
    since = len(told.entries)
    for client in NAMES:
        told.record(Kind.HEARD, client, event, (got,))
    wanted = None if expected is None else (expected,)
    finding = Finding(fault, "amy", event, wanted, (got,), since)
    words = VOCABULARIES[name][0]
    e = Evidence([finding], told, since if before else 0, (), None, Source(None), 2.0, words)
    assert explain(e).fault == ""


def broken(e: Evidence) -> Mistake | None:
    raise IndexError(e.since)


def sound(e: Evidence) -> Mistake | None:
    return Mistake("known", "it is known")


def test_a_rule_that_breaks_is_a_fault_beside_the_verdict(tmp_path: Path) -> None:
    told = Conversation()
    finding = Finding(Fault.MISSING, "amy", "new user", ("amy",))
    words = Vocabulary(rules=(broken, sound))
    found = explain(Evidence([finding], told, 0, (), None, Source(tmp_path), 2.0, words))
    line = broken.__code__.co_firstlineno + 1
    assert found.fault == f"IndexError in test_rules.py:{line}, broken()"
    assert found.mistake == sound(Evidence([], told, 0, (), None, Source(None), 2.0))
