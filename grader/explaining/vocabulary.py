"""What the engine knows of an application: its words, in one value that the application gives."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.explaining.source import Dialect

if TYPE_CHECKING:
    from grader.report.result import Mistake

# Each takes an Evidence, which has a vocabulary and so cannot be imported here.
Rules = tuple[Callable[..., "Mistake | None"], ...]


@dataclass(frozen=True)
class Place:
    """A part of an application's page: what a reader calls it, and its CSS selector.

    `events` are those that change it. `passing`: it comes and goes with what it shows, and is not
    missed as such.
    """

    name: str
    selector: str
    events: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """The words of one application, for its clients, its pages and its explanations.

    opening: what a page sends by itself as soon as it is connected, each (event, argument, …).
    join: how a client, scripted or a page, says who it is; None where nobody does.
    joined: the event that tells everybody of a client that has joined; also what such a client
        sends.
    events: what servers of the application send, in any step. A client that hears another event
        hears one that the student made up.
    prepares: events that prepare what comes later: a reader needs them from before a failed turn.
    led_by: what clients hear of an event depends on what was sent of these.
    arrivals: whether a client that connects is an act by itself, which a reader needs to see.
    places: the parts of its pages.
    socketio: whether its servers speak Socket.IO, at /socket.io/.
    rules: what recognises the mistakes of a server from what scripted clients hear. They go from
        what is certain (the server says it itself) to what is concluded from who heard what; the
        first that is sure has the word.
    page_rules: the same for pages in a browser.
    of_what_is_kept: the mistakes that an earlier event's handler makes, where it stops too soon.
    in_dialect: a text about code, in the words of the library that the server is written with.
    environment: what its servers find in their environment, whatever the caller's has. {scratch}
        in a value is a folder of each server's own, empty at first.
    """

    opening: tuple[tuple[Any, ...], ...] = ()
    join: Callable[[Any], Awaitable[None]] | None = None
    joined: str = ""
    events: frozenset[str] = frozenset()
    prepares: frozenset[str] = frozenset()
    led_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    arrivals: bool = False
    places: tuple[Place, ...] = ()
    socketio: bool = False
    rules: Rules = ()
    page_rules: Rules = ()
    of_what_is_kept: frozenset[str] = frozenset()
    in_dialect: Callable[[str, Dialect], str] = lambda text, _: text
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> frozenset[str]:
        """The events that a page sends by itself."""
        return frozenset(event for event, *_ in self.opening)


EMPTY = Vocabulary()
