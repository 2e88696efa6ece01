"""What is said of code, in the words of the library that a server is written with.

Mistakes and hints are written in the words of python-socketio, which the course teaches. A student
whose server is made with Flask-SocketIO or with Node reads them in the words of that library: each
line below is a phrase of ours, and what it is there.
"""

import re
from functools import cache

from grader.explaining.source import Dialect
from grader.makechat import dialects_of_users as users
from grader.makechat.dialects_of_users import Table

_NODE: Table = (
    (
        r"\.?\s*Without to= and skip_sid= an emit reaches everybody",
        ". io.emit(…) reaches everybody",
    ),
    (r", without to= and skip_sid=: that reaches", " with io.emit(…): that reaches"),
    (
        r"emit\(\.\.\.\) without to= reaches every client; give it to=sid to\s+answer one",
        "io.emit(…) reaches every client; socket.emit(…) answers one",
    ),
    (r"Give emit to=sid to answer one", "socket.emit(…) answers one"),
    (r"without to= an emit reaches all", "io.emit(…) reaches all"),
    (r"An emit without to= inside a loop", "io.emit(…) inside a loop"),
    (r"One emit without to=", "One io.emit(…)"),
    (r"An emit without to=", "io.emit(…)"),
    (r"emit without to=", "call io.emit(…)"),
    (
        r"emit\(\.\.\., to=sid\) answers one client; sid is the handler's first argument",
        "socket.emit(…) answers one client",
    ),
    (
        r"emit\(\.\.\., to=user\.id\) reaches one socket; without to= it reaches all",
        "io.to(user.id).emit(…) reaches one socket; io.emit(…) reaches all",
    ),
    (r"what to= is given is None", "what to(…) is given is undefined"),
    (r"emit it with to=sid", "answer it with socket.emit(…)"),
    (
        r", to=sid: only the names, and only to the client",
        " and socket.emit(…): only the names, and only to the client",
    ),
    (r", without to=", ", with io.emit(…)"),
    (r"to=sid (answers|tells)", r"socket.emit(…) \1"),
    (r",? to=sid\b", " with socket.emit(…)"),
    (r"to= takes the sid of a client", "to(…) takes the id of a socket"),
    (r"skip_sid=sid leaves (the sender|one|it)\s+out", r"socket.broadcast.emit(…) leaves \1 out"),
    (r"await sio\.enter_room\(sid, name\)", "socket.join(name)"),
    (
        r'emit\("new message", data, room=data\["channel"\]\): without room= it',
        'io.to(data.channel).emit("new message", data): without to(…) it',
    ),
    (r"emit\(\.\.\., room=channel\)", "io.to(channel).emit(…)"),
    (r"room=channel", "io.to(channel).emit(…)"),
    (r"room=None", "an emit without to(…)"),
    (
        r'await sio\.save_session\(sid, \{"username": username\}\)',
        "socket.data.username = username",
    ),
    (r"with @sio\.on\(", "with socket.on("),
    (r"@sio\.on\(", "socket.on("),
    (
        r'print\(f"\{username\} has joined the chat"\)',
        "console.log(`${username} has joined the chat`)",
    ),
    (r'print\("New user connected"\)', 'console.log("New user connected")'),
    (r"online_users\[username\] = sid", "onlineUsers[username] = socket.id"),
    (r"online_users", "onlineUsers"),
    (r"when you run python app\.py", "when you start the server"),
    (
        r", and sio\.attach\(app\) is what makes /socket\.io/\s+answer",
        ", and new Server(httpServer) is what makes /socket.io/ answer",
    ),
    (r"sio\.attach\(app\) connects the two", "new Server(httpServer) connects the two"),
    (r"AsyncServer offers", "Server offers"),
    (r"leave transports= and allow_upgrades= alone", "leave transports and allowUpgrades alone"),
    (r"Without transports=\[\.\.\.\]", "Without transports: […]"),
    (r"list\(channels\)", "Object.keys(channels)"),
    (r'channels starts as \{"General": \[\]\}', "channels starts as { General: [] }"),
    (
        r'Append \{"sender": \.\.\., "message": \.\.\.\} to channels\[channel\]',
        "Push { sender, message } to channels[channel]",
    ),
    (r'\{"sender": \.\.\., "message": \.\.\.\}', "{ sender, message }"),
    (
        r'\{"channel": name, "messages": channels\[name\]\}',
        "{ channel: name, messages: channels[name] }",
    ),
    (r'\{"channel": name, "messages": \[\]\}', "{ channel: name, messages: [] }"),
    (r"append\(\) adds one", "push() adds one"),
    (r"append it to", "push it to"),
    (
        r"channels\.setdefault\(name, \[\]\) makes a list only where there is none yet",
        "channels[name] ??= [] makes a list only where there is none yet",
    ),
    (r"setdefault\(name, \[\]\)", "channels[name] ??= []"),
    (r"A defaultdict, or setdefault, makes it", "To write to it makes it"),
    (
        r"to ask for a key with\s+setdefault or in a defaultdict puts it there",
        "to write to a key puts it there",
    ),
    (r"Look with `in` first", "Look whether it is there first"),
    (r"A dict keeps the order of its keys", "An object keeps the order of its keys"),
    (r"An empty dict is an answer", "An empty object is an answer"),
    (r"no dict around it", "no object around it"),
    (r"A new dict, a strip\(\) or an escape\(\)", "A new object, a trim() or an escape"),
    (r"the whole dict", "the whole object"),
    (
        r"as str\(\) makes it\. emit sends a dict as it is: do not call str\(\)",
        "as String(…) makes it. emit sends an object as it is: do not call String(…)",
    ),
    (r"one dict for all", "one object for all"),
    (r"another dict than", "another object than"),
    (
        r"emit makes JSON of a dict by itself: do not call\s+json\.dumps",
        "emit makes JSON of an object by itself: do not call JSON.stringify",
    ),
    (
        r'"if text:" is false for "" as well as for\s+None',
        'if (text) is false for "" as well as for undefined',
    ),
    (r"A tuple is taken apart: emit one", "Emit one"),
    (r"emit\(event, data\)", "emit(event, data)"),
    (r"the handler's own sid", "the handler's own socket"),
    (r"with the sid alone", "with nothing"),
    (r"\bthe sid\b", "the socket.id"),
    (r"\bits sid\b", "its socket.id"),
    (r"app\.py", "the server"),
    (r'os\.environ\["PORT"\]', "process.env.PORT"),
    (r"\bconnect\(\)", "the handler of a connection"),
    (
        r"a loop without await,\s+or a call that blocks\. await asyncio\.sleep\(\.\.\.\) waits "
        r"and lets others run;\s+time\.sleep\(\.\.\.\) does not",
        "a loop that does not end, or a call that blocks",
    ),
    (r"without an await in between", "in one go"),
    (r",? without an await", ""),
    (r"a handler awaits something", "a handler waits for something"),
    (r"The server's Python is|Python cannot read this line", "this cannot be read"),
    (r"web\.FileResponse\(HERE / \.\.\.\)", "response.sendFile(…)"),
    (
        r'app\.router\.add_static\("/public/", HERE / "public"\)',
        'express.static("public") at "/public"',
    ),
)

