def register(sio):
    @sio.event
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)
