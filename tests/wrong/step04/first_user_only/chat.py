announced = False


def register(sio):
    @sio.on("new user")
    async def new_user(sid, username):
        global announced
        print(f"{username} has joined the chat")
        if not announced:
            announced = True
            await sio.emit("new user", username)
