"""Step 9's page, Who is this socket? It logs in and out, and shows who is who."""

from grader.browser.sights import Texts, empty, hidden, visible
from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.makechat.checks import page02, step09, step09_messages
from grader.makechat.people import enter, enter_page, log_out, write
from grader.makechat.places import CHAT, CHAT_INPUT, MESSAGES, NAME_FORM, counted, messages

REPEATS = (page02.nothing_goes_wrong_in_the_page,)


@page_check(
    points=1,
    hint='On "connect_error", where socket.active is false, show the form. It is hidden until '
    "then, and so is the chat.",
    needs=(step09.a_socket_without_a_cookie_is_refused,),
)
async def a_stranger_sees_the_login_form(scene: Scene) -> None:
    """a visitor without a session sees the login form, and no chat"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, visible(NAME_FORM), hidden(CHAT))


@page_check(
    points=2,
    hint='The form has method="post" and action="/login", and its input has name="username". '
    'After the redirect the page is loaded again, and connects with the cookie: on "connect" hide '
    "the form and show the chat.",
    needs=(a_stranger_sees_the_login_form, step09.everybody_hears_who_has_come),
)
async def the_form_lets_a_user_in(scene: Scene) -> None:
    """after a login the page connects, and shows the chat"""
    async with scene.turn() as turn:
        (amy,) = await enter_page(scene, "amy")
        turn.shows(amy, hidden(NAME_FORM), visible(CHAT), counted(1))


@page_check(
    points=2,
    hint='Every "user" says who has come or gone, and how many are here: show both, and count '
    "nothing in the page.",
    needs=(the_form_lets_a_user_in, step09.the_rest_hear_who_has_gone),
)
async def the_page_shows_who_comes(scene: Scene) -> None:
    """the page shows who has come, and how many are here"""
    (amy,) = await enter_page(scene, "amy")
    async with scene.turn() as turn:
        (terry,) = await enter(scene, "terry")
        turn.shows(amy, counted(2), Texts(MESSAGES, some=("terry",)))
    async with scene.turn() as turn:
        await terry.leave()
        turn.shows(amy, counted(1))
    async with scene.turn() as turn:
        (bob,) = await enter_page(scene, "bob")
        turn.shows((amy, bob), counted(2))


@page_check(
    points=2,
    hint='On submit emit "chat message" with the text alone, and empty the input; show username '
    "and message when it comes back.",
    needs=(the_form_lets_a_user_in, step09_messages.each_message_has_its_own_senders_name),
)
async def messages_have_their_senders_names(scene: Scene) -> None:
    """every page shows each message with its sender's name"""
    # Neither page has a line that says that bob has come: his name stands by his message alone.
    (bob,) = await enter(scene, "bob")
    amy, terry = await enter_page(scene, "Amy Pond", "terry")
    async with scene.turn() as turn:
        await write(amy, "hello, all")
        turn.shows((amy, terry), messages("hello, all", by=["Amy Pond"]))
        turn.shows(amy, empty(CHAT_INPUT))
    async with scene.turn() as turn:
        await bob.emit("chat message", "good morning")
        both = messages("hello, all", "good morning", by=["Amy Pond", "bob"], in_order=True)
        turn.shows((amy, terry), both)


@page_check(
    points=1,
    hint="Set textContent, or append() the text: what is assigned to innerHTML becomes markup.",
    needs=(messages_have_their_senders_names,),
)
async def names_and_messages_are_no_markup(scene: Scene) -> None:
    """markup in a name or a message is shown as text"""
    (amy,) = await enter_page(scene, "amy")
    (bob,) = await enter(scene, "<b>Bob</b>")
    async with scene.turn() as turn:
        await bob.emit("chat message", "<i>hello</i>")
        turn.shows(amy, messages("<i>hello</i>", by=["<b>Bob</b>"]))


@page_check(
    points=1,
    hint="The cookie outlives the page: let the page connect as soon as it is loaded, and show the "
    "form only when it is refused.",
    needs=(the_form_lets_a_user_in,),
)
async def a_reloaded_page_is_still_logged_in(scene: Scene) -> None:
    """a page that is reloaded is still logged in"""
    (amy,) = await enter_page(scene, "amy")
    async with scene.turn() as turn:
        await scene.reload(amy)
        turn.shows(amy, hidden(NAME_FORM), visible(CHAT))


@page_check(
    points=1,
    hint="After a lost connection the page connects again, and its handlers are still there: "
    'listen once, and not in the handler of "connect".',
    needs=(messages_have_their_senders_names,),
)
async def a_message_comes_once_after_a_lost_connection(scene: Scene) -> None:
    """a page that lost the connection shows a message once"""
    (amy,) = await enter_page(scene, "amy")
    async with scene.turn() as turn:
        (bob,) = await enter(scene, "bob")
        turn.shows(amy, counted(2))
    await amy.lose_connection()
    async with scene.turn() as turn:
        await bob.emit("chat message", "Welcome back!")
        turn.shows(amy, messages("Welcome back!", by=["bob"]))


@page_check(
    points=1,
    hint='A form with the class logout-form, method="post", action="/logout" and a button "Log '
    'out": after the redirect the page is refused, and shows the login form.',
    needs=(the_form_lets_a_user_in, step09.after_a_logout_a_new_socket_is_refused),
)
async def the_button_logs_out(scene: Scene) -> None:
    """the button “Log out” leads back to the login form"""
    (amy,) = await enter_page(scene, "amy")
    async with scene.turn() as turn:
        await log_out(amy)
        turn.shows(amy, visible(NAME_FORM), hidden(CHAT))
