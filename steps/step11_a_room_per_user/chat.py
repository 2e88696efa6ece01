# TODO 3: write room_of(user_id), which gives the name of a user's room.
# TODO 1: remove User: a room knows its sockets by itself.
class User:
    def __init__(self, sid, username):
        self.id = sid
        self.username = username
        self.status = "online"


# TODO 1: take sio alone.
# TODO 1: handle "userConnected", which carries a user id: the socket enters the user's room.
# TODO 2: handle "userDisconnected": the socket leaves the room.
def register(sio, users):
    # TODO 1: remove this handler.
    @sio.on("registerUser")
    async def register_user(sid, data):
        name = data["name"]
        if name in users:
            await login_user(sid, data)
        else:
            users[name] = User(sid, name)

    # TODO 1: remove this handler.
    @sio.on("loginUser")
    async def login_user(sid, data):
        user = users.get(data["name"])
        if user:
            # From now on this is the user's socket, whichever it was before.
            user.id = sid
            user.status = "online"
        else:
            await sio.emit("noAccountFound", {"msg": "No account was found"}, to=sid)

    @sio.on("sendAnotherUserAMessage")
    async def send_another_user_a_message(sid, data):
        # TODO 1: emit to the user's room.
        user = users.get(data["name"])
        if user and user.status == "online":
            await sio.emit("recMessage", {"msg": data["msg"]}, to=user.id)

    # TODO 1: remove this handler.
    @sio.event
    async def disconnect(sid, reason):
        # A visitor, and a socket that its user has left for another one, is nobody's.
        for user in users.values():
            if user.id == sid:
                user.status = "offline"
