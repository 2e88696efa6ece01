"""What a page has to show: sights in its places, each judged by what a user sees there.

The places are an application's own, named in its vocabulary by their CSS selectors; what is inside
of them, and how it is written, is the page's own choice.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.explaining.vocabulary import Place
from grader.history.findings import Fault, Finding
from grader.history.values import text_of

# What no selector finds: the page's scripts, style rules and errors, and its connections.
SCRIPTS = Place("the scripts that were loaded", "")
STYLES = Place("the style rules", "")
ERRORS = Place("the errors", "")
CONNECTIONS = Place("the connections", "")


# Thai and Lao, Burmese, Khmer, kana, Han: no space stands between words. And Hangul: what belongs
# to a name follows it without one. The source is the Unicode Standard's list of blocks.
_WITHOUT_SPACES = (
    r"\u0e00-\u0eff",
    r"\u1000-\u109f",
    r"\u1780-\u17ff",
    r"\u3040-\u30ff",
    r"\u3400-\u9fff",
    r"\uac00-\ud7a3",
)


@dataclass(frozen=True)
class Seen:
    """What is seen in one place.

    `texts` are its visible pieces of text, from top to bottom, `in_view` those of them that a user
    sees without scrolling.
    """

    there: bool = True
    shown: bool = True
    texts: Sequence[str] = ()
    value: str = ""
    named: bool = False
    live: bool = False
    in_view: Sequence[str] = ()

    def count(self, text: str) -> int:
        """How often the text stands here, not as a part of a longer word."""
        return sum(len(_word(text).findall(piece)) for piece in self.texts)


Look = Mapping[Place, Seen]


@dataclass(frozen=True)
class Sight(ABC):
    """Something that a page should show, in the words of a report: "should …"."""

    place: Place

    @abstractmethod
    def wrong(self, seen: Seen) -> "Wrong | None":
        """What is wrong with it; None where the sight is as it should be."""


@dataclass(frozen=True)
class Wrong:
    """What should be and what is instead, in words; where it is about a text, which one."""

    should: str
    instead: str
    text: str = ""

    def finding(self, client: str, place: Place | None = None, seen: Seen | None = None) -> Finding:
        """The finding that it is on a client's page, and where."""
        return Finding(
            Fault.UNSEEN,
            client,
            expected=(self.text,) if self.text else None,
            got=tuple(seen.texts) if seen else None,
            text=self.instead,
            should=self.should,
            about=place.events if place else (),
        )


@dataclass(frozen=True)
class Texts(Sight):
    """Of these texts each stands there `once`, in this order if so wished, or at least once
    (`some`), or not at all (`never`). What is twice in `once` stands there twice.
    """

    once: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    in_order: bool = False

    def wrong(self, seen: Seen) -> Wrong | None:
        name = self.place.name
        if not seen.there and not self.place.passing:
            return Wrong(f"have {name}", f"it has no {self.place.selector}")
        there = f"it shows {_listed(seen.texts)}"
        for text in (*self.once, *self.some):
            if not seen.count(text):
                return Wrong(f"show {text_of(text)} in {name}", there, text)
        for text in self.once:
            count, wanted = seen.count(text), self.once.count(text)
            if count != wanted:
                should = f"show {text_of(text)} {_times(wanted)} in {name}"
                return Wrong(should, f"{_times(count)}: {there}", text)
        for text in self.never:
            if seen.count(text):
                return Wrong(f"not show {text_of(text)} in {name}", there, text)
        if self.in_order and self._order(seen) != list(self.once):
            return Wrong(f"show {_listed(self.once)} in {name}, in this order", there)
        return None

    def _order(self, seen: Seen) -> list[str]:
        """The texts of `once` in the order in which they stand there."""
        whole = "\n".join(seen.texts)
        places = {text: found.start() for text in self.once if (found := _word(text).search(whole))}
        return sorted(self.once, key=lambda text: places[text])


