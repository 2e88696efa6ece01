"""The parts of Make Chat's pages, known by the tutorial's class names and ids, and their sights."""

from collections.abc import Iterable

from grader.browser.sights import Sight, Texts
from grader.explaining.vocabulary import Place

HEADING = Place("the heading", "h1")
STATUS = Place("the status line", "#status")
NAME_FORM = Place("the name form", ".username-form", ("new user",))
NAME_INPUT = Place("the name input", "#username-input")
CHAT = Place("the chat", ".main-container", ("new user",))
USERS = Place(
    "the users online",
    ".users-online",
    (
        "new user",
        "get online users",
        "user has left",
        "onlineUsers",
        "userJoined",
        "userLeft",
    ),
)
CHAT_INPUT = Place("the message input", "#chat-input", ("new message",))
MESSAGES = Place(
    "the messages",
    ".message-container",
    ("new message", "user changed channel", "chat message", "user"),
)
CHANNELS = Place("the channels", ".channels", ("new channel", "get channels"))
CHANNEL_INPUT = Place("the channel input", "#new-channel-input")
CURRENT = Place(
    "the channels marked as current",
    ".channels :is(.channel-current, [aria-current]:not([aria-current=false]), "
    "[aria-selected=true], [aria-pressed=true])",
    ("user changed channel",),
    passing=True,
)
LOGOUT = Place("the logout form", ".logout-form")
COUNT = Place("the count", ".user-count", ("user count", "user"))
PLACES = (
    HEADING,
    STATUS,
    NAME_FORM,
    NAME_INPUT,
    CHAT,
    USERS,
    CHAT_INPUT,
    MESSAGES,
    CHANNELS,
    CHANNEL_INPUT,
    CURRENT,
    LOGOUT,
    COUNT,
)

# Steps 10 to 12: users who write to one another.
ACCOUNT = Place("the forms to register and to log in", ".account", ("noAccountFound",))
REGISTER_INPUT = Place("the input to register", "#register-input")
LOGIN_INPUT = Place("the input to log in", "#login-input")
TO_INPUT = Place("the input for whom it is", "#to-input")
TEXT_INPUT = Place("the message input", "#message-input")
INBOX = Place("the messages", ".message-container", ("recMessage",))
LOGOUT_BUTTON = Place("the button to log out", ".logout")
PANEL_BUTTONS = Place("the buttons of the panels", ".modal-buttons")
PANEL = Place(
    "the open panel",
    "dialog[open], [role=dialog], [role=alertdialog]",
    ("openedModal",),
    passing=True,
)
OPEN = Place("the list of who has what open", ".modals-open", ("recModalInfo",))
WHOLE = Place("the page", "body", ("noAccountFound",))
WRITERS = (
    HEADING,
    STATUS,
    ACCOUNT,
    REGISTER_INPUT,
    LOGIN_INPUT,
    TO_INPUT,
    TEXT_INPUT,
    INBOX,
    LOGOUT_BUTTON,
    PANEL_BUTTONS,
    PANEL,
    OPEN,
    WHOLE,
)


def users(*names: str, without: Iterable[str] = ()) -> Sight:
    """These users are listed as online, each once, and those are not."""
    return Texts(USERS, names, never=tuple(without))


def messages(
    *texts: str, by: Iterable[str] = (), without: Iterable[str] = (), in_order: bool = False
) -> Sight:
    """These messages are shown, each once, with these senders, and those are not."""
    return Texts(MESSAGES, texts, tuple(by), tuple(without), in_order)


def channels(*names: str, without: Iterable[str] = ()) -> Sight:
    """These channels are listed, each once."""
    return Texts(CHANNELS, names, never=tuple(without))


def current(name: str, *others: str) -> Sight:
    """This channel is marked as the current one, and those are not."""
    return Texts(CURRENT, some=(name,), never=others)


def inbox(*texts: str, without: Iterable[str] = ()) -> Sight:
    """These messages to one user are shown, each once, and those are not."""
    return Texts(INBOX, texts, never=tuple(without))


def opened(*identifiers: str, without: Iterable[str] = ()) -> Sight:
    """These panels are listed as open, each as often as here, and those are not."""
    return Texts(OPEN, identifiers, never=tuple(without))


def counted(number: int) -> Sight:
    """So many are said to be here, and no other number is."""
    return Texts(COUNT, once=(str(number),))


def not_counted(*numbers: int) -> Sight:
    """It is not said, or no longer, that so many are here."""
    return Texts(COUNT, never=tuple(map(str, numbers)))
