import asyncio


def register(sio):
    waiting = []

    @sio.on("new user")
    async def new_user(sid, username):
        print(f"{username} has joined the chat")
        await sio.emit("new user", username)

    @sio.on("new message")
    async def new_message(sid, data):
        print(f"{data['sender']}: {data['message']}")
        waiting.append(data)
        await asyncio.sleep(0.05)
        await sio.emit("new message", waiting.pop())
