"""The solutions of steps 10 to 12 go on, whatever a client sends, and no other client notices."""

import asyncio
from typing import Any

import pytest

from grader.checking.scene import Scene
from grader.history.conversation import Conversation, Kind
from grader.makechat.checks import users
from grader.makechat.checks.modals import CLOSED, INFO, OPENED
from grader.servers.direct import SubprocessLauncher
from grader.servers.server import Submission, serving
from tests.support import LONGEST, ROOT

LONG = "x" * 100_000
VALUES: tuple[Any, ...] = (None, True, 7, "", LONG, [], ["amy"], {}, {"amy": 1}, b"amy")
KEYS = ("name", "msg", "modalIdentifier")
PAYLOADS: tuple[tuple[Any, ...], ...] = (
    (),
    ("amy", "terry"),
    *((value,) for value in VALUES),
    *(({key: value},) for key in KEYS for value in VALUES),
    *(({"name": value, "msg": "to nobody"},) for value in VALUES),
)
EVENTS = (users.REGISTER, users.LOGIN, users.ENTER, users.LEAVE, users.SEND, OPENED, CLOSED)


@pytest.mark.parametrize("number", [10, 11, 12])
async def test_no_event_of_a_stranger_reaches_another_client(number: int) -> None:
    (folder,) = ROOT.glob(f"solutions/step{number}_*")
    conversation = Conversation()
    launcher = SubprocessLauncher()
    submission = Submission(folder, static=ROOT / "static")
    try:
        async with serving(submission, launcher, LONGEST, lambda: None) as server:
            scene = Scene(server.url, conversation, LONGEST)
            try:
                await _bother(scene, number)
            finally:
                await scene.close()
    finally:
        await launcher.close()
    others = [e for e in conversation.entries if e.kind is Kind.HEARD and e.client != "stranger"]
    heard = [(e.event, e.args) for e in others if e.event != INFO]
    assert heard == [(users.HEAR, ({"msg": users.CALL},))] * len(heard)


async def _bother(scene: Scene, number: int) -> None:
    """Let a stranger send everything to the server, and two others go on writing."""
    if number == 10:
        amy, terry = await users.register(scene, "amy", "terry")
    else:
        amy, terry = await scene.open("amy", "terry")
        await users.enter(scene, "amy", terry, amy)
        await users.enter(scene, "terry", amy, terry)
    (stranger,) = await scene.open("stranger")
    for event in EVENTS:
        for payload in PAYLOADS:
            await stranger.emit(event, *payload)
    assert await asyncio.wait_for(stranger.barrier(), LONGEST)
    await users.reach(scene, amy, "terry", terry)
    await users.reach(scene, terry, "amy", amy)
    await stranger.leave()
    await users.reach(scene, amy, "terry", terry)
