def register(sio, online_users, channels):
    @sio.on("new user")
    async def new_user(sid, username):
        # The name leads to the socket id; the session leads from the socket back to the name.
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        channel = data["channel"]
        print(f"{channel}, {data['sender']}: {data['message']}")
        if channel in channels:
            channels[channel].append({"sender": data["sender"], "message": data["message"]})
            await sio.emit("new message", data, room=channel)

    @sio.on("new channel")
    async def new_channel(sid, name):
        # A name that exists keeps its messages.
        channels.setdefault(name, [])
        await sio.emit("new channel", name)
        await change_channel(sid, name)

    @sio.on("user changed channel")
    async def change_channel(sid, name):
        if name in channels:
            await sio.enter_room(sid, name)
            data = {"channel": name, "messages": channels[name]}
            await sio.emit("user changed channel", data, to=sid)

    @sio.on("get channels")
    async def get_channels(sid):
        await sio.emit("get channels", list(channels), to=sid)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        username = session.get("username")
        # A visitor who never joined has no name to remove.
        if username in online_users:
            del online_users[username]
            await sio.emit("user has left", online_users)
