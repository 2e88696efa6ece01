from flask import Flask
from flask_socketio import SocketIO

socketio = SocketIO()


def create_app():
    app = Flask(__name__)
    app.config.update(HOST="0.0.0.0", PORT=3000, SECRET_KEY="only for this lesson")

    from talk.pages import pages

    app.register_blueprint(pages)

    from talk import events  # registers its handlers

    app.extensions["online"] = events.online
    socketio.init_app(app)
    return app
