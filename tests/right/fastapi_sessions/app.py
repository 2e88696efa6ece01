"""FastAPI and Starlette's signed session cookie, which wraps the sockets too; answers with JSON."""

import json
import os
from urllib.parse import parse_qs

import socketio
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from starlette.middleware.sessions import SessionMiddleware

api = FastAPI()
sio = socketio.AsyncServer(async_mode="asgi")
people = {}


@api.get("/", response_class=HTMLResponse)
async def index():
    return "<h1>Make Chat</h1>"


async def read_name(request):
    body = await request.body()
    if request.headers.get("content-type") == "application/json":
        try:
            data = json.loads(body)
        except ValueError:
            return None
        return data.get("username") if isinstance(data, dict) else None
    return parse_qs(body.decode("utf-8", "replace")).get("username", [None])[0]


@api.post("/login")
async def login(request: Request):
    name = await read_name(request)
    if not isinstance(name, str) or not name.strip():
        raise HTTPException(400, "a name is missing")
    request.session["name"] = name.strip()
    return {"welcome": name.strip()}


@api.post("/logout")
async def logout(request: Request):
    request.session.clear()
    return Response(status_code=204)


async def tell(name, connected):
    await sio.sleep(0.1)
    count = len(people)
    await sio.emit(
        "user", {"connected": connected, "currentUsers": count, "username": name, "version": 1}
    )


@sio.event
async def connect(sid, environ):
    name = environ["asgi.scope"]["session"].get("name")
    if not name:
        raise socketio.exceptions.ConnectionRefusedError("please log in")
    people[sid] = name
    sio.start_background_task(tell, name, True)


@sio.on("chat message")
async def chat_message(sid, text):
    if isinstance(text, str):
        await sio.emit("chat message", {"message": text, "username": people[sid], "of": sid})


@sio.event
async def disconnect(sid, reason):
    if sid in people:
        await tell(people.pop(sid), False)


app = SessionMiddleware(
    socketio.ASGIApp(sio, api), secret_key="not a secret " * 3, session_cookie="who"
)

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), log_level="warning"
    )
