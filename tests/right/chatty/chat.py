def babble():
    # 200,000 bytes: a thousand lines of a hundred, then a single line of a hundred thousand.
    for number in range(1000):
        print(f"{number:4} ".ljust(99, "."))
    print("." * 99_999)


def register(sio, online_users):
    @sio.on("new user")
    async def new_user(sid, username):
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        babble()
        await sio.emit("new message", data)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        username = session.get("username")
        if username in online_users:
            del online_users[username]
            await sio.emit("user has left", online_users)
