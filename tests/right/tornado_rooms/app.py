import asyncio
import os

import socketio
import tornado.web

sio = socketio.AsyncServer(async_mode="tornado")
EVERYBODY = "everybody"
users = {}


class Index(tornado.web.RequestHandler):
    def get(self):
        self.write("<!doctype html><title>Make Chat</title><h1>Make Chat</h1>")


class Chat(socketio.AsyncNamespace):
    async def on_connect(self, sid, environ):
        await self.enter_room(sid, EVERYBODY)
        print("New user connected")

    async def trigger_event(self, event, *args):
        return await super().trigger_event(event.replace(" ", "_"), *args)

    async def on_new_user(self, sid, username):
        users[username] = sid
        print(f"{username} has joined the chat")
        await self.emit("new user", username, room=EVERYBODY)

    async def on_new_message(self, sid, data):
        await self.emit("new message", data, room=EVERYBODY)

    async def on_get_online_users(self, sid):
        await self.emit("get online users", users, room=sid)

    async def on_disconnect(self, sid, reason):
        gone = {name for name in users if users[name] == sid}
        for name in gone:
            users.pop(name)
        if gone:
            await self.emit("user has left", users, room=EVERYBODY)


sio.register_namespace(Chat("/"))


async def main():
    app = tornado.web.Application(
        [(r"/", Index), (r"/socket.io/", socketio.get_tornado_handler(sio))]
    )
    app.listen(int(os.environ.get("PORT", 3000)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
