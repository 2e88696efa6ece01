def register(sio, online_users):
    @sio.on("new user")
    async def new_user(sid, username):
        online_users[sid] = username
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
        if sid in online_users:
            del online_users[sid]
            await sio.emit("user has left", online_users)
