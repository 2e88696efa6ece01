import asyncio

import database
import sessions
from aiohttp import web


def register(sio, app):
    owners = {}  # socket id: the id of its user, None for a stranger
    online = set()  # pairs of a user id and a socket id, one for each tab
    one_at_a_time = asyncio.Lock()

    @sio.event
    async def connect(sid, environ):
        # The request with which this connection began, and the cookies that it brought.
        owners[sid] = await sessions.user_id_of(environ["aiohttp.request"])
        print("New user connected")

    async def connected(request):
        sid = request.match_info["sid"]
        user_id = await sessions.user_id_of(request)
        if user_id is None:
            raise web.HTTPUnauthorized(text="Log in first")
        # Nobody comes or goes between the query and the events: each client hears them in order.
        async with one_at_a_time:
            if sid not in owners:
                raise web.HTTPNotFound(text="No socket has this id")
            if owners[sid] not in (None, user_id):
                raise web.HTTPForbidden(text="This is the socket of another user")
            were_online = {one for one, _ in online}
            users = await database.users_by_ids(were_online | {user_id})
            if user_id not in users:
                raise web.HTTPUnauthorized(text="This user is gone: log in again")
            owners[sid] = user_id
            online.add((user_id, sid))
            await sio.enter_room(sid, "online")
            await sio.emit("onlineUsers", list(users.values()), to=sid)
            # One more tab is no news.
            if user_id not in were_online:
                await sio.emit("userJoined", users[user_id], room="online")
        return web.Response(status=204)

    async def logout(request):
        user_id = await sessions.user_id_of(request)
        await sessions.forget(request)
        if user_id is not None:
            for sid in [sid for sid, owner in owners.items() if owner == user_id]:
                await sio.disconnect(sid)
        raise web.HTTPSeeOther("/")

    @sio.on("chat message")
    async def chat_message(sid, text):
        user_id = owners.get(sid)
        if (user_id, sid) in online and isinstance(text, str):
            users = await database.users_by_ids([user_id])
            data = {"username": users[user_id]["username"], "message": text}
            await sio.emit("chat message", data, room="online")

    @sio.event
    async def disconnect(sid, reason):
        async with one_at_a_time:
            user_id = owners.pop(sid, None)
            if (user_id, sid) in online:
                online.remove((user_id, sid))
                # The user has left only when the last tab is closed.
                if all(one != user_id for one, _ in online):
                    await sio.emit("userLeft", {"id": user_id}, room="online")

    app.router.add_get("/connected/{sid}", connected)
    app.router.add_post("/logout", logout)
