def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print("{username} has joined the chat")
        await sio.emit("new user", username)
