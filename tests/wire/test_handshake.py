"""The opening handshake: the RFC's own example, wsproto on the other side, and every refusal."""

import base64
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection, events
from wsproto.utilities import RemoteProtocolError

from wire.handshake import (
    Request,
    RequestError,
    RequestTooBigError,
    Response,
    ResponseError,
    UpgradeRequiredError,
    accept_of,
    choose,
    new_key,
    refusal,
)
from wire.http_head import Head, HeadError, HeadParser, HeadTooBigError

KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

steady = settings(derandomize=True, max_examples=100)

# RFC 6455, 1.3: the request there, and the answer to it.
ASKED = Request(
    "server.example.com",
    "/chat",
    KEY,
    ("chat", "superchat"),
    (("Origin", "http://example.com"),),
)
ANSWERED = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    b"Sec-WebSocket-Protocol: chat\r\n"
    b"\r\n"
)


def parsed(data: bytes) -> Head:
    head = HeadParser().feed(data)
    assert head
    return head


def changed(head: Head, *fields: tuple[str, str], start: str = "", without: str = "") -> Head:
    """The head with these fields in place of those of their names, one of which may be twice."""
    names = {without.lower(), *(name.lower() for name, _ in fields)}
    kept = tuple(field for field in head.fields if field[0].lower() not in names)
    return Head(start or head.start, (*kept, *fields))


def test_the_example_of_the_rfc() -> None:
    request = Request.parse(parsed(ASKED.head().serialise()))
    assert request == ASKED
    response = request.accept(choose(request.protocols, ["chat"]))
    assert response.head().serialise() == ANSWERED
    assert Response.parse(parsed(ANSWERED), ASKED) == Response(ACCEPT, "chat")


def test_the_head_of_a_request() -> None:
    assert Request("127.0.0.1:3000", key=KEY).head().serialise() == (
        b"GET / HTTP/1.1\r\n"
        b"Host: 127.0.0.1:3000\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"\r\n"
    )


def test_a_key_is_new_each_time_and_answered_as_it_stands() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(base64.b64decode(key)) for key in keys} == {16}
    assert accept_of(KEY) == ACCEPT


@pytest.mark.parametrize(
    ("offered", "known", "chosen"),
    [
        (["a", "b"], ["b", "a"], "a"),
        (["a", "b"], ["b"], "b"),
        (["a"], ["A"], None),
        ([], ["a"], None),
        (["a"], [], None),
    ],
)
def test_the_client_s_first_that_is_known_is_chosen(
    offered: list[str], known: list[str], chosen: str | None
) -> None:
    assert choose(offered, known) == chosen


TOKENS = st.text("abcXYZ019-._~", min_size=1, max_size=8)
TARGETS = st.text("/abc?=&%20.", max_size=12).map(lambda rest: f"/{rest}")
PROTOCOLS = st.lists(TOKENS, max_size=3, unique=True)


@steady
@given(TARGETS, PROTOCOLS, st.integers(0, 3))
def test_wsproto_s_server_takes_our_request_and_we_its_answer(
    target: str, protocols: list[str], chosen: int
) -> None:
    request = Request("127.0.0.1:3000", target, protocols=tuple(protocols))
    server = WSConnection(ConnectionType.SERVER)
    server.receive_data(request.head().serialise())
    (event,) = server.events()
    assert isinstance(event, events.Request)
    assert (event.host, event.target, event.subprotocols) == (request.host, target, protocols)
    protocol = protocols[chosen] if chosen < len(protocols) else None
    answer = server.send(events.AcceptConnection(subprotocol=protocol))
    assert Response.parse(parsed(answer), request) == request.accept(protocol)


@steady
@given(TARGETS, PROTOCOLS, st.integers(0, 3))
def test_we_take_the_request_of_wsproto_s_client_and_it_our_answer(
    target: str, protocols: list[str], chosen: int
) -> None:
    client = WSConnection(ConnectionType.CLIENT)
    asked = events.Request(host="127.0.0.1:3000", target=target, subprotocols=list(protocols))
    request = Request.parse(parsed(client.send(asked)))
    assert (request.host, request.target) == ("127.0.0.1:3000", target)
    assert request.protocols == tuple(protocols)
    protocol = protocols[chosen] if chosen < len(protocols) else None
    client.receive_data(request.accept(protocol).head().serialise())
    (event,) = client.events()
    assert isinstance(event, events.AcceptConnection)
    assert event.subprotocol == protocol


