"""Checks that start several servers of a submission, on what they share."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from grader.checking.check import Check
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.checking.scene import Scene
from grader.clients.socketio import ScriptedClient
from grader.report.result import CheckResult, Row, Verdict
from grader.servers import redis
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost
from tests.support import missing_tool

APP = """
import os
import socketio
from aiohttp import web

url = os.environ.get("REDIS_URL")
manager = socketio.AsyncRedisManager(url) if url else None
sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=manager)
app = web.Application()
sio.attach(app)
name = os.environ.get("NAME", "nobody")

@sio.event
async def who(sid):
    await sio.emit("who", name, to=sid)

@sio.event
async def say(sid, text):
    await sio.emit("say", text)

@sio.event
async def fall(sid):
    os._exit(3)

async def cookie(request):
    answer = web.json_response(dict(request.cookies))
    answer.set_cookie("a", "b", secure=True)
    return answer

app.router.add_get("/cookie", cookie)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""
LONGEST = 60.0

Play = Callable[[Scene], Awaitable[None]]


async def result(
    folder: Path, play: Play, environment: dict[str, str] | None = None, url: str | None = None
) -> CheckResult:
    (folder / "app.py").write_text(APP)
    launcher = HostLauncher(WarmHost())
    try:
        options = Options(patience=LONGEST, keep_history=True)
        submission = Submission(folder, url=url)
        check = Check(play, 1, "Look.", environment=environment or {}, starts_servers=True)
        run = StepRun(submission, None if url else launcher, options)
        return (await run.run(1, "several", [check])).checks[0]
    finally:
        await launcher.close()


def assert_passed(result: CheckResult) -> None:
    assert result.verdict is Verdict.PASSED, (result.reason, result.explanation)


async def is_called(scene: Scene, client: ScriptedClient, name: str) -> None:
    async with scene.turn() as turn:
        await client.emit("who")
        turn.hears(client, "who", name)


async def test_each_server_has_variables_of_its_own(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        other = await scene.start({"NAME": "other"})
        third = await scene.start()
        (amy,) = await scene.open("amy")
        (terry,) = await scene.open("terry", at=other)
        (bob,) = await scene.open("bob", at=third)
        await is_called(scene, amy, "first")
        await is_called(scene, terry, "other")
        await is_called(scene, bob, "first")

    assert_passed(await result(tmp_path, play, {"NAME": "first"}))


async def test_a_browser_has_its_cookies_at_all_servers(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        (amy,) = scene.users("amy")
        tab = scene.tab(amy, await scene.start())
        async with scene.turn() as turn:
            turn.answered(await amy.get("/cookie"), 200, json={})
            turn.answered(await tab.get("/cookie"), 200, json={"a": "b"})

    assert_passed(await result(tmp_path, play))


async def test_servers_are_told_apart_in_the_report(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        other = await scene.start({"NAME": "other"})
        (amy,) = await scene.open("amy", at=other)
        async with scene.turn() as turn:
            await amy.emit("who")
            turn.hears(amy, "who", "first")

    failed = await result(tmp_path, play)
    assert failed.explanation
    assert list(failed.explanation.rows) == [
        Row("amy", "→ server 2", "who"),
        Row("server 2", "→ amy", "who", '"other"', 'should be "first"'),
    ]


async def test_a_server_that_ends_by_itself_is_named(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        await scene.open("terry")
        (amy,) = await scene.open("amy", at=await scene.start())
        async with scene.turn() as turn:
            await amy.emit("fall")
            turn.hears(amy, "fallen", 1)

    failed = await result(tmp_path, play)
    assert failed.explanation
    assert failed.explanation.rows[-1] == Row("server 2", "runs", note="ended with exit code 3")


async def test_a_server_is_killed_and_the_others_go_on(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        other = await scene.start({"NAME": "other"})
        (amy,) = await scene.open("amy")
        (terry,) = await scene.open("terry", at=other)
        await scene.kill(other)
        assert not terry.connected
        await is_called(scene, amy, "nobody")

    passed = await result(tmp_path, play)
    assert_passed(passed)
    told = [(one.kind, one.client) for one in passed.history if one.kind in ("killed", "lost")]
    assert told == [("killed", "server 2"), ("lost", "terry")]


async def test_servers_share_a_redis_that_may_be_away(tmp_path: Path) -> None:
    if missing := redis.missing():
        missing_tool(missing)
    pytest.importorskip("redis")

    async def play(scene: Scene) -> None:
        (amy,) = await scene.open("amy")
        (terry,) = await scene.open("terry", at=await scene.start())
        async with scene.turn() as turn:
            await amy.emit("say", "hello")
            turn.hears((amy, terry), "say", "hello")
        await scene.redis.stop()
        await is_called(scene, terry, "nobody")
        await scene.redis.start()

    assert_passed(await result(tmp_path, play, {"REDIS_URL": "redis://{redis}/0"}))


async def test_it_is_not_judged_through_a_url(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        """nothing"""

    not_judged = await result(tmp_path, play, url="http://127.0.0.1:9")
    assert not_judged.reason == "the check starts its servers in its own way, not through a URL"


async def test_a_second_server_that_does_not_start_fails_the_check(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        await scene.start({"PORT": "none"})

    failed = await result(tmp_path, play)
    assert failed.verdict is Verdict.FAILED
    assert failed.explanation
    (row,) = failed.explanation.rows
    assert row.note == "ended with exit code 1 before it listened on any port"
