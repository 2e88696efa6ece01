import itertools
import json
import os

from aiohttp import web

OPEN = {
    "sid": "byhand",
    "upgrades": [],
    "pingInterval": 25000,
    "pingTimeout": 20000,
    "maxPayload": 1000000,
}

GARBAGE = [
    "42[",  # an event whose JSON ends too soon
    "9x",  # no such Engine.IO packet
    "4",  # a message without a Socket.IO packet
    "49[]",  # no such Socket.IO packet
    "42",  # an event without a payload
    '42{"new user": "amy"}',  # an event that is not a list
    "42[]",  # an event without a name
    "42[7]",  # an event whose name is a number
    '451-["new user",{"_placeholder":true,"num":9}]',  # an attachment that never comes
    '45x-["new user"]',  # a count of attachments that is no number
    "",  # no packet at all
    "b!!!",  # binary that is not base64
]


async def socket(request):
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    await ws.send_str("0" + json.dumps(OPEN))
    garbage = itertools.cycle(GARBAGE)
    async for message in ws:
        if message.data in ("40", "40{}"):
            print("New user connected")
            await ws.send_str('40{"sid":"byhand"}')
        elif str(message.data).startswith("42"):
            await ws.send_str(next(garbage))
    return ws


app = web.Application()
app.router.add_get("/socket.io/", socket)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