@pytest.mark.parametrize(
    "fields",
    [
        [("Connection", "keep-alive, Upgrade")],
        [("Connection", "keep-alive"), ("connection", "UPGRADE")],
        [("Upgrade", "WebSocket")],
        [("UPGRADE", "h2c, websocket")],
        [("Sec-WebSocket-Protocol", "chat, ,"), ("sec-websocket-protocol", "superchat")],
    ],
)
def test_names_and_tokens_have_any_case_and_lists_any_form(fields: list[tuple[str, str]]) -> None:
    assert Request.parse(changed(ASKED.head(), *fields)) == ASKED


REFUSED: list[tuple[Head, type[RequestError], str]] = [
    (changed(ASKED.head(), without="Host"), RequestError, "0 fields Host; send one"),
    (changed(ASKED.head(), ("Host", "a"), ("Host", "b")), RequestError, "2 fields Host; send one"),
    (
        changed(ASKED.head(), start="POST /chat HTTP/1.1"),
        RequestError,
        "POST in HTTP/1.1; send GET in HTTP/1.1",
    ),
    (
        changed(ASKED.head(), start="GET /chat HTTP/1.0"),
        RequestError,
        "GET in HTTP/1.0; send GET in HTTP/1.1",
    ),
    (
        changed(ASKED.head(), start="GET /a b HTTP/1.1"),
        RequestError,
        "'GET /a b HTTP/1.1' is no request; send GET, a path, HTTP/1.1",
    ),
    (
        changed(ASKED.head(), start="GET /caf\xe9 HTTP/1.1"),
        RequestError,
        "'/café' is no target; write a path without spaces",
    ),
    (
        changed(ASKED.head(), without="Upgrade"),
        UpgradeRequiredError,
        "no upgrade; send Upgrade: websocket, Connection: Upgrade",
    ),
    (
        changed(ASKED.head(), ("Connection", "keep-alive")),
        UpgradeRequiredError,
        "no upgrade; send Upgrade: websocket, Connection: Upgrade",
    ),
    (
        changed(ASKED.head(), without="Sec-WebSocket-Version"),
        UpgradeRequiredError,
        "version none; send Sec-WebSocket-Version: 13",
    ),
    (
        changed(ASKED.head(), ("Sec-WebSocket-Version", "8")),
        UpgradeRequiredError,
        "version 8; send Sec-WebSocket-Version: 13",
    ),
    (
        changed(ASKED.head(), without="Sec-WebSocket-Key"),
        RequestError,
        "0 fields Sec-WebSocket-Key; send one",
    ),
    (
        changed(ASKED.head(), ("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Key", KEY)),
        RequestError,
        "2 fields Sec-WebSocket-Key; send one",
    ),
    *(
        (
            changed(ASKED.head(), ("Sec-WebSocket-Key", key)),
            RequestError,
            f"{key!r} is no key; send 16 bytes in base64",
        )
        for key in ("", "AAAA", "*" * 24, base64.b64encode(bytes(17)).decode(), KEY + "====")
    ),
    (
        changed(ASKED.head(), ("Sec-WebSocket-Protocol", "a b")),
        RequestError,
        "'a b' is no subprotocol; write a word without separators",
    ),
    (
        changed(ASKED.head(), ("Sec-WebSocket-Protocol", "a, a")),
        RequestError,
        "a subprotocol is offered twice; offer each once",
    ),
]


@pytest.mark.parametrize(("head", "kind", "fault"), REFUSED)
def test_a_request_is_refused_with_the_reason(
    head: Head, kind: type[RequestError], fault: str
) -> None:
    with pytest.raises(RequestError) as raised:
        Request.parse(head)
    assert (type(raised.value), str(raised.value)) == (kind, fault)


