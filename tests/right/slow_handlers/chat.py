import asyncio

SLOW = 0.4  # seconds, as a database on the other side of the world would take


def register(sio, online_users):
    usernames = {}
    gone = set()

    @sio.on("new user")
    async def new_user(sid, username):
        await asyncio.sleep(SLOW)
        # Whoever has left meanwhile must not be saved: nobody would ever remove the name.
        if sid in gone:
            return
        online_users[username] = sid
        usernames[sid] = username
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        await asyncio.sleep(SLOW)
        print(f"{data['sender']}: {data['message']}")
        await sio.emit("new message", data)

    @sio.on("get online users")
    async def get_online_users(sid):
        await asyncio.sleep(SLOW)
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        await asyncio.sleep(SLOW)
        gone.add(sid)
        username = usernames.pop(sid, None)
        if username in online_users:
            del online_users[username]
            await sio.emit("user has left", online_users)
