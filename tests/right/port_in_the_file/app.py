import socketio
from aiohttp import web

PORT = 3000

sio = socketio.AsyncServer()
app = web.Application()
sio.attach(app)

online_users = {}


@sio.event
def connect(sid, environ):
    print("New user connected")


@sio.on("new user")
async def new_user(sid, username):
    online_users[username] = sid
    print(username + " has joined the chat")
    await sio.emit("new user", username)


@sio.on("new message")
async def new_message(sid, data):
    await sio.emit("new message", data)


@sio.on("get online users")
async def get_online_users(sid):
    await sio.emit("get online users", online_users, room=sid)


@sio.event
async def disconnect(sid):
    for username in list(online_users):
        if online_users[username] == sid:
            del online_users[username]
            await sio.emit("user has left", online_users)


web.run_app(app, port=PORT)
