"""What checks of sessions need: requests with cookies, tabs, refusals, acknowledgements.

Each on a small server that has them, and on one that has them wrong.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from grader.checking.check import Check
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.checking.scene import Scene
from grader.clients.cookies import tampered
from grader.report.result import CheckResult, Row, Verdict
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

APP = """\
import hmac
import json
import os

import socketio
from aiohttp import web

sio = socketio.AsyncServer(async_mode="aiohttp")
app = web.Application()
sio.attach(app)
sockets = {}


def sign(name):
    return name + "." + hmac.new(b"secret", name.encode(), "sha256").hexdigest()


def user_of(request):
    name = request.cookies.get("session", "").partition(".")[0]
    return name if request.cookies.get("session") == sign(name) else ""


async def login(request):
    as_json = request.content_type == "application/json"
    data = await request.json() if as_json else await request.post()
    name = data.get("username")
    if not name:
        raise web.HTTPBadRequest(text="who are you?")
    answer = web.json_response({"id": 1, "username": name})
    answer.set_cookie("session", sign(name), httponly=True, samesite="Lax", secure=True)
    return answer


async def logout(request):
    for sid in sockets.get(user_of(request), ()):
        await sio.disconnect(sid)
    answer = web.Response(status=302, headers={"Location": "/"})
    answer.del_cookie("session")
    return answer


async def me(request):
    return web.json_response({"username": user_of(request)})


@sio.event
async def connect(sid, environ):
    name = user_of(environ["aiohttp.request"])
    if not name:
        raise socketio.exceptions.ConnectionRefusedError("log in first")
    sockets.setdefault(name, set()).add(sid)
    await sio.emit("hello", name, to=sid)


@sio.event
async def say(sid, text):
    return {"ok": True, "length": len(text)}


@sio.event
async def mode(sid):
    await sio.emit("mode", os.environ.get("MODE", "none"), to=sid)


