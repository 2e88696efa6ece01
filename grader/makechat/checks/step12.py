"""Step 12, Who has what open: every change is told to all, and who goes has nothing open.

Left open: the order of the pairs, what is sent where nothing is open, and whether anything is
sent where nothing changes.
"""

from collections.abc import Awaitable, Callable

from grader.checking.check import check
from grader.checking.expectations import ONCE
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.makechat import vocabulary
from grader.makechat.checks import step03, step11, users
from grader.makechat.checks.modals import (
    CLOSED,
    INFO,
    closes,
    in_any_order,
    info,
    opened,
    opens,
    tells,
)
from grader.makechat.people import present, told

VOCABULARY = vocabulary.USERS
REPEATS = (
    step03.takes_a_client_over_websocket,
    step03.takes_a_client_over_polling,
    step11.a_message_reaches_the_room,
    step11.all_tabs_hear_it,
)

IDENTIFIERS = ("Orders", " user list ", "<dialog id='a'>", "設定 ⚙️", "__proto__", "z" * 64)


@check(
    points=2,
    hint='In "openedModal", save modals[sid] = data["modalIdentifier"], then emit "recModalInfo" '
    'with {"info": [[sid, identifier], ...]} to everybody.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def all_are_told_what_is_opened(scene: Scene) -> None:
    """when a modal is opened all are told, its own client too"""
    amy, terry, bob = await present(scene, INFO, "amy", "terry", "bob", alone=True)
    await opens(scene, (amy, "orders"), [amy, terry, bob], (amy, "orders"))


@check(
    points=2,
    hint='In "closedModal", modals.pop(sid, None), then emit "recModalInfo" to everybody.',
    needs=(all_are_told_what_is_opened,),
)
async def all_are_told_what_is_closed(scene: Scene) -> None:
    """when a modal is closed, all are told that nothing is open"""
    amy, terry = everybody = await present(scene, INFO, "amy", "terry", alone=True)
    await opens(scene, (amy, "orders"), everybody, (amy, "orders"))
    await closes(scene, amy, everybody)
    async with scene.turn() as turn:
        (visitor,) = await scene.open("visitor")
        turn.may_hear((*everybody, visitor), INFO, info(), form=in_any_order)
        await told(scene, [visitor], INFO, turn.since)
    await opens(scene, (terry, "stock"), [*everybody, visitor], (terry, "stock"))


@check(
    points=1,
    hint="A modal is open at a socket: keep it under the sid, whatever user has logged in there.",
    needs=(all_are_told_what_is_closed,),
)
async def a_login_leaves_open_what_is_open(scene: Scene) -> None:
    """a user logs in and out: the modal stays open, under the socket's id"""
    amy, terry = everybody = await present(scene, INFO, "amy", "terry", alone=True)
    await users.enter(scene, "amy", terry, amy, terry)
    await opens(scene, (amy, "orders"), everybody, (amy, "orders"))
    await users.depart(scene, "amy", terry, amy, terry)
    await opens(scene, (terry, "stock"), everybody, (amy, "orders"), (terry, "stock"))


@check(
    points=1,
    hint="The page may send something with it, and the handler has to take it: "
    "async def closed_modal(sid, data=None). The sid alone says whose modal is closed.",
    needs=(all_are_told_what_is_closed,),
)
async def what_comes_with_closing_does_not_matter(scene: Scene) -> None:
    """whatever comes with `closedModal`, the modal is closed"""
    amy, terry = everybody = await present(scene, INFO, "amy", "terry", alone=True)
    for payload in ({"modalIdentifier": "stock"}, {"modal": "orders"}, "orders", None):
        await opens(scene, (amy, "orders"), everybody, (amy, "orders"))
        async with scene.turn() as turn:
            await amy.emit(CLOSED, payload)
            tells(turn, everybody)
    await opens(scene, (terry, "stock"), everybody, (terry, "stock"))


@check(
    points=2,
    hint="The key is the socket id, and the value the identifier: two sockets can have the same "
    "one open.",
    needs=(all_are_told_what_is_closed,),
)
async def each_has_its_own_open(scene: Scene) -> None:
    """several clients open and close modals, the same one or not"""
    amy, terry, bob = everybody = await present(scene, INFO, "amy", "terry", "bob", alone=True)
    a, t, b = (amy, "orders"), (terry, "stock"), (bob, "orders")
    await opens(scene, a, everybody, a)
    await opens(scene, t, everybody, a, t)
    await opens(scene, b, everybody, a, t, b)
    await closes(scene, amy, everybody, t, b)
    await closes(scene, bob, everybody, t)


@check(
    points=1,
    hint="One socket has one modal open: what it opens takes the place of what it had open.",
    needs=(all_are_told_what_is_opened,),
)
async def one_takes_the_place_of_another(scene: Scene) -> None:
    """a client that opens another modal has only that one open"""
    amy, _ = everybody = await present(scene, INFO, "amy", "terry", alone=True)
    for identifier in ("orders", "stock", "orders"):
        await opens(scene, (amy, identifier), everybody, (amy, identifier))


@check(
    points=1,
    hint="Hand the identifier on as it came; any text may be one.",
    needs=(all_are_told_what_is_opened,),
)
async def any_identifier_will_do(scene: Scene) -> None:
    """the identifier comes as it was sent, whatever it is"""
    amy, terry = everybody = await present(scene, INFO, "amy", "terry", alone=True)
    await opens(scene, (terry, IDENTIFIERS[0]), everybody, (terry, IDENTIFIERS[0]))
    for identifier in IDENTIFIERS:
        await opens(scene, (amy, identifier), everybody, (terry, IDENTIFIERS[0]), (amy, identifier))


@check(
    points=2,
    hint='In "connect", emit "recModalInfo" with what is open now, to=sid.',
    needs=(step03.takes_a_client_over_websocket,),
)
async def who_connects_is_told(scene: Scene) -> None:
    """a client that connects is told what is open, once"""
    amy, terry = await present(scene, INFO, "amy", "terry", alone=True)
    await opened(scene, (amy, "orders"), (terry, "stock"))
    async with scene.turn() as turn:
        (newcomer,) = await scene.open("bob")
        pairs = info((amy, "orders"), (terry, "stock"))
        turn.hears(newcomer, INFO, pairs, form=in_any_order, because=ONCE)


@check(
    points=1,
    hint="to=sid tells only the client that connects. The others know already.",
    needs=(who_connects_is_told,),
)
async def the_others_are_not_told_again(scene: Scene) -> None:
    """only a client that connects is told what is open"""
    amy, terry = await present(scene, INFO, "amy", "terry", alone=True)
    await opened(scene, (amy, "orders"))
    async with scene.turn() as turn:
        await terry.emit("userConnected", "terry")
        await terry.emit("userDisconnected", "terry")
        turn.hears_nothing((amy, terry), INFO, because="a room is no panel")
    async with scene.turn() as turn:
        (bob,) = await scene.open("bob")
        turn.hears(bob, INFO, info((amy, "orders")), form=in_any_order)
        turn.hears_nothing((amy, terry), INFO, because="nothing has changed")


async def _goes(scene: Scene, go: Callable[[ScriptedClient], Awaitable[None]]) -> None:
    amy, terry, bob = everybody = await present(scene, INFO, "amy", "terry", "bob", alone=True)
    await opens(scene, (amy, "orders"), everybody, (amy, "orders"))
    await opens(scene, (terry, "stock"), everybody, (amy, "orders"), (terry, "stock"))
    async with scene.turn() as turn:
        await go(terry)
        tells(turn, (amy, bob), (amy, "orders"))
    async with scene.turn() as turn:
        (newcomer,) = await scene.open("newcomer")
        turn.may_hear((amy, bob, newcomer), INFO, info((amy, "orders")), form=in_any_order)


@check(
    points=2,
    hint='Handle "disconnect": remove the entry of the sid that goes, then tell the rest.',
    needs=(all_are_told_what_is_opened,),
)
async def who_leaves_has_nothing_open(scene: Scene) -> None:
    """a client that leaves has nothing open, and the rest are told"""
    await _goes(scene, ScriptedClient.leave)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(who_leaves_has_nothing_open,),
)
async def who_closes_the_tab_has_nothing_open(scene: Scene) -> None:
    """a closed tab has nothing open any more, and the rest are told"""
    await _goes(scene, ScriptedClient.close_tab)


