"""Socket.IO's packets as the library decodes them, and handed on in the order of the wire."""

from collections.abc import Callable
from typing import Any

from socketio.packet import ACK, BINARY_ACK, BINARY_EVENT, EVENT, Packet

EVENTS = (EVENT, BINARY_EVENT)
ACKS = (ACK, BINARY_ACK)


class MalformedError(ValueError):
    """What the server sent is no Socket.IO packet; recorded already."""


def recording_packets(take: Callable[[Packet | None, Any], None]) -> type[Packet]:
    """A packet class that hands every decoded packet to `take`, in the order of the wire."""

    class RecordingPacket(Packet):  # type: ignore[misc]
        def decode(self, encoded_packet: str) -> int:
            try:
                attachments: int = super().decode(encoded_packet) or 0
                if self.packet_type in EVENTS and not _is_event(self.data):
                    raise ValueError("an event is an array that begins with its name")
            except (ValueError, IndexError, TypeError, AttributeError, RecursionError) as error:
                take(None, encoded_packet)
                raise MalformedError(str(error)) from error
            if not attachments:
                take(self, encoded_packet)
            return attachments

        def add_attachment(self, attachment: bytes) -> bool:
            complete: bool = super().add_attachment(attachment)
            if complete:
                take(self, attachment)
            return complete

    return RecordingPacket


def message_of(data: Any) -> str:
    """The text of a CONNECT_ERROR: its `message`, or whatever came instead."""
    message = data.get("message") if isinstance(data, dict) else data
    return str(message or "connection refused")


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)
