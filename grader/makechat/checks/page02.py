"""Step 2's page, Getting started: what the browser makes of it."""

from grader.browser.sights import no_errors, script, styled, visible, worded
from grader.checking.check import page_check
from grader.checking.scene import Scene
from grader.makechat.checks import step02
from grader.makechat.places import HEADING, STATUS

SCRIPT = "/public/index.js"


@page_check(
    points=1,
    hint="Is <h1>Make Chat</h1> in the body, and is nothing around it hidden?",
    needs=(step02.the_page_is_served,),
)
async def the_page_shows_its_heading(scene: Scene) -> None:
    """the page opens in a browser and shows its heading"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, visible(HEADING))


@page_check(
    points=1,
    hint='Write <script type="module" src="/public/index.js"></script> into the head of '
    "public/index.html.",
    needs=(the_page_shows_its_heading, step02.the_script_is_served),
)
async def the_page_loads_its_script(scene: Scene) -> None:
    """the page loads /public/index.js as its script"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, script(SCRIPT))


@page_check(
    points=1,
    hint='Write <link rel="stylesheet" href="/static/style.css"> into the head of '
    "public/index.html, or a style sheet of your own.",
    needs=(the_page_shows_its_heading,),
)
async def the_page_has_a_style(scene: Scene) -> None:
    """the page has a style sheet that applies"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, styled())


@page_check(
    points=2,
    hint="Open the page, press F12 and look at the console: it names the file and the line.",
    needs=(the_page_shows_its_heading,),
    of_absence=True,
)
async def nothing_goes_wrong_in_the_page(scene: Scene) -> None:
    """the page loads all its files, and no script fails"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, no_errors())


@page_check(
    points=1,
    hint='Find the element with document.querySelector("#status"), and give it a textContent.',
    needs=(the_page_loads_its_script, nothing_goes_wrong_in_the_page),
)
async def the_script_says_that_it_runs(scene: Scene) -> None:
    """the script writes something into the status line"""
    async with scene.turn() as turn:
        (amy,) = await scene.load("amy")
        turn.shows(amy, worded(STATUS))
