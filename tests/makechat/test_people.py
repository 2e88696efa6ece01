"""What the people of Make Chat expect of a server before a check begins."""

from grader.checking.scene import Scene
from grader.history.conversation import Conversation
from grader.makechat.people import cookie_of_login


async def test_a_login_sets_a_cookie_where_the_browser_has_none() -> None:
    scene = Scene("http://127.0.0.1:9", Conversation(), 1)
    (amy,) = scene.users("amy")
    assert cookie_of_login(amy) == ()
    amy.set_cookie("session", "the id of a session that goes on")
    assert cookie_of_login(amy) is None
    await scene.close()
