def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        await sio.emit("new user", username)
