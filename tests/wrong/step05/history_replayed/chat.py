async def send_messages(sio, sid, messages):
    for message in messages:
        await sio.emit("new message", message, to=sid)


def register(sio, messages):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        print(f"{data['sender']}: {data['message']}")
        messages.append(data)
        await sio.emit("new message", data)
