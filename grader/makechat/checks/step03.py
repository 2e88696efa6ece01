"""Step 3, Connection inspection: Socket.IO beside the page, and a line for each who connects."""

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.makechat import vocabulary
from grader.makechat.checks import step02

VOCABULARY = vocabulary.CHAT
REPEATS = (
    step02.the_page_is_served,
    step02.the_script_is_served,
)

_LINE = "New user connected"


@check(
    points=1,
    hint="Does the terminal show a traceback when you run python app.py? "
    "The server has to listen on the port that the environment variable PORT names, "
    "and sio.attach(app) is what makes /socket.io/ answer.",
)
async def takes_a_client_over_websocket(scene: Scene) -> None:
    """the server starts and takes a client over WebSocket"""
    await scene.open("amy")


@check(
    points=1,
    hint="AsyncServer offers long-polling and WebSocket by itself; "
    "leave transports= and allow_upgrades= alone.",
    needs=(takes_a_client_over_websocket,),
)
async def takes_a_client_over_polling(scene: Scene) -> None:
    """the server takes clients over long-polling, and lets them upgrade"""
    await scene.open("amy", transport="polling")
    await scene.open("terry", transport="upgrade")


@check(
    points=2,
    hint='print("New user connected") in the handler of "connect", which is called once for each '
    "client.",
    needs=(takes_a_client_over_websocket,),
    needs_output=True,
)
async def each_connection_is_printed_once(scene: Scene) -> None:
    """the server prints one line for each connection"""
    async with scene.turn() as turn:
        turn.prints(_LINE, 2)
        await scene.open("amy", "terry")


@check(
    points=1,
    hint='An upgrade is still the same connection: print in the handler of "connect", not '
    "for each request that comes.",
    needs=(takes_a_client_over_polling, each_connection_is_printed_once),
    needs_output=True,
)
async def polling_is_printed_once_too(scene: Scene) -> None:
    """it prints one line for a client that polls or upgrades, too"""
    async with scene.turn() as turn:
        turn.prints(_LINE, 2)
        await scene.open("amy", transport="polling")
        await scene.open("terry", transport="upgrade")


@check(
    points=1,
    hint="Every client is a connection of its own; connect() refuses nobody, and ids are the "
    "library's to give.",
    needs=(takes_a_client_over_websocket,),
)
async def several_are_connected_at_a_time(scene: Scene) -> None:
    """several clients are connected at once, each with its own socket id"""
    await scene.open("amy", "terry", "bob", "eve")


@check(
    points=1,
    hint=(
        "A client that comes back is a new connection, with a new socket id: connect() "
        "is called again."
    ),
    needs=(each_connection_is_printed_once,),
    needs_output=True,
)
async def who_comes_back_is_a_new_connection(scene: Scene) -> None:
    """a client that comes back is a new connection, and printed again"""
    async with scene.turn() as turn:
        turn.prints(_LINE, 3)
        amy, _ = await scene.open("amy", "terry")
        await amy.leave()
        await scene.open("amy")
