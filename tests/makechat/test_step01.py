"""The solution of step 1 on whatever right clients send, however it is cut; and on the ill."""

import asyncio
import importlib.util
import socket
from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.clients import frames
from grader.clients.frames import (
    Opcode,
    Sending,
    fragments,
    frame,
    get,
    ping,
    take_frame,
    take_response,
)
from grader.servers.launcher import HostLauncher
from grader.servers.server import Submission, serving
from grader.servers.warm import WarmHost
from tests.support import LONGEST, ROOT

SOLUTION = ROOT / "solutions" / "step01_start_slacking"
MESSAGES = st.text(st.characters(codec="utf-8"), max_size=80) | st.integers(0, 700).map(
    lambda length: "0123456789" * (length // 10)
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of one running solution."""
    loop = asyncio.new_event_loop()
    launcher = HostLauncher(WarmHost(()))
    serves = serving(Submission(SOLUTION), launcher, LONGEST, lambda: None)
    server = loop.run_until_complete(serves.__aenter__())
    yield int(server.url.rpartition(":")[2])
    loop.run_until_complete(serves.__aexit__(None, None, None))
    loop.run_until_complete(launcher.close())
    loop.close()
    assert server.output
    printed = {line.text for line in server.output.lines()}
    assert printed == {"New connection"}  # and no traceback, whatever came


class Wire:
    """A blocking connection that sends in pieces and takes frames one by one."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()

    def send(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        for packet in frames.chunks(data, cuts):
            self.socket.sendall(packet)

    def more(self) -> bool:
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def response(self) -> frames.Response:
        while not (response := take_response(self.buffer)):
            assert self.more()
        return response

    def frame(self) -> frames.Frame:
        while not (taken := take_frame(self.buffer)):
            assert self.more()
        return taken

    def ends(self) -> bool:
        """Whether nothing comes any more but the end."""
        try:
            return not self.buffer and not self.more()
        except ConnectionResetError:
            return True  # it ended with something of ours unread


@pytest.fixture
def wire(port: int) -> Iterator[Wire]:
    """A connection that is not upgraded yet."""
    one = Wire(port)
    with one.socket:
        yield one


def upgraded(port: int) -> Wire:
    wire = Wire(port)
    wire.send(get(frames.upgrade()).data)
    assert wire.response().status == 101
    return wire


@st.composite
def messages(draw: st.DrawFn) -> tuple[list[Sending], list[tuple[Opcode, bytes]]]:
    """What a client sends, control frames among the fragments, and what must come back."""
    sent: list[Sending] = []
    back: list[tuple[Opcode, bytes]] = []
    for message in draw(st.lists(MESSAGES, min_size=1, max_size=6)):
        size = len(message.encode())
        cuts = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
        for part in fragments(message, *cuts):
            if draw(st.booleans()):
                payload = draw(st.binary(max_size=125))
                if draw(st.booleans()):
                    sent.append(ping(payload))
                    back.append((Opcode.PONG, payload))
                else:
                    sent.append(Sending("pong", (), frame(Opcode.PONG, payload)))
            sent.append(part)
        back.append((Opcode.TEXT, message.encode()))
    return sent, back


@settings(max_examples=60)
@given(st.data())
def test_every_message_comes_back_and_every_ping_is_answered(
    port: int, data: st.DataObject
) -> None:
    sent, back = data.draw(messages())
    stream = b"".join(one.data for one in (get(frames.upgrade()), *sent, frames.close(1000)))
    places = data.draw(st.lists(st.integers(1, len(stream) - 1), max_size=12))
    wire = Wire(port)
    with wire.socket:
        wire.send(stream, tuple(sorted(places)))
        assert wire.response().status == 101
        for opcode, payload in back:
            assert wire.frame() == frames.Frame(True, opcode, payload)
        assert wire.frame() == frames.Frame(True, Opcode.CLOSE, b"\x03\xe8")
        assert wire.ends()


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_whatever_comes_the_server_goes_on(port: int, junk: bytes) -> None:
    wire = upgraded(port)
    with wire.socket:
        wire.send(junk)
        wire.socket.shutdown(socket.SHUT_WR)
        while wire.more():
            pass
    after = upgraded(port)
    with after.socket:
        after.send(frames.text("still here").data)
        assert after.frame().payload == b"still here"


# Of the close codes those that Autobahn's cases 7.7 and 7.9 try (RFC 6455, 7.4).
MAY_BE_SENT = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
MAY_NOT_BE_SENT = (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 128, 65535, 65536])
def test_a_binary_message_comes_back(port: int, length: int) -> None:
    """Autobahn's cases 1.2.1 to 1.2.8."""
    wire = upgraded(port)
    with wire.socket:
        wire.send(frame(Opcode.BINARY, b"\xfe" * length))
        assert wire.frame() == frames.Frame(True, Opcode.BINARY, b"\xfe" * length)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(Opcode.TEXT, b"hi", masked=False), 1002),
        (frame(Opcode.TEXT, b"hi", reserved=4), 1002),
        (frame(0x7, b"hi"), 1002),
        (frame(Opcode.PING, bytes(126)), 1002),
        (frame(Opcode.CLOSE, b"\x03"), 1002),
        (frame(Opcode.CONTINUATION, b"hi"), 1002),
        (frame(Opcode.TEXT, b"hi", final=False) + frame(Opcode.TEXT, b"hi"), 1002),
        (frame(Opcode.BINARY, b"hi", final=False) + frame(Opcode.BINARY, b"hi"), 1002),
        (frame(Opcode.TEXT, b"\xed\xa0\x80"), 1007),
        (b"\x81\xff" + (2**20 + 1).to_bytes(8), 1009),
        (frame(Opcode.TEXT, bytes(2**20), final=False) + frame(Opcode.CONTINUATION, b"x"), 1009),
        (frame(Opcode.CLOSE), 1000),
        (frame(Opcode.CLOSE, b"\x10\xe1and a reason"), 4321),
        (frame(Opcode.CLOSE, b"\x03\xe8\xed\xa0\x80"), 1007),
        *((frame(Opcode.CLOSE, code.to_bytes(2)), code) for code in MAY_BE_SENT),
        *((frame(Opcode.CLOSE, code.to_bytes(2)), 1002) for code in MAY_NOT_BE_SENT),
    ],
)
def test_it_closes_with_the_code(port: int, data: bytes, code: int) -> None:
    wire = upgraded(port)
    with wire.socket:
        wire.send(data)
        assert wire.frame() == frames.Frame(True, Opcode.CLOSE, code.to_bytes(2))
        assert wire.ends()


