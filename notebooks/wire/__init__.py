"""The protocols under a chat, each in a module of its own that a notebook explains.

From the wire upwards:

- `http_head`, `handshake`: how an HTTP connection becomes a WebSocket (RFC 6455, 4).
- `frames`, `frame_parser`: what then goes over it (RFC 6455, 5 to 8).
- `engineio`: Engine.IO's packets, revision 4, by WebSocket or by polling.
- `packets`: Socket.IO's packets, revision 5, inside those of Engine.IO.

These turn bytes into values and values into bytes, and do no I/O. Beside them are `live`, which
has servers to talk to, and `plots`, which draws what was measured.
"""


class WireError(Exception):
    """What came, or was to be sent, breaks the rules of its protocol."""
