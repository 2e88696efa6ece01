"""What pages of the course send with each event."""

from collections.abc import Mapping

TEXT, NOTHING = "a text", "no payload"

# What a page sends with each event: a text, nothing, or an object with these keys.
FORMS: Mapping[str, str | tuple[str, ...]] = {
    "new user": TEXT,
    "new message": ("sender", "message", "channel"),
    "get online users": NOTHING,
    "new channel": TEXT,
    "user changed channel": TEXT,
    "get channels": NOTHING,
    "chat message": TEXT,
    "registerUser": ("name",),
    "loginUser": ("name",),
    "sendAnotherUserAMessage": ("name", "msg"),
    "userConnected": TEXT,
    "userDisconnected": TEXT,
    "openedModal": ("modalIdentifier",),
}
