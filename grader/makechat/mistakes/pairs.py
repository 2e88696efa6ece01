"""Who was online at a place in a history of step 13, as far as the requests tell it."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from grader.explaining.evidence import Evidence
from grader.history.conversation import Kind

CONNECTED = "GET /connected/"
LOGIN, LOGOUT = "POST /login", "POST /logout"

_TAB = re.compile(r" \(tab \d+\)$")


class Pairs:
    """The clients that were bound before the entry at `until`, or at all; the latest one last."""

    def __init__(self, e: Evidence, until: int | None = None) -> None:
        self._users: dict[str, str] = {}  # client → the name that it has logged in with
        self._names: dict[str, list[str]] = {}  # the same, and those of before
        self._times: dict[str, int] = {}
        self._strangers: set[str] = set()  # clients that connected before they logged in
        self.bound: list[str] = []
        self.last_login = ""
        self.last_bound = ""
        for entry in e.conversation.entries[:until]:
            if entry.kind is Kind.REQUESTED and entry.event == LOGIN:
                self._log_in(entry.client, entry.args)
            elif entry.kind is Kind.REQUESTED and entry.event.startswith(CONNECTED):
                # The answer may come after what clients hear of it.
                client = e.conversation.sids.get(entry.event.removeprefix(CONNECTED), "")
                if self.user_of(client) == self.user_of(entry.client):
                    self._bind(client)
            elif entry.kind is Kind.CONNECTED and not self._is_known(entry.client):
                self._strangers.add(entry.client)
            elif entry.kind in (Kind.LEFT, Kind.LOST) and entry.client in self.bound:
                self.bound.remove(entry.client)

    def user_of(self, client: str) -> str:
        """The name of the user whose tab a client is."""
        browser = _TAB.sub("", client)
        return self._users.get(client) or self._users.get(browser) or browser

    def names_of(self, client: str) -> list[str]:
        """The names under which a client's browser has logged in, the first one first."""
        return self._names.get(client) or self._names.get(_TAB.sub("", client), [])

    def tabs_of(self, client: str) -> list[str]:
        """The tabs of the same user that are bound, apart from this one."""
        user = self.user_of(client)
        return [one for one in self.bound if self.user_of(one) == user and one != client]

    def all_tabs_of(self, client: str) -> list[str]:
        """The tabs of a client's user that have ever been bound, the client among them."""
        user = self.user_of(client)
        return [one for one in self._times if self.user_of(one) == user]

    def had_another(self, client: str) -> bool:
        """Whether the user of a client was online in another tab."""
        return bool(self.tabs_of(client))

    def before(self, client: str) -> bool:
        """Whether a client was bound before its latest time, or was bound and has gone."""
        return self._times.get(client, 0) > (1 if client in self.bound else 0)

    def times_bound(self, client: str) -> int:
        """How often a client has been bound."""
        return self._times.get(client, 0)

    def logged_in_before(self, client: str) -> bool:
        """Whether a client's browser had logged in when the client connected."""
        return client not in self._strangers

    def bound_after(self, client: str, others: Sequence[str]) -> bool:
        """Whether a client was bound after all of these."""
        order = list(self._times)
        return all(order.index(client) > order.index(one) for one in others if client in order)

    @property
    def gone(self) -> set[str]:
        """The users of whom no tab is bound any more."""
        here = {self.user_of(one) for one in self.bound}
        return {self.user_of(one) for one in self._times} - here

    def _is_known(self, client: str) -> bool:
        """Whether somebody has logged in with the browser of a client."""
        return client in self._users or _TAB.sub("", client) in self._users

    def _log_in(self, client: str, args: tuple[Any, ...]) -> None:
        name = args[0].get("username") if args and isinstance(args[0], dict) else None
        if isinstance(name, str):
            self._users[client] = self.last_login = name
            self._names.setdefault(client, []).append(name)

    def _bind(self, client: str) -> None:
        self._times[client] = self._times.pop(client, 0) + 1  # the latest one last
        if client in self.bound:
            self.bound.remove(client)
        self.bound.append(client)
        self.last_bound = client


def names(users: Iterable[Any]) -> list[str]:
    """The names in a list of users."""
    return [str(user.get("username")) for user in users if isinstance(user, dict)]
