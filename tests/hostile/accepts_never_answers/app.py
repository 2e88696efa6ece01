import asyncio
import os


async def listen(reader, writer):
    while await reader.read(65536):
        pass


async def main():
    server = await asyncio.start_server(listen, "127.0.0.1", int(os.environ.get("PORT", "3000")))
    await server.serve_forever()


asyncio.run(main())
