def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)
