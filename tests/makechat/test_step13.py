"""The solution of step 13 on both databases: what races, and what is no login at all."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from types import TracebackType
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import socketio

from grader.checking import suite
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.servers.direct import SubprocessLauncher
from grader.servers.launcher import HostLauncher
from grader.servers.postgres import MISSING, binaries
from grader.servers.server import Server, Submission, serving
from grader.servers.services import Services
from grader.servers.warm import WarmHost
from tests.support import LONGEST, ROOT, missing_tool

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOLUTION = ROOT / "solutions" / "step13_presence"
SQLITE = "sqlite+aiosqlite:///{scratch}/presence.sqlite3"
POSTGRES = "postgresql+asyncpg://{postgres}"
DATABASES = [pytest.param(SQLITE, id="sqlite"), pytest.param(POSTGRES, id="postgres")]
LONG = "x" * 100_000
NAMES = (
    "Amy",
    "a b",
    "<b>&amp;",
    "王小明",
    "👩\u200d👩\u200d👧",
    "نی\u200cلوفر",
    "Robert'); DROP TABLE users;--",
    "x" * 32,
)
JSON = {"Content-Type": "application/json"}
NO_LOGINS: tuple[dict[str, Any], ...] = (
    {},
    {"data": b"{", "headers": JSON},
    {"data": b"\xff\xfe", "headers": JSON},
    {"data": b"{}", "headers": {"Content-Type": "application/json; charset=martian"}},
    {"data": b"[" * 100_000, "headers": JSON},
    {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
    {"data": b"x" * 100_000, "headers": {"Content-Type": "text/plain"}},
    {"data": {"name": "amy"}},
    {"data": {"username": ""}},
    {"data": {"username": LONG}},
    {"json": None},
    {"json": {}},
    {"json": []},
    {"json": "amy"},
    {"json": {"username": ""}},
    {"json": {"username": " \t"}},
    {"json": {"username": None}},
    {"json": {"username": 7}},
    {"json": {"username": ["amy"]}},
    {"json": {"username": {"$ne": ""}}},
    {"json": {"username": LONG}},
    {"json": {"username": "a\0b"}},
    {"json": {"username": "\ud800"}},
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services() -> AsyncIterator[Services]:
    launcher = SubprocessLauncher()
    one = Services(launcher)
    yield one
    await one.close()
    await launcher.close()


@pytest_asyncio.fixture(params=DATABASES, loop_scope="module")
async def server(request: pytest.FixtureRequest, services: Services) -> AsyncIterator[Server]:
    """The solution with an empty database."""
    wanted = {"DATABASE_URL": request.param}
    if missing := services.missing(wanted):
        missing_tool(missing)
    launcher = SubprocessLauncher()
    async with (
        services.given(wanted) as given,
        serving(
            Submission(SOLUTION), launcher, LONGEST, lambda: None, special=given.environment
        ) as served,
    ):
        yield served
        assert served.output
        printed = "\n".join(line.text for line in served.output.lines())
    await launcher.close()
    assert "Traceback" not in printed, printed


class Browser:
    """One person's browser: its cookies, and its tabs, which write down what they hear."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.tabs: list[socketio.AsyncClient] = []
        self.heard: dict[str, list[tuple[str, Any]]] = {}  # socket id: events
        self._bound: Counter[str] = Counter()  # socket id: how often, and so how many lists it gets

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for tab in self.tabs:
            await tab.disconnect()
        await self._http.close()

    async def login(self, **how: Any) -> tuple[int, Any]:
        """POST /login; the status, and the JSON of a right one."""
        async with self._http.post("/login", **how) as answer:
            return answer.status, await answer.json() if answer.ok else None

    async def get(self, path: str) -> int:
        async with self._http.get(path) as answer:
            return answer.status

    async def logout(self) -> int:
        async with self._http.post("/logout", allow_redirects=False) as answer:
            return answer.status

    async def open_tab(self) -> str:
        """A new socket, not bound; its id."""
        tab = socketio.AsyncClient(http_session=self._http, reconnection=False)
        heard: list[tuple[str, Any]] = []
        tab.on("*", lambda event, data: heard.append((event, data)))
        await tab.connect(self._url, transports=["websocket"])
        self.tabs.append(tab)
        sid = str(tab.get_sid())
        self.heard[sid] = heard
        return sid

    async def bind(self, sid: str) -> int:
        status = await self.get(f"/connected/{sid}")
        self._bound[sid] += status == 204
        return status

    async def online(self, sid: str) -> list[str]:
        """The names that the last list of a bound socket has, once it is bound again."""
        assert await self.bind(sid) // 100 == 2
        async with asyncio.timeout(LONGEST):
            while True:
                lists = [data for event, data in self.heard[sid] if event == "onlineUsers"]
                if len(lists) >= self._bound[sid]:
                    return [user["username"] for user in lists[-1]]
                await asyncio.sleep(0)


async def test_many_logins_of_one_new_name_make_one_user(server: Server) -> None:
    async with Browser(server.url) as browser:
        logins = [browser.login(json={"username": "Zoë"}) for _ in range(20)]
        answers = await asyncio.gather(*logins)
    assert {status for status, _ in answers} == {200}
    assert len({user["id"] for _, user in answers}) == 1


