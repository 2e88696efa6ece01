"""Step 2, Getting started: a page and its script, and nothing that is not meant to be seen."""

from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin

from grader.checking.check import check
from grader.checking.scene import Scene
from grader.clients.http import BREAKS_OFF, Answer
from grader.history.findings import CheckFailed, Finding
from grader.makechat import vocabulary

VOCABULARY = vocabulary.PAGES

SCRIPT = ("text/javascript", "application/javascript", "application/x-javascript")

# A server may have no /static/ at all: then nothing is found there, as it should be.
FOLDERS = ("/public/", "/static/")

# Nobody's page, and the server's own code.
UNKNOWN = ("/no-such-page", "/no/such/page.html", "/app.py")

# What one of these may turn into `../`: a path that is joined as it is; one that is decoded
# first, or twice; `\` of Windows; bytes that are no UTF-8, of which a lenient decoder makes dots
# (RFC 3629, 10); a name that ends at a null byte; the dots that remain where `../` is cut out.
UP = (
    "%2e%2e/",
    ".%2e/",
    "..%2f",
    "%2E%2E%2F",
    "%252e%252e%252f",
    "..\\",
    "..%5c",
    "%c0%ae%c0%ae/",
    "..%c0%af",
    "..%00/",
    "....//",
)
ABSOLUTE = ("/etc/passwd", "%2fetc/passwd", "%2Fetc%2Fpasswd", "%252fetc/passwd", "%5cetc%5cpasswd")
DEPTH = 16  # folders up from where any server runs: there is nothing above the root


async def refused(scene: Scene, path: str, harmless: bytes | None) -> Finding | None:
    """A finding where the server does not refuse a path; a redirect within it is followed once.

    Where a redirect leads to another host, there is nothing of this server's to see. An answer
    with the `harmless` body shows nothing either; where there is one, an error of the server will
    do, too.
    """
    answer = await _answer(scene, path, may_break_off=harmless is not None)
    if answer is None:
        return None
    if 300 <= answer.status < 400 and answer.location:
        target = urljoin(f"http://server{path}", answer.location)
        if target.startswith("http://server/"):
            answer = await scene.get(target.removeprefix("http://server"))
    # Many a framework's own handler of files trips over a null byte, and shows nothing either.
    shows_nothing = range(300, 500 if harmless is None else 600)
    if answer.status in shows_nothing or (answer.status == 200 and answer.body == harmless):
        return None
    return answer.wrong("403 or 404", answer.beginning)


async def _answer(scene: Scene, path: str, *, may_break_off: bool) -> Answer | None:
    """What the server answers; None where it hangs up, which shows nothing, and goes on serving."""
    try:
        return await scene.get(path)
    except CheckFailed as failure:
        if not may_break_off or any(one.text != BREAKS_OFF for one in failure.findings):
            raise
    await scene.get("/")
    return None


async def expect_refusals(
    scene: Scene, paths: Iterable[str], harmless: bytes | None = None
) -> None:
    """Ask for each path, and expect that the server refuses it."""
    findings = [await refused(scene, path, harmless) for path in paths]
    if wrong := [finding for finding in findings if finding]:
        raise CheckFailed(wrong)


async def expect_nothing_outside(scene: Scene, *ways: str) -> None:
    """Try ways out of each folder; a server may answer any of them with its page."""
    page = await scene.get("/")
    await expect_refusals(scene, (folder + way for folder in FOLDERS for way in ways), page.body)


async def expect_file(scene: Scene, path: str, *media: str) -> Answer:
    """Ask for a file that is there, and expect one of these content types."""
    answer = await scene.get(path)
    if answer.status != 200:
        raise CheckFailed([answer.wrong("200")])
    if answer.media not in media:
        raise CheckFailed([answer.wrong(media[0], answer.media or "no content type")])
    return answer


