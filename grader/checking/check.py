"""A check: an async function of a Scene, with the points, the hint and what it builds on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.checking.scene import Scene

Play = Callable[["Scene"], Awaitable[None]]


@dataclass(frozen=True, eq=False)
class Check:
    """One check. `title` is the line that a student reads; `needs` are judged before it.

    `of_absence`: it says what must not happen, so that a server that does nothing passes it.

    `play` takes what its runner gives to a check: a Scene; in notebooks, a Trial.
    """

    play: Callable[[Any], Awaitable[None]]
    points: int
    hint: str
    needs: tuple["Check", ...] = ()
    needs_output: bool = False
    needs_browser: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    starts_servers: bool = False
    of_absence: bool = False

    @property
    def id(self) -> str:
        """The name of the check in results: its function's, with hyphens."""
        return self.play.__name__.replace("_", "-")

    @property
    def title(self) -> str:
        """The function's docstring."""
        return " ".join((self.play.__doc__ or "").split())


def check(
    *,
    points: int,
    hint: str,
    needs: tuple[Check, ...] = (),
    needs_output: bool = False,
    needs_browser: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
    starts_servers: bool = False,
    of_absence: bool = False,
) -> Callable[[Play], Check]:
    """Make a Check of a function.

    points: what it is worth.
    hint: what to look at, for a student who fails it and whose mistake is not a known one.
    needs: checks without which this one says nothing new; where one of them fails, this one is
        not judged.
    needs_output: it looks at what the server prints, and cannot be judged where that is not seen.
    needs_browser: it looks at the page, and is run with --page alone.
    environment: what its servers find in their environment, in place of what the application's
        servers find there; with the services of `grader.servers.services` by their names.
    starts_servers: it starts more servers beside the first one, with `scene.start`.
    of_absence: it says what must not happen. Where a check that it needs fails, it is not judged
        even if it passes: a server that sends nothing at all would pass it too.
    """

    def make(play: Play) -> Check:
        return Check(
            play,
            points,
            hint,
            needs,
            needs_output,
            needs_browser,
            environment,
            starts_servers,
            of_absence,
        )

    return make


page_check = partial(check, needs_browser=True)
