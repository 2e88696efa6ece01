"""Step 13, Presence: who logs in, whose socket it is, who gets the list, and who hears of it."""

import asyncio
from urllib.parse import urlencode

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks import step03
from grader.makechat.presence import JOINED, LIST, Presence, User, ask, logged_in, user_form

VOCABULARY = vocabulary.PRESENCE
REPEATS = (step03.takes_a_client_over_websocket, step03.takes_a_client_over_polling)

NAMES = ("Ann", "ann", "van  der Berg", "<b>bo</b>", "Zoë", "小明", "O'Neill; --", "x" * 32)


def claims_of(user: User) -> str:
    """A query that claims to be a user's."""
    return urlencode({"id": user["id"], "user_id": user["id"], "username": user["username"]})


@check(
    points=2,
    hint="POST /login finds the user in the database, or creates one, saves the id in the session, "
    "and answers with JSON: an id and a username.",
)
async def logging_in_answers_with_the_user(scene: Scene) -> None:
    """a login sets an HttpOnly cookie, and answers with id and username"""
    (amy,) = scene.users("amy")
    async with scene.turn() as turn:
        answer = await amy.post("/login", json={"username": "amy"})
        turn.answered(answer, "2xx", cookie=("HttpOnly", "SameSite"))
        logged_in(answer, "amy")


@check(
    points=2,
    hint="Look for the username in the database first, and create a user only where there is none. "
    "The database gives the id, and it stays.",
    needs=(logging_in_answers_with_the_user,),
)
async def a_username_is_one_user(scene: Scene) -> None:
    """logging in again with a name gives the same user, in any browser"""
    amy, other, bob = scene.users("amy", "other", "bob")
    async with scene.turn() as turn:
        first = logged_in(await amy.post("/login", json={"username": "amy"}), "amy")
        answer = await bob.post("/login", json={"username": "bob"})
        if logged_in(answer, "bob")["id"] == first["id"]:
            turn.answered(answer, "2xx", json={}, because="bob needs an id of his own")
        because = "amy is known already, with this id"
        for client in (other, amy):
            answer = await client.post("/login", json={"username": "amy"})
            turn.answered(answer, "2xx", json=first, more_keys=True, because=because)
    tabs = scene.users(*(f"zoe {n}" for n in range(1, 7)))
    async with scene.turn() as turn:
        logins = (one.post("/login", json={"username": "zoe"}) for one in tabs)
        answers = sorted(await asyncio.gather(*logins), key=lambda answer: answer.entry)
        zoe = logged_in(answers[0], "zoe")  # as the first to be answered is told
        for answer in answers:
            because = "zoe logs in six times at once"
            turn.answered(answer, "2xx", json=zoe, more_keys=True, because=because)


@check(
    points=2,
    hint="When GET /connected/<socket id> comes with a session, add the pair of the user's id and "
    "the socket's, then emit onlineUsers with to=<socket id>: each user as an object with id and "
    "username.",
    needs=(logging_in_answers_with_the_user,),
)
async def the_newcomer_gets_the_list(scene: Scene) -> None:
    """the newcomer's own `onlineUsers` holds the newcomer, once"""
    presence = Presence(scene)
    (amy,) = await presence.people("amy")
    async with scene.turn() as turn:
        await presence.add(turn, amy)
        presence.gets_list(turn, amy)


@check(
    points=2,
    hint="A user with two tabs has two pairs, and is one user: make a set of the ids before you "
    "look the users up.",
    needs=(the_newcomer_gets_the_list,),
)
async def each_user_is_listed_once(scene: Scene) -> None:
    """a user with two open tabs is on the list once"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    tab = await presence.tab(amy)
    await presence.come(amy, bob, tab, news=False)
    for client in (cat, await presence.tab(amy)):
        async with scene.turn() as turn:
            await presence.add(turn, client)
            presence.gets_list(turn, client)


@check(
    points=1,
    hint="emit(..., to=<socket id>) reaches the socket that has just been bound, and no other tab "
    "of its user.",
    needs=(the_newcomer_gets_the_list,),
)
async def only_the_bound_socket_gets_the_list(scene: Scene) -> None:
    """only the socket that is bound gets the list, and no other tab"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    tab = await presence.tab(amy)
    await presence.come(amy, bob, news=False)
    async with scene.turn() as turn:
        await presence.add(turn, tab)
        presence.gets_list(turn, tab)
        turn.hears_nothing((amy, bob), LIST, because=f"{tab.name} was bound")


@check(
    points=2,
    hint="Before you add the pair, see whether a pair of this user is there. Where there is none, "
    "emit userJoined with the user to all sockets that are bound, the new one among them.",
    needs=(the_newcomer_gets_the_list,),
)
async def all_hear_of_a_newcomer(scene: Scene) -> None:
    """all bound sockets hear `userJoined` when a user comes online"""
    presence = Presence(scene)
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    for client in (bob, amy, cat):
        await presence.bind(client)


@check(
    points=2,
    hint="userJoined is for a user who was not online before. Look for another pair with this "
    "user's id before you add the new one.",
    needs=(all_hear_of_a_newcomer, a_username_is_one_user),
)
async def another_tab_is_no_news(scene: Scene) -> None:
    """`userJoined` is not sent for another tab of a user who is online"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    await presence.come(bob, amy)
    for _ in range(2):
        await presence.bind(await presence.tab(amy))
    await presence.bind(await presence.browser(amy, "amy's phone"))


@check(
    points=1,
    hint="A set of pairs holds each pair once. A socket that is bound again still gets the list.",
    needs=(another_tab_is_no_news,),
)
async def binding_again_changes_nothing(scene: Scene) -> None:
    """a socket that is bound again gets the list again, and no more"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    await presence.come(bob, amy)
    await presence.bind(amy)
    await presence.bind(bob)
    await presence.leave(amy)


