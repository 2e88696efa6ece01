async def answer(message):
    text = asyncio.sleep(0, message["text"])
    return {"kind": "pong", "text": text}
