"""A page in a real browser: what its user does and sees, and what is overheard of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import socketio
from aiohttp import web

from grader.browser.chromium import Browser
from grader.browser.page import Page
from grader.browser.pages import Pages, clear
from grader.browser.sights import (
    Sight,
    Texts,
    connected,
    empty,
    hidden,
    in_view,
    live,
    named,
    no_errors,
    script,
    styled,
    visible,
)
from grader.checking.scene import Scene
from grader.history.conversation import Conversation, Kind
from grader.history.findings import CheckFailed, Fault, Finding
from grader.history.patience import Patience
from grader.makechat import vocabulary
from grader.makechat.people import change_channel, join, write
from grader.makechat.places import (
    CHANNEL_INPUT,
    CHAT,
    CHAT_INPUT,
    LOGOUT,
    MESSAGES,
    NAME_FORM,
    NAME_INPUT,
    PLACES,
    WHOLE,
    channels,
    counted,
    current,
    messages,
    not_counted,
    users,
)
from grader.servers import ports
from tests.support import ROOT, need_browser

# One browser at a time, whatever else runs beside it: see the Makefile.
pytestmark = pytest.mark.xdist_group("browser")

CLIENT = '<script src="/static/node_modules/socket.io-client/dist/socket.io.min.js"></script>'
FORM = '<form class="username-form"><input id="username-input"><button>Go</button></form>'
PATIENCE = 4.0
SHORT = 0.2  # for what is not to come

Open = Callable[..., Awaitable[Page]]


def patience(special: float | None) -> Patience:
    return Patience(special or PATIENCE)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    need_browser()
    browser = Browser()
    assert await browser.ready() == ""
    yield browser
    await browser.close()


@pytest.fixture
async def pages(browser: Browser) -> AsyncIterator[Pages]:
    """The pages of a server whose page a test has still to write: see `write`."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    sio.attach(app)
    app.router.add_static("/static/", ROOT / "static")

    async def index(_request: web.Request) -> web.Response:
        return web.Response(text=PAGES[0], content_type="text/html")

    @sio.on("new user")  # type: ignore[untyped-decorator]
    async def new_user(_sid: str, name: str) -> None:
        await sio.emit("new user", name)

    app.router.add_get("/", index)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = ports.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    pages = Pages(browser, f"http://127.0.0.1:{port}", Conversation(), patience, (*PLACES, WHOLE))
    yield pages
    await pages.close()
    await runner.cleanup()


PAGES = [""]  # what the server gives just now


async def opened(pages: Pages, page: str, name: str = "amy") -> Page:
    PAGES[0] = page
    (one,) = await pages.open(name)
    return one


async def wrong(page: Page, *sights: Sight) -> list[str]:
    """What is wrong with the sights, after a short while."""
    return [f"{f.should}: {f.text}" for f in await page.unseen(sights, Patience(SHORT))]


async def right(page: Page, *sights: Sight) -> None:
    assert await page.unseen(sights, patience(None)) == []


def told(pages: Pages, *kinds: Kind) -> list[tuple[Any, ...]]:
    return [(e.client, e.event, *e.args) for e in pages.conversation.entries if e.kind in kinds]


@pytest.mark.parametrize("transports", ["", "{ transports: ['polling'] }"])
async def test_what_a_page_says_and_hears_is_recorded(pages: Pages, transports: str) -> None:
    page = await opened(
        pages,
        CLIENT + FORM + '<ul class="users-online"></ul>'
        f"""<script>
        const socket = io({transports});
        document.forms[0].addEventListener("submit", (event) => {{
          event.preventDefault();
          socket.emit("new user", document.querySelector("input").value);
        }});
        socket.on("new user", (name) => document.querySelector("ul").append(name));
        </script>""",
    )
    await page.connects()
    await join(page)
    await right(page, users("amy"), connected(), no_errors())
    assert told(pages, Kind.ACTED) == [
        ("amy", "opens", "the page"),
        ("amy", "types", '"amy" into the name input, and Enter'),
    ]
    assert told(pages, Kind.SENT) == [("amy", "new user", "amy")]
    assert told(pages, Kind.HEARD) == [("amy", "new user", "amy")]
    assert list(pages.conversation.sids.values()) == ["amy"]
    await page.lose_connection()
    await right(page, connected(times=2))


