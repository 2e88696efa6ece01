"""What the users of step 13 do, in browsers and tabs, and what everybody must hear of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from grader.checking.scene import Scene
from grader.checking.turn import Turn
from grader.clients.http import Answer
from grader.clients.socketio import ScriptedClient
from grader.history.findings import CheckFailed
from grader.history.values import text_of
from grader.makechat.people import cookie_of_login

LIST, JOINED, LEFT = "onlineUsers", "userJoined", "userLeft"

User = dict[str, Any]  # {id, username}


class Presence:
    """Who is online in a scene, as it has to be: the pairs of users and sockets."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._known: dict[str, User] = {}  # by the names of those who have logged in
        self.bound: list[ScriptedClient] = []

    def user(self, client: ScriptedClient) -> User:
        """The user of a client, as the login has answered."""
        return self._known[client.user]

    @property
    def online(self) -> list[User]:
        """The list that a socket gets which is bound now, in some order."""
        return [self._known[name] for name in dict.fromkeys(one.user for one in self.bound)]

    @property
    def strangers(self) -> list[ScriptedClient]:
        """The clients that are connected and not bound: what they hear of others is left open."""
        clients = [one for one in self._scene.clients if isinstance(one, ScriptedClient)]
        return [one for one in clients if one.connected and one not in self.bound]

    async def log_in(self, *clients: ScriptedClient) -> None:
        """Log the user of each client in. Raises CheckFailed where that is not answered rightly."""
        async with self._scene.turn() as turn:
            for client in clients:
                cookie = cookie_of_login(client)
                answer = await client.post("/login", json={"username": client.user})
                turn.answered(answer, "2xx", cookie=cookie)
                if answer.status < 300:
                    self._known[client.user] = logged_in(answer, client.user)

    async def people(self, *names: str) -> list[ScriptedClient]:
        """A browser with one tab for each name: logged in and connected, but not bound."""
        clients = self._scene.users(*names)
        await self.log_in(*clients)
        await self._scene.connect(*clients)
        return clients

    async def tab(self, client: ScriptedClient) -> ScriptedClient:
        """Another tab of a client's browser, connected but not bound."""
        tab = self._scene.tab(client)
        await self._scene.connect(tab)
        return tab

    async def browser(self, client: ScriptedClient, name: str) -> ScriptedClient:
        """A tab of the same user's in another browser: logged in and connected, but not bound."""
        (other,) = self._scene.users(name)
        other.user = client.user
        await self.log_in(other)
        await self._scene.connect(other)
        return other

    async def add(self, turn: Turn, client: ScriptedClient) -> None:
        """Let the server bind a client's socket in a turn; what follows from it is not awaited."""
        if client not in self.bound:
            self.bound.append(client)
        turn.answered(await ask(client, client), "2xx")

    async def come(self, *clients: ScriptedClient, news: bool = True) -> None:
        """Bind clients before what the check is about: only that something comes is awaited.

        `news`: the check is about these too, so all of them must have come.
        """
        for client in clients:
            async with self._scene.turn() as turn:
                first = self._is_first(client)
                await self.add(turn, client)
                turn.hears_some(client, LIST)
                if first and news:
                    turn.hears_some(self.bound, JOINED)
                    self.may_be_told(turn, client)

    async def bind(self, *clients: ScriptedClient) -> None:
        """Bind clients at once: each gets the list, and all who are bound the news, if it is one.

        They are tabs of one user.
        """
        async with self._scene.turn() as turn:
            news, user = self._is_first(clients[0]), self.user(clients[0])
            others = [one for one in self.bound if one not in clients]
            await asyncio.gather(*(self.add(turn, client) for client in clients))
            for client in clients:
                self.gets_list(turn, client)
            if news:
                # Of several tabs, one may be bound a moment too late to be told.
                told = self.bound if len(clients) == 1 else others
                turn.hears(told, JOINED, user, form=user_form)
                late = [one for one in self.bound if one not in told]
                self.may_be_told(turn, clients[0], late)
            else:
                because = f"{user['username']} was online already"
                turn.hears_nothing((*self.bound, *self.strangers), JOINED, because=because)
            turn.hears_nothing(self.bound, LEFT, because="nobody has left")

    async def leave(
        self,
        client: ScriptedClient,
        how: Callable[[ScriptedClient], Awaitable[None]] = ScriptedClient.close_tab,
    ) -> None:
        """Let a tab go: with the user's last one the rest are told, and otherwise nobody is."""
        async with self._scene.turn() as turn:
            self.bound.remove(client)
            await how(client)
            if self._is_first(client):
                self._told_of_leaving(turn, client)
            else:
                self.nobody_is_told(turn, f"{client.user} is still online in another tab")
            turn.hears_nothing(self.bound, JOINED, because="nobody has come")

    async def log_out(self, client: ScriptedClient, *, told: bool = True) -> None:
        """Log a user out in one tab: the server ends all of them, and the rest are told.

        `told`: the check is about these too.
        """
        async with self._scene.turn() as turn:
            gone = [one for one in self.bound if one.user == client.user]
            self.bound = [one for one in self.bound if one not in gone]
            turn.disconnects(gone, because=f"{client.user} has logged out")
            turn.answered(await client.post("/logout"), "2xx or 3xx")
            if told:
                self._told_of_leaving(turn, client)

    def nobody_is_told(self, turn: Turn, because: str) -> None:
        """Nobody hears `userLeft`."""
        turn.hears_nothing((*self.bound, *self.strangers), LEFT, because=because)

    def may_be_told(
        self, turn: Turn, client: ScriptedClient, others: Iterable[ScriptedClient] = ()
    ) -> None:
        """Strangers, and these others, may hear that the user of a client has come."""
        hearers = (*others, *self.strangers)
        turn.may_hear(hearers, JOINED, self.user(client), form=user_form)

    def gets_list(self, turn: Turn, client: ScriptedClient) -> None:
        """A client that has just been bound gets the list of those who are online, once."""
        turn.hears(client, LIST, self.online, form=list_form)

    def _told_of_leaving(self, turn: Turn, client: ScriptedClient) -> None:
        left = {"id": self.user(client)["id"]}
        turn.hears(self.bound, LEFT, left, form=left_form)
        turn.may_hear(self.strangers, LEFT, left, form=left_form)

    def _is_first(self, client: ScriptedClient) -> bool:
        return all(one.user != client.user for one in self.bound)