@dataclass(frozen=True)
class Quality(Sight):
    """Something about the place other than its texts: `should` in words, and what is instead."""

    should: str
    holds: Callable[[Seen], bool]
    instead: Callable[[Seen], str]

    def wrong(self, seen: Seen) -> Wrong | None:
        if not seen.there:
            return Wrong(self.should, f"it has no {self.place.selector}")
        return None if self.holds(seen) else Wrong(self.should, self.instead(seen))


def visible(place: Place) -> Sight:
    """A user can see the place."""
    return Quality(place, f"show {place.name}", lambda s: s.shown, lambda _: "it is hidden")


def worded(place: Place) -> Sight:
    """A user can read something there, whatever it is."""
    should = f"say something in {place.name}"
    return Quality(place, should, lambda s: bool(s.texts), lambda _: "it is empty")


def hidden(place: Place) -> Sight:
    """A user does not see the place; also where the page has none any more."""
    return _Gone(place)


def empty(place: Place) -> Sight:
    """Nothing is typed in an input."""
    return Quality(
        place,
        f"empty {place.name}",
        lambda seen: not seen.value,
        lambda seen: f"it still holds {text_of(seen.value)}",
    )


def named(place: Place) -> Sight:
    """A screen reader has a name for an input."""
    return Quality(
        place,
        f"name {place.name}, by a <label> or an aria-label",
        lambda seen: seen.named,
        lambda _: "a screen reader has nothing to call it",
    )


def live(place: Place) -> Sight:
    """A screen reader tells what is added."""
    return Quality(
        place,
        f'have role="log" or aria-live on {place.name}',
        lambda seen: seen.live,
        lambda _: "a screen reader does not say what comes",
    )


def in_view(place: Place, text: str) -> Sight:
    """A user sees the text in a place without scrolling."""
    return Quality(
        place,
        f"show {text_of(text)} in {place.name} without scrolling",
        lambda seen: any(text in piece for piece in seen.in_view),
        lambda _: "it is beyond the edge: a user would have to scroll",
    )


def script(path: str) -> Sight:
    """The browser has loaded a script."""
    return Quality(
        SCRIPTS,
        f"load {path} as a script",
        lambda seen: path in seen.texts,
        lambda seen: f"it loads {_listed(seen.texts)}",
    )


def styled() -> Sight:
    """At least one style rule is there to apply."""
    return Quality(
        STYLES,
        "have a style sheet",
        lambda seen: bool(seen.texts),
        lambda _: "not one style rule is there",
    )


def no_errors() -> Sight:
    """Everything was loaded, and nothing went wrong in a script.

    What goes wrong again and again counts once: how often, depends on how long one looks.
    """
    return Quality(
        ERRORS,
        "load all it needs, and run without an error",
        lambda seen: not seen.texts,
        lambda seen: f"{len(set(seen.texts))} went wrong",
    )


def connected(times: int = 1) -> Sight:
    """The page has connected so often since it was opened."""
    return Quality(
        CONNECTIONS,
        "connect" + ("" if times == 1 else " again"),
        lambda seen: len(seen.texts) == times,
        lambda seen: f"it has connected {_times(len(seen.texts))}",
    )


@dataclass(frozen=True)
class _Gone(Sight):
    def wrong(self, seen: Seen) -> Wrong | None:
        return Wrong(f"hide {self.place.name}", "it shows it") if seen.shown else None


def _word(text: str) -> re.Pattern[str]:
    """The text where no letter or digit beside it makes it a part of a longer word."""
    before, after = _going_on(text[:1]), _going_on(text[-1:])
    return re.compile(rf"(?<!{before}){re.escape(text)}(?!{after})", re.IGNORECASE)


def _going_on(letter: str) -> str:
    """What letters and digits beside this one belong to the same word, as a class.

    In scripts that are written without spaces a word ends where another script begins.
    """
    own = [script for script in _WITHOUT_SPACES if re.match(f"[{script}]", letter)]
    return f"[{own[0]}]" if own else rf"[^\W{''.join(_WITHOUT_SPACES)}]"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(text_of, texts)) or "nothing"
