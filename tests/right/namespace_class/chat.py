import socketio


class Chat(socketio.AsyncNamespace):
    """The whole chat as one class: the event "new user" is its method on_new_user."""

    def __init__(self, namespace):
        super().__init__(namespace)
        self.online_users = {}

    async def trigger_event(self, event, *args):
        return await super().trigger_event(event.replace(" ", "_"), *args)

    async def on_connect(self, sid, environ):
        print("New user connected")

    async def on_new_user(self, sid, username):
        self.online_users[username] = sid
        await self.save_session(sid, {"username": username})
        print(f"{username} has joined the chat")
        await self.emit("new user", username)

    async def on_new_message(self, sid, data):
        print(f"{data['sender']}: {data['message']}")
        await self.emit("new message", data)

    async def on_get_online_users(self, sid):
        await self.emit("get online users", self.online_users, to=sid)

    async def on_disconnect(self, sid, reason):
        session = await self.get_session(sid)
        username = session.get("username")
        if username in self.online_users:
            del self.online_users[username]
            await self.emit("user has left", self.online_users)
