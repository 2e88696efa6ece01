"""What the clients of step 1 share, whose server sends back each text: a barrier of their own.

What they hear, in the history's words: `response` (status, headers), `text`, `binary`, `ping`,
`pong` (payload), `close` (code, nothing where there is none), and `end`: of the TCP connection.
"""

import re
from abc import ABC, abstractmethod

from grader.clients.line import BARRIER, Line
from grader.history.conversation import Kind
from grader.history.patience import Patience

PROBE = re.compile(BARRIER + r"\w+-\d+\.")  # the text of a barrier
_MOMENT = 0.25  # seconds for a text to come back, where one before it has not


class EchoClient(ABC):
    """One client of a server that sends back each text."""

    def __init__(self, name: str, line: Line) -> None:
        self.name = name
        line.conversation.clients.append(name)
        line.conversation.socketio = False
        self.connected = False
        self._line = line
        self._conversation = line.conversation
        self._barriers = 0
        self._passed = 0

    @abstractmethod
    async def connect(self) -> bool:
        """Connect; False, and why in the history, when the server does not let it."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; the server need not answer any more."""

    async def barrier(self, patience: Patience | None = None) -> bool:
        """Wait until all that the server has sent this client has come.

        The client sends a text of the grader's own, which comes back after everything else.
        Always True: a text that does not come back is missed where a check expects one. If one
        has not come back, the wait for the next one is shorter.
        """
        self._barriers += 1
        if not self._conversation.echoes:
            patience = Patience(_MOMENT)
        await self._send_text(f"{BARRIER}{self.name}-{self._barriers}.")
        self._conversation.echoes = await self._conversation.until(
            lambda: self._passed >= self._barriers or not self.connected or self._line.hopeless(),
            patience or self._line.patience(),
        )
        return True

    @abstractmethod
    async def _send_text(self, text: str) -> None:
        """Send a text and record nothing."""

    def _hears(self, event: str, *args: object) -> None:
        """Record what came, unless it is of a barrier."""
        heard = str(args[0]) if event == "text" else ""
        # A barrier's text that comes with more is the server's own doing, and is shown as it is.
        if not PROBE.fullmatch(heard):
            self._conversation.record(Kind.HEARD, self.name, event, args)
        if f"{BARRIER}{self.name}-{self._barriers}." in heard:
            self._passed = self._barriers
            self._conversation.changed()

    def _loses(self, how: str) -> None:
        self.connected = False
        self._conversation.record(Kind.LOST, self.name, how)