async def ask(client: ScriptedClient, whose: ScriptedClient) -> Answer:
    """Ask the server to bind a client's socket, with the session of another or of the same."""
    return await client.get(f"/connected/{whose.sid}")


def logged_in(answer: Answer, name: str) -> User:
    """The user that a login has answered with. Raises CheckFailed where it is none."""
    should = f"JSON with an id and the username {text_of(name)}"
    try:
        user = answer.json
    except (ValueError, RecursionError):
        raise CheckFailed([answer.wrong(should, answer.media or answer.beginning)]) from None
    known = isinstance(user, dict) and isinstance(user.get("id"), (int, str))
    if not known or user.get("username") != name:
        raise CheckFailed([answer.wrong(should, text_of(user))])
    return {"id": user["id"], "username": name}


def user_form(user: Any) -> Any:
    """The same for users with the same id and username, whatever else they have."""
    return _only(user, "id", "username")


def left_form(user: Any) -> Any:
    """The same for users with the same id."""
    return _only(user, "id")


def list_form(users: Any) -> Any:
    """The same for lists of the same users in any order."""
    if not isinstance(users, (list, tuple)):
        return users
    return sorted(map(user_form, users), key=text_of)


def _only(value: Any, *keys: str) -> Any:
    return {k: value[k] for k in keys if k in value} if isinstance(value, dict) else value
