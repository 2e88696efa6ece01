"""What a turn expects beside events: an answer to a request, a refusal, the end of a connection."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from grader.checking.expectations import listed
from grader.clients.cookies import SetCookie
from grader.clients.http import NOTHING, Answer
from grader.history.conversation import Conversation, Entry, Kind
from grader.history.findings import Fault, Finding
from grader.history.values import same, text_of

SHUT_OUT = (401, 403)  # statuses that refuse a socket its handshake, in place of a connect_error


class Fact(Protocol):
    """Something that must be so in a turn."""

    def judge(self, conversation: Conversation, since: int) -> tuple[bool, Finding | None]:
        """Whether it has come to be decided, and what is wrong with it."""

    def missing(self) -> Finding:
        """The finding that it has not come to be decided within the patience."""


@dataclass(frozen=True)
class Answered:
    """An answer has one of these statuses, these headers, a cookie with these attributes, and a
    body that is this JSON value.
    """

    answer: Answer
    status: int | str
    headers: Mapping[str, str]
    cookie: Collection[str] | None
    json: Any
    more_keys: bool
    because: str

    def judge(self, conversation: Conversation, since: int) -> tuple[bool, Finding | None]:
        wrong = self._status() or self._header() or self._cookie() or self._json()
        return True, self._finding(wrong) if wrong else None

    def missing(self) -> Finding:
        raise AssertionError("an answer that has come is decided")

    def _status(self) -> str:
        wanted = str(self.status).split(" or ")
        got = str(self.answer.status)
        if any(re.fullmatch(one.replace("x", r"\d"), got) for one in wanted):
            return ""
        return f"should be {self.status}"

    def _header(self) -> str:
        for name, value in self.headers.items():
            got = ", ".join(self.answer.headers.getall(name, ()))
            if not listed(name, value) <= listed(name, got):
                return f"{name} should be {value}" + (f", not {got}" if got else "")
        return ""

    def _cookie(self) -> str:
        if self.cookie is None:
            return ""
        kept = [one for one in self.answer.cookies if one.value not in ("", '""')]
        lacking = [(one, self._lacking(one)) for one in kept]
        if any(not lacks for _, lacks in lacking):
            return ""
        if not lacking:
            return "should set a cookie"
        one, lacks = min(lacking, key=lambda each: len(each[1]))
        return f"the cookie {one.name} should be {' and '.join(lacks)}"

    def _lacking(self, one: SetCookie) -> list[str]:
        return [attribute for attribute in self.cookie or () if not one.has(attribute)]

    def _json(self) -> str:
        if self.json is NOTHING:
            return ""
        try:
            got = self.answer.json
        except (ValueError, RecursionError):
            return f"the body should be JSON: {text_of(self.json)}"
        if same(self.json, got, more_keys=self.more_keys):
            return ""
        return f"the body should be {text_of(self.json)}"

    def _finding(self, wrong: str) -> Finding:
        text = f"{wrong}: {self.because}" if self.because else wrong
        return Finding(Fault.ANSWERED, self.answer.client, entry=self.answer.entry, text=text)


@dataclass(frozen=True)
class Refused:
    """A client that tries to connect is refused by a `connect_error` with a message.

    `message` is a text that must be in it. Where that is empty, the status 401 or 403 on the
    socket's handshake will do too: of that a browser makes a `connect_error` by itself.
    """

    client: str
    message: str = ""
    because: str = ""

    def judge(self, conversation: Conversation, since: int) -> tuple[bool, Finding | None]:
        i = _tried(conversation, since, self.client)
        if i < 0:
            return False, None
        entry = conversation.entries[i]
        if entry.kind is Kind.CONNECTED:
            return True, Finding(Fault.LET_IN, self.client, entry=i, text=self.because)
        wrong = self._wrong(entry, conversation.entries[since:i])
        finding = Finding(Fault.UNEXPLAINED, self.client, entry=i, text=wrong)
        return True, finding if wrong else None

    def missing(self) -> Finding:
        return Finding(Fault.UNEXPLAINED, self.client, text="has not tried to connect")

    def _wrong(self, entry: Entry, before: list[Entry]) -> str:
        should = "should be refused by a connect_error with a message"
        if self.message:
            should += f" that has {text_of(self.message)} in it"
        if not entry.args:
            answers = [e for e in before if (e.client, e.kind) == (self.client, Kind.HTTP)]
            if answers and answers[-1].args[0] in SHUT_OUT and not self.message:
                return ""
            return f"{should}, but: {entry.event}"
        (data,) = entry.args
        message = data.get("message") if isinstance(data, dict) else None
        if isinstance(message, str) and message.strip() and self.message in message:
            return ""
        return should


@dataclass(frozen=True)
class KeptOut:
    """A client that has tried to connect is not let in, whether it is answered or not."""

    client: str
    because: str

    def judge(self, conversation: Conversation, since: int) -> tuple[bool, Finding | None]:
        i = _tried(conversation, since, self.client)
        if i < 0:
            return False, None
        let_in = conversation.entries[i].kind is Kind.CONNECTED
        finding = Finding(Fault.LET_IN, self.client, entry=i, text=self.because)
        return True, finding if let_in else None

    def missing(self) -> Finding:
        return Finding(Fault.UNEXPLAINED, self.client, text="has not tried to connect")


def _tried(conversation: Conversation, since: int, client: str) -> int:
    """Where the client was let in, or was not, for the first time; -1 where it has not tried."""
    outcomes = (Kind.CONNECTED, Kind.REFUSED)
    entries = enumerate(conversation.entries[since:], since)
    return next((i for i, one in entries if one.client == client and one.kind in outcomes), -1)


@dataclass(frozen=True)
class Dismissed:
    """The server ends a client's connection."""

    client: str
    because: str = ""

    def judge(self, conversation: Conversation, since: int) -> tuple[bool, Finding | None]:
        ended = ((e.client, e.kind) for e in conversation.entries[since:])
        return (self.client, Kind.LOST) in ended, None

    def missing(self) -> Finding:
        return Finding(Fault.KEPT, self.client, text=self.because)
