def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        await sio.emit("new user", username)

    @sio.on("new user")
    async def user_joined(sid, username):
        print(f"{username} has joined the chat")
