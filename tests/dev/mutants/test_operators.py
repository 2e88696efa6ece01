"""Each operator changes a small source in the one way that it is made for."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.dev.mutants.making import PAGE, SERVER, edited
from grader.dev.mutants.script import Script
from grader.dev.mutants.source import Edit, Source

CHAT = """\
channels = {"General": []}


def register(sio, online_users, channels):
    @sio.on("new user")
    async def new_user(sid, username):
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(username)
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        if data["channel"] in channels:
            channels[data["channel"]].append(data)
            await sio.emit("new message", data, room=data["channel"])

    @sio.on("new channel")
    async def new_channel(sid, name):
        channels.setdefault(name, [])
        answer = {"channel": name, "messages": channels[name]}
        await sio.emit("new channel", answer, to=sid)
        await sio.emit("get channels", list(channels), to=sid)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        username = (await sio.get_session(sid)).get("username")
        if username in online_users:
            del online_users[username]
            await sio.emit("user has left", online_users)


chat.register(sio, online_users, channels)
"""

WIRE = """\
def make_frame(opcode, payload):
    if opcode == PING and len(payload) < 126:
        header = bytes([first, length])
    key = base64.b64decode(key, validate=True)
    return header + payload + length.to_bytes(2, "big")


def unmask(payload, key):
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def refuse():
    raise CloseError(NOT_UTF8, response("400 Bad Request", "Upgrade: websocket"))
"""

WEB = """\
def setup(app):
    storage = EncryptedCookieStorage(key, cookie_name="session", httponly=True, samesite="Lax")


class User(Base):
    username = mapped_column(String(32), unique=True)


async def login(request):
    if not username:
        raise web.HTTPBadRequest(text="A name has 1 to 32 characters.")
    user = await find_user(username)
    if user is None:
        user = User(username=username)
        async with new_session.begin() as db:
            db.add(user)


async def logout(request):
    session.invalidate()


async def users_by_ids(ids):
    query = select(User).where(User.id.in_(ids))


def room_of(user_id):
    return f"user {user_id}"


@sio.on("userConnected")
async def user_connected(sid, user_id):
    await sio.enter_room(sid, room_of(user_id))


@sio.on("userDisconnected")
async def user_disconnected(sid, user_id):
    await sio.leave_room(sid, "all")


@sio.on("chat message")
async def chat_message(sid, text):
    if isinstance(text, str):
        await sio.emit("chat message", {"username": usernames[sid], "message": text})
"""

SCRIPT = """\
const list = document.querySelector(".users");
const form = document.querySelector(".form");
socket.on("new user", (name) => {
  list.replaceChildren();
  const item = document.createElement("li");
  item.textContent = name;
  list.append(item);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value) {
    socket.emit("new message", { sender: name, message: input.value.trim() });
  }
  form.hidden = true;
});
"""


GOLDEN = Path(__file__).with_name("operators.txt")
NAMES = [*(one.name for one in SERVER), *(one.name for one in PAGE)]


def differences(name: str) -> list[str]:
    """The differences that an operator makes in these sources, each as its lines with + and -."""
    found: list[str] = []
    for operator in SERVER:
        for text in (CHAT, WIRE, WEB) if operator.name == name else ():
            source = Source(text)
            found += [difference(text, one.edits) for one in operator.find(source)]
    for one in PAGE:
        if one.name == name:
            found += [difference(SCRIPT, change.edits) for change in one.find(Script(SCRIPT))]
    return found


def difference(text: str, edits: Sequence[Edit]) -> str:
    lines = difflib.unified_diff(
        text.splitlines(), edited(text, edits).splitlines(), n=0, lineterm=""
    )
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def golden() -> dict[str, str]:
    """What is kept: the name of an operator → all its differences."""
    parts = GOLDEN.read_text(encoding="utf-8").split("=== ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def test_each_operator_makes_what_it_is_made_for(*, rewrite: bool) -> None:
    made = {name: "\n\n".join(differences(name)) + "\n\n" for name in NAMES}
    if rewrite:
        text = "".join(f"=== {name}\n{text}" for name, text in made.items())
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.skip("they are rewritten")
    assert made == golden()


@pytest.mark.parametrize("name", NAMES)
def test_each_operator_makes_something_and_all_of_it_differs(name: str) -> None:
    found = differences(name)
    assert found
    assert all(found)


def test_names_and_sentences_are_of_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    sentences = [*(one.sentence for one in SERVER), *(one.sentence for one in PAGE)]
    assert all(sentence.endswith(".") for sentence in sentences)
