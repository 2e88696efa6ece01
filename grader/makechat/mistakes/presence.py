"""Mistakes that show in the list of online users: who is on it, and with which socket id."""

from typing import Any

from grader.explaining import keeping
from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same
from grader.makechat.mistakes.handlers import inside_connect
from grader.makechat.mistakes.texts import change_of
from grader.report.result import Mistake

_ASK, _LEFT = "get online users", "user has left"


def of_the_list(e: Evidence) -> Mistake | None:
    """What is wrong with a list that came."""
    for finding in e.of(Fault.DIFFERENT):
        if finding.event in (_ASK, _LEFT) and finding.expected and finding.got is not None:
            expected = finding.expected[0]
            got = finding.got[0] if len(finding.got) == 1 else None
            for rule in _OF_A_LIST:
                if mistake := rule(e, finding, expected, got):
                    return mistake
    return None


def mixed_up_sockets(e: Evidence) -> Mistake | None:
    """An answer went to another client than the one who asked."""
    for finding in e.of(Fault.MISSING):
        if finding.event == _ASK:
            asked = [one.client for one in e.turn if one.kind is Kind.SENT and one.event == _ASK]
            heard = [one.client for one in e.turn if one.kind is Kind.HEARD and one.event == _ASK]
            for client in heard:
                if heard.count(client) > asked.count(client):
                    return inside_connect(e, f"{finding.client} asks, and {client} is answered")
    return None


