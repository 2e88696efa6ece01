def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        print(f"{data['sender']}: {data['message']}")
        await sio.emit("new message", data)
