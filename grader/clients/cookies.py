"""The cookies of one browser: its tabs share them, its requests and its sockets send them."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import BaseCookie, Morsel

import aiohttp
from yarl import URL

_NOWHERE = URL()
_BASE64 = re.compile("[A-Za-z0-9+/_-]{4,}={0,2}")
_DIGESTS = ("md5", "sha1", "sha256")
# What is before it may be a sign as a URL or a quoted cookie writes it: %3A, \\054.
_BY_ITSELF = r"(?:(?<!\w)|(?<=%[0-9A-Fa-f]{{2}})|(?<=\\[0-7]{{3}})){}(?!\w)"


class Cookies:
    """What one browser keeps for one server."""

    def __init__(self, url: str) -> None:
        self._url = URL(url)
        self.jar = _Jar(self._url)

    def values(self) -> dict[str, str]:
        """Name → value, just as it is sent, of each cookie for the server's root."""
        found = self.jar.filter_cookies(self._url)
        return {name: morsel.coded_value for name, morsel in found.items()}

    def set(self, name: str, value: str) -> None:
        """Put one there by hand; it replaces every one of that name."""
        self.jar.clear(lambda kept: kept.key == name)
        made: Morsel[str] = Morsel()
        made.set(name, value, value)
        made["path"] = "/"
        self.jar.update_cookies([(name, made)], self._url)


class _Jar(aiohttp.CookieJar):
    """Keeps cookies as browsers do on this machine.

    They are sent just as they came. Those of an address without a name are kept, and those that
    are Secure are sent without TLS too, by sockets as well. They are a host's, whatever its port
    (RFC 6265, 8.5).
    """

    def __init__(self, url: URL) -> None:
        secure = [url.origin(), url.with_scheme("ws").origin()]
        super().__init__(unsafe=True, quote_cookie=False, treat_as_secure_origin=secure)
        self._port = url.port

    def filter_cookies(self, request_url: URL = _NOWHERE) -> BaseCookie[str]:
        return super().filter_cookies(request_url.with_port(self._port))


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A cookie that an answer sets; its attributes by their names in lower case (RFC 6265, 4.1)."""

    name: str
    value: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    def has(self, attribute: str) -> bool:
        """Whether it has an attribute, such as HttpOnly, or one with a value: SameSite=Lax.

        SameSite with a value that no browser knows is none, and so is None without Secure: a
        browser drops such a cookie (RFC 6265bis, 5.7).
        """
        name, equals, value = attribute.lower().partition("=")
        kept = self.attributes.get(name)
        if kept is None or (name == "samesite" and kept.lower() not in self._same_site):
            return False
        return not equals or kept.lower() == value

    @property
    def _same_site(self) -> tuple[str, ...]:
        return ("strict", "lax", *(["none"] if "secure" in self.attributes else []))


def set_by(lines: Iterable[str]) -> list[SetCookie]:
    """The cookies that these Set-Cookie lines set, also those that they delete."""
    found = []
    for line in lines:
        pair, *attributes = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        named = (one.partition("=") for one in attributes if one)
        found.append(SetCookie(name, value, {key.lower(): its for key, _, its in named}))
    return found


def renamed(value: str, old: str, new: str) -> str:
    """The value with one text in it replaced by another one, wherever it can be read.

    It is found as it is, in base64, and as a digest that takes no key; a signature stays. A number
    is found where it stands by itself, and not as a part of another one.
    """
    text = re.compile(_BY_ITSELF.format(old) if old.isdigit() else re.escape(old))

    def decoded(match: re.Match[str]) -> str:
        piece = match[0].rstrip("=")
        try:
            plain = base64.urlsafe_b64decode(piece.replace("+", "-").replace("/", "_") + "==")
        except ValueError:
            return match[0]
        read = plain.decode("latin-1")
        other = text.sub(lambda _: new, read)
        if other == read:
            return match[0]
        made = base64.b64encode(other.encode("latin-1")).decode()
        if "-" in piece or "_" in piece:
            made = made.replace("+", "-").replace("/", "_")
        return made if match[0].endswith("=") else made.rstrip("=")

    for name in _DIGESTS:
        before, after = (hashlib.new(name, one.encode()).hexdigest() for one in (old, new))
        value = value.replace(before, after)
    return _BASE64.sub(decoded, text.sub(lambda _: new, value))


def tampered(value: str) -> str:
    """The value with one letter or digit in its middle replaced by another one.

    It stands for something else however it is encoded: of a base64 character in the middle,
    every bit counts.
    """
    places = [i for i, one in enumerate(value) if one.isascii() and one.isalnum()]
    if not places:
        return value + "x"
    at = places[len(places) // 2]
    return value[:at] + ("b" if value[at] == "a" else "a") + value[at + 1 :]
