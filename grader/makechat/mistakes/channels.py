"""Mistakes that show in channels: who is in which room, and what was said there."""

from collections.abc import Sequence
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of
from grader.makechat.frameworks import framework
from grader.makechat.mistakes.said import all_sent
from grader.makechat.people import GENERAL
from grader.report.result import Mistake

_NEW, _CHANGE, _MESSAGE, _ALL = (
    "new channel",
    "user changed channel",
    "new message",
    "get channels",
)


def of_the_history(e: Evidence) -> Mistake | None:
    """What is wrong with the messages that came for a channel."""
    for finding in e.of(Fault.DIFFERENT):
        expected, got = (_messages(payload) for payload in (finding.expected, finding.got))
        if finding.event != _CHANGE or not expected or got is None:
            continue
        where = e.source.handler_of(_MESSAGE)
        if not got:
            return _emptied(e, finding)
        if len(expected) > 1 and _alike(expected[::-1], got):
            return Mistake(
                "newest-first",
                "the history is turned around. The oldest message comes first.",
                where,
            )
        if len(expected) > 1 and _alike(expected[-1:], got):
            return Mistake(
                "only-the-last", "only the last message is kept: append() adds one.", where
            )
        if 1 < len(got) < len(expected) and _alike(expected[-len(got) :], got):
            return Mistake(
                "history-cut",
                f"only the last {len(got)} of {len(expected)} messages are kept. A channel keeps "
                "all that was said there.",
                where,
            )
        if len(got) == len(expected) and (key := _lost_key(expected[0], got[0])):
            return Mistake(
                "keys-lost",
                f"{text_of(key)} is missing in the messages of the history: save "
                '{"sender": ..., "message": ...}.',
                where,
            )
        if same([one["message"] for one in expected], got):
            return Mistake(
                "history-of-texts",
                "the history has the texts alone. The page shows who said each: save "
                '{"sender": ..., "message": ...}.',
                where,
            )
        channel = finding.expected[0]["channel"] if finding.expected else None
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


def _lost_key(expected: dict[str, Any], got: Any) -> str:
    lost = [key for key in expected if isinstance(got, dict) and key not in got]
    return lost[0] if lost else ""


