"""Phrases about sessions, users, rooms and panels, steps 8 to 13, and what they are elsewhere."""

Table = tuple[tuple[str, str], ...]

NODE: Table = (
    (r"Count the sids", "Count the sockets"),
    (r"\bits sid\b", "its socket.id"),
    (r"for each sid\b", "for each socket.id"),
    (r"the new sid\b", "the new socket.id"),
    (r"usernames\[sid\]", "usernames[socket.id]"),
    (r": sid is the socket of the sender", ": socket is the sender's own"),
    (
        r"EncryptedCookieStorage makes cookies that nobody else can make",
        "express-session signs its cookies",
    ),
    (
        r"aiohttp_session sets one as soon as something is put into the session: "
        r'session\["username"\] = username',
        "express-session sets one as soon as something is put into it: "
        "req.session.username = username",
    ),
    (
        r'Give the cookie storage httponly=True and samesite="Lax"',
        'Give the cookie { httpOnly: true, sameSite: "lax" }',
    ),
    (r"session\.invalidate\(\) deletes the cookie", "req.session.destroy() ends it"),
    (r", as session\.invalidate\(\) does", ", with res.clearCookie(…)"),
    (r"delete the cookie, session\.invalidate\(\)", "req.session.destroy() ends it"),
    (r"Answer with web\.HTTPBadRequest\(\)", "Answer with res.status(400)"),
    (
        r"Where request\.content_type is application/json, read the body with request\.json\(\)",
        "app.use(express.json()) reads a body in JSON into req.body",
    ),
    (
        r'In "connect", read the session of environ\["aiohttp\.request"\]\. Where it has no '
        r'username, raise socketio\.exceptions\.ConnectionRefusedError\("…"\)',
        "io.engine.use(…) takes the middleware of the session, and io.use((socket, next) => …) "
        'looks at socket.request.session. Where it has no username, next(new Error("…"))',
    ),
    (
        r"Read the session in connect, and raise ConnectionRefusedError where it has no username",
        'Read the session in io.use((socket, next) => …): next(new Error("…")) where it has no '
        "username",
    ),
    (r"connected: True", "connected: true"),
    (r"connected: False", "connected: false"),
    (
        r"save users\[name\] = User\(sid, name\)",
        'save users[name] = { id: socket.id, status: "online" }',
    ),
    (r'emit "recMessage" with \{"msg": \.\.\.\}, to=user\.id', "io.to(user.id).emit(…) { msg }"),
    (r"set user\.id = sid", "set user.id = socket.id"),
    (r"""users\[data\['name'\]\]""", "users[data.name]"),
    (r'\{"msg": data\["msg"\]\}', "{ msg: data.msg }"),
    (r'data\["msg"\]', "data.msg"),
    (r'\{"msg": text\}', "{ msg: text }"),
    (r"Mind that to=None and to=\"\" reach everybody", 'Mind that to("") is no room'),
    (
        r'Mind that to="" and to=None are no room: they reach everybody\. A name like '
        r'f"user \{user_id\}" is never empty',
        'A name like "user " + id is never empty',
    ),
    (r"for emit an empty to= is no room at all", 'to("") is no room at all'),
    (
        r"emit\(\.\.\.\) without to= reaches every client; it is for one user",
        "io.emit(…) reaches every client; it is for one user",
    ),
    (r"emit\(\.\.\., to=room\) reaches", "io.to(room).emit(…) reaches"),
    (r"await sio\.enter_room\(sid, \.\.\.\)", "socket.join(…)"),
    (r"await sio\.leave_room\(sid, \.\.\.\)", "socket.leave(…)"),
    (r"await sio\.enter_room\(sid, room\)", "socket.join(room)"),
    (r"await sio\.leave_room\(sid, room\)", "socket.leave(room)"),
    (r"enter_room and leave_room", "join and leave"),
    (r"leave skip_sid out", "io.to(…), not socket.to(…)"),
    (r"a list holds a sid twice", "a list holds a socket twice"),
    (r'modals\[sid\] = data\["modalIdentifier"\]', "modals[socket.id] = data.modalIdentifier"),
    (r'\{"info": \[\[sid, identifier\], \.\.\.\]\}', "{ info: [[id, identifier], …] }"),
    (r"modals\.pop\(sid, None\) raises no error", "delete raises no error"),
    (r"modals\.pop\(sid, None\)|del modals\[sid\]", "delete modals[socket.id]"),
    (r"list\(modals\.items\(\)\)", "[...modals] of a Map, Object.entries(modals) of an object"),
    (
        r"async def closed_modal\(sid, data=None\)\. The sid alone says whose",
        'socket.on("closedModal", () => …). The socket alone says whose',
    ),
    (r"to=<socket id>", "io.to(socketId)"),
    (
        r"emit\(\.\.\., io\.to\(socketId\)\) reaches|emit\(\.\.\., to=<socket id>\) reaches",
        "io.to(socketId).emit(…) reaches",
    ),
    (
        r"give emit the socket that was bound, to=sid",
        "io.to(socketId).emit(…) tells the one bound",
    ),
    (r"sio\.disconnect\(<socket id>\)", "socket.disconnect()"),
    (r"its user is None", "it has no user"),
    (r", or put a lock around both", ""),
    (
        r", in SQLAlchemy select\(User\)\.where\(User\.id\.in_\(ids\)\)",
        "",
    ),
    (r"select\(User\)\.where\(User\.id\.in_\(ids\)\)", "SELECT … WHERE id IN (…)"),
    (r"Give emit to=sid: the others know already", "socket.emit(…) tells one"),
    (r"Give emit to=sid to answer the one who asks", "socket.emit(…) answers the one who asks"),
)