@check(
    points=1,
    hint='"disconnect" is called however a client goes; its reason does not matter here.',
    needs=(who_leaves_has_nothing_open,),
)
async def who_is_cut_off_has_nothing_open(scene: Scene) -> None:
    """a client that is cut off has nothing open, and the rest are told"""
    await _goes(scene, ScriptedClient.cut)


@check(
    points=1,
    hint=(
        "A socket that had nothing open has no entry: modals.pop(sid, None) raises no error then."
    ),
    needs=(who_leaves_has_nothing_open,),
    of_absence=True,
)
async def a_visitor_closes_nothing(scene: Scene) -> None:
    """a client with nothing open does not close what others have open"""
    amy, terry, bob, visitor = everybody = await present(
        scene, INFO, "amy", "terry", "bob", "visitor", alone=True
    )
    await opens(scene, (amy, "orders"), everybody, (amy, "orders"))
    await opens(scene, (terry, "orders"), everybody, (amy, "orders"), (terry, "orders"))
    async with scene.turn() as turn:
        await visitor.emit(CLOSED)
        await visitor.leave()
        both = info((amy, "orders"), (terry, "orders"))
        turn.may_hear((amy, terry, bob), INFO, both, form=in_any_order)
    async with scene.turn() as turn:
        await terry.emit(CLOSED)
        # What a server says of the visitor, where it says anything, may come late.
        left = info((amy, "orders"))
        turn.comes_to((amy, terry, bob), INFO, left, among=(both, left), form=in_any_order)


@check(
    points=2,
    hint="Each `recModalInfo` says who has what open now: compare it with who is really there.",
    needs=(each_has_its_own_open, who_leaves_has_nothing_open, who_connects_is_told),
)
async def it_is_right_while_many_open_and_close(scene: Scene) -> None:
    """six clients come, open, close and go, and each list is right"""
    crowd = await present(scene, INFO, "ann", "ben", "cat", "dan", "eve", "fay", alone=True)
    now: dict[ScriptedClient, str] = {}
    for i, one in enumerate(crowd):
        now[one] = ("orders", "stock")[i % 2]
        await opens(scene, (one, now[one]), crowd, *now.items())
    ann, ben, _, _, eve, fay = crowd
    for closing in (ben, eve):
        del now[closing]
        await closes(scene, closing, crowd, *now.items())
    for going in (ann, fay):
        del now[going]
        crowd.remove(going)
        async with scene.turn() as turn:
            await going.leave()
            tells(turn, crowd, *now.items())
    async with scene.turn() as turn:
        (newcomer,) = await scene.open("gus")
        turn.hears(newcomer, INFO, info(*now.items()), form=in_any_order)
    now[newcomer] = "customers"
    await opens(scene, (newcomer, "customers"), [*crowd, newcomer], *now.items())
