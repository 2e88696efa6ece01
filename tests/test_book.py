"""The book: whole, in order, without a dead link or a network, and readable on a phone."""

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import book.code
from book import codes, notebooks, reference
from grader.browser.chromium import Browser
from grader.course.course import find_course
from grader.dev.files import code, text
from grader.notebook.books import course_files
from tests.executed import executed
from tests.support import ROOT, is_running, need_browser, wait_until

if TYPE_CHECKING:
    from playwright.async_api import Page as BrowserPage
    from playwright.async_api import ViewportSize

# One worker makes the book, and opens it: one browser at a time, see tests/test_browser.py.
# One after another, as its pages share what is made once; and beside the browser tests: it takes
# minutes to make.
pytestmark = pytest.mark.xdist_group("book")

COURSE = find_course(ROOT)
NOTEBOOKS = [f"notebooks/{file.stem}" for file in course_files(ROOT)]
LESSONS = ["steps/README", *(f"steps/{step.folder.name}/README" for step in COURSE.steps)]
CHAPTERS = [
    "index",
    *LESSONS,
    *NOTEBOOKS,
    "reference/events",
    "reference/checks",
    "reference/codes",
    "reference/grade",
    "code/index",
]
LONGEST = 1800  # seconds for the whole book, on a machine that is busy with other tests
MILLISECONDS = 60_000  # for something to be seen in the browser
SIZES: list["ViewportSize"] = [{"width": 390, "height": 844}, {"width": 1280, "height": 800}]

# What is wrong with the page as it is shown, all that is folded being unfolded.
LOOK = """() => {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    const wide = document.documentElement.scrollWidth;
    return [
        ...(wide > innerWidth ? [`it is ${wide} px wide`] : []),
        ...[...document.images]
            .filter((one) => !one.naturalWidth || !one.checkVisibility() || one.width < 100)
            .map((one) => `no figure is seen: ${one.src}`),
    ];
}"""
# Of every figure on the page, what keeps it from being seen at a glance.
FIGURES = """() => [...document.querySelectorAll(".cell_output img")].flatMap((one) => {
    const box = one.closest(".cell_output");
    const text = 11 * one.getBoundingClientRect().width / 480;  // the smallest, of 360 points
    return [
        ...(box.scrollWidth > box.clientWidth ? [`one has to scroll for ${one.alt}`] : []),
        ...(text < 7.5 ? [`texts of ${text} px in ${one.alt}`] : []),
    ];
})"""
# Of what each cell gives, the parts that have a border or a background of their own.
BOXES = """() => [...document.querySelectorAll(".cell_output *")].flatMap((one) => {
    const style = getComputedStyle(one);
    const plain = style.backgroundColor === "rgba(0, 0, 0, 0)" && style.borderStyle === "none";
    return plain || one.tagName === "IMG" || one.closest("span") ? [] : [one.outerHTML];
})"""
# The texts whose ink is too near to what is behind it (WCAG 2.2, 1.4.3).
FAINT = """() => {
    const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = rgb(colour).map((one) => one / 255)
            .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (one) => {
        const colour = getComputedStyle(one).backgroundColor;
        const [, , , alpha = 1] = rgb(colour);
        return alpha === 1 || !one.parentElement ? colour : behind(one.parentElement);
    };
    const found = new Set();
    const texts = document.createTreeWalker(
        document.querySelector("article"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const one = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !one.checkVisibility() || one.closest("svg, button"))
            continue;
        const ink = getComputedStyle(one).color;
        const [low, high] = [light(ink), light(behind(one))].sort((a, b) => a - b);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < 4.5)
            found.add(`${one.className || one.tagName} ${ink} ${contrast.toFixed(2)}`);
    }
    return [...found];
}"""
BRIGHTNESS = """() => {
    const colour = getComputedStyle(document.body).backgroundColor;
    return Math.max(...colour.match(/\\d+/g).slice(0, 3));
}"""

_LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}
_IN_CSS = re.compile(r"""url\(\s*["']?(?!data:)([^"')]+)|@import\s+["']([^"']+)""")
_FENCE = re.compile(r"^(`{3,})\w*\n(.*?)^\1$", re.M | re.S)


