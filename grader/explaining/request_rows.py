"""Puts a client's HTTP requests, and what the server answers, into rows."""

from collections.abc import Iterator, Mapping

from grader.explaining.evidence import Evidence
from grader.history.conversation import Entry
from grader.history.values import cut, renamed, text_of
from grader.report.result import Row
from grader.text import printable

SHOWN = ("Location", "Set-Cookie")  # of an answer's headers
LONGEST = 60  # characters of a body that is no JSON
SECRET = 16  # characters from which on a cookie's value is shown by its beginning


def secrets(evidence: Evidence) -> list[str]:
    """The values of cookies that are long and random: a reader tells them by their beginnings."""
    return sorted(one for one in evidence.conversation.cookies if len(one) >= SECRET)


def asked(entry: Entry, server: str, names: Mapping[str, str]) -> Row:
    """The row of a request."""
    return Row(entry.client, f"→ {server}", cut(printable(entry.event)), said(entry, names))


def said(entry: Entry, names: Mapping[str, str]) -> str:
    """What a client puts into a request, or into its browser; a form is written as it is sent."""
    texts = (printable(one) if isinstance(one, str) else text_of(one) for one in entry.args)
    return _named("".join(texts), names)


def answered(entry: Entry, server: str, names: Mapping[str, str], note: str) -> Row:
    """The row of an answer: its status, what it does to the client, and its body."""
    status, headers, body = entry.args
    parts = [*_headers(headers)]
    if isinstance(body, str):
        html = "<html" in body.lower()
        parts += [text_of(body[:LONGEST]) + (" …" if len(body) > LONGEST else "")] * bool(
            body.strip() and not html
        )
    else:
        parts.append(text_of(body))
    return Row(server, f"→ {entry.client}", str(status), _named("; ".join(parts), names), note)


def _headers(headers: Mapping[str, str | list[str]]) -> Iterator[str]:
    by_name = {name.lower(): value for name, value in headers.items()}
    for name in SHOWN:
        values = by_name.get(name.lower(), [])
        for value in values if isinstance(values, list) else [values]:
            yield printable(f"{name}: {value}")


def _named(text: str, names: Mapping[str, str]) -> str:
    return cut(renamed(text, names))