FLASK: Table = (
    (
        r"EncryptedCookieStorage makes cookies that nobody else can make",
        "Flask signs the cookie of session",
    ),
    (r"aiohttp_session sets one", "Flask sets one"),
    (
        r'Give the cookie storage httponly=True and samesite="Lax"',
        'app.config["SESSION_COOKIE_SAMESITE"] = "Lax" gives the cookie its SameSite',
    ),
    (r"session\.invalidate\(\)", "session.clear()"),
    (r"Answer with web\.HTTPBadRequest\(\)", "Answer with abort(400)"),
    (
        r"Where request\.content_type is application/json, read the body with request\.json\(\)",
        "Where request.is_json, read the body with request.get_json()",
    ),
    (
        r'In "connect", read the session of environ\["aiohttp\.request"\]\. Where it has no '
        r'username, raise socketio\.exceptions\.ConnectionRefusedError\("…"\)',
        'In "connect", read the session. Where it has no username, raise flask_socketio\'s '
        'ConnectionRefusedError("…")',
    ),
    (r"User\(sid, name\)", "User(request.sid, name)"),
    (r"the new sid\b", "request.sid"),
    (r"usernames\[sid\]", "usernames[request.sid]"),
    (r": sid is the socket of the sender", ": emit(…) answers the sender"),
    (r"await sio\.enter_room\(sid, (room|\.\.\.)\)", r"join_room(\1)"),
    (r"await sio\.leave_room\(sid, (room|\.\.\.)\)", r"leave_room(\1)"),
    (r"enter_room and leave_room", "join_room and leave_room"),
    (r"leave skip_sid out", "leave include_self out"),
    (r"modals\[sid\]", "modals[request.sid]"),
    (r"modals\.pop\(sid, None\)", "modals.pop(request.sid, None)"),
    (r"async def closed_modal\(sid, data=None\)", "def closed_modal(data=None)"),
    (
        r"emit\(\.\.\.\) without to= reaches every client; it is for one user",
        "emit(…, broadcast=True) reaches every client; it is for one user",
    ),
    (
        r"give emit the socket that was bound, to=sid",
        "give emit the socket that was bound, to=<socket id>",
    ),
    (r"sio\.disconnect\(<socket id>\)", 'disconnect(<socket id>, "/")'),
    (r"without an await in between, or put a lock around both", "with a lock around both"),
    (r"Give emit to=sid: the others know already", "emit(…) without broadcast=True tells one"),
    (
        r"Give emit to=sid to answer the one who asks",
        "emit(…) without broadcast=True answers the one who asks",
    ),
)

ASGI: Table = (
    (
        r"EncryptedCookieStorage makes cookies that nobody else can make",
        "SessionMiddleware signs its cookie",
    ),
    (r"aiohttp_session sets one", "SessionMiddleware sets one"),
    (
        r'Give the cookie storage httponly=True and samesite="Lax"',
        'SessionMiddleware\'s cookie is HttpOnly, and SameSite with same_site="lax"',
    ),
    (r"session\.invalidate\(\) deletes", "request.session.clear() deletes"),
    (r"session\.invalidate\(\)", "request.session.clear()"),
    (r"Answer with web\.HTTPBadRequest\(\)", "Answer with the status 400"),
    (
        r"Where request\.content_type is application/json, read the body with request\.json\(\)",
        "Where the content type is application/json, read the body with await request.json()",
    ),
    (
        r'read the session of environ\["aiohttp\.request"\]',
        'read the session of environ["asgi.scope"]',
    ),
    (
        r", and sio\.attach\(app\) is what makes /socket\.io/\s+answer",
        ", and socketio.ASGIApp(sio, app) is what makes /socket.io/ answer",
    ),
)
