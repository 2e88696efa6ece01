"""The exercises of 01_tiny, finished. What is imported here, the notebook imports itself."""

import asyncio
import secrets


def pack(kind: str, text: str) -> bytes:
    """The message on the wire: the kind, a colon and the text, in UTF-8."""
    return f"{kind}:{text}".encode()


def unpack(data: bytes) -> tuple[str, str]:
    """Kind and text of a message; ValueError where it has no colon."""
    kind, colon, text = data.decode().partition(":")
    if not colon:
        raise ValueError("a message without a colon")
    return kind, text


def new_key() -> bytes:
    """Four bytes that nobody can foresee."""
    return secrets.token_bytes(4)


async def answer(message: dict[str, str]) -> dict[str, str]:
    """The answer to a ping: a pong with its text; to anything else, an error with its kind."""
    await asyncio.sleep(0)
    if message["kind"] == "ping":
        return {"kind": "pong", "text": message["text"]}
    return {"kind": "error", "text": message["kind"]}