_FLASK: Table = (
    (
        r"\.?\s*Without to= and skip_sid= an emit reaches everybody",
        ". With broadcast=True an emit reaches everybody",
    ),
    (r", without to= and skip_sid=: that reaches", " with broadcast=True: that reaches"),
    (
        r"emit\(\.\.\.\) without to= reaches every client; give it to=sid to\s+answer one",
        "With broadcast=True it reaches every client; emit(…) without it answers one",
    ),
    (r"Give emit to=sid to answer one", "emit(…) without broadcast=True answers one"),
    (r"without to= an emit reaches all", "with broadcast=True an emit reaches all"),
    (r"An emit without to= inside a loop", "An emit with broadcast=True inside a loop"),
    (r"One emit without to=", "One emit with broadcast=True"),
    (r"An emit without to=", "An emit with broadcast=True"),
    (r"emit without to=", "emit with broadcast=True"),
    (
        r"emit\(\.\.\., to=sid\) answers one client; sid is the handler's first argument",
        "emit(…) without broadcast=True answers one client",
    ),
    (
        r"emit\(\.\.\., to=user\.id\) reaches one socket; without to= it reaches all",
        "emit(…, to=user.id) reaches one socket; broadcast=True reaches all",
    ),
    (r"emit it with to=sid", "emit it without broadcast=True"),
    (r", to=sid: only the names", ", without broadcast=True: only the names"),
    (r", without to=", ", with broadcast=True"),
    (r"to=sid (answers|tells)", r"emit(…) without broadcast=True \1"),
    (r",? to=sid\b", " with emit(…), without broadcast=True"),
    (r"skip_sid=sid leaves", "include_self=False leaves"),
    (r"await sio\.enter_room\(sid, name\)", "join_room(name)"),
    (r'await sio\.save_session\(sid, \{"username": username\}\)', 'session["username"] = username'),
    (r"@sio\.on\(", "@socketio.on("),
    (
        r", and sio\.attach\(app\) is what makes /socket\.io/\s+answer",
        ", and SocketIO(app) is what makes /socket.io/ answer",
    ),
    (r"sio\.attach\(app\) connects the two", "SocketIO(app) connects the two"),
    (r"AsyncServer offers", "SocketIO offers"),
    (
        r"a loop without await,\s+or a call that blocks\. await asyncio\.sleep\(\.\.\.\) waits "
        r"and lets others run;\s+time\.sleep\(\.\.\.\) does not",
        "a loop that does not end, or a call that blocks. socketio.sleep(…) waits and lets "
        "others run",
    ),
    (r"the handler's own sid", "request.sid"),
    (r"= sid\b", "= request.sid"),
    (r"; sid is the handler's first argument", "; request.sid is the asker's"),
    (
        r"Socket\.IO calls a handler with the sid, then the payload, which is one argument",
        "A handler is called with the payload, which is one argument; the sid is request.sid",
    ),
    (r"Socket\.IO calls its handler with the sid alone", "its handler is called with nothing"),
    (r"on the server it is sio", "on the server it is socketio"),
    (r"without an await in between", "in one go"),
    (r",? without an await", ""),
    (r"a handler awaits something", "a handler waits for something"),
    (r"web\.FileResponse\(HERE / \.\.\.\)", "send_from_directory(…)"),
    (
        r'app\.router\.add_static\("/public/", HERE / "public"\)',
        'Flask(static_folder="public", static_url_path="/public")',
    ),
)

_TABLES = {
    Dialect.NODE: (*users.NODE, *_NODE),
    Dialect.FLASK: (*users.FLASK, *_FLASK),
    Dialect.ASGI: users.ASGI,
}


def in_dialect(text: str, dialect: Dialect) -> str:
    """The text in the words of this dialect."""
    for phrase, other in compiled(dialect):
        text = phrase.sub(other, text)
    return text


@cache
def compiled(dialect: Dialect) -> list[tuple[re.Pattern[str], str]]:
    """The phrases that are another one in this dialect, each with that one, in their order."""
    return [(re.compile(phrase), other) for phrase, other in _TABLES.get(dialect, ())]
