def register(sio, online_users, channels):
    @sio.on("new user")
    async def new_user(sid, username):
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        channel = data.get("channel")
        if channel not in channels:
            return
        channels[channel].append({**data, "number": len(channels[channel])})
        print(f"{channel}, {data['sender']}: {data['message']}")
        await sio.emit("new message", data, room=channel)

    @sio.on("get online users")
    async def get_online_users(sid):
        await sio.emit("get online users", online_users, to=sid)

    @sio.on("new channel")
    async def new_channel(sid, channel):
        # A name that exists keeps what was said there.
        channels.setdefault(channel, [])
        await change(sid, channel)
        await sio.emit("new channel", channel)

    @sio.on("user changed channel")
    async def user_changed_channel(sid, channel):
        if channel in channels:
            await change(sid, channel)
        else:
            # Answered, and nothing made.
            await sio.emit("user changed channel", {"channel": channel, "messages": []}, to=sid)

    @sio.on("get channels")
    async def get_channels(sid):
        await sio.emit("get channels", list(channels), to=sid)

    @sio.event
    async def disconnect(sid, reason):
        session = await sio.get_session(sid)
        username = session.get("username")
        if username in online_users:
            del online_users[username]
            await sio.emit("user has left", online_users)

    async def change(sid, channel):
        # One channel at a time: who enters one leaves the other.
        for room in sio.rooms(sid):
            if room != sid:
                await sio.leave_room(sid, room)
        await sio.enter_room(sid, channel)
        answer = {"channel": channel, "messages": channels[channel], "topic": None}
        await sio.emit("user changed channel", answer, to=sid)
