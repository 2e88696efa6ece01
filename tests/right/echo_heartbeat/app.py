"""A heartbeat: the server pings each client all the time, as RFC 6455, 5.5.2 lets it."""

import asyncio
import os

from websockets.asyncio.server import serve

PAUSE = 0.05  # seconds between two pings


def refuse_other_versions(connection, request):
    if request.headers.get("Sec-WebSocket-Version", "13") != "13":
        response = connection.respond(426, "Version 13 is spoken here.\n")
        response.headers["Sec-WebSocket-Version"] = "13"
        return response


async def ping(connection):
    while True:
        await connection.ping()
        await asyncio.sleep(PAUSE)


async def echo(connection):
    heartbeat = asyncio.create_task(ping(connection))
    try:
        async for message in connection:
            await connection.send(message)
    finally:
        heartbeat.cancel()


def choose(connection, offered):
    return "chat" if "chat" in offered else None


async def main():
    port = int(os.environ.get("PORT", "3000"))
    options = {"process_request": refuse_other_versions, "select_subprotocol": choose}
    async with serve(echo, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


asyncio.run(main())
