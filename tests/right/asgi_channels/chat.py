import socketio


class Channel:
    """A name, and what was said there."""

    def __init__(self, name):
        self.name = name
        self.said = []

    def shown(self):
        return {"channel": self.name, "messages": self.said}


class Chat(socketio.AsyncNamespace):
    """The whole chat as one class: the event "new user" is its method on_new_user."""

    def __init__(self, namespace):
        super().__init__(namespace)
        self.sids = {}
        self.channels = [Channel("General")]

    async def trigger_event(self, event, *args):
        return await super().trigger_event(event.replace(" ", "_"), *args)

    def find(self, name):
        return next((channel for channel in self.channels if channel.name == name), None)

    async def on_connect(self, sid, environ):
        print(f"New user connected, {sid}")

    async def on_new_user(self, sid, username):
        self.sids[username] = sid
        print(f"{username} has joined the chat")
        await self.emit("new user", username)

    async def on_new_message(self, sid, data):
        if channel := self.find(data["channel"]):
            channel.said.append(data)  # the channel's name is kept with it
            await self.emit("new message", data, room=f"channel {channel.name}")

    async def on_new_channel(self, sid, name):
        if not self.find(name):
            self.channels.append(Channel(name))
            await self.emit("new channel", name)
        await self.on_user_changed_channel(sid, name)

    async def on_user_changed_channel(self, sid, name):
        if channel := self.find(name):
            await self.enter_room(sid, f"channel {name}")
            await self.emit("user changed channel", channel.shown(), to=sid)

    async def on_get_channels(self, sid):
        await self.emit("get channels", [channel.name for channel in self.channels], to=sid)

    async def on_get_online_users(self, sid):
        await self.emit("get online users", self.sids, to=sid)

    async def on_disconnect(self, sid, reason):
        gone = [name for name, one in self.sids.items() if one == sid]
        for name in gone:
            del self.sids[name]
        if gone:
            await self.emit("user has left", self.sids)
