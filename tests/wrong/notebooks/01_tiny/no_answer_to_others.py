async def answer(message):
    return {"kind": "pong", "text": message["text"]}
