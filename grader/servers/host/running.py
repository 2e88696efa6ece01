"""A server as the host knows it, and as its fork does."""

from dataclasses import dataclass

from .files import Sight
from .processes import Keeper
from .terminal import close


@dataclass
class Running:
    """A server that was started: its number, and when it is to be killed (monotonic seconds)."""

    number: int
    terminal: int | None  # the other end of its standard input
    keeper: Keeper | None  # of its PID namespace
    limited: bool  # it is a stranger's
    kill_at: float | None = None
    because: str = ""  # of what we end it before its time

    def let_go(self) -> None:
        """Close what the host has open for it."""
        close(self.terminal)
        if self.keeper:
            self.keeper.close()


@dataclass
class Job:
    """What a fork is to run; the host's loop hands it out in the child."""

    number: int
    folder: str
    env: dict[str, str]
    argv: list[str] | None
    output: int
    world: int | None
    terminal: int | None  # for its standard input
    sight: Sight | None  # of a stranger's program
    parent: int  # the host, as the fork sees it
