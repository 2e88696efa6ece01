import asyncio
import os


async def connection(reader, writer):
    try:
        # TODO 1: read the head, and answer it.
        # TODO 2: send back what comes.
        pass
    except (asyncio.IncompleteReadError, OSError):
        pass  # the client has gone
    finally:
        writer.close()


async def main():
    port = int(os.environ.get("PORT", "3000"))
    server = await asyncio.start_server(connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
