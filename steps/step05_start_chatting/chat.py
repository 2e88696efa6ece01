def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    # TODO 1: handle "new message": print who says what, and emit "new message" to everybody
    #         with the same object that came.
