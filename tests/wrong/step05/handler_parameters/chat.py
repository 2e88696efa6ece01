def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, sender, message):
        print(f"{sender}: {message}")
        await sio.emit("new message", {"sender": sender, "message": message})
