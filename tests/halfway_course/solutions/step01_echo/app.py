import asyncio
import base64
import hashlib
import os

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


async def connection(reader, writer):
    try:
        writer.write(accepted(await reader.readuntil(b"\r\n\r\n")))
        await talk(reader, writer)
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client has gone
    finally:
        writer.close()


def accepted(head):
    (line,) = (line for line in head.decode().split("\r\n") if "-key:" in line.lower())
    key = line.partition(":")[2].strip()
    digest = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    lines = ("Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {digest}")
    lines = (*lines, "X-Echo: yes")
    return "\r\n".join(("HTTP/1.1 101 Switching Protocols", *lines, "", "")).encode()


async def talk(reader, writer):
    while True:
        opcode, length = await reader.readexactly(2)
        mask = await reader.readexactly(4)
        masked = await reader.readexactly(length & 0b0111_1111)
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked))
        if opcode & 0b1111 == 9:
            opcode += 1  # a ping is answered with a pong
        writer.write(bytes([opcode, len(payload)]) + payload)


async def main():
    port = int(os.environ.get("PORT", "3000"))
    server = await asyncio.start_server(connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
