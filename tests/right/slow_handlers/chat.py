import asyncio

SLOW = 0.4  # seconds, as a database on the other side of the world would take


def register(sio, online_users, channels):
    usernames = {}
    gone = set()

    @sio.on("new user")
    async def new_user(sid, username):
        await asyncio.sleep(SLOW)
        # A user who has left meanwhile must not be saved: nobody would ever remove the name.
        if sid in gone:
            return
        online_users[username] = sid
        usernames[sid] = username
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        await asyncio.sleep(SLOW)
        channel = data["channel"]
        if channel in channels:
            channels[channel].append({"sender": data["sender"], "message": data["message"]})
            await sio.emit("new message", data, room=channel)

    @sio.on("new channel")
    async def new_channel(sid, name):
        await asyncio.sleep(SLOW)
        channels.setdefault(name, [])
        await sio.emit("new channel", name)
        await change_channel(sid, name)

    @sio.on("user changed channel")
    async def change_channel(sid, name):
        await asyncio.sleep(SLOW)
        if name in channels:
            await sio.enter_room(sid, name)
            data = {"channel": name, "messages": channels[name]}
            await sio.emit("user changed channel", data, to=sid)

    @sio.on("get channels")
    async def get_channels(sid):
        await asyncio.sleep(SLOW)
        await sio.emit("get channels", list(channels), to=sid)

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