async def test_a_page_is_offline_while_a_block_lasts(pages: Pages) -> None:
    page = await opened(
        pages,
        CLIENT + '<p class="user-count"></p>'
        """<script>
        const socket = io(), count = document.querySelector("p");
        socket.on("connect", () => { count.textContent = "1"; });
        socket.on("disconnect", () => { count.textContent = ""; });
        </script>""",
    )
    await right(page, counted(1))
    async with page.offline():
        await right(page, not_counted(1))
    await right(page, counted(1), connected(times=2))
    assert told(pages, Kind.ACTED)[1:] == [
        ("amy", "goes", "offline"),
        ("amy", "goes", "online again"),
    ]


async def test_each_page_is_a_user_of_its_own(pages: Pages) -> None:
    PAGES[0] = "<h1></h1><script>localStorage.n = 1 + Number(localStorage.n ?? 0);"
    PAGES[0] += "document.querySelector('h1').textContent = localStorage.n</script>"
    for page in await pages.open("amy", "terry"):
        assert await page.tab.inner_text("h1") == "1"


async def test_a_page_that_is_not_there(pages: Pages) -> None:
    there = (*PLACES, WHOLE)
    elsewhere = Pages(pages.browser, "http://127.0.0.1:1", Conversation(), patience, there)
    with pytest.raises(CheckFailed) as failed:
        await elsewhere.open("amy")
    await elsewhere.close()
    (finding,) = failed.value.findings
    assert finding == Finding(
        Fault.UNABLE, "amy", "opens", text="it does not load", should="the page"
    )


async def test_a_page_that_does_not_connect(pages: Pages) -> None:
    page = await opened(pages, "<h1>Hello</h1>")
    with pytest.raises(CheckFailed) as failed:
        await page.connects()
    (finding,) = failed.value.findings
    assert (finding.should, finding.text) == ("connect to the server", "it does not")
    assert not page.connected