async def test_many_new_users_log_in_at_once(server: Server) -> None:
    async with Browser(server.url) as browser:
        names = [f"user {i}" for i in range(20)]
        answers = await asyncio.gather(*(browser.login(json={"username": n}) for n in names))
    assert [user["username"] for _, user in answers] == names
    assert len({user["id"] for _, user in answers}) == 20


async def test_a_name_is_what_it_is(server: Server) -> None:
    async with Browser(server.url) as browser:
        sid = await browser.open_tab()
        for name in NAMES:
            status, user = await browser.login(json={"username": name})
            assert (status, user["username"]) == (200, name)
            assert await browser.login(data={"username": name}) == (200, user)
            sid = await browser.open_tab()
            assert name in await browser.online(sid)


async def test_what_is_no_login_is_answered_400(server: Server) -> None:
    async with Browser(server.url) as browser, Browser(server.url) as bob:
        assert (await bob.login(json={"username": "bob"}))[0] == 200
        watcher = await bob.open_tab()
        for how in NO_LOGINS:
            assert (await browser.login(**how), how) == ((400, None), how)
        form = aiohttp.FormData()
        form.add_field("username", b"a file", filename="amy.txt")
        assert await browser.login(data=form) == (400, None)
        assert await browser.bind(watcher) == 401
        assert await bob.online(watcher) == ["bob"]


async def test_a_socket_id_that_nobody_has_is_answered_404(server: Server) -> None:
    async with Browser(server.url) as browser:
        await browser.login(json={"username": "amy"})
        for sid in ("nobody", "%00", "%F0%9F%91%A9", "..%2F..%2F", "x" * 5_000):
            assert (await browser.bind(sid), sid) == (404, sid)
        assert await browser.online(await browser.open_tab()) == ["amy"]


async def test_two_tabs_that_are_bound_at_once_are_one_user(server: Server) -> None:
    async with Browser(server.url) as browser, Browser(server.url) as bob:
        _, user = await browser.login(json={"username": "amy"})
        await bob.login(json={"username": "bob"})
        watcher = await bob.open_tab()
        await bob.bind(watcher)
        tabs = [await browser.open_tab() for _ in range(10)]
        assert {*await asyncio.gather(*map(browser.bind, tabs))} == {204}
        assert await bob.online(watcher) == ["amy", "bob"]
        assert bob.heard[watcher].count(("userJoined", user)) == 1


async def test_whoever_is_bound_while_going_is_not_left_behind(server: Server) -> None:
    async with Browser(server.url) as browser, Browser(server.url) as bob:
        _, user = await browser.login(json={"username": "amy"})
        await bob.login(json={"username": "bob"})
        watcher = await bob.open_tab()
        for _ in range(10):
            sid = await browser.open_tab()
            status, _ = await asyncio.gather(browser.bind(sid), browser.tabs[-1].disconnect())
            assert status in (204, 404)
        async with asyncio.timeout(LONGEST):
            while await bob.online(watcher) != ["bob"]:
                pass
        joined = bob.heard[watcher].count(("userJoined", user))
        left = bob.heard[watcher].count(("userLeft", {"id": user["id"]}))
        assert joined == left


async def test_what_everybody_hears_comes_to_the_list_that_is_sent(server: Server) -> None:
    """All come at once: each one's first list, with the news after it, is the last one's list."""
    async with contextlib.AsyncExitStack() as leaving:
        names = [f"user {i}" for i in range(8)]
        browsers = [await leaving.enter_async_context(Browser(server.url)) for _ in names]
        sids = []
        for browser, name in zip(browsers, names, strict=True):
            await browser.login(json={"username": name})
            sids.append(await browser.open_tab())
        pairs = list(zip(browsers, sids, strict=True))
        await asyncio.gather(*(browser.bind(sid) for browser, sid in pairs))
        for browser, sid in pairs:
            assert await browser.online(sid) == names
            *before, _ = browser.heard[sid]
            known: set[str] = set()
            for event, data in before:
                if event == "onlineUsers":
                    known = {user["username"] for user in data}
                elif event == "userJoined":
                    known.add(data["username"])
            assert known == set(names)


async def test_a_logout_ends_the_sockets_that_are_not_bound_yet(server: Server) -> None:
    async with Browser(server.url) as browser:
        await browser.login(json={"username": "amy"})
        sid = await browser.open_tab()
        assert await browser.logout() == 303
        async with asyncio.timeout(LONGEST):
            await browser.tabs[0].wait()
        await browser.login(json={"username": "amy"})
        assert await browser.bind(sid) == 404


async def test_a_logout_of_nobody_ends_nobodys_socket(server: Server) -> None:
    async with Browser(server.url) as browser:
        sid = await browser.open_tab()
        assert await browser.logout() == 303
        await browser.login(json={"username": "amy"})
        assert await browser.online(sid) == ["amy"]


async def test_the_solution_passes_every_check_on_postgresql() -> None:
    """They run on SQLite otherwise."""
    if not binaries():
        missing_tool(MISSING)
    found = suite.of_step(13)
    words = replace(found.vocabulary, environment={"DATABASE_URL": POSTGRES})
    launcher = HostLauncher(WarmHost())
    run = StepRun(Submission(SOLUTION), launcher, Options(), vocabulary=words)
    result = await run.run(13, "Presence", found.server)
    await launcher.close()
    assert [(one.title, one.reason) for one in result.checks if not one.earned] == []
