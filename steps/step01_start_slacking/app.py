import asyncio
import os

import handshake

LONGEST_HEAD = 2**13  # bytes


async def connection(reader, writer):
    print("New connection")
    try:
        answer = handshake.answer(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        # TODO 3: after a 101, read a message, send it back, and so on.
    except asyncio.LimitOverrunError:
        writer.write(handshake.response("431 Request Header Fields Too Large"))
    # TODO 4: where a CloseError is raised, send a close with its code.
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client went without a close
    finally:
        writer.close()


# TODO 3: read_message(reader, writer) gathers the frames of a message, up to the final one.
# TODO 4: answer a ping and a close, also between the fragments of a message.
# TODO 5: answer text that is not UTF-8, and a fragment out of place, with a close that says why.


async def main():
    port = int(os.environ.get("PORT", "3000"))
    server = await asyncio.start_server(connection, "127.0.0.1", port, limit=LONGEST_HEAD)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