def of_the_names(e: Evidence) -> Mistake | None:
    """What is wrong with the names of the channels."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event != _ALL or not finding.expected or len(finding.got or ()) != 1:
            continue
        assert finding.got
        expected, got = finding.expected[0], finding.got[0]
        where = e.source.emit_of(_ALL)
        if isinstance(got, dict) and list(got) == expected:
            return Mistake(
                "channels-not-names",
                "it is the whole dict, with all that was ever said. The page needs the names: "
                "list(channels).",
                where,
            )
        if got == {} and (a_map := e.source.a_map_as_json):
            return Mistake(
                "map-as-json",
                "an empty object comes, as a Map, or a Set, has no JSON: [...channels.keys()] is a "
                "list of the names.",
                a_map,
            )
        if not isinstance(got, list):
            continue
        if got == [name for name in expected if name != GENERAL]:
            return Mistake(
                "general-missing",
                'General is not among the channels. They start as {"General": []}.',
            )
        if got == sorted(expected):
            return Mistake(
                "channels-sorted",
                "they are sorted. They have to come in the order in which they were made.",
                where,
            )
        made = {one.args[0] for one in all_sent(e, _NEW)}
        added = [name for name in got if name not in expected]
        if added and got[: len(expected)] == expected and made.isdisjoint(added):
            return Mistake(
                "unknown-made",
                f"“{added[0]}” is a channel now, and nobody made it: to ask for a key with "
                "setdefault or in a defaultdict puts it there. Look with `in` first.",
            )
    return None


def taken_along(e: Evidence) -> Mistake | None:
    """A client that did not change the channel is told that it did."""
    act = e.act
    surplus = {f.client for f in e.of(Fault.SURPLUS) if f.event == _CHANGE}
    if not act or act.event not in (_NEW, _CHANGE) or not surplus - {act.client}:
        return None
    emits = e.source.emitting(_CHANGE, handling=act.event)
    where = emits[0].where if len(emits) == 1 else None
    members = _entered(e, act.args[0])
    if e.present == e.hearers(_CHANGE) and not surplus <= members:
        return Mistake(
            "answered-to-all",
            "the answer is broadcast. emit(...) without to= reaches every client; give it to=sid "
            "to answer one.",
            where,
        )
    # Where nobody else is present, only the source tells a room from everybody.
    narrowed = any(emit.narrowed and not emit.to_its_caller for emit in emits)
    to_a_room = narrowed or e.present != e.hearers(_CHANGE)
    if surplus <= members and to_a_room:
        return Mistake(
            "answered-to-room",
            "the answer goes to everybody in the channel's room. to=sid answers one.",
            where,
        )
    return None


def leaks(e: Evidence) -> Mistake | None:
    """A message is heard by those who never entered its channel."""
    for finding in e.of(Fault.SURPLUS):
        message = finding.got[0] if finding.got else None
        if finding.event != _MESSAGE or not isinstance(message, dict):
            continue
        channel = message.get("channel")
        if e.hearers(_MESSAGE) != e.present or finding.client in _entered(e, channel):
            continue
        if channel in {GENERAL, *(one.args[0] for one in all_sent(e, _NEW))}:
            open_to_all = [emit for emit in e.source.emitting(_MESSAGE) if not emit.narrowed]
            return Mistake(
                "heard-in-all-channels",
                "the message goes to everybody, whatever their channel. room=channel reaches "
                "those who have entered it.",
                open_to_all[0].where if len(open_to_all) == 1 else None,
            )
        return Mistake(
            "unknown-to-all",
            f"there is no channel “{channel}”, and what is said there goes to everybody. Emit it "
            "only where the channel is known.",
        )
    return None


def not_in_the_room(e: Evidence) -> Mistake | None:
    """A client that changed to a channel, or made it, does not hear what others there hear."""
    emits = e.source.emitting(_MESSAGE)
    # Those who share a room tell nothing where the emit leaves somebody out by itself.
    if not emits or any(emit.to_its_caller or emit.leaves_out for emit in emits):
        return None
    made_with = framework(e.source)
    entries = e.conversation.entries
    if not any(one.kind is Kind.HEARD and one.event == _CHANGE for one in entries):
        return None  # a server of an earlier step, which has no rooms
    for finding in e.of(Fault.MISSING):
        message = finding.expected[0] if finding.expected else None
        if finding.event != _MESSAGE or not isinstance(message, dict):
            continue
        channel = message["channel"]
        acts = [one for one in all_sent(e, _NEW, _CHANGE) if one.args == (channel,)]
        own = [one.event for one in acts if one.client == finding.client]
        # Where nobody hears it, only the source tells that nobody is in the room.
        no_rooms = _answered(e, finding.client, channel) and not e.source.entering
        if own and (e.hearers(_MESSAGE) or no_rooms):
            how = "made" if own[-1] == _NEW else "changed to"
            return Mistake(
                "room-not-entered",
                f"{finding.client} has {how} {channel}, and does not hear what is said there: "
                f"{made_with.enters} enters its room.",
                e.source.handler_of(own[-1]),
            )
    return None


def maker_not_taken(e: Evidence) -> Mistake | None:
    """A channel is made, and its maker stays where they are."""
    act = e.act
    missing = {finding.client for finding in e.of(Fault.MISSING) if finding.event == _CHANGE}
    if not act or act.event != _NEW or missing != {act.client} or act.client not in e.hearers(_NEW):
        return None
    return Mistake(
        "maker-not-taken",
        f"everybody hears of the new channel, and {act.client}, who made it, does not get "
        f'"{_CHANGE}": the page shows the old one still.',
        e.source.handler_of(_NEW),
    )


def _emptied(e: Evidence, finding: Finding) -> Mistake | None:
    """A history is empty that should not be."""
    expected = finding.expected[0] if finding.expected else {}
    made = [one for one in all_sent(e, _NEW) if one.args == (expected["channel"],)]
    was_there = any(
        one.kind is Kind.HEARD
        and one.event == _CHANGE
        and same(expected, one.args[0], more_keys=True)
        for one in e.conversation.entries
        if one.args
    )
    if was_there and len(made) > 1:
        return Mistake(
            "existing-emptied",
            f"{expected['channel']} was made once more, and its messages are gone: "
            "channels[name] = [] empties it. setdefault(name, []) keeps what is there.",
            e.source.handler_of(_NEW),
        )
    gone = {one.client for one in e.conversation.entries if one.kind is Kind.LEFT}
    if not was_there and gone.isdisjoint(one["sender"] for one in expected["messages"]):
        return Mistake(
            "message-not-saved",
            "what was said is not in the history: append it to channels[channel].",
            e.source.handler_of(_MESSAGE),
        )
    return None


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


def _entered(e: Evidence, channel: Any) -> set[str]:
    """The clients that have ever asked for a channel, or made it."""
    return {one.client for one in all_sent(e, _NEW, _CHANGE) if one.args == (channel,)}


def _answered(e: Evidence, client: str, channel: Any) -> bool:
    """Whether a client was ever told that it is in the channel now."""
    return any(
        one.kind is Kind.HEARD
        and (one.client, one.event) == (client, _CHANGE)
        and isinstance(one.args[0], dict)
        and one.args[0].get("channel") == channel
        for one in e.conversation.entries
        if one.args
    )


RULES = (of_the_history, of_the_names, taken_along, leaks, not_in_the_room, maker_not_taken)
