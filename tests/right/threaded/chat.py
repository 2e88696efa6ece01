import threading

online_users = {}
usernames = {}

# Every client has a thread of its own. The lock is held while emitting too, so that all clients
# hear the same events in the same order; it can be taken again by the thread that holds it, because
# an emit that meets a client whose heartbeat has stopped calls disconnect on the spot.
lock = threading.RLock()


def register(sio):
    @sio.on("new user")
    def new_user(sid, username):
        with lock:
            online_users[username] = sid
            usernames[sid] = username
            print(f"{username} has joined the chat")
            sio.emit("new user", username)

    @sio.on("new message")
    def new_message(sid, data):
        with lock:
            print(f"{data['sender']}: {data['message']}")
            sio.emit("new message", data)

    @sio.on("get online users")
    def get_online_users(sid):
        with lock:
            sio.emit("get online users", dict(online_users), to=sid)

    @sio.event
    def disconnect(sid, reason):
        with lock:
            username = usernames.pop(sid, None)
            if username in online_users:
                del online_users[username]
                sio.emit("user has left", dict(online_users))
