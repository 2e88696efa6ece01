"""Mistakes that show in the history of a channel: what was said there, and comes to a member."""

import ast
from collections.abc import Sequence
from typing import Any

from grader.explaining.evidence import Evidence
from grader.explaining.syntax import called
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of
from grader.makechat.mistakes.said import all_sent, changed, tidied
from grader.makechat.people import GENERAL
from grader.report.result import Mistake

_NEW, _CHANGE, _MESSAGE = "new channel", "user changed channel", "new message"


def of_the_history(e: Evidence) -> Mistake | None:
    """What is wrong with the messages that came for a channel."""
    for finding in e.of(Fault.DIFFERENT):
        expected, got = (_messages(payload) for payload in (finding.expected, finding.got))
        if finding.event != _CHANGE or expected is None or got is None:
            continue
        if mistake := _said_by_nobody(e, expected, got):
            return mistake
        if not expected:
            continue
        where = e.source.handler_of(_MESSAGE)
        if not got:
            return _emptied(e, finding)
        if len(expected) > 1 and _alike(expected[::-1], got):
            return Mistake(
                "newest-first",
                "the history is in reverse order. The oldest message comes first.",
                where,
            )
        if len(expected) > 1 and _alike(expected[-1:], got):
            return Mistake(
                "only-the-last", "only the last message is kept: append() adds one.", where
            )
        if 1 < len(got) < len(expected) and _alike(expected[-len(got) :], got):
            return Mistake(
                "history-cut",
                f"only the last {len(got)} of {len(expected)} messages come. A channel keeps, and "
                "sends, all that was said there.",
                where,
            )
        if len(got) == len(expected) and (key := _lost_key(expected[0], got[0])):
            return Mistake(
                "keys-lost",
                f"{text_of(key)} is missing in the messages of the history: save "
                '{"sender": ..., "message": ...}.',
                where,
            )
        if len(got) == len(expected) and all(isinstance(one, str) for one in got):
            return Mistake(
                "history-of-texts",
                "the history has texts, not objects. The page shows who said each: save "
                '{"sender": ..., "message": ...}.',
                where,
            )
        times = len(got) // len(expected)
        if times > 1 and _alike([one for one in expected for _ in range(times)], got):
            return Mistake(
                "saved-twice",
                f"each message is in the history {'twice' if times == 2 else f'{times} times'}: it "
                "is saved in more than one place, or by what runs more than once.",
                where,
            )
        channel = finding.expected[0]["channel"] if finding.expected else None
        if finding.got and finding.got[0].get("channel", channel) != channel:
            continue  # it is the answer about another channel, with that one's history
        elsewhere = [
            one.args[0] for one in all_sent(e, _MESSAGE) if one.args[0]["channel"] != channel
        ]
        if any(same(_essence(said), _essence(one)) for said in elsewhere for one in got):
            return Mistake(
                "histories-mixed",
                f"what was said in another channel is in the history of {channel}: they share "
                "one list. Each channel needs a list of its own.",
            )
    return None


def _said_by_nobody(e: Evidence, expected: list[Any], got: list[Any]) -> Mistake | None:
    """There is something in the history that no client has said; the rest of it is right."""
    added = [one for one in got if not any(same(said, one, more_keys=True) for said in expected)]
    senders = [one.get("sender") if isinstance(one, dict) else None for one in added]
    rest = [one for one in got if one not in added]
    if not added or not all(senders) or not _alike(expected, rest):
        return None
    if not {*map(str, senders)}.isdisjoint(e.conversation.clients):
        return None
    return Mistake(
        "said-by-the-server",
        f"{text_of(added[0].get('message'))} is in the history, and nobody has said it: the server "
        "has, and the page shows it as a message of somebody's.",
        e.source.handler_of(_CHANGE),
    )


def _lost_key(expected: dict[str, Any], got: Any) -> str:
    lost = [key for key in expected if isinstance(got, dict) and key not in got]
    return lost[0] if lost else ""


def _emptied(e: Evidence, finding: Finding) -> Mistake | None:
    """A history is empty that should not be."""
    expected = finding.expected[0] if finding.expected else {}
    got = finding.got[0] if finding.got else {}
    if isinstance(got, dict) and tidied(expected["channel"], got.get("channel")):
        return changed(expected["channel"], got["channel"], e.source.handler_of(_NEW))
    made = [one for one in all_sent(e, _NEW) if one.args == (expected["channel"],)]
    was_there = any(
        one.kind is Kind.HEARD
        and one.event == _CHANGE
        and same(expected, one.args[0], more_keys=True)
        for one in e.conversation.entries
        if one.args
    )
    # General is there from the start.
    if was_there and len(made) > (expected["channel"] != GENERAL) and not _looks_first(e):
        return Mistake(
            "existing-emptied",
            f"{expected['channel']} was made once more, and its messages are gone: "
            "channels[name] = [] empties it. setdefault(name, []) keeps what is there.",
            e.source.handler_of(_NEW),
        )
    gone = {one.client for one in e.conversation.entries if one.kind is Kind.LEFT}
    if was_there or not gone.isdisjoint(one["sender"] for one in expected["messages"]):
        return None
    calls = [one for one in e.source.inside(_MESSAGE) if isinstance(one, ast.Call)]
    if any(called(one) == "append" for one in calls):
        return Mistake(
            "history-not-sent",
            f'the handler of "{_MESSAGE}" keeps what is said, and it does not come: is it the '
            "list of this channel, and does the answer have all of it?",
            e.source.handler_of(_CHANGE),
        )
    return Mistake(
        "message-not-saved",
        "what was said is not in the history: append it to channels[channel], and answer with "
        "all that is there.",
        e.source.handler_of(_MESSAGE),
    )


def _looks_first(e: Evidence) -> bool:
    """Whether a channel that is made starts empty only where it is not there yet."""
    tests = [one.test for one in e.source.inside(_NEW) if isinstance(one, ast.If)]
    return any(isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.NotIn) for one in tests)


def _messages(payload: Sequence[Any] | None) -> list[Any] | None:
    """The messages in a payload of "user changed channel", where it has any."""
    value = payload[0] if payload else None
    messages = value.get("messages") if isinstance(value, dict) else None
    return messages if isinstance(messages, list) else None


def _essence(message: Any) -> Any:
    """The sender and the text of a message, whatever else it has."""
    if not isinstance(message, dict):
        return message
    return [message.get("sender"), message.get("message")]


def _alike(expected: list[Any], got: list[Any]) -> bool:
    return same(expected, got, more_keys=True)


RULES = (of_the_history,)
