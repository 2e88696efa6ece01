"""A browser's cookies: kept, sent, forged, and read from what an answer sets."""

import base64
import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from grader.clients.cookies import Cookies, SetCookie, renamed, set_by, tampered

HERE = "http://127.0.0.1:3000"


def sent(cookies: Cookies, url: str = HERE) -> dict[str, str]:
    found = cookies.jar.filter_cookies(URL(url))
    return {name: morsel.coded_value for name, morsel in found.items()}


async def test_a_cookie_put_there_by_hand_is_sent_as_it_is() -> None:
    cookies = Cookies(HERE)
    for value in ("gAAA=", 'a"b', "a b;".strip(";"), "amy.é"):
        cookies.set("session", value)
        assert cookies.values() == sent(cookies) == {"session": value}


async def test_it_replaces_the_one_that_the_server_has_set() -> None:
    cookies = Cookies(HERE)
    cookies.jar.update_cookies_from_headers(["session=real; Path=/chat; HttpOnly"], URL(HERE))
    cookies.set("session", "forged")
    assert sent(cookies, f"{HERE}/chat") == {"session": "forged"}


async def test_a_cookie_is_a_hosts_whatever_its_port_and_sent_by_sockets_too() -> None:
    cookies = Cookies(HERE)
    cookies.jar.update_cookies_from_headers(["session=amy; Path=/; Secure"], URL(HERE))
    for url in (HERE, "http://127.0.0.1:4000/a", "ws://127.0.0.1:4000/socket.io/"):
        assert sent(cookies, url) == {"session": "amy"}
    assert sent(cookies, "http://127.0.0.2:3000") == {}


def test_the_cookies_of_an_answer() -> None:
    lines = ("session=a=b; Path=/; HttpOnly;SameSite=lax", "gone=; Max-Age=0")
    session, gone = set_by(lines)
    assert session == SetCookie("session", "a=b", {"path": "/", "httponly": "", "samesite": "lax"})
    assert (gone.name, gone.value) == ("gone", "")


@pytest.mark.parametrize(
    ("attribute", "has"),
    [
        ("HttpOnly", True),
        ("samesite", True),
        ("SameSite=Lax", True),
        ("SameSite=Strict", False),
        ("Secure", False),
    ],
)
def test_an_attribute_is_had_in_any_case(attribute: str, has: bool) -> None:
    assert SetCookie("a", "b", {"httponly": "", "samesite": "lax"}).has(attribute) is has


def test_a_samesite_that_no_browser_knows_is_none() -> None:
    assert not SetCookie("a", "b", {"samesite": "laxx"}).has("SameSite")


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.binary(min_size=8))
def test_what_is_tampered_with_is_something_else_in_base64(data: bytes) -> None:
    value = base64.urlsafe_b64encode(data).decode()
    other = tampered(value)
    assert len(other) == len(value)
    assert base64.urlsafe_b64decode(other) != data


@given(st.text(string.printable))
def test_what_is_tampered_with_is_another_text(value: str) -> None:
    assert tampered(value) != value


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ("amy", "bob"),
        ("name=amy&x=1", "name=bob&x=1"),
        (_base64('{"name": "amy"}') + ".c2ln", _base64('{"name": "bob"}') + ".c2ln"),
        (_base64("~~~amy~~~?"), _base64("~~~bob~~~?")),
        ("YW15." + hashlib.md5(b"amy").hexdigest(), "Ym9i." + hashlib.md5(b"bob").hexdigest()),
        ("c2lnbmVk.0123", "c2lnbmVk.0123"),
    ],
)
def test_a_name_that_can_be_read_is_replaced(value: str, other: str) -> None:
    assert renamed(value, "amy", "bob") == other


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ("7", "12"),
        ("77", "77"),
        ("user=7&at=1764", "user=12&at=1764"),
        (r'"{\"at\": 1767\054 \"user\": 7}"', r'"{\"at\": 1767\054 \"user\": 12}"'),
        (r"\"at\":1767\0547", r"\"at\":1767\05412"),
        ("%7B%22user%22%3A7%7D", "%7B%22user%22%3A12%7D"),
        (_base64('{"user": 7, "at": 77}') + ".c2ln", _base64('{"user": 12, "at": 77}') + ".c2ln"),
        ("gAAAAB7nZ-7a_7", "gAAAAB7nZ-7a_7"),
    ],
)
def test_a_number_is_replaced_where_it_stands_by_itself(value: str, other: str) -> None:
    assert renamed(value, "7", "12") == other


def test_a_cookie_of_any_site_has_to_be_secure() -> None:
    assert not SetCookie("a", "b", {"samesite": "None"}).has("SameSite")
    assert SetCookie("a", "b", {"samesite": "None", "secure": ""}).has("SameSite")
