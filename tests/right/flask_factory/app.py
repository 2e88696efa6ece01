import os

from talk import create_app, socketio

app = create_app()

if __name__ == "__main__":
    socketio.run(
        app,
        host=app.config["HOST"],
        port=int(os.environ.get("PORT", app.config["PORT"])),
        allow_unsafe_werkzeug=True,
    )
