"""Step 13: a session cookie counts if the server has made it, and if nobody has changed it."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.makechat.checks.step13 import (
    the_newcomer_gets_the_list,
    without_a_session_nothing_is_bound,
)
from grader.makechat.forging import changed, forgeries
from grader.makechat.presence import LIST, Presence, ask


@check(
    points=2,
    hint="The whole cookie has to be signed or encrypted, as in step 9: a cookie that "
    "somebody has changed, or made by hand, is no session.",
    needs=(the_newcomer_gets_the_list, without_a_session_nothing_is_bound),
)
async def a_forged_or_tampered_cookie_binds_nothing(scene: Scene) -> None:
    """with a forged or tampered session cookie a socket is not bound: 401"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    (eve,) = await scene.open("eve")
    bobs_id, amys_id = (str(presence.user(one)["id"]) for one in (bob, amy))
    for name, value in bob.cookies.values().items():
        by_hand = dict.fromkeys(
            (*changed(value, "bob", "amy"), *changed(value, bobs_id, amys_id), *forgeries("amy"))
        )
        for cookie in by_hand:
            eve.set_cookie(name, cookie)
            async with scene.turn() as turn:
                because = "the server has not made this cookie"
                turn.answered(await ask(eve, eve), 401, because=because)
                turn.hears_nothing(eve, LIST, because="nobody was bound")


@check(
    points=1,
    hint="A login puts its own user's id into the session, whatever id is there already.",
    needs=(the_newcomer_gets_the_list,),
)
async def another_login_in_the_browser_counts(scene: Scene) -> None:
    """after a second login in a browser, its next socket is that user's"""
    presence = Presence(scene)
    (amy,) = await presence.people("amy")
    await presence.come(amy, news=False)
    amy.user = "bob"
    await presence.log_in(amy)
    amy.user = "amy"
    tab = await presence.tab(amy)
    tab.user = "bob"
    async with scene.turn() as turn:
        await presence.add(turn, tab)
        presence.gets_list(turn, tab)
