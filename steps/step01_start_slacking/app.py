import asyncio
import os

import handshake

LONGEST_HEAD = 2**13  # bytes


async def connection(reader, writer):
    print("New connection")
    try:
        answer = handshake.answer(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        # TODO 3: after a 101, read a frame, send its text back, and so on.
        # TODO 4: gather the fragments of a message; answer a ping and a close.
        # TODO 5: answer what breaks the rules with a close that says why.
    except asyncio.LimitOverrunError:
        writer.write(handshake.response("431 Request Header Fields Too Large"))
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client went without a close
    finally:
        writer.close()


async def main():
    port = int(os.environ.get("PORT", "3000"))
    server = await asyncio.start_server(connection, "127.0.0.1", port, limit=LONGEST_HEAD)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