async def test_only_its_own_server_is_within_reach(pages: Pages) -> None:
    port = ports.free_port()
    reached: list[str] = []

    async def other(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("somebody")
        writer.close()

    async with await asyncio.start_server(other, "127.0.0.1", port):
        page = await opened(
            pages,
            f"""<h1></h1><script>
            new WebSocket("ws://127.0.0.1:{port}/live");
            fetch("http://127.0.0.1:{port}/secret?who=me").catch(() =>
              fetch("http://localhost:{port}/")).catch(() =>
              document.querySelector("h1").textContent = "alone");
            </script>""",
        )
        await page.tab.wait_for_selector("text=alone")
    assert reached == []
    assert sorted(event for _, event in told(pages, Kind.BLOCKED)) == [
        f"http://127.0.0.1:{port}/secret",
        f"http://localhost:{port}/",
        f"ws://127.0.0.1:{port}/live",
    ]
    assert len(await wrong(page, no_errors())) == 1


async def test_what_goes_wrong_in_a_page_is_recorded(pages: Pages) -> None:
    page = await opened(
        pages,
        """<script src="/none.js"></script><script>
        console.error("so", "it", "is");
        console.log("nothing");
        setTimeout(() => nowhere.to.go());
        </script>""",
    )
    said = pages.conversation
    assert await said.until(lambda: len(told(pages, Kind.CONSOLE)) == 1, patience(None))
    assert await wrong(page, script("/none.js")) == ["load /none.js as a script: it loads nothing"]
    assert told(pages, Kind.HTTP) == [("amy", "GET /none.js", 404)]
    (thrown,) = told(pages, Kind.CONSOLE)
    assert thrown[1].startswith("ReferenceError: nowhere is not defined")
    assert told(pages, Kind.LOGGED) == [("amy", "so it is")]
    assert len(await wrong(page, no_errors())) == 1


async def test_of_a_script_that_cannot_be_read_the_line_is_known(pages: Pages) -> None:
    await opened(
        pages,
        """<script>
        const script = document.createElement("script");
        script.src = URL.createObjectURL(new Blob(["\\n\\nconst = 1;"]));
        document.head.append(script);
        </script>""",
    )
    assert await pages.conversation.until(lambda: bool(told(pages, Kind.CONSOLE)), patience(None))
    (thrown,) = told(pages, Kind.CONSOLE)
    assert thrown[1].startswith("SyntaxError: Unexpected token '=' (")
    assert thrown[1].endswith(":3)")


async def test_what_a_script_writes_as_an_error_is_no_failure_of_it(pages: Pages) -> None:
    page = await opened(pages, '<script>console.error("no, thanks")</script>')
    said = pages.conversation
    assert await said.until(lambda: len(told(pages, Kind.LOGGED)) == 1, patience(None))
    await right(page, no_errors())


async def test_a_page_that_never_rests_does_not_answer(pages: Pages) -> None:
    page = await opened(pages, "<h1>Hello</h1>")
    await page.tab.evaluate("setTimeout(() => { for (;;); })")
    assert await wrong(page, visible(CHAT)) == ["answer: a script keeps it busy without end"]


async def test_only_what_can_be_seen_counts(pages: Pages) -> None:
    page = await opened(
        pages,
        """<style>.users-online { text-transform: uppercase }</style>
        <div class="users-online"><b>amy</b><i hidden>bob</i><i style="display: none">cat</i>
          <i style="visibility: hidden">dan</i><i style="opacity: 0">eve</i><!-- fay -->
          <script>"gus"</script></div>
        <div class="main-container" style="display: none"><form>hal</form></div>""",
    )
    await right(page, users("amy", without=["bob", "cat", "dan", "eve", "fay", "gus"]))
    await right(page, hidden(CHAT))
    assert await wrong(page, users("Bob"), visible(CHAT)) == [
        'show "Bob" in the users online: it shows "amy"',
        "show the chat: it is hidden",
    ]


CONTENTS = 'style="display: contents"'


LIST = '<ul class="users-online"><li>amy</li></ul>'
CUT_OFF = {
    "collapsed": f'<div style="max-height: 0; overflow: hidden">{LIST}</div>',
    "collapsed itself": LIST.replace("<ul", '<ul style="height: 0; overflow: clip"'),
    "slid out of its frame": (
        f'<div style="overflow: hidden"><div style="transform: translateX(100%)">{LIST}</div></div>'
    ),
    "beyond the left edge": f'<div style="position: absolute; left: -9999px">{LIST}</div>',
    "for screen readers": (
        '<div style="position: absolute; width: 1px; height: 1px; overflow: hidden; '
        f'white-space: nowrap">{LIST}</div>'
    ),
}
WITHIN_REACH = {
    "scrolled to": (
        f'<div style="overflow: auto; height: 50px"><div style="height: 900px"></div>{LIST}</div>'
    ),
    "scrolled to, in a frame": (
        '<div style="overflow: hidden; height: 50px"><div style="overflow: auto; height: 50px">'
        f'<div style="height: 900px"></div>{LIST}</div></div>'
    ),
    "below the first screen": f'<div style="height: 3000px"></div>{LIST}',
    "fixed, in a frame without height": (
        '<div style="height: 0; overflow: hidden"><div style="position: fixed; top: 0">'
        f"{LIST}</div></div>"
    ),
    "absolute, in a frame that does not hold it": (
        '<div style="height: 0; overflow: hidden"><div style="position: absolute; top: 0">'
        f"{LIST}</div></div>"
    ),
    "in a box without height": f'<div style="overflow: hidden"><div style="height: 0">{LIST}</div>'
    '<p style="height: 90px"></p></div>',
    "in an inline box": f'<span style="overflow: hidden">{LIST}</span>',
    "in a shadow root": (
        "<b-list></b-list><script>document.querySelector('b-list').attachShadow({mode: 'open'})"
        f".innerHTML = '{LIST}';</script>"
    ),
    "in a slot": (
        f"<b-list>{LIST}</b-list><script>document.querySelector('b-list')"
        ".attachShadow({mode: 'open'}).innerHTML = '<section><slot></slot></section>';</script>"
    ),
    "as a list box": '<select class="users-online" size="3"><option>amy</option></select>',
}


@pytest.mark.parametrize("markup", CUT_OFF.values(), ids=CUT_OFF)
async def test_what_is_cut_off_is_not_seen(pages: Pages, markup: str) -> None:
    page = await opened(pages, f"<body>{markup}</body>")
    should = 'show "amy" in the users online'
    assert await wrong(page, users("amy")) == [f"{should}: it shows nothing"]


@pytest.mark.parametrize("markup", WITHIN_REACH.values(), ids=WITHIN_REACH)
async def test_what_a_user_can_get_to_is_seen(pages: Pages, markup: str) -> None:
    await right(await opened(pages, f"<body>{markup}</body>"), users("amy"))


async def test_what_is_written_into_an_element_is_its_value(pages: Pages) -> None:
    editable = '<div id="chat-input" contenteditable="true">{}</div>'
    assert await wrong(await opened(pages, editable.format("hello")), empty(CHAT_INPUT))
    await right(await opened(pages, editable.format("")), empty(CHAT_INPUT))


async def test_what_has_no_box_shows_what_is_in_it(pages: Pages) -> None:
    page = await opened(
        pages,
        f"""<div class="users-online"><p><a-name {CONTENTS}><b {CONTENTS}>amy</b></a-name></p>
          <p hidden><a-name {CONTENTS}>bob</a-name></p>
          <p><a-name style="display: contents; visibility: hidden">cat</a-name></p></div>
        <div class="main-container" {CONTENTS}><form>Say</form></div>""",
    )
    await right(page, users("amy", without=["bob", "cat"]))
    await right(page, visible(CHAT))
    for inside in ("", "<form hidden>Say</form>"):
        page = await opened(pages, f'<div class="main-container" {CONTENTS}>{inside}</div>')
        await right(page, hidden(CHAT))


async def test_the_order_is_the_one_that_is_seen(pages: Pages) -> None:
    upside_down = 'style="display: flex; flex-direction: column-reverse"'
    for style, order in (("", ("one", "two")), (upside_down, ("two", "one"))):
        page = await opened(
            pages, f'<div class="message-container" {style}><p>one</p><p>two</p></div>'
        )
        await right(page, messages(*order, in_order=True))


async def test_the_current_channel_is_marked_by_a_class_or_for_a_screen_reader(
    pages: Pages,
) -> None:
    for mark in ('class="channel-current"', 'aria-current="page"', 'aria-selected="true"'):
        page = await opened(
            pages, f'<ul class="channels"><li {mark}>General</li><li aria-current="false">cats</ul>'
        )
        await right(page, channels("General", "cats"), current("General", "cats"))


@pytest.mark.parametrize(
    ("markup", "is_named"),
    [
        ('<label for="chat-input">Say</label><input id="chat-input">', True),
        ('<label>Say <input id="chat-input"></label>', True),
        ('<input id="chat-input" aria-label="Say">', True),
        ('<p id="p">Say</p><input id="chat-input" aria-labelledby="p">', True),
        ('<input id="chat-input" title="Say">', True),
        ('<input id="chat-input" placeholder="Say">', False),
        ('<label for="chat-input"><img alt="Say"></label><input id="chat-input">', True),
        ('<label for="chat-input"><img alt=" "></label><input id="chat-input">', False),
        ('<label for="chat-input"> </label><input id="chat-input">', False),
    ],
)
async def test_an_input_has_a_name_or_not(pages: Pages, markup: str, is_named: bool) -> None:
    page = await opened(pages, markup)
    assert (await wrong(page, named(CHAT_INPUT)) == []) is is_named


@pytest.mark.parametrize("live_one", ['role="log"', 'aria-live="polite"'])
async def test_a_live_region_may_be_around_or_inside(pages: Pages, live_one: str) -> None:
    inside = f'<div class="message-container"><p {live_one}></p></div>'
    around = f'<main {live_one}><div class="message-container"></div></main>'
    for markup in (inside, around):
        await right(await opened(pages, markup), live(MESSAGES))
    await right(await opened(pages, '<output class="message-container">'), live(MESSAGES))
    shown = '<ol class="message-container"><li><b>amy</b> hello</ol>'
    small = 'style="clip-path: circle(0)"'
    for said, style, is_live in (
        ("amy: hello", small, True),
        ("connected", small, False),
        ("amy: hello", "hidden", False),
    ):
        page = await opened(pages, f'{shown}<p aria-live="polite" {style}>{said}</p>')
        assert (await wrong(page, live(MESSAGES)) == []) is is_live
    dead = await opened(pages, '<div class="message-container" aria-live="off"></div>')
    assert len(await wrong(dead, live(MESSAGES))) == 1


LONG = '<div class="message-container" style="height: 5rem; overflow: auto">'


async def test_a_text_is_in_view_or_beyond_an_edge(pages: Pages) -> None:
    rows = "".join(f"<p>no. {number}</p>" for number in range(20))
    newest = in_view(MESSAGES, "no. 19")
    (text,) = await wrong(await opened(pages, f"{LONG}{rows}</div>"), newest)
    assert "it is beyond the edge: a user would have to scroll" in text
    scrolled = "<script>document.querySelector('p:last-child').scrollIntoView()</script>"
    await right(await opened(pages, f"{LONG}{rows}</div>{scrolled}"), newest)
    newest_first = "".join(f"<p>no. {19 - number}</p>" for number in range(20))
    await right(await opened(pages, f"{LONG}{newest_first}</div>"), newest)
    await right(await opened(pages, f"{LONG}<p>one</p></div>"), in_view(MESSAGES, "one"))
    two_lines = '<p style="width: 5em"><span>it takes two</span></p>'
    await right(await opened(pages, f"{LONG}{two_lines}</div>"), in_view(MESSAGES, "it takes two"))
    no_box = f"<p><span {CONTENTS}>one</span></p>"
    await right(await opened(pages, f"{LONG}{no_box}</div>"), in_view(MESSAGES, "one"))
    assert len(await wrong(await opened(pages, f"{LONG}</div>"), in_view(MESSAGES, "one"))) == 1


async def test_texts_that_stand_together_in_one_element_are_one(pages: Pages) -> None:
    glue = "<script>document.querySelector('p').append('amy', 'hello')</script>"
    page = await opened(pages, f"{LONG}<p></p></div>{glue}")
    (text,) = await wrong(page, messages("hello"))
    assert '"amyhello"' in text
    await right(await opened(pages, f"{LONG}<p><b>amy</b>hello</p></div>"), messages("hello"))


async def test_style_rules_count_and_not_style_sheets(pages: Pages) -> None:
    await right(await opened(pages, "<style>p { color: red }</style>"), styled())
    page = await opened(pages, '<style></style><link rel="stylesheet" href="/none.css">')
    assert len(await wrong(page, styled())) == 1


async def test_what_is_sent_by_the_browser_loads_the_page_again(pages: Pages) -> None:
    page = await opened(pages, FORM)
    await join(page)
    await pages.conversation.until(lambda: bool(told(pages, Kind.LOADED)), patience(None))
    assert told(pages, Kind.LOADED) == [("amy", f"{pages.url}/?")]
    await page.reload()
    assert len(told(pages, Kind.LOADED)) == 1


SHOW = """<p class="users-online"></p><script>
  document.forms[0].addEventListener("submit", (event) => {
    event.preventDefault();
    document.querySelector("p").append(document.querySelector("#username-input").value);
  });</script>"""


async def test_the_button_and_the_keyboard_send_a_form(pages: Pages) -> None:
    page = await opened(pages, "<a href=#>away</a>" + FORM + SHOW)
    await page.write(NAME_INPUT, "amy", by_button=True)
    await right(page, users("amy"))
    assert told(pages, Kind.ACTED)[1:] == [
        ("amy", "types", '"amy" into the name input'),
        ("amy", "clicks", "on the form's button"),
    ]
    page = await opened(pages, "<a href=#>away</a>" + FORM + SHOW, "terry")
    await page.write_by_keyboard(NAME_INPUT, "terry")
    await right(page, users("terry"))


INPUT = '<input id="username-input">'


@pytest.mark.parametrize(
    "markup",
    [
        f"<form>{INPUT}<button>Join</button></form>",
        f"<form>{INPUT}<button type=button>?</button><button>Join</button></form>",
        f'<form>{INPUT}<input type=submit value="Join"></form>',
        f'<form>{INPUT}<input type=image alt="Join"></form>',
        f"<form>{INPUT}<button type=reset>Clear</button><button type=button>Join</button></form>",
        f'<form id="f">{INPUT}</form><form><button>?</button></form><button form="f">Join</button>',
        f"<div><p>{INPUT}</p><button>Join</button></div><p><input><button>Add</button></p>",
    ],
)
async def test_the_button_of_an_input_is_its_forms_or_stands_beside_it(
    pages: Pages, markup: str
) -> None:
    page = await opened(pages, f'<p class="users-online"></p>{markup}')
    await page.tab.evaluate("""() => document.addEventListener("click", (event) => {
      event.preventDefault();
      const { textContent, value, alt } = event.target;
      document.querySelector("p").append(textContent || value || alt);
    })""")
    await page.write(NAME_INPUT, "amy", by_button=True)
    await right(page, users("Join"))


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Log out to leave.</p><button>Log out</button><button>Help</button>",
        '<p>Log out</p><button aria-label="Log out">×</button><button>Help</button>',
        "<p>Log out</p><button>Abmelden</button>",
        "<p>Away</p><a>Log out</a>",
    ],
)
async def test_a_button_is_known_by_its_name_or_as_the_only_one(pages: Pages, markup: str) -> None:
    page = await opened(
        pages, f'<p class="users-online"></p><div class="logout-form">{markup}</div>'
    )
    await page.tab.evaluate("""() => document.addEventListener("click", ({ target }) => {
      document.querySelector("p").append(target.localName);
    })""")
    await page.click_button(LOGOUT, "Log out")
    await right(page, users("a" if "<a>" in markup else "button"))


