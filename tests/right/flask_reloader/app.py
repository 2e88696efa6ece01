import os

from flask import Flask, request
from flask_socketio import Namespace, SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app, cors_allowed_origins="*", async_mode="threading")


class Chat(Namespace):
    names = {}  # socket id -> username

    def on_connect(self):
        print("New user connected")

    def on_disconnect(self):
        if self.names.pop(request.sid, None):
            emit("user has left", self.online(), broadcast=True)

    def on_message(self, text):
        print(text)

    def online(self):
        return {name: sid for sid, name in self.names.items()}

    def trigger_event(self, event, *args):
        # The events of this chat have spaces in their names, and a method cannot.
        return super().trigger_event(event.replace(" ", "_"), *args)

    def on_new_user(self, username):
        self.names[request.sid] = username
        print(username, "has joined the chat")
        emit("new user", username, broadcast=True)

    def on_new_message(self, data):
        emit("new message", data, broadcast=True)

    def on_get_online_users(self):
        emit("get online users", self.online())


socketio.on_namespace(Chat("/"))

if __name__ == "__main__":
    port = int(os.environ.get("PORT", "3000"))
    socketio.run(app, debug=True, port=port, allow_unsafe_werkzeug=True)
