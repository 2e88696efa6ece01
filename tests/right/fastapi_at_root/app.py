import os
from contextlib import asynccontextmanager

import socketio
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
online: dict[str, str] = {}


@asynccontextmanager
async def lifespan(app: FastAPI):
    print("the chat opens")
    yield
    online.clear()


app = FastAPI(lifespan=lifespan)


@app.get("/", response_class=HTMLResponse)
async def home() -> str:
    return "<!doctype html><title>Make Chat</title><h1>Make Chat</h1>"


@app.get("/health")
async def health() -> dict[str, int]:
    return {"online": len(online)}


@sio.event
async def connect(sid: str, environ: dict, auth: dict | None) -> None:
    print("New user connected")


@sio.on("new user")
async def new_user(sid: str, username: str) -> None:
    online[username] = sid
    print(f"{username} has joined the chat")
    await sio.emit("new user", username)


@sio.on("new message")
async def new_message(sid: str, data: dict) -> None:
    await sio.emit("new message", data)


@sio.on("get online users")
async def get_online_users(sid: str) -> None:
    await sio.emit("get online users", online, to=sid)


@sio.event
async def disconnect(sid: str, reason: str) -> None:
    for username in [name for name, theirs in online.items() if theirs == sid]:
        del online[username]
        await sio.emit("user has left", online)


# After the routes: what none of them answers goes to Socket.IO.
app.mount("/", socketio.ASGIApp(sio))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", 3000)))
