current_username = None


def register(sio, online_users):
    @sio.on("new user")
    async def new_user(sid, username):
        global current_username
        online_users[username] = sid
        current_username = username
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
        if current_username in online_users:
            del online_users[current_username]
            await sio.emit("user has left", online_users)