def test_each_refusal_is_an_answer() -> None:
    assert RequestError("why").head().serialise() == (
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    assert UpgradeRequiredError("why").head().serialise() == (
        b"HTTP/1.1 426 Upgrade Required\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade, close\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Content-Length: 0\r\n"
        b"\r\n"
    )
    assert RequestTooBigError("why").head().start == (
        "HTTP/1.1 431 Request Header Fields Too Large"
    )


def test_a_head_that_could_not_be_read_is_answered() -> None:
    assert type(refusal(HeadError("why"))) is RequestError
    assert type(refusal(HeadTooBigError("why"))) is RequestTooBigError
    assert str(refusal(HeadError("why"))) == "why"


# wsproto does not look at the key, at HTTP's version, and at what subprotocols are called.
LAX = ("Sec-WebSocket-Key", "is no key", "HTTP/1.0", "subprotocol")


@pytest.mark.parametrize(
    "head", [head for head, _, fault in REFUSED if not any(one in fault for one in LAX)]
)
def test_wsproto_refuses_these_too(head: Head) -> None:
    with pytest.raises(RemoteProtocolError):
        WSConnection(ConnectionType.SERVER).receive_data(head.serialise())


ANSWER = ASKED.accept("chat").head()


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (
            changed(ANSWER, start="HTTP/1.1 200 OK"),
            "'HTTP/1.1 200 OK' is no upgrade; the server must answer 101",
        ),
        (changed(ANSWER, start="101"), "'101' is no upgrade; the server must answer 101"),
        (
            changed(ANSWER, ("Upgrade", "h2c")),
            "101 without Upgrade: websocket, Connection: Upgrade; send both",
        ),
        (
            changed(ANSWER, without="Connection"),
            "101 without Upgrade: websocket, Connection: Upgrade; send both",
        ),
        (
            changed(ANSWER, without="Sec-WebSocket-Accept"),
            f"Sec-WebSocket-Accept is missing; to this key it is {ACCEPT}",
        ),
        (
            changed(ANSWER, ("Sec-WebSocket-Accept", KEY)),
            f"Sec-WebSocket-Accept is {KEY}; to this key it is {ACCEPT}",
        ),
        (
            changed(ANSWER, ("Sec-WebSocket-Extensions", "permessage-deflate")),
            "extension permessage-deflate was not offered; use none",
        ),
        (
            changed(ANSWER, ("Sec-WebSocket-Protocol", "mqtt")),
            "subprotocol 'mqtt' was not offered; use one that was",
        ),
        (
            changed(
                ANSWER, ("Sec-WebSocket-Protocol", "chat"), ("Sec-WebSocket-Protocol", "superchat")
            ),
            "2 subprotocols; choose one",
        ),
    ],
)
def test_a_response_is_refused_with_the_reason(head: Head, fault: str) -> None:
    with pytest.raises(ResponseError, match=f"^{re.escape(fault)}$"):
        Response.parse(head, ASKED)


def test_only_what_was_offered_is_accepted() -> None:
    fault = "'mqtt' was not offered; choose among what was, or none"
    with pytest.raises(ValueError, match=f"^{fault}$"):
        ASKED.accept("mqtt")


def fed(parser: HeadParser, pieces: Iterable[bytes]) -> Head | None:
    head = None
    for piece in pieces:
        head = parser.feed(piece)
    return head


@steady
@given(
    st.lists(st.tuples(TOKENS, st.text("ab \t:,\xe9", max_size=9).map(str.strip)), max_size=5),
    st.binary(max_size=5),
    st.integers(1, 40),
)
def test_a_head_may_come_in_any_pieces(
    fields: list[tuple[str, str]], rest: bytes, size: int
) -> None:
    head = Head("GET / HTTP/1.1", tuple(fields))
    data = b"\r\n" + head.serialise() + rest
    parser = HeadParser()
    assert fed(parser, (data[i : i + size] for i in range(0, len(data), size))) == head
    assert parser.rest == rest
    assert parser.feed(b"more") == head
    assert parser.rest == rest + b"more"


def test_a_head_has_a_bound() -> None:
    data = Head("GET / HTTP/1.1").serialise()
    assert HeadParser(len(data)).feed(data)
    fault = f"^a head of more than {len(data) - 1} bytes; send fewer fields$"
    with pytest.raises(HeadTooBigError, match=fault):
        HeadParser(len(data) - 1).feed(data)
    with pytest.raises(HeadTooBigError):  # and without an end to it
        fed(HeadParser(100), [b"x"] * 101)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("GET / HTTP/1.1\r\nHost x", "'Host x' is no field; write name: value"),
        (
            "GET / HTTP/1.1\r\nHost : x",
            "'Host ' is no field name; write letters, digits and hyphens",
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\n y: z",
            "' y' is no field name; write letters, digits and hyphens",
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\ny: z",
            r"'x\ny: z' is no field value; leave out control characters and outer spaces",
        ),
        ("GET /\n HTTP/1.1", r"'GET /\n HTTP/1.1' is no start line; write printable characters"),
    ],
)
def test_a_malformed_head_says_why(data: str, fault: str) -> None:
    with pytest.raises(HeadError, match=f"^{re.escape(fault)}$"):
        HeadParser().feed(data.encode() + b"\r\n\r\n")


def test_no_field_is_smuggled_into_a_request() -> None:
    with pytest.raises(HeadError):
        Request("a", fields=(("Cookie", "a\r\nOrigin: http://a"),)).head()
