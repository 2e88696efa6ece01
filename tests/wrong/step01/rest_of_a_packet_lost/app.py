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
        message = await read_message(reader, writer)
        try:
            text = message.decode()
        except UnicodeDecodeError:
            raise frames.CloseError(frames.NOT_UTF8) from None
        writer.write(frames.make_frame(frames.TEXT, text.encode()))
        await writer.drain()


async def read_message(reader, writer):
    # RFC 6455, 5.4: a message begins with a text frame, and goes on with continuations.
    message, awaited = bytearray(), frames.TEXT
    while True:
        final, opcode, payload = await frames.read_frame(reader)
        if opcode >= frames.CLOSE:
            await answer_control(opcode, payload, writer)
            continue
        if opcode != awaited:
            binary = opcode == frames.BINARY
            raise frames.CloseError(frames.NO_BINARY if binary else frames.PROTOCOL_ERROR)
        message += payload
        if len(message) > frames.LARGEST:
            raise frames.CloseError(frames.TOO_LARGE)
        if final:
            return message
        awaited = frames.CONTINUATION


async def answer_control(opcode, payload, writer):
    if opcode == frames.CLOSE:
        # 5.5.1: a close is answered with its own code.
        raise frames.CloseError(int.from_bytes(payload[:2], "big") if payload else frames.NORMAL)
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
