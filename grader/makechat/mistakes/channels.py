"""Mistakes that show in channels: their names, and who is told of them, or what is said there."""

from typing import Any

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault
from grader.makechat.mistakes.emitting import answered_to_all
from grader.makechat.mistakes.said import all_sent, changed, tidied
from grader.makechat.people import GENERAL
from grader.report.result import Mistake

_NEW, _CHANGE, _MESSAGE, _ALL = (
    "new channel",
    "user changed channel",
    "new message",
    "get channels",
)


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
        if got == {} and (a_map := keeping.a_map_as_json(e.source)):
            return Mistake(
                "map-as-json",
                "an empty object comes, as a Map, or a Set, has no JSON: [...channels.keys()] is a "
                "list of the names.",
                a_map,
            )
        if not isinstance(got, list):
            continue
        if got == [name for name in expected if name != GENERAL]:
            emptied = keeping.emptied(e.source)
            if got == [] and emptied:
                return Mistake(
                    "existing-emptied",
                    "no channel is left, not even General: something empties what is kept.",
                    emptied[0] if len(emptied) == 1 else None,
                )
            return Mistake(
                "general-missing",
                "General is not among the names that come. It is a channel like all others, and "
                'there from the start: {"General": []}.',
            )
        if got == sorted(expected):
            return Mistake(
                "channels-sorted",
                "they are sorted. They have to come in the order in which they were made.",
                where,
            )
        earlier = e.conversation.entries[: e.since]
        if any(
            one.kind is Kind.HEARD and one.event == _ALL and one.args == (got,) for one in earlier
        ):
            return Mistake(
                "kept-from-before",
                "it is the list that was told before, without the channels made since. Make "
                "the list each time somebody asks.",
                where,
            )
        made = [one.args[0] for one in all_sent(e, _NEW)]
        added = [name for name in got if name not in expected]
        meant = [name for name in (*expected, *made) if added and tidied(name, added[0])]
        if meant:
            return changed(meant[0], added[0], e.source.handler_of(_NEW))
        if added and got[: len(expected)] == expected and not any(name in made for name in added):
            return Mistake(
                "unknown-made",
                f"“{added[0]}” is a channel now, and nobody made it: to ask for a key with "
                "setdefault or in a defaultdict puts it there. Look with `in` first.",
            )
    return None


def taken_along(e: Evidence) -> Mistake | None:
    """A client that did not change the channel is told that it did."""
    act = e.act
    surplus = {f.client for f in e.about(_CHANGE, Fault.SURPLUS)}
    if not act or act.event not in (_NEW, _CHANGE) or not surplus - {act.client}:
        return None
    emits = e.source.emitting(_CHANGE, handling=act.event)
    where = emits[0].where if len(emits) == 1 else None
    members = _entered(e, act.args[0])
    if e.present == e.hearers(_CHANGE) and not surplus <= members:
        return answered_to_all(emits)
    # Where nobody else is present, only the source tells a room from everybody.
    narrowed = any(emit.narrowed and not emit.to_its_caller for emit in emits)
    to_a_room = narrowed or e.present != e.hearers(_CHANGE)
    looked_up = any(emit.to_what_a_call_gives for emit in emits)  # it may be nobody: None
    if surplus <= members and to_a_room and not (looked_up and e.present == e.hearers(_CHANGE)):
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
        if channel is None:
            continue
        if e.hearers(_MESSAGE) != e.present or finding.client in _entered(e, channel):
            continue
        if channel in [GENERAL, *(one.args[0] for one in all_sent(e, _NEW))]:
            open_to_all = [emit for emit in e.source.emitting(_MESSAGE) if not emit.narrowed]
            return Mistake(
                "heard-in-all-channels",
                "the message goes to everybody, whatever their channel. room=channel reaches "
                "those who have entered it.",
                open_to_all[0].where if len(open_to_all) == 1 else None,
            )
        emits = e.source.emitting(_MESSAGE)
        if emits and all(emit.narrowed for emit in emits):
            return Mistake(
                "unknown-heard-elsewhere",
                f"there is no channel “{channel}”, and what is said there is heard in another one. "
                "The room is the channel that stands in the message.",
                emits[0].where if len(emits) == 1 else None,
            )
        return Mistake(
            "unknown-to-all",
            f"there is no channel “{channel}”, and what is said there goes to everybody. Emit it "
            "only where the channel is known.",
        )
    return None


def maker_not_taken(e: Evidence) -> Mistake | None:
    """A channel is made, and its maker stays where they are."""
    act = e.act
    missing = {finding.client for finding in e.about(_CHANGE, Fault.MISSING)}
    if not act or act.event != _NEW or missing != {act.client} or act.client not in e.hearers(_NEW):
        return None
    emits = e.source.emitting(_CHANGE)
    if emits and all(emit.dead for emit in emits):
        return None  # nobody gets it, its maker or not
    return Mistake(
        "maker-not-taken",
        f"everybody hears of the new channel, and {act.client}, who made it, does not get "
        f'"{_CHANGE}": the page shows the old one still.',
        e.source.handler_of(_NEW),
    )


def _entered(e: Evidence, channel: Any) -> set[str]:
    """The clients that have ever asked for a channel, or made it."""
    return {one.client for one in all_sent(e, _NEW, _CHANGE) if one.args == (channel,)}


RULES = (
    of_the_names,
    taken_along,
    leaks,
    maker_not_taken,
)
