"""Steps 11 and 12 without rooms: a set of sockets for each user, and a list of what is open."""

from collections import defaultdict

import socketio

sio = socketio.AsyncServer(async_mode="aiohttp", always_connect=True)
tabs = defaultdict(set)
opened = []


async def show(to=None):
    pairs = [[sid, modal] for sid, modal in reversed(opened)]
    await sio.emit("recModalInfo", {"info": pairs}, to=to)


def forget(sid):
    opened[:] = [pair for pair in opened if pair[0] != sid]


@sio.event
async def connect(sid, environ):
    if opened:
        await show(to=sid)


@sio.on("userConnected")
async def user_connected(sid, user_id):
    tabs[user_id].add(sid)


@sio.on("userDisconnected")
async def user_disconnected(sid, user_id):
    tabs[user_id].discard(sid)


@sio.on("sendAnotherUserAMessage")
async def send(sid, data):
    for tab in list(tabs[data["name"]]):
        await sio.emit("recMessage", {"msg": data["msg"]}, to=tab)


@sio.on("openedModal")
async def opened_modal(sid, data):
    forget(sid)
    opened.append((sid, data["modalIdentifier"]))
    await show()


@sio.on("closedModal")
async def closed_modal(sid, *payload):
    forget(sid)
    await show()


@sio.event
async def disconnect(sid, reason):
    for sockets in tabs.values():
        sockets.discard(sid)
    forget(sid)
    await show()
