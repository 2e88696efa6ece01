import asyncio


async def main():
    print("Starting the chat")
    while True:
        await asyncio.sleep(3600)


asyncio.run(main())
