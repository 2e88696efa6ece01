"""Two kettles and one cook: what `async` and `await` do."""

import asyncio


async def boil(kettle, seconds):
    print(f"{kettle}: on the stove")
    await asyncio.sleep(seconds)
    print(f"{kettle}: boils")


async def main():
    await asyncio.gather(boil("tea", 0.2), boil("coffee", 0.1))
    print("breakfast")


asyncio.run(main())