class _Headings(HTMLParser):
    """Counts the <h1> of a page; not those in its comments and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += tag == "h1"


@check(
    points=2,
    hint="GET / has to give public/index.html: web.FileResponse(HERE / ...) sends a file "
    "with the content type of its name. Does the server listen on the port that the environment "
    "variable PORT names?",
)
async def the_page_is_served(scene: Scene) -> None:
    """/ is answered with an HTML page"""
    await expect_file(scene, "/", "text/html")


@check(
    points=1,
    hint="Write <h1>Make Chat</h1> into the body of public/index.html.",
    needs=(the_page_is_served,),
)
async def the_page_has_a_heading(scene: Scene) -> None:
    """the page has an <h1>"""
    page, headings = await scene.get("/"), _Headings()
    headings.feed(page.body.decode(errors="replace"))
    if not headings.count:
        raise CheckFailed([page.wrong("with an <h1>", "no <h1> in it")])


@check(
    points=2,
    hint='app.router.add_static("/public/", HERE / "public") serves the files of a folder, '
    "each with the content type of its name.",
)
async def the_script_is_served(scene: Scene) -> None:
    """/public/index.js is answered with JavaScript"""
    await expect_file(scene, "/public/index.js", *SCRIPT)


@check(
    points=1,
    hint=(
        "aiohttp answers 404 by itself where no route knows the path. A route for "
        "every path hides that, and add_static of this whole folder serves your code."
    ),
    needs=(the_script_is_served,),
    of_absence=True,
)
async def an_unknown_path_is_not_found(scene: Scene) -> None:
    """an unknown path is not found"""
    answers = [await scene.get(path) for path in UNKNOWN]
    if wrong := [a.wrong("404", a.beginning) for a in answers if a.status != 404]:
        raise CheckFailed(wrong)


@check(
    points=1,
    hint="A file that is not in the folder is a 404, not an empty file, and not an error "
    "of the server.",
    needs=(the_script_is_served,),
    of_absence=True,
)
async def an_unknown_file_is_not_found(scene: Scene) -> None:
    """a file that is not in public/ is not found"""
    await expect_refusals(scene, (folder + "no-such-file.js" for folder in FOLDERS))


@check(
    points=1,
    hint="Leave show_index= of add_static alone: nobody needs to see what else is in the folder.",
    needs=(the_script_is_served,),
    of_absence=True,
)
async def a_folder_is_not_listed(scene: Scene) -> None:
    """the files in a folder are not listed"""
    # Many a web server answers for a folder with the index.html in it.
    page = await scene.get("/")
    paths = (path for folder in FOLDERS for path in (folder, folder.rstrip("/")))
    await expect_refusals(scene, paths, page.body)


@check(
    points=2,
    hint="add_static already does this. Where you join paths yourself, resolve() the "
    "result, and answer 404 where it is not inside the folder.",
    needs=(the_script_is_served,),
    of_absence=True,
)
async def dots_do_not_lead_outside(scene: Scene) -> None:
    """.. does not lead out of public/"""
    passwd = "../" * DEPTH + "etc/passwd"
    await expect_nothing_outside(scene, "../app.py", "no-such-folder/../../app.py", passwd)


@check(
    points=2,
    hint="Look at the path after it is decoded, once, and where it leads, not at how it is "
    "written.",
    needs=(dots_do_not_lead_outside,),
    of_absence=True,
)
async def encoded_dots_do_not_lead_outside(scene: Scene) -> None:
    """.. does not lead out of public/, in any encoding"""
    ways = [way for up in UP for way in (f"{up}app.py", f"{up * DEPTH}etc/passwd")]
    await expect_nothing_outside(scene, *ways)


@check(
    points=1,
    hint='Path("public") / "/etc/passwd" is /etc/passwd: a path that begins with / '
    "starts from the root. resolve() what you joined, and look whether it is inside the folder.",
    needs=(the_script_is_served,),
    of_absence=True,
)
async def an_absolute_path_does_not_lead_outside(scene: Scene) -> None:
    """an absolute path does not lead out of public/"""
    await expect_nothing_outside(scene, *ABSOLUTE)