@check(
    points=1,
    hint=(
        "Look for the user's pairs and add the new one without an await in between, or "
        "put a lock around both."
    ),
    needs=(another_tab_is_no_news,),
)
async def tabs_bound_at_once_are_one_user(scene: Scene) -> None:
    """four tabs of a user that are bound at once are one user"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    tabs = [await presence.tab(amy) for _ in range(3)]
    await presence.come(bob)
    await presence.bind(amy, *tabs)
    for tab in (*tabs, amy):
        await presence.leave(tab)


@check(
    points=1,
    hint="Where the session has no user id, answer 401 and do nothing.",
    needs=(the_newcomer_gets_the_list,),
)
async def without_a_session_nothing_is_bound(scene: Scene) -> None:
    """without a session a socket is not bound: 401"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    (stranger,) = await scene.open("stranger")
    for whose in (amy, stranger):
        async with scene.turn() as turn:
            because = "stranger has not logged in"
            turn.answered(await ask(stranger, whose), 401, because=because)
            turn.hears_nothing((stranger, amy), LIST, because="nobody was bound")
    async with scene.turn() as turn:
        because = "what a request claims is no session"
        claim = f"/connected/{stranger.sid}?{claims_of(presence.user(amy))}"
        turn.answered(await stranger.get(claim), 401, because=because)
        turn.hears_nothing((stranger, amy), LIST, because="nobody was bound")
    await presence.come(bob, news=False)


@check(
    points=1,
    hint="Keep the ids of the sockets that are connected, and answer 404 for any other.",
    needs=(the_newcomer_gets_the_list,),
)
async def an_unknown_socket_is_not_bound(scene: Scene) -> None:
    """a socket id that nobody has, or has no longer, is answered 404"""
    presence = Presence(scene)
    amy, bob = await presence.people("amy", "bob")
    gone = await presence.tab(amy)
    await gone.leave()
    async with scene.turn() as turn:
        turn.answered(await amy.get("/connected/nobody"), 404)
        turn.answered(await ask(amy, gone), 404, because=f"{gone.name} is closed")
    async with scene.turn() as turn:
        await presence.add(turn, bob)
        presence.gets_list(turn, bob)


@check(
    points=2,
    hint=(
        "Remember the user of each socket: the one in the session of its handshake, or "
        "the one it was bound to. If the session of this request has another user, "
        "answer 403."
    ),
    needs=(all_hear_of_a_newcomer, without_a_session_nothing_is_bound),
)
async def another_users_socket_is_not_bound(scene: Scene) -> None:
    """another user's socket is not bound: 403, nothing changes"""
    presence = Presence(scene)
    amy, bob, eve = await presence.people("amy", "bob", "eve")
    (stranger,) = await scene.open("stranger")
    await presence.come(bob)
    await presence.log_in(stranger)
    await presence.come(stranger)
    for whose, why in ((amy, "connected"), (bob, "is bound"), (stranger, "was bound")):
        async with scene.turn() as turn:
            because = f"this socket {why} with {whose.user}'s session"
            turn.answered(await ask(eve, whose), 403, because=because)
            turn.hears_nothing((bob, stranger), JOINED, because="nobody has come")
            turn.hears_nothing((amy, bob, stranger, eve), LIST, because="nobody was bound")
    for client in (amy, eve):
        await presence.bind(client)
    await presence.leave(bob)


@check(
    points=1,
    hint="Take the user's id from the session alone. Anybody can write the rest of a request.",
    needs=(all_hear_of_a_newcomer,),
)
async def only_the_session_says_who_it_is(scene: Scene) -> None:
    """the session says who is bound, whatever the request claims"""
    presence = Presence(scene)
    amy, eve = await presence.people("amy", "eve")
    await presence.come(amy)
    other, user = await presence.tab(eve), presence.user(amy)
    async with scene.turn() as turn:
        turn.answered(await eve.get(f"/connected/{other.sid}?{claims_of(user)}"), "2xx")
        presence.bound.append(other)
        presence.gets_list(turn, other)
        turn.hears((amy, other), JOINED, presence.user(eve), form=user_form)
        presence.may_be_told(turn, eve)


@check(
    points=1,
    hint="A socket without a session may connect: its user is None, and it has no pair in the set.",
    needs=(all_hear_of_a_newcomer,),
)
async def a_stranger_is_on_no_list(scene: Scene) -> None:
    """a socket that is not bound can connect, and is on no list"""
    presence = Presence(scene)
    (stranger,) = await scene.open("stranger")
    amy, bob, cat = await presence.people("amy", "bob", "cat")
    await presence.come(amy)
    await presence.bind(bob)
    unbound = await presence.tab(amy)
    for client in (stranger, unbound, cat):
        async with scene.turn() as turn:
            await client.leave()
            presence.nobody_is_told(turn, f"{client.name} was not bound")
    await presence.leave(amy)


@check(
    points=1,
    hint="The username is what was sent. Whatever is in it, the database gets it as a parameter, "
    "and never as a part of the SQL.",
    needs=(all_hear_of_a_newcomer,),
)
async def a_name_stays_as_it_is(scene: Scene) -> None:
    """a name is listed as it was written, whatever is in it"""
    presence = Presence(scene)
    people = await presence.people(*NAMES)
    for client in people:
        await presence.bind(client)
