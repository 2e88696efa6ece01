"""What stands around a turn or a scene that a test plays: clients without a wire."""

from collections.abc import Callable
from typing import Any

from grader.checking.quiet import Surroundings, broken_connection
from grader.checking.turn import Turn
from grader.clients.socketio import ScriptedClient
from grader.history.conversation import Conversation, Kind
from grader.history.findings import Fault, Finding
from grader.history.patience import Patience
from grader.servers.output import Output


class StandIn(ScriptedClient):
    """A client without a wire: its barriers pass while `answered` says so."""

    connected = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.answered: Callable[[], bool] = lambda: True
        self.barriers: list[Patience | None] = []

    async def barrier(self, patience: Patience | None = None) -> bool:
        self.barriers.append(patience)
        return self.answered()


class Stage:
    """A check's surroundings, in which nothing happens but what a test records."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.amy, self.terry = StandIn("amy"), StandIn("terry")
        self.output = Output(on_change=self.conversation.changed)
        self.stopped: Finding | None = None
        self.seconds = 0.0
        self.begun = 0
        self.around = Surroundings(
            self.conversation,
            [self.amy, self.terry],
            self.output,
            lambda special: Patience(self.seconds and (special or self.seconds)),
            lambda: self.stopped or broken_connection(self.conversation),
        )

    def turn(self) -> Turn:
        async def before() -> None:
            self.begun += 1

        return Turn(self.around, before)

    def hears(self, client: ScriptedClient, event: str, *args: Any) -> None:
        self.conversation.record(Kind.HEARD, client.name, event, args)


def surplus(got: Any, entry: int, because: str = "") -> Finding:
    return Finding(Fault.SURPLUS, "amy", "new user", None, (got,), entry, because)