@pytest.mark.parametrize(
    ("markup", "act", "text"),
    [
        ("", join, "there is no #username-input that can be typed into"),
        (
            '<input id="chat-input" disabled>',
            lambda page: write(page, "hello"),
            "there is no #chat-input that can be typed into",
        ),
        (
            '<form><input id="new-channel-input"></form><form><button>Add</button></form>',
            lambda page: page.write(CHANNEL_INPUT, "cats", by_button=True),
            "there is none that can be clicked",
        ),
        (
            '<input id="username-input" tabindex="-1">',
            lambda page: page.write_by_keyboard(NAME_INPUT, "amy"),
            "the Tab key does not lead there",
        ),
        (
            '<ul class="channels"><li>General</ul>',
            lambda page: change_channel(page, "cats"),
            "there is nothing to click on",
        ),
    ],
)
async def test_what_a_user_cannot_do(
    pages: Pages, markup: str, act: Callable[[Page], Awaitable[None]], text: str
) -> None:
    page = await opened(pages, markup)
    with pytest.raises(CheckFailed) as failed:
        await act(page)
    (finding,) = failed.value.findings
    assert (finding.fault, finding.text) == (Fault.UNABLE, text)
    assert failed.value.since == len(pages.conversation.entries) - 1


async def test_what_was_shown_must_go_on_being_so_until_the_user_acts(pages: Pages) -> None:
    page = await opened(pages, FORM + SHOW)
    await right(page, empty(NAME_INPUT), users())
    assert await pages.unkept() == []
    await page.tab.fill(NAME_INPUT.selector, "amy")  # as no user does
    (finding,) = await pages.unkept()
    assert finding.text == 'it still holds "amy"'
    await join(page)
    assert await pages.unkept() == []


