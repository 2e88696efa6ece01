# TODO 1: take channels as a third parameter.
def register(sio, online_users):
    @sio.on("new user")
    async def new_user(sid, username):
        # The name leads to the socket id; the session leads from the socket back to the name.
        online_users[username] = sid
        await sio.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        # TODO 2: save the message to its channel, and let that channel's room alone hear it.
        print(f"{data['sender']}: {data['message']}")
        await sio.emit("new message", data)

    # TODO 1: handle "new channel" and "user changed channel": enter the room,
    #         and answer with the channel and its messages.

    # TODO 3: handle "get channels": answer with the names of all channels.

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