def test_the_largest_message_comes_back(port: int) -> None:
    wire = upgraded(port)
    with wire.socket:
        wire.send(frame(Opcode.TEXT, b"x" * 2**20))
        assert wire.frame().payload == b"x" * 2**20


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 426),
        (b"GET / HTTP/1.1\r\nCookie: " + b"x" * 10_000 + b"\r\n\r\n", 431),
        (b"x" * 20_000, 431),
    ],
)
def test_it_refuses_a_head(wire: Wire, head: bytes, status: int) -> None:
    wire.send(head)
    assert wire.response().status == status
    assert wire.ends()


def module(name: str) -> ModuleType:
    """A file of the solution, which is no package."""
    spec = importlib.util.spec_from_file_location(f"step01_{name}", SOLUTION / f"{name}.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_accept_is_that_of_the_rfc() -> None:
    assert module("handshake").accept_key(frames.SAMPLE_KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_a_header_that_comes_twice_is_one() -> None:
    head = b"GET / HTTP/1.1\r\nConnection: keep-alive\r\nCONNECTION:Upgrade\r\n\r\n"
    assert module("handshake").read_headers(head) == {"connection": "keep-alive, Upgrade"}


@given(st.binary(max_size=300) | st.sampled_from([bytes(n) for n in (65535, 65536)]))
def test_a_frame_that_it_makes_is_one(payload: bytes) -> None:
    made = bytearray(module("frames").make_frame(0x1, payload))
    assert take_frame(made) == frames.Frame(True, Opcode.TEXT, payload)
    assert not made
