"""Whether clients that join before what a check is about are heard of."""

from collections.abc import Collection, Iterable

from grader.checking.quiet import SPREAD, Surroundings
from grader.history.conversation import Conversation, Kind
from grader.history.values import text_of


async def heard_of(
    names: Iterable[str], event: str, since: int, listeners: Collection[str], around: Surroundings
) -> list[str]:
    """Wait until somebody has heard of each client that has joined; the names of the others.

    They are heard of in this event, from this place in the history on. Where all are, every one of
    the listeners gets a moment to hear of them too, so that nothing of it comes later.
    """
    hearing = _Hearing(around.conversation, event, names, since)
    await around.conversation.until(
        lambda: bool(not hearing.unheard() or around.broken()), around.patience(None)
    )
    if unheard := hearing.unheard():
        return unheard
    await around.conversation.until(lambda: not hearing.unheard(listeners), around.patience(SPREAD))
    return []


class _Hearing:
    """Who has heard that clients have joined, since a place in the history."""

    def __init__(
        self,
        conversation: Conversation,
        event: str,
        names: Iterable[str],
        since: int,
    ) -> None:
        self._conversation = conversation
        self._event = event
        self._read = since
        self._hearers: dict[str, set[str]] = {name: set() for name in names}

    def unheard(self, listeners: Collection[str] = ()) -> list[str]:
        """The names of which nobody, or not every one of the listeners, has heard."""
        for entry in self._conversation.entries[self._read :]:
            if entry.kind is Kind.HEARD and entry.event == self._event:
                # In whatever shape: that is for other checks to judge.
                text = text_of(entry.args).casefold()
                for name, hearers in self._hearers.items():
                    if text_of(name)[1:-1].casefold() in text:
                        hearers.add(entry.client)
        self._read = len(self._conversation.entries)
        return [
            name
            for name, hearers in self._hearers.items()
            if not hearers or not hearers.issuperset(listeners)
        ]
