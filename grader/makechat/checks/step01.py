"""Step 1, Start slacking: the WebSocket handshake, byte by byte (RFC 6455, 4.2)."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients import frames
from grader.clients.frames import get, upgrade
from grader.clients.websocket import RawClient
from grader.makechat import vocabulary

VOCABULARY = vocabulary.ECHO

ANOTHER_KEY = "AQIDBAUGBwgJCgsMDQ4PEA=="  # RFC 6455, 4.1, note
ILL_KEYS = (
    None,
    "AQIDBAUGBwgJCgsMDQ4P",  # 15 bytes
    "AQIDBAUGBwgJCgsMDQ4PEBE=",  # 17 bytes
    "AQIDBAUGBwgJ?CgsMDQ4PEA==",  # 16 bytes, except for a character that is not of base64
)

_PROTOCOL = "Sec-WebSocket-Protocol"
_VERSION = "Sec-WebSocket-Version"


def accepted(key: str = frames.SAMPLE_KEY) -> dict[str, str]:
    """What the answer to a valid upgrade has in its head."""
    return {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": frames.accept_of(key),
    }


async def upgraded(scene: Scene, *names: str) -> list[RawClient]:
    """Clients that have sent a valid upgrade and been let in."""
    clients = []
    for name in names:
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.send(get(upgrade()))
            turn.answers(client, 101, accepted())
        clients.append(client)
    return clients


@check(
    points=2,
    hint="The accept is base64 of the SHA-1 digest of key + GUID, the key just as it came. A blank "
    "line ends the answer, and every line of it ends with \\r\\n.",
)
async def a_valid_upgrade_is_accepted(scene: Scene) -> None:
    """a valid upgrade is answered with 101 and the accept of its key"""
    for name, key in (("amy", frames.SAMPLE_KEY), ("terry", ANOTHER_KEY)):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.ask(get(upgrade(key)))
            turn.answers(client, 101, accepted(key))
        await client.leave()


@check(
    points=1,
    hint="Turn names into lower case before you look them up. Connection is a list: split it at "
    "its commas, and look for upgrade among its tokens.",
    needs=(a_valid_upgrade_is_accepted,),
)
async def headers_count_in_any_case_and_order(scene: Scene) -> None:
    """header names and tokens are compared without case, in any order"""
    shouted = {
        "UPGRADE": "WEBSOCKET",
        "CONNECTION": "UPGRADE",
        "SEC-WEBSOCKET-KEY": frames.SAMPLE_KEY,
        "SEC-WEBSOCKET-VERSION": "13",
    }
    whispered = {
        "origin": "http://127.0.0.1:3000",
        "sec-websocket-key": frames.SAMPLE_KEY,
        "upgrade": "WebSocket",
        "user-agent": "a browser: of its own kind",
        "connection": "keep-alive, Upgrade",
        "sec-websocket-version": "13",
    }
    for name, headers in (("amy", shouted), ("terry", whispered)):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.ask(get(headers))
            turn.answers(client, 101, accepted())
        await client.leave()


@check(
    points=1,
    hint="TCP carries bytes, not packets: read until the blank line, however many reads that "
    "takes: readuntil() does that.",
    needs=(a_valid_upgrade_is_accepted,),
)
async def a_head_may_come_in_pieces(scene: Scene) -> None:
    """a request may come in pieces"""
    request = get(upgrade())
    end = len(request.data)
    for name, cuts in (
        ("amy", (20, end - 3, end - 1)),
        ("terry", tuple(range(1, end))),
    ):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.ask(request, cuts)
            turn.answers(client, 101, accepted())
        await client.leave()


@check(
    points=1,
    hint=f"Split {_PROTOCOL} at its commas; answer with the one you know, chat. Where none is "
    "known, leave the header out: a client must refuse one that it has not offered.",
    needs=(a_valid_upgrade_is_accepted,),
)
async def a_known_subprotocol_is_chosen(scene: Scene) -> None:
    """the server chooses the subprotocol chat, or none"""
    for name, offered in (("amy", "chat, superchat"), ("terry", "superchat,chat")):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.ask(get(upgrade(Sec_WebSocket_Protocol=offered)))
            turn.answers(client, 101, {**accepted(), _PROTOCOL: "chat"})
        await client.leave()
    for name, none in (("bob", "superchat"), ("visitor", None)):
        client = await scene.dial(name, RawClient)
        because = f"{name} offered {none or 'none'}: there should be no {_PROTOCOL}"
        async with scene.turn() as turn:
            await client.ask(get(upgrade(Sec_WebSocket_Protocol=none)))
            turn.answers(client, 101, accepted(), without=_PROTOCOL, because=because)
        await client.leave()


@check(
    points=1,
    hint="A GET that does not ask for an upgrade gets 426 Upgrade Required, with the header "
    "Upgrade: websocket, and a blank line after it. One asks with both headers: websocket in "
    "Upgrade, and upgrade in Connection.",
)
async def a_plain_get_is_told_to_upgrade(scene: Scene) -> None:
    """a plain GET is answered with 426 and Upgrade: websocket"""
    amy = await scene.dial("amy", RawClient)
    async with scene.turn() as turn:
        await amy.send(get({"Accept": "text/html", "Connection": "keep-alive"}))
        turn.answers(amy, 426, {"Upgrade": "websocket"})
    # One header alone asks for no upgrade (RFC 6455, 4.2.1): any error says so.
    almost = (upgrade(Upgrade=None), upgrade(Connection="keep-alive"))
    for name, headers in zip(("terry", "bob"), almost, strict=True):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.send(get(headers))
            turn.answers(client, 426, {"Upgrade": "websocket"}, instead=400)


@check(
    points=1,
    hint="base64.b64decode(key, validate=True) raises a ValueError where the key is no base64; "
    "what it gives must be 16 bytes long. Anything else is 400 Bad Request.",
)
async def an_ill_key_is_refused(scene: Scene) -> None:
    """a key that is missing, or is not 16 bytes in base64, gets 400"""
    for name, key in zip(("amy", "terry", "bob", "visitor"), ILL_KEYS, strict=True):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.send(get(upgrade(Sec_WebSocket_Key=key)))
            turn.answers(client, 400)


@check(
    points=1,
    hint=f"Where {_VERSION} is not 13, answer 426 and say which version you speak: {_VERSION}: 13.",
)
async def another_version_is_refused(scene: Scene) -> None:
    """another version is answered with 426 and Sec-WebSocket-Version: 13"""
    for name, version in (("amy", "8"), ("terry", "130")):
        client = await scene.dial(name, RawClient)
        async with scene.turn() as turn:
            await client.send(get(upgrade(Sec_WebSocket_Version=version)))
            turn.answers(client, 426, {_VERSION: "13"})