async def test_a_turn_is_judged_by_what_its_pages_show_when_it_is_over(
    pages: Pages, browser: Browser
) -> None:
    PAGES[0] = FORM
    scene = Scene(pages.url, Conversation(), SHORT, browser=browser, vocabulary=vocabulary.CHAT)
    (amy,) = await scene.load("amy")
    async with scene.turn() as first:
        scene.conversation.record(Kind.SENT, "terry", "new user", ("terry",))
        first.shows(amy, empty(NAME_INPUT))
    await amy.tab.fill(NAME_INPUT.selector, "late")  # as by what was still under way
    with pytest.raises(CheckFailed) as failed:
        async with scene.turn():
            pytest.fail("the next turn began")
    (finding,) = failed.value.findings
    assert finding.text == 'it still holds "late"'
    assert failed.value.since == first.since
    await scene.close()


async def test_what_is_typed_alone_is_not_sent(pages: Pages) -> None:
    page = await opened(pages, FORM + SHOW)
    await page.fill(NAME_INPUT, "amy")
    assert await page.tab.input_value(NAME_INPUT.selector) == "amy"
    await right(page, users(without=["amy"]))


async def test_a_busy_page_is_tried_again_as_long_as_its_user_is_patient(pages: Pages) -> None:
    pages.patience = lambda _: Patience(SHORT, waited=lambda: PATIENCE)
    page = await opened(pages, FORM)
    await page.tab.evaluate(
        "setTimeout(() => { const end = Date.now() + 1000; while (Date.now() < end); })"
    )
    await page.fill(NAME_INPUT, "amy")
    assert await page.tab.input_value(NAME_INPUT.selector) == "amy"