class Page(HTMLParser):
    """What a page has: its anchors, links, and what it loads; its code, and its figures."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.figures: list[str] = []  # what each says to those who do not see it
        self.code: list[str] = []
        self.folds = 0
        self.next = self.previous = ""
        self._in_code = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        self.loads += [value for name, value in given.items() if (tag, name) in _LOADS]
        self.folds += tag == "details"
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
            if "next-page" in given.get("class", ""):
                self.next = given["href"]
            if "prev-page" in given.get("class", ""):
                self.previous = given["href"]
        if tag == "img" and given["src"].endswith(".svg"):
            self.figures.append(given.get("alt", ""))
        if tag == "pre":
            self._in_code = True
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.code[-1] += data


class Site(dict[str, Page]):
    """The pages by their names, without .html, and the folder they are in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder.parent / "source"
        for file in sorted(folder.rglob("*.html")):
            self[file.relative_to(folder).with_suffix("").as_posix()] = Page(file)

    def target(self, page: str, link: str) -> tuple[Path, str]:
        """The file that a link leads to, and the place in it."""
        parts = urlsplit(link)
        here = self.folder / f"{page}.html"
        file = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        return file, unquote(parts.fragment)

    def name(self, page: str, link: str) -> str:
        """The page that a link leads to."""
        return self.target(page, link)[0].relative_to(self.folder).with_suffix("").as_posix()


