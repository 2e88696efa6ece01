"""The vocabularies of the course: what its clients and pages do, and how mistakes are recognised.

A rule is a function of Evidence that gives a Mistake, or None where it is not sure: a wrong name
is worse than none. The source of a submission only tells apart, and locates, what the history has
shown.
"""

from dataclasses import replace

from grader.explaining.vocabulary import Rules, Vocabulary
from grader.makechat import people, places
from grader.makechat.dialects import in_dialect
from grader.makechat.mistakes import (
    again,
    answers,
    bindings,
    channels,
    counting,
    emitting,
    emptiness,
    framing,
    handlers,
    handshake,
    hearing,
    histories,
    letters,
    looping,
    membership,
    modals,
    newcomers,
    online,
    pages,
    payloads,
    presence,
    process,
    reaching,
    rooms,
    sending,
    sessions,
    silence,
    versions,
)

SERVER: Rules = (
    *handlers.RULES,
    *answers.RULES,
    *emitting.RULES,
    *reaching.RULES,
    *versions.RULES,
    *process.RULES,
    *looping.RULES,
)  # what any server can do wrong

# What shows in a page: first what it makes its server stumble over, then what a server does wrong.
PAGE: Rules = (*sending.RULES, *SERVER, *pages.RULES)

# What is not kept, where the handler that was to keep it stops before.
KEPT = frozenset(
    {
        "not-saved",
        "name-not-kept",
        "message-not-saved",
        "general-missing",
        "room-not-entered",
        "emitted-to-nobody",
        "newcomer-gets-nothing",
        "pair-not-removed",
        "modal-never-removed",
        "still-counted",
        "id-of-first-login",
        "left-offline",
        "room-not-left",
        "another-room",
        "sockets-not-known",
    }
)

# Step 1, where the server speaks WebSocket by hand.
ECHO = Vocabulary(rules=(*SERVER, *handshake.RULES, *framing.RULES))

# Step 2, a page and no socket yet.
PAGES = Vocabulary(
    places=places.PLACES,
    rules=SERVER,
    page_rules=PAGE,
    of_what_is_kept=KEPT,
    in_dialect=in_dialect,
)

# Make Chat itself: steps 3 to 7.
CHAT = Vocabulary(
    socketio=True,
    opening=people.OPENING,
    join=people.join,
    joined="new user",
    events=frozenset(
        {
            "new user",
            "new message",
            "get online users",
            "user has left",
            "new channel",
            "user changed channel",
            "get channels",
            "user count",
        }
    ),
    prepares=frozenset({"new user", "new channel"}),
    led_by={"new message": ("user changed channel",), "user changed channel": ("new message",)},
    places=places.PLACES,
    rules=(
        *SERVER,
        *presence.RULES,
        *histories.RULES,
        *emptiness.RULES,
        *membership.RULES,
        *channels.RULES,
        *payloads.RULES,
        *hearing.RULES,
    ),
    page_rules=PAGE,
    of_what_is_kept=KEPT,
    in_dialect=in_dialect,
)

# Users who register, write to one another and open panels: steps 10 to 12.
USERS = Vocabulary(
    socketio=True,
    events=frozenset({"noAccountFound", "recMessage", "recModalInfo"}),
    prepares=frozenset(
        {
            "registerUser",
            "loginUser",
            "userConnected",
            "userDisconnected",
            "openedModal",
            "closedModal",
        }
    ),
    places=places.WRITERS,
    rules=(
        *SERVER,
        silence.nothing_handles,
        *again.RULES,
        rooms.one_room_for_all,
        *letters.RULES,
        *rooms.RULES,
        *modals.RULES,
        *payloads.RULES,
        *hearing.RULES,
    ),
    page_rules=PAGE,
    of_what_is_kept=KEPT,
    in_dialect=in_dialect,
)

# Step 13: users with ids, and who of them is online.
PRESENCE = Vocabulary(
    socketio=True,
    events=frozenset({"onlineUsers", "userJoined", "userLeft", "chat message"}),
    places=places.PLACES,
    rules=(
        bindings.unknown_socket,
        newcomers.stranger_refused,
        *SERVER,
        *bindings.RULES,
        payloads.shape,
        *newcomers.RULES,
        *online.RULES,
    ),
    page_rules=PAGE,
    of_what_is_kept=KEPT,
    in_dialect=in_dialect,
    environment={"DATABASE_URL": "sqlite+aiosqlite:///{scratch}/presence.sqlite3"},
)

# Step 8: Make Chat's page of step 3, and a count.
COUNT = replace(
    CHAT,
    arrivals=True,
    rules=(*SERVER, *counting.RULES, *payloads.RULES, *hearing.RULES),
)

# Step 9: a cookie says which user a socket belongs to, and the page sends nothing by itself.
SESSIONS = Vocabulary(
    socketio=True,
    events=frozenset({"user", "chat message"}),
    arrivals=True,
    places=places.PLACES,
    rules=(sessions.forgotten, *SERVER, *sessions.RULES, *payloads.RULES, *hearing.RULES),
    page_rules=PAGE,
    of_what_is_kept=KEPT,
    in_dialect=in_dialect,
)
