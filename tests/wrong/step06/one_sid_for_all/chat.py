def register(sio, online_users):
    names = []

    @sio.on("new user")
    async def new_user(sid, username):
        # The name leads to the socket id; the session leads from the socket back to the name.
        names.append(username)
        for name in names:
            online_users[name] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        print(f"{data['sender']}: {data['message']}")
        await sio.emit("new message", data)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        username = session.get("username")
        # A visitor who never joined has no name to remove.
        if username in online_users:
            names.remove(username)
            del online_users[username]
            await sio.emit("user has left", online_users)