@pytest.fixture(scope="module")
def site() -> Site:
    """The book as `make book` makes it, of notebooks that have just been run."""
    executed()
    made = subprocess.run(
        [sys.executable, "-m", "book"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    folder = ROOT / "build" / "book" / "html"
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == f"The book begins at {folder / 'index.html'}\n"
    return Site(folder)


def test_one_page_leads_to_the_next_through_the_whole_book(site: Site) -> None:
    chain = ["index"]
    while following := site[chain[-1]].next:
        name = site.name(chain[-1], following)
        assert site.name(name, site[name].previous) == chain[-1]
        chain.append(name)
    assert chain[: len(CHAPTERS)] == CHAPTERS
    assert {name.partition("/")[0] for name in chain[len(CHAPTERS) :]} == {"code"}
    assert sorted(chain) == sorted(site.keys() - {"search"})


def test_every_link_within_the_book_leads_somewhere(site: Site) -> None:
    dead = []
    for name, page in site.items():
        for link in page.links:
            if urlsplit(link).scheme:
                continue
            file, place = site.target(name, link)
            found = file.is_file() and site.folder in file.parents
            if not found or (place and place not in site[site.name(name, link)].ids):
                dead.append((name, link))
    assert not dead
    assert sum(len(page.links) for page in site.values()) > 1000


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    loaded = {(name, link) for name, page in site.items() for link in page.loads}
    styles = [file.relative_to(site.folder).as_posix() for file in site.folder.rglob("*.css")]
    for name in styles:
        found = _IN_CSS.findall((site.folder / name).read_text(encoding="utf-8"))
        loaded |= {(name, link or other) for link, other in found}
    elsewhere = {(name, link) for name, link in loaded if re.match(r"\w+:|//", link)}
    assert not elsewhere
    assert not [(n, link) for n, link in loaded if not site.target(n, link)[0].is_file()]
    assert styles


def test_the_lessons_are_those_of_the_repository(site: Site) -> None:
    for name in LESSONS:
        lesson = (ROOT / f"{name}.md").read_text(encoding="utf-8")
        shown = [block.strip("\n") for block in site[name].code]
        fenced = [match[2].strip("\n") for match in _FENCE.finditer(lesson)]
        assert shown == fenced, name
        assert site[name].folds == lesson.count("<details>"), name


def test_notebooks_show_what_running_them_gave(site: Site) -> None:
    for name in NOTEBOOKS:
        book = nbformat.read(site.source / f"{name}.ipynb", as_version=4)
        outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
        printed = [
            one.text.replace("\r\n", "\n").strip("\n")
            for one in outputs
            if one.output_type == "stream"
        ]
        figures = [one for one in outputs if "image/svg+xml" in one.get("data", {})]
        shown = [block.strip("\n") for block in site[name].code]
        assert printed, name
        assert not [text for text in printed if text not in shown], name
        assert len(site[name].figures) == len(figures), name
        assert all(site[name].figures), name
    assert any(site[name].figures for name in NOTEBOOKS)


def test_the_code_is_that_of_the_files(site: Site) -> None:
    for step in COURSE.steps:
        page = site[f"code/solutions/{step.solution.name}"]
        files = [text(content) for content in code(step.solution).values()]
        assert [block.strip() for block in page.code] == [file.strip() for file in files if file]


def test_a_file_that_a_lesson_links_to_has_a_page(site: Site) -> None:
    assert "../code/steps/kettles.py.html" in site["steps/README"].links
    page = site["code/steps/kettles.py"]
    assert page.code == [(ROOT / "steps" / "kettles.py").read_text(encoding="utf-8")]


def test_events_are_shown_with_what_was_really_said(site: Site) -> None:
    page = site["reference/events"]
    asked = r"amy    → server   get online users\n"
    answered = r'server → amy      get online users  \{"amy": "[\w-]{20}"\}\n'
    assert any(re.fullmatch(asked + answered, block) for block in page.code)
    assert "checks.html#step06-the-asker-gets-the-list" in page.links


def test_the_index_of_the_search_knows_the_words(site: Site) -> None:
    script = (site.folder / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("Search.setIndex(").removesuffix(")"))
    pages: set[str] = set()
    for terms in (index["terms"], index["titleterms"]):
        found = terms["handshak"]  # words are there without their endings
        pages.update(index["docnames"][i] for i in (found if isinstance(found, list) else [found]))
    assert {"notebooks/01_handshake", "steps/step01_start_slacking/README"} <= pages


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[tuple["BrowserPage", list[str]]]:
    """A page of the browser, which reaches no network, and what it complains of."""
    need_browser()
    browser, said = Browser(), list[str]()
    try:
        assert await browser.ready() == ""
        page = await (await browser.user("file:///")).new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on("console", lambda one: said.append(f"{one.type}: {one.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("requestfailed", lambda request: said.append(f"not loaded: {request.url}"))
        yield page, said
    finally:
        await browser.close()


async def test_every_page_can_be_read_on_a_phone_and_on_a_desk(site: Site) -> None:
    """What is wide scrolls in a box of its own; figures are seen; nothing fails."""
    wrong = []
    async with opened() as (page, said):
        for name in site:
            await page.goto((site.folder / f"{name}.html").as_uri())
            for size in SIZES:
                await page.set_viewport_size(size)
                faults = [*await page.evaluate(LOOK), *await page.evaluate(FIGURES)]
                wrong += [f"{name}, {size['width']} px: {it}" for it in faults]
    assert not wrong
    assert not said


async def test_what_a_cell_gives_is_in_one_box(site: Site) -> None:
    async with opened() as (page, _):
        for name in NOTEBOOKS:
            await page.goto((site.folder / f"{name}.html").as_uri())
            assert await page.evaluate(BOXES) == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_told_from_its_ground(
    site: Site, scheme: Literal["light", "dark"]
) -> None:
    faint = set()
    async with opened() as (page, _):
        await page.emulate_media(color_scheme=scheme)
        for name in site:
            await page.goto((site.folder / f"{name}.html").as_uri())
            faint |= set(await page.evaluate(FAINT))
    assert not faint


async def test_a_hint_is_folded_and_dark_is_dark(site: Site) -> None:
    async with opened() as (page, _):
        await page.goto((site.folder / f"{LESSONS[-1]}.html").as_uri())
        hint = page.locator("details").first
        inside = hint.locator("p, pre").first
        assert not await inside.is_visible()
        await hint.locator("summary").click()
        await inside.wait_for(state="visible")
        await page.emulate_media(color_scheme="light")
        light = await page.evaluate(BRIGHTNESS)
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(BRIGHTNESS) < 100 < light


async def follow_result(page: "BrowserPage", site: Site, words: str, title: str) -> None:
    """Search for words, and click the first result with this title.

    The results move down when the search ends and says how many there are: a click before that
    may press the mouse on a link and let go beside it.
    """
    await page.goto((site.folder / "index.html").as_uri())
    await page.get_by_placeholder("Search").first.fill(words)
    await page.keyboard.press("Enter")
    await page.locator("#search-results .search-summary", has_text="Search finished").wait_for()
    await page.locator("#search-results li a", has_text=title).first.click()


async def test_a_search_finds_a_page_without_a_server(site: Site) -> None:
    async with opened() as (page, said):
        await follow_result(page, site, "masking", "Frames")
        await page.wait_for_url("**/notebooks/02_frames.html*")
    assert not said


async def test_a_search_finds_a_number_and_leads_to_the_cells(site: Site) -> None:
    async with opened() as (page, said):
        await follow_result(page, site, "1006", "Codes and statuses")
        await page.wait_for_url("**/reference/codes.html*#index-*")
        found = "document.querySelector(':target').closest('section').id"
        assert await page.evaluate(found) == "code-1006"
        section = page.locator("section#code-1006")
        await section.get_by_role("link", name="Disconnect").first.click()
        await page.wait_for_url("**/notebooks/06_disconnect.html#*")
        assert await page.evaluate("document.querySelector(':target') !== null")
    assert not said


def test_numbers_are_found_where_they_are_codes_and_statuses() -> None:
    text = "A `101`, then 426 (or 400), and no 1,001, 200 ms, 100 users, 10.404 or §1006: 1009."
    assert codes.numbers(new_markdown_cell(text)) == {101, 400, 426, 1009}
    cell = new_code_cell("1006", outputs=[new_output("stream", text="close 1001\n1000 users\n")])
    assert codes.numbers(cell) == {1001}
    cell.outputs[0].text = "as it should be  HTTP/1.1 101 Switching Protocols\n200 400 200\n404 ms"
    assert codes.numbers(cell) == {101, 200, 400}


def test_the_page_of_codes_leads_to_labels_in_the_notebooks() -> None:
    cells = [
        new_markdown_cell("# 1 · A title\n\nOf 200s.", id="title"),
        new_markdown_cell("## A section\n\nSo it is 426.", id="said"),
        new_code_cell("1", id="code", outputs=[new_output("stream", text="HTTP/1.1 426")]),
    ]
    book = nbformat.writes(new_notebook(cells=cells))
    page, labelled = codes.with_labels({"notebooks/01_a.ipynb": book})
    section = "1 · A title › A section"
    links = [
        f"- [{section}](#notebooks/01_a/said)",
        f"- [{section}](#notebooks/01_a/code), printed",
    ]
    assert "\n".join(["### 426 · Upgrade Required\n", *links]) in page
    assert "```{index} 426, status 426" in page
    shown = nbformat.reads(labelled["notebooks/01_a.ipynb"], as_version=4)
    assert [cell.source for cell in shown.cells if cell.id.startswith("label-")] == [
        "(notebooks/01_a/said)=",
        "(notebooks/01_a/code)=",
    ]
    assert [cell for cell in shown.cells if not cell.id.startswith("label-")] == cells


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[..., Path]:
    """Write a course that has a notebook with these cells; its folder."""

    def write(*cells: str, name: str = "01_small") -> Path:
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        book = new_notebook(cells=[new_code_cell(cell, id=f"c{i}") for i, cell in enumerate(cells)])
        nbformat.write(book, tmp_path / "notebooks" / f"{name}.ipynb")
        return tmp_path

    return write


def test_a_notebook_is_run_again_only_when_something_has_changed(
    shelf: Callable[..., Path], tmp_path: Path
) -> None:
    root = shelf("import uuid", "print(uuid.uuid4())")
    kept = tmp_path / "kept"
    first = notebooks.execute(root, kept)
    assert list(first) == ["notebooks/01_small.ipynb"]
    assert notebooks.execute(root, kept) == first
    module = root / "notebooks" / "wire" / "frames.py"
    module.parent.mkdir()
    module.write_text("", encoding="utf-8")
    second = notebooks.execute(root, kept)
    assert second != first
    assert [file.read_text(encoding="utf-8") for file in kept.iterdir()] == list(second.values())


def test_a_cell_that_fails_ends_the_book_and_the_kernel(
    shelf: Callable[..., Path], tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    starts = (
        "import os, pathlib, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}}')"
    )
    wrong = r"^01_small\.ipynb: cell \[2\], “1/0”, fails: (?s:.*)division by zero"
    with pytest.raises(notebooks.NotRunError, match=wrong):
        notebooks.execute(shelf(starts, "1/0"), tmp_path / "kept")
    started = [int(pid) for pid in pids.read_text(encoding="utf-8").split()]
    wait_until(lambda: not any(map(is_running, started)), "the end of what it started")


def test_a_cell_that_does_not_end_is_named(
    shelf: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "SECONDS", 3)
    wrong = r"^01_small\.ipynb: cell \[2\], “import time”, is not over after 3 s$"
    with pytest.raises(notebooks.NotRunError, match=wrong):
        notebooks.execute(shelf("1", "\nimport time\ntime.sleep(600)", "2"), tmp_path / "kept")


def test_notebooks_run_one_after_another(shelf: Callable[..., Path], tmp_path: Path) -> None:
    """What measures would measure what is beside it, too."""
    times = "import time; from pathlib import Path; began = time.time()", "time.sleep(0.2)"
    for name in ("01_one", "02_other"):
        ends = f"Path({str(tmp_path / name)!r}).write_text(f'{{began}} {{time.time()}}')"
        root = shelf(*times, ends, name=name)
    notebooks.execute(root, tmp_path / "kept")
    spans = [(tmp_path / name).read_text(encoding="utf-8") for name in ("01_one", "02_other")]
    (_, end), (begin, _) = sorted(tuple(map(float, span.split())) for span in spans)
    assert end < begin


def test_what_was_run_is_kept_where_a_later_notebook_fails(
    shelf: Callable[..., Path], tmp_path: Path
) -> None:
    shelf("1", name="01_one")
    with pytest.raises(notebooks.NotRunError):
        notebooks.execute(shelf("1/0", name="02_other"), tmp_path / "kept")
    assert [file.name[:6] for file in (tmp_path / "kept").iterdir()] == ["01_one"]


def test_a_reader_s_copy_is_no_chapter(shelf: Callable[..., Path], tmp_path: Path) -> None:
    for name in ("01_small", "01_small_mine", "01_small-Copy1", "Copy of 01_small"):
        root = shelf("1", name=name)
    assert list(notebooks.execute(root, tmp_path / "kept")) == ["notebooks/01_small.ipynb"]


def test_what_a_cell_prints_bit_by_bit_is_one_output(
    shelf: Callable[..., Path], tmp_path: Path
) -> None:
    prints = "import time\nfor i in range(5): print(i, flush=True); time.sleep(0.05)"
    (text,) = notebooks.execute(shelf(prints), tmp_path / "kept").values()
    ((output,),) = (cell.outputs for cell in nbformat.reads(text, as_version=4).cells)
    assert output.text == "0\n1\n2\n3\n4\n"


def test_a_hint_is_shown_as_it_is() -> None:
    assert reference.plain("`*a*` and *b* of <h1> [x] __init__ $1") == (
        r"`*a*` and \*b\* of \<h1\> \[x\] \_\_init\_\_ \$1"
    )


def test_what_is_linked_to_is_shown_once(root: Path, tmp_path: Path) -> None:
    """Files and folders that are no pages themselves, wherever they are in the course."""
    links = "[a](app.py) [b](../../static/) [c](../../solutions) [d](app.py) [e](https://x.org)"
    pages = {"steps/step04_join/README.md": f"{links} [f](../step05_talk/README.md) [g](gone.py)"}
    made = book.code.pages(find_course(root), pages | {"steps/step05_talk/README.md": ""}, tmp_path)
    assert list(made) == [
        "code/index.md",
        "code/solutions/step04_join.md",
        "code/solutions/step05_talk.md",
        "code/notebooks/wire.md",
        "code/static.md",
        "code/steps/step04_join/app.py.md",
    ]
    assert "(steps/step04_join/app.py)=\n" in made["code/steps/step04_join/app.py.md"]
    assert "(solutions)=\n" in made["code/index.md"]
    there = re.findall(r"\{literalinclude\} (.+)", made["code/solutions/step04_join.md"])
    page = tmp_path / "code" / "solutions" / "step04_join.md"
    assert (root / "solutions/step04_join/app.py").resolve() in {
        (page.parent / path).resolve() for path in there
    }
