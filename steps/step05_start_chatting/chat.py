def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    # TODO 1: handle the event "new message". Its data is a dict with "sender" and "message".
    # TODO 2: emit "new message" to every client, with the data just as it came.