app.add_routes([web.post("/login", login), web.post("/logout", logout), web.get("/me", me)])
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
"""

LOG_IN = Row("amy", "→ server", "POST /login", "username=amy")
LONGEST = 60.0

Play = Callable[[Scene], Awaitable[None]]


async def results(
    folder: Path, plays: Sequence[Play], *edits: tuple[str, str], patience: float = LONGEST
) -> list[CheckResult]:
    """What becomes of these checks on the server, after these edits of it."""
    text = APP
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "app.py").write_text(text)
    launcher = HostLauncher(WarmHost())
    try:
        run = StepRun(Submission(folder), launcher, Options(patience=patience, keep_history=True))
        checks = [Check(play, 1, "Look.") for play in plays]
        return list((await run.run(1, "doors", checks)).checks)
    finally:
        await launcher.close()


async def passes(folder: Path, play: Play) -> CheckResult:
    (result,) = await results(folder, [play])
    assert result.verdict is Verdict.PASSED, (result.reason, result.explanation)
    return result


async def rows(
    folder: Path, play: Play, *edits: tuple[str, str], patience: float = LONGEST
) -> list[Row]:
    """The rows of the check, which fails on the edited server, and passes on the right one."""
    await passes(folder, play)
    (result,) = await results(folder, [play], *edits, patience=patience)
    assert result.explanation, result.reason
    return list(result.explanation.rows)


async def log_in(scene: Scene) -> None:
    """amy logs in with a form, and the answer is as it should be"""
    (amy,) = scene.users("amy")
    async with scene.turn() as turn:
        answer = await amy.post("/login", form={"username": "amy"})
        turn.answered(
            answer,
            "2xx or 3xx",
            {"Content-Type": "application/json; charset=utf-8"},
            cookie=("HttpOnly", "SameSite=Lax"),
            json={"username": "amy"},
            more_keys=True,
        )


async def test_what_a_request_and_its_answer_leave_in_the_history(tmp_path: Path) -> None:
    result = await passes(tmp_path, log_in)
    asked, answered = result.history
    assert (asked.kind, asked.client, asked.event) == ("requested", "amy", "POST /login")
    assert asked.args == ("username=amy",)
    assert (answered.kind, answered.client, answered.event) == ("answered", "amy", "POST /login")
    status, headers, body = answered.args
    assert (status, body) == (200, {"id": 1, "username": "amy"})
    assert headers["Set-Cookie"].startswith("session=amy.")


COOKIE = (
    "Set-Cookie: session=amy.…; HttpOnly; Path=/; SameSite=Lax; Secure; "
    '{"id": 1, "username": "amy"}'
)


@pytest.mark.parametrize(
    ("old", "new", "status", "payload", "note"),
    [
        (
            '"username": name})',
            '"username": name}, status=404)',
            "404",
            COOKIE,
            "should be 2xx or 3xx",
        ),
        (
            '"username": name})',
            '"username": name.upper()})',
            "200",
            COOKIE.replace('"amy"', '"AMY"'),
            'the body should be {"username": "amy"}',
        ),
        (
            'web.json_response({"id": 1, "username": name})',
            "web.Response(text='no')",
            "200",
            COOKIE.partition("{")[0] + '"no"',
            "Content-Type should be application/json; charset=utf-8, not text/plain; charset=utf-8",
        ),
        (
            "httponly=True, ",
            "",
            "200",
            COOKIE.replace("HttpOnly; ", ""),
            "the cookie session should be HttpOnly",
        ),
        (
            "    answer.set_cookie(",
            "    (lambda *_, **__: None)(",
            "200",
            '{"id": 1, "username": "amy"}',
            "should set a cookie",
        ),
    ],
)
async def test_an_answer_that_is_wrong_is_told(
    tmp_path: Path, old: str, new: str, status: str, payload: str, note: str
) -> None:
    asked, answered = await rows(tmp_path, log_in, (old, new))
    assert asked == LOG_IN
    assert answered == Row("server", "→ amy", status, payload, note)


async def test_a_request_that_is_not_answered_is_told(tmp_path: Path) -> None:
    edit = ("    name = data.get(", "    await sio.sleep(1000)\n    name = data.get(")
    assert await rows(tmp_path, log_in, edit, patience=0.5) == [
        LOG_IN,
        Row("amy", "waits for", "POST /login", note="no answer within 0.5 s"),
    ]


async def test_a_request_may_have_any_body(tmp_path: Path) -> None:
    async def ask(scene: Scene) -> None:
        (amy,) = scene.users("amy")
        async with scene.turn() as turn:
            turn.answered(await amy.post("/login", json={"username": "amy"}), 200)
            turn.answered(await amy.post("/login", form={"username": ""}), 400)
            turn.answered(await amy.post("/login"), 400)
            turn.answered(
                await amy.post("/login", body="{", media="application/json"), "4xx or 5xx"
            )

    await passes(tmp_path, ask)


async def test_cookies_are_shared_by_requests_sockets_and_tabs_and_by_nobody_else(
    tmp_path: Path,
) -> None:
    async def ask(scene: Scene) -> None:
        amy, terry = scene.users("amy", "terry")
        await amy.post("/login", form={"username": "amy"})
        tab = scene.tab(amy)
        assert (tab.name, tab.user) == ("amy (tab 2)", "amy")
        async with scene.turn() as turn:
            turn.answered(await amy.get("/me"), 200, json={"username": "amy"})
            turn.answered(await tab.get("/me"), 200, json={"username": "amy"})
            turn.answered(await terry.get("/me"), 200, json={"username": ""})
        for transport in ("websocket", "polling", "upgrade"):
            async with scene.turn() as turn:
                one = scene.tab(tab)
                await scene.connect(one, transport=transport)
                turn.hears(one, "hello", "amy")
        assert one.name == "amy (tab 5)"
        await amy.post("/logout")
        async with scene.turn() as turn:
            turn.answered(await tab.get("/me"), 200, json={"username": ""})

    (result,) = await results(
        tmp_path, [ask], ("        await sio.disconnect(sid)\n", "        pass\n")
    )
    assert result.verdict is Verdict.PASSED, (result.reason, result.explanation)


async def must_not_enter(scene: Scene) -> None:
    """eve, who has tampered with her cookie, is not let in"""
    (eve,) = scene.users("eve")
    await eve.post("/login", form={"username": "eve"})
    for name, value in eve.cookies.values().items():
        eve.set_cookie(name, tampered(value))
    async with scene.turn() as turn:
        await eve.connect()
        turn.refused(eve, "log in", because="her cookie is forged")


async def test_who_must_not_be_let_in_and_is_is_told(tmp_path: Path) -> None:
    edit = (' if request.cookies.get("session") == sign(name) else ""', "")
    told = await rows(tmp_path, must_not_enter, edit)
    assert [(row.who, row.does, row.event) for row in told[:-1]] == [
        ("eve", "→ server", "POST /login"),
        ("server", "→ eve", "200"),
        ("eve", "sets a cookie", ""),
    ]
    assert told[-1] == Row(
        "eve", "connects", note="is let in; should be refused: her cookie is forged"
    )


@pytest.mark.parametrize(
    ("new", "payload"),
    [
        ("ConnectionRefusedError('go away')", '{"message": "go away"}'),
        ("ConnectionRefusedError('')", '{"message": ""}'),
        ("ConnectionRefusedError()", '{"message": "Connection rejected by server"}'),
    ],
)
async def test_who_is_refused_without_the_right_message_is_told(
    tmp_path: Path, new: str, payload: str
) -> None:
    edit = ('ConnectionRefusedError("log in first")', new)
    told = await rows(tmp_path, must_not_enter, edit)
    note = 'should be refused by a connect_error with a message that has "log in" in it'
    assert told[-1] == Row("server", "refuses eve", payload=payload, note=note)


async def stranger(scene: Scene) -> None:
    """eve, who has not logged in, is not let in"""
    (eve,) = scene.users("eve")
    async with scene.turn() as turn:
        await eve.connect("polling")
        turn.refused(eve)


GATE = """
@web.middleware
async def gate(request, handler):
    if request.path.startswith("/socket.io/") and not user_of(request):
        return web.Response(status=STATUS)
    return await handler(request)


