"""What the people of Make Chat expect of a server, and do, before a check begins."""

from typing import Any

import pytest

from grader.checking.scene import Scene
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed
from grader.makechat.checks.users import CALL, HEAR, SEND, reach
from grader.makechat.people import cookie_of_login
from tests.checking.stage import StandIn


class Caller(StandIn):
    """Somebody whose calls a page hears from the one with this number on."""

    def __init__(self, conversation: Conversation, heard_from: int) -> None:
        super().__init__("terry")
        self._conversation = conversation
        self._unheard = heard_from - 1

    async def emit(self, event: str, *args: Any, ack: bool = False) -> None:
        self._conversation.record(Kind.SENT, self.name, event, args)
        if self._unheard:
            self._unheard -= 1
        else:
            self._conversation.record(Kind.HEARD, "amy", HEAR, ({"msg": CALL},))


@pytest.mark.parametrize("heard_from", [1, 2, 3, 4])
async def test_a_reader_sees_once_what_is_said_until_it_is_heard(heard_from: int) -> None:
    conversation = Conversation()
    scene = Scene("http://127.0.0.1:9", conversation, 0.1)
    amy, terry = StandIn("amy"), Caller(conversation, heard_from)
    scene.clients += (amy, terry)
    try:
        await reach(scene, terry, "amy", amy)
    except CheckFailed:
        assert heard_from > 3
    told = [e for i, e in enumerate(conversation.entries) if i not in conversation.repeated]
    heard = [HEAR] if heard_from <= 3 else []
    assert [entry.event for entry in told] == [SEND, *heard]
    assert len(conversation.entries) == min(heard_from, 3) + len(heard)


async def test_a_login_sets_a_cookie_where_the_browser_has_none() -> None:
    scene = Scene("http://127.0.0.1:9", Conversation(), 1)
    (amy,) = scene.users("amy")
    assert cookie_of_login(amy) == ()
    amy.set_cookie("session", "the id of a session that goes on")
    assert cookie_of_login(amy) is None
    await scene.close()