async def test_a_dialog_that_lies_over_the_page_is_closed_before_its_user_goes_on(
    pages: Pages,
) -> None:
    script = "const dialog = document.querySelector('dialog'); dialog.showModal();"
    inside = '<dialog class="username-form"><input id="chat-input"><button>Say</button></dialog>'
    markup = f"{FORM.replace('<form', '<form onsubmit=event.preventDefault()')}{inside}"
    page = await opened(pages, f"{markup}<script>{script}</script>")
    await page.fill(CHAT_INPUT, "hi")
    assert await page.tab.evaluate("dialog.open")  # what is wanted is in it
    await page.fill(NAME_INPUT, "amy")
    assert not await page.tab.evaluate("dialog.open")


async def test_a_user_agrees_to_what_a_script_asks(pages: Pages) -> None:
    ask = "onsubmit=\"event.preventDefault(); this.hidden = confirm('Sure?')\""
    page = await opened(pages, FORM.replace("<form", f"<form {ask}"))
    await page.click_button(NAME_FORM, "Go")
    await right(page, hidden(NAME_FORM))
    assert ("amy", "answers", '"OK" to "Sure?"') in told(pages, Kind.ACTED)


async def test_what_a_script_alerts_its_user_has_read(pages: Pages) -> None:
    say = "onsubmit=\"event.preventDefault(); alert('No such user')\""
    page = await opened(pages, FORM.replace("<form", f"<form {say}"))
    await page.click_button(NAME_FORM, "Go")
    await right(page, Texts(WHOLE, some=("No such user",)))
    (said,) = await wrong(page, Texts(NAME_FORM, some=("No such user",)))
    assert said.startswith('show "No such user" in the name form')


async def test_every_open_page_is_photographed(pages: Pages, tmp_path: Path) -> None:
    PAGES[0] = "<h1>Hello</h1>"
    amy, terry = await pages.open("amy", "terry")
    await terry.close_tab()
    folder = tmp_path / "pictures"
    files = await pages.photograph(folder, "step06-it-shows")
    assert files == [folder / "step06-it-shows-amy.png"]
    assert files[0].read_bytes().startswith(b"\x89PNG")
    (folder / "step07-other-amy.png").touch()
    clear(folder, "step06")
    assert [file.name for file in folder.iterdir()] == ["step07-other-amy.png"]
    assert amy.is_open
    assert not terry.is_open


async def test_a_picture_that_cannot_be_kept_is_left_out(pages: Pages, tmp_path: Path) -> None:
    await opened(pages, "<h1>Hello</h1>")
    (tmp_path / "file").touch()
    assert await pages.photograph(tmp_path / "file", "step06") == []
