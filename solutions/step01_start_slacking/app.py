import asyncio
import os

import frames
import handshake

LONGEST_HEAD = 2**13  # bytes


async def connection(reader, writer):
    print("New connection")
    try:
        answer = handshake.answer(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if answer.startswith(b"HTTP/1.1 101 "):
            await talk(reader, writer)
    except asyncio.LimitOverrunError:
        writer.write(handshake.response("431 Request Header Fields Too Large"))
    except frames.CloseError as error:
        writer.write(frames.make_close(error.code))
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client went without a close
    finally:
        writer.close()


async def talk(reader, writer):
    while True:
        opcode, message = await read_message(reader, writer)
        if opcode == frames.TEXT:
            frames.check_utf8(message)
        writer.write(frames.make_frame(opcode, message))
        await writer.drain()


async def read_message(reader, writer):
    # RFC 6455, 5.4: the first frame says what a message is, and continuations may follow.
    kind, message = None, bytearray()
    while True:
        final, opcode, payload = await frames.read_frame(reader)
        if opcode >= frames.CLOSE:
            await answer_control(opcode, payload, writer)
            continue
        begun = kind is not None
        if begun != (opcode == frames.CONTINUATION):
            raise frames.CloseError(frames.PROTOCOL_ERROR)
        if not begun:
            kind = opcode
        message += payload
        if len(message) > frames.LARGEST:
            raise frames.CloseError(frames.TOO_LARGE)
        if final:
            return kind, message


async def answer_control(opcode, payload, writer):
    if opcode == frames.CLOSE:
        # 5.5.1: a close is answered with its own code.
        raise frames.CloseError(frames.close_code(payload))
    if opcode == frames.PING:
        # 5.5.3: a pong carries what the ping carried.
        writer.write(frames.make_frame(frames.PONG, payload))
        await writer.drain()


async def main():
    port = int(os.environ.get("PORT", "3000"))
    server = await asyncio.start_server(connection, "127.0.0.1", port, limit=LONGEST_HEAD)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