def _name_of_who_left(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    gone = _gone(e)
    if finding.event != _LEFT or not gone or not same(got, gone):
        return None
    return Mistake(
        "only-who-left",
        "the payload is the name of the user who has left. The page draws its list "
        "again from the users who remain: emit all of online_users.",
        e.source.emit_of(finding.event),
    )


def _list_for_the_object(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    if not isinstance(got, list):
        return None
    if all(isinstance(one, str) for one in got):
        what = "a list of names" if got else "an empty list"
    elif same([[*one] for one in expected.items()], got):
        what = "a list of pairs"
    else:
        return None
    return Mistake(
        "list-of-names",
        f"it is {what}. The page needs the object, username → socket id.",
        e.source.emit_of(finding.event),
    )


def _nothing_of_a_map(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    made = keeping.a_map_as_json(e.source) if got == {} and expected else None
    if not made:
        return None
    return Mistake(
        "map-as-json",
        "an empty object comes, as a Map has no JSON: Object.fromEntries(map) makes an object "
        "of it. A Promise comes so, too, where nothing waits for it.",
        made,
    )


def _turned_around(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    if not expected or not same({v: k for k, v in expected.items()}, got):
        return None
    return Mistake(
        "turned-around",
        "keys and values are swapped: the username is the key, the socket id the value.",
    )


def _wrapped(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    items = got.items() if isinstance(got, dict) else ()
    under = [key for key, value in items if same(value, expected)]
    if not under:
        return None
    return Mistake(
        "wrapped",
        f"the object is wrapped in another one, under “{under[0]}”. The page expects it as it is.",
        e.source.emit_of(finding.event),
    )


def _names_changed(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    if not isinstance(got, dict):
        return None
    other = [name for name in got if name not in expected]
    lost = [name for name in expected if name not in got]
    if len(lost) == len(other) == 1:
        (name,), (shown,) = lost, other
        if expected[name] == got[shown] and (changed := change_of(name, str(shown))):
            return Mistake("name-changed", f"a name is not listed as it came: {changed[1]}")
    if got.keys() != expected.keys() and {k.lower() for k in expected} == set(got):
        return Mistake("name-changed", "the names are in lower case. They are listed as they came.")
    return None


def _values(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    if not isinstance(got, dict) or got.keys() != expected.keys():
        return None
    for name, value in got.items():
        if value == expected[name]:
            continue
        owner = e.conversation.sids.get(value) if isinstance(value, str) else None
        if owner and owner != name:
            what = f"{name}'s entry has the socket id of {owner}"
            return inside_connect(e, what) or Mistake(
                "anothers-sid",
                f"{what}. Each name keeps the sid with which the handler of its own "
                '"new user" was called.',
            )
        if owner:
            what = "the id of a socket that it had before"
        elif isinstance(value, str) and value and expected[name].startswith(value):
            what = "only the beginning of the socket id"
        elif value == name:
            what = "the username once more"
        else:
            what = "no socket id"
        return Mistake(
            "not-the-sid",
            f'{name}\'s value is {what}. It has to be the sid that the handler of "new user" '
            "is called with.",
        )
    return None


def _who_left(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    gone = _gone(e)
    if finding.event != _LEFT or not isinstance(got, dict):
        return None
    lost = [name for name in expected if name not in got]
    if gone and gone in got and not lost and len(got) == len(expected) + 1:
        return _still_there(e, gone)
    if not got and expected and (mistake := _nobody_is_left(e, expected, gone)):
        return mistake
    if gone not in e.joined and lost:
        return Mistake(
            "stranger-removes",
            f"{gone} never joined, and {lost[0]} is removed: a socket without a name removes "
            "somebody else's.",
            e.source.handler_of("disconnect"),
        )
    if gone in got and len(lost) == 1:
        what = f"{gone} leaves, and {lost[0]} is removed"
        if mistake := inside_connect(e, what):
            return mistake
        popped = e.source.calls("popitem")
        if lost[0] == e.joined[-1] and popped:
            return Mistake(
                "last-removed",
                f"{what}, who joined last: popitem() takes the last entry, whosever it is. Remove "
                "the one of the socket that has gone.",
                popped[0],
            )
        if lost[0] == e.joined[-1]:
            return Mistake(
                "one-name-for-all",
                f"{what}, who joined last: the username is kept in one variable for all sockets. "
                "Each socket has a session of its own.",
                e.source.handler_of("disconnect"),
            )
        return Mistake(
            "wrong-entry-removed",
            f"{what}: the entry that goes has to be the one of the socket that has gone.",
            e.source.handler_of("disconnect"),
        )
    return None


def _nobody_is_left(e: Evidence, expected: Any, gone: str | None) -> Mistake | None:
    """One leaves, and the list is empty that should not be."""
    emptied = keeping.emptied(e.source)
    if emptied or _was_listed(e, expected):
        return Mistake(
            "everybody-removed",
            f"one leaves, and everybody is removed. Remove {gone} alone."
            if gone in e.joined
            else f"{gone or 'a client'} leaves without having joined, and everybody is removed.",
            emptied[0] if len(emptied) == 1 else None,
        )
    if keeping.removals(e.source) and keeping.adds(e.source):
        return Mistake(
            "everybody-removed",
            f"one leaves, and nobody is left on the list: all are removed, and not {gone} alone, "
            "or nobody was on it.",
            e.source.handler_of("disconnect"),
        )
    return None


def _was_listed(e: Evidence, expected: dict[str, Any]) -> bool:
    """Whether anybody who is missing has ever been on a list: otherwise nobody may be kept."""
    lists = (one.args[0] for one in e.conversation.entries if one.kind is Kind.HEARD and one.args)
    return any(isinstance(one, dict) and not expected.keys().isdisjoint(one) for one in lists)


def _still_there(e: Evidence, gone: str) -> Mistake | None:
    """A user who has left is on the list: it is told too early, or nobody is ever removed."""
    emit = e.source.emit_of(_LEFT)

    def told_too_early(or_so: str = "") -> Mistake:
        text = f"{gone} has left and is still on the list: it is emitted before {gone} is removed"
        return Mistake("told-before-removed", f"{text}{or_so}.", emit)

    unclear = told_too_early(", or something else is removed")
    if emit is None:
        return unclear
    inside = [
        (file, lines)
        for event in {one.event for one in e.source.listeners}
        for file, lines in e.source.extents(event)
        if file == emit.file and emit.line in lines
    ]
    if not inside and keeping.removals(e.source):
        return unclear  # a function of its own tells, and who calls it is not read
    removed = keeping.removals_within(e.source, inside)
    if removed and all(line < emit.line for line in removed):
        return None  # it is removed first, and something else is sent
    if removed and emit.line not in removed:
        return told_too_early()
    if removed or "disconnect" not in [one.event for one in e.source.listeners]:
        return unclear
    return Mistake(
        "never-removed",
        f"{gone} has left and is still on the list: nothing removes {gone} from it.",
        emit,
    )


def _who_is_missing(e: Evidence, finding: Finding, expected: Any, got: Any) -> Mistake | None:
    if isinstance(got, dict) and (cut := _first_ones(expected, got)):
        return Mistake("users-cut", f"only the first {cut} of {len(expected)} users are on it.")
    if finding.event != _ASK or got != {} or set(e.joined) != set(expected):
        return None
    decides = any(one.decides for one in e.source.listening_to(_ASK)) or not e.source.known
    if finding.client not in e.joined and decides:
        return Mistake(
            "newcomer-gets-nothing",
            f"{finding.client} has not joined, and is told that nobody is online. Every "
            "client that asks gets the whole list.",
            e.source.emit_of(_ASK),
        )
    if expected:
        alone = set(expected) == {finding.client}
        promise = ", or a Promise is sent, for which nothing waits" if e.source.scripts else ""
        return Mistake(
            "not-saved",
            f"{', '.join(expected)} has joined, and the list does not know it: the name is not "
            "saved, or saved in another dict than the one that is sent"
            f"{', or the one who asks is left out' if alone else ''}{promise}.",
        )
    return None


def _first_ones(expected: dict[str, Any], got: dict[str, Any]) -> int:
    """How many users are listed where several of the last ones are not; 0 otherwise."""
    first = list(expected)[: len(got)]
    return len(got) if got and len(got) + 2 <= len(expected) and list(got) == first else 0


def _gone(e: Evidence) -> str | None:
    left = [entry.client for entry in e.turn if entry.kind is Kind.LEFT]
    return left[-1] if left else None


_OF_A_LIST = (
    _name_of_who_left,
    _list_for_the_object,
    _nothing_of_a_map,
    _turned_around,
    _wrapped,
    _names_changed,
    _values,
    _who_left,
    _who_is_missing,
)

RULES = (of_the_list, mixed_up_sockets)