app = web.Application(middlewares=[gate])
"""


async def test_a_refusal_of_the_handshake_will_do_where_no_message_is_asked_for(
    tmp_path: Path,
) -> None:
    before = "app = web.Application()\nsio.attach(app)\n"
    functions = "async def login(request)"
    for status, verdict in ((401, Verdict.PASSED), (403, Verdict.PASSED), (500, Verdict.FAILED)):
        edits = (
            (before, ""),
            (functions, GATE.replace("STATUS", str(status)) + "sio.attach(app)\n" + functions),
        )
        (result,) = await results(tmp_path, [stranger], *edits)
        assert result.verdict is verdict
    assert result.explanation
    (row,) = result.explanation.rows
    assert (row.who, row.does) == ("server", "refuses eve")
    assert row.note == (
        "should be refused by a connect_error with a message, but: "
        "Unexpected status code 500 in server response"
    )


async def test_a_refusal_without_a_message_is_none(tmp_path: Path) -> None:
    edit = ('"log in first"', "' '")
    assert await rows(tmp_path, stranger, edit) == [
        Row(
            "server",
            "refuses eve",
            payload='{"message": " "}',
            note="should be refused by a connect_error with a message",
        )
    ]


async def may_not_claim(scene: Scene) -> None:
    """eve, who claims a name and has no session, is not let in"""
    (eve,) = scene.users("eve")
    async with scene.turn() as turn:
        await eve.connect(auth={"username": "amy"})
        turn.kept_out(eve, because="she only claims it")


async def test_a_claim_that_is_believed_is_told(tmp_path: Path) -> None:
    named = "name = user_of(environ["
    told = await rows(
        tmp_path,
        may_not_claim,
        ("async def connect(sid, environ):", "async def connect(sid, environ, auth):"),
        (named, named.replace("=", '= (auth or {}).get("username") or')),
    )
    assert told == [
        Row("eve", "claims", payload='{"username": "amy"}'),
        Row("eve", "connects", note="is let in; should be refused: she only claims it"),
    ]


async def test_a_claim_that_is_refused_is_right_as_one_that_is_not_answered(tmp_path: Path) -> None:
    takes_it = ("async def connect(sid, environ):", "async def connect(sid, environ, auth):")
    (result,) = await results(tmp_path, [may_not_claim], takes_it)
    assert result.verdict is Verdict.PASSED, (result.reason, result.explanation)


async def test_a_post_without_a_body_has_no_content_type(tmp_path: Path) -> None:
    async def log_out(scene: Scene) -> None:
        """the server takes no body that it does not know"""
        (amy,) = scene.users("amy")
        async with scene.turn() as turn:
            turn.answered(await amy.post("/logout"), 302)

    refuses = (
        "    if 'Content-Type' in request.headers:\n        raise web.HTTPUnsupportedMediaType"
    )
    begin = "async def logout(request):\n"
    (result,) = await results(tmp_path, [log_out], (begin, f"{begin}{refuses}\n"))
    assert result.verdict is Verdict.PASSED, (result.reason, result.explanation)


async def test_who_was_refused_may_log_in_and_connect(tmp_path: Path) -> None:
    async def come(scene: Scene) -> None:
        (amy,) = scene.users("amy")
        async with scene.turn() as turn:
            await amy.connect()
            turn.refused(amy, "log in first")
        await amy.post("/login", form={"username": "amy"})
        for _ in range(2):
            async with scene.turn() as turn:
                await scene.connect(amy)
                turn.hears(amy, "hello", "amy")
            await amy.leave()

    await passes(tmp_path, come)


async def leaves(scene: Scene) -> None:
    """who logs out is disconnected in all tabs"""
    (amy,) = scene.users("amy")
    await amy.post("/login", form={"username": "amy"})
    tab = scene.tab(amy)
    await scene.connect(amy, tab)
    async with scene.turn() as turn:
        turn.disconnects((amy, tab), because="she has logged out")
        turn.answered(await amy.post("/logout"), 302, {"Location": "/"})


async def test_whom_the_server_should_disconnect_and_does_not_is_told(tmp_path: Path) -> None:
    edit = ("        await sio.disconnect(sid)\n", "        pass\n")
    told = await rows(tmp_path, leaves, edit, patience=0.5)
    note = "should be disconnected: she has logged out"
    assert told[-2:] == [
        Row("amy", "stays connected", note=note),
        Row("amy (tab 2)", "stays connected", note=note),
    ]


async def test_whom_the_server_disconnects_without_being_asked_is_lost(tmp_path: Path) -> None:
    async def stays(scene: Scene) -> None:
        (amy,) = scene.users("amy")
        await amy.post("/login", form={"username": "amy"})
        await scene.connect(amy)
        await amy.post("/logout")

    (result,) = await results(tmp_path, [stays])
    assert result.explanation
    assert result.explanation.rows[-1] == Row(
        "amy", "loses the connection", note="the server ends the connection"
    )


async def is_told(scene: Scene) -> None:
    """what amy says is acknowledged"""
    (amy,) = scene.users("amy")
    await amy.post("/login", form={"username": "amy"})
    await scene.connect(amy)
    async with scene.turn() as turn:
        await amy.emit("say", "hello", ack=True)
        await amy.emit("say", b"bytes", ack=True)
        await amy.emit("say", "nobody answers this")
        turn.acknowledged(amy, "say", {"ok": True, "length": 5}, {"ok": True}, more_keys=True)


async def test_an_acknowledgement_is_recorded(tmp_path: Path) -> None:
    result = await passes(tmp_path, is_told)
    acks = [one for one in result.history if one.kind == "acked"]
    assert [(one.client, one.event) for one in acks] == [("amy", "say")] * 2
    assert [one.args for one in acks] == [({"ok": True, "length": 5},)] * 2


async def test_an_acknowledgement_that_is_wrong_is_told(tmp_path: Path) -> None:
    told = await rows(tmp_path, is_told, ('{"ok": True,', '{"ok": 1,'))
    assert told[-1] == Row(
        "server",
        "→ amy",
        "say (ack)",
        '{"ok": 1, "length": 5}',
        'should be {"ok": true, "length": 5}',
    )


async def test_an_acknowledgement_that_does_not_come_is_told(tmp_path: Path) -> None:
    edit = ("    return {", "    await sio.sleep(1000)\n    return {")
    told = await rows(tmp_path, is_told, edit, patience=0.5)
    note = "did not come within 0.5 s"
    assert told[-2:] == [
        Row("amy", "waits for", "say (ack)", '{"ok": true, "length": 5}', note),
        Row("amy", "waits for", "say (ack)", '{"ok": true}', note),
    ]


async def test_any_acknowledgement_will_do_where_none_is_named(tmp_path: Path) -> None:
    async def say(scene: Scene) -> None:
        (amy,) = scene.users("amy")
        await amy.post("/login", form={"username": "amy"})
        await scene.connect(amy)
        async with scene.turn() as turn:
            await amy.emit("say", "hello", ack=True)
            turn.acknowledged(amy, "say")

    await passes(tmp_path, say)
