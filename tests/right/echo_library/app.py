"""The websockets library, told what the course answers where it would answer otherwise."""

import asyncio
import os

from websockets.asyncio.server import serve


def refuse_other_versions(connection, request):
    if request.headers.get("Sec-WebSocket-Version", "13") != "13":
        response = connection.respond(426, "Version 13 is spoken here.\n")
        response.headers["Sec-WebSocket-Version"] = "13"
        return response


async def echo(connection):
    async for message in connection:
        # Not the frames of the course: what comes back may come in fragments, too.
        await connection.send([message[:5], message[5:]])


def choose(connection, offered):
    return "chat" if "chat" in offered else None


async def main():
    port = int(os.environ.get("PORT", "3000"))
    options = {"process_request": refuse_other_versions, "select_subprotocol": choose}
    async with serve(echo, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


asyncio.run(main())
