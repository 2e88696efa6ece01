"""What clients need to know of the server that they talk to, and of the check around them."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.history.conversation import Conversation
from grader.history.patience import Patience
from grader.servers.world import MACHINE, World


@dataclass(frozen=True)
class Line:
    """A way to one server, where all that is said on it is recorded, and how long to wait.

    `hopeless` says whether anything has happened after which nothing need be awaited; `world` is
    the network of the server.
    """

    url: str
    conversation: Conversation
    patience: Callable[[], Patience]
    hopeless: Callable[[], bool] = lambda: False
    world: World = MACHINE
