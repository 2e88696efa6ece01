def register(sio, clients):
    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        for client in list(clients):
            await sio.emit("new user", username)
