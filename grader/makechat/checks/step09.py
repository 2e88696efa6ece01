"""Step 9, Who is this socket? The session cookie of the handshake says who it is."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.forging import changed, forgeries
from grader.makechat.people import enter, log_in, present

VOCABULARY = vocabulary.SESSIONS

USER = "user"


def comes(name: str, count: int) -> dict[str, object]:
    """What everybody hears when a user connects."""
    return {"username": name, "currentUsers": count, "connected": True}


def goes(name: str, count: int) -> dict[str, object]:
    """What the rest hear when a user has gone."""
    return {"username": name, "currentUsers": count, "connected": False}


@check(
    points=2,
    hint="POST /login reads the field username of the form, puts it into the session, and answers "
    'with a redirect. Give the cookie storage httponly=True and samesite="Lax".',
)
async def a_form_logs_in(scene: Scene) -> None:
    """a login form sets an HttpOnly, SameSite session cookie"""
    (amy,) = scene.users("amy")
    async with scene.turn() as turn:
        answer = await amy.post("/login", form={"username": "amy"})
        turn.answered(answer, "2xx or 3xx", cookie=("HttpOnly", "SameSite"))


@check(
    points=1,
    hint="Where request.content_type is application/json, read the body with request.json().",
    needs=(a_form_logs_in,),
)
async def json_logs_in(scene: Scene) -> None:
    """a login in JSON does the same"""
    (terry,) = scene.users("terry")
    async with scene.turn() as turn:
        answer = await terry.post("/login", json={"username": "terry"})
        turn.answered(answer, "2xx or 3xx", cookie=("HttpOnly", "SameSite"))


@check(
    points=1,
    hint="Answer with web.HTTPBadRequest() where there is no username, or an empty one, in a form "
    "and in JSON alike.",
    needs=(a_form_logs_in,),
)
async def an_empty_name_is_refused(scene: Scene) -> None:
    """a login with an empty name, or with none, is answered 400"""
    (eve,) = scene.users("eve")
    for form in ({"username": ""}, {"password": "secret"}):
        async with scene.turn() as turn:
            turn.answered(await eve.post("/login", form=form), 400, because="it has no name")
    for value in ({"username": ""}, {}):
        async with scene.turn() as turn:
            turn.answered(await eve.post("/login", json=value), 400, because="it has no name")


@check(
    points=2,
    hint='In "connect", read the session of environ["aiohttp.request"]. Where it has no username, '
    'raise socketio.exceptions.ConnectionRefusedError("…").',
    needs=(a_form_logs_in,),
)
async def a_socket_without_a_cookie_is_refused(scene: Scene) -> None:
    """a socket without a session cookie gets a `connect_error`"""
    await enter(scene, "amy")
    for transport in ("websocket", "polling"):
        (stranger,) = scene.users(f"a stranger ({transport})")
        async with scene.turn() as turn:
            await stranger.connect(transport)
            turn.refused(stranger, because="it has no session")
    (eve,) = scene.users("eve")
    async with scene.turn() as turn:
        await eve.connect(claims={"username": "amy"})
        turn.refused(eve, because="she has no session, whatever she claims")


@check(
    points=2,
    hint=(
        "EncryptedCookieStorage makes cookies that nobody else can make. Believe no other cookie."
    ),
    needs=(a_socket_without_a_cookie_is_refused,),
)
async def a_forged_cookie_is_refused(scene: Scene) -> None:
    """a socket with a forged session cookie gets a `connect_error`"""
    (amy,) = await enter(scene, "amy")
    for name in amy.cookies.values():
        for i, forged in enumerate(forgeries("amy"), 1):
            (eve,) = scene.users(f"eve {i}")
            eve.set_cookie(name, forged)
            async with scene.turn() as turn:
                await eve.connect()
                turn.refused(eve, because="she has made the cookie herself")


@check(
    points=2,
    hint="The whole cookie has to be signed or encrypted: a client that changes one character "
    "of it has no session any more.",
    needs=(a_socket_without_a_cookie_is_refused,),
)
async def a_tampered_cookie_is_refused(scene: Scene) -> None:
    """a socket with a tampered session cookie gets a `connect_error`"""
    _, amy = await enter(scene, "terry", "amy")
    for name, value in amy.cookies.values().items():
        for i, other in enumerate(changed(value, "amy", "bob"), 1):
            (eve,) = scene.users(f"eve {i}")
            eve.set_cookie(name, other)
            async with scene.turn() as turn:
                await eve.connect()
                turn.refused(eve, because="the cookie is not as the server made it")


@check(
    points=2,
    hint="POST /logout empties the session: session.invalidate() deletes the cookie.",
    needs=(a_socket_without_a_cookie_is_refused,),
)
async def after_a_logout_a_new_socket_is_refused(scene: Scene) -> None:
    """after a logout a new socket of the browser is refused"""
    (amy,) = scene.users("amy")
    await log_in(scene, amy)
    async with scene.turn() as turn:
        turn.answered(await amy.post("/logout"), "2xx or 3xx")
    async with scene.turn() as turn:
        await amy.connect()
        turn.refused(amy, because="amy has logged out")
    await log_in(scene, amy)
    await scene.connect(amy)


@check(
    points=2,
    hint='Count the socket, then emit "user" with username, currentUsers and connected: True to '
    "everybody.",
    needs=(a_form_logs_in,),
)
async def everybody_hears_who_has_come(scene: Scene) -> None:
    """everybody hears `user` when a user connects, the user too"""
    amy, terry = scene.users("amy", "terry")
    await log_in(scene, terry, amy)  # in another order than they connect in
    async with scene.turn() as turn:
        await scene.connect(amy)
        turn.hears(amy, USER, comes("amy", 1), more_keys=True)
    async with scene.turn() as turn:
        await scene.connect(terry)
        turn.hears((amy, terry), USER, comes("terry", 2), more_keys=True)


@check(
    points=1,
    hint="However the name has come, put it into the session under the same key.",
    needs=(json_logs_in, everybody_hears_who_has_come),
)
async def a_name_from_json_is_the_users(scene: Scene) -> None:
    """a user who has logged in with JSON comes under that name"""
    (amy,) = await present(scene, USER, "amy", known=True)
    (terry,) = scene.users("terry")
    async with scene.turn() as turn:
        answer = await terry.post("/login", json={"username": "terry"})
        turn.answered(answer, "2xx or 3xx", cookie=())
    async with scene.turn() as turn:
        await scene.connect(terry)
        turn.hears((amy, terry), USER, comes("terry", 2), more_keys=True)


@check(
    points=2,
    hint='In "disconnect", forget the socket, then emit "user" with its name and connected: False.',
    needs=(everybody_hears_who_has_come,),
)
async def the_rest_hear_who_has_gone(scene: Scene) -> None:
    """in whatever way a user leaves, the others hear `user`"""
    amy, terry, bob, eve = await present(scene, USER, "amy", "terry", "bob", "eve", known=True)
    async with scene.turn() as turn:
        await terry.leave()
        turn.hears((amy, bob, eve), USER, goes("terry", 3), more_keys=True)
    async with scene.turn() as turn:
        await eve.close_tab()
        turn.hears((amy, bob), USER, goes("eve", 2), more_keys=True)
    async with scene.turn() as turn:
        await amy.cut()
        turn.hears(bob, USER, goes("amy", 1), more_keys=True)


@check(
    points=1,
    hint=(
        "Count a socket only after you know its user. A socket that is refused is never counted."
    ),
    needs=(
        everybody_hears_who_has_come,
        a_socket_without_a_cookie_is_refused,
        an_empty_name_is_refused,
    ),
)
async def a_refused_socket_is_not_counted(scene: Scene) -> None:
    """a refused socket is neither announced nor counted"""
    (amy,) = await present(scene, USER, "amy", known=True)
    (stranger,) = scene.users("a stranger")
    async with scene.turn() as turn:
        await stranger.connect()
        turn.refused(stranger, because="it has no session")
        turn.hears_nothing(amy, USER, because="nobody was let in")
    (eve,) = scene.users("eve")
    async with scene.turn() as turn:
        turn.answered(await eve.post("/login", form={"username": ""}), 400)
    async with scene.turn() as turn:
        await eve.connect()
        turn.refused(eve, because="eve is not logged in")
        turn.hears_nothing(amy, USER, because="nobody was let in")
    (terry,) = scene.users("terry")
    await log_in(scene, terry)
    async with scene.turn() as turn:
        await scene.connect(terry)
        turn.hears((amy, terry), USER, comes("terry", 2), more_keys=True)
