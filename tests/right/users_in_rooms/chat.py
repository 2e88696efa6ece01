"""Steps 10 in a namespace class, with a dataclass for each user and a room for each name."""

from dataclasses import dataclass

import socketio


@dataclass
class Account:
    name: str
    sid: str | None = None

    @property
    def room(self):
        return f"account:{self.name}"


class Accounts(socketio.AsyncNamespace):
    accounts = {}

    async def on_registerUser(self, sid, data):  # noqa: N802 - the event's name
        self.accounts.setdefault(data["name"], Account(data["name"]))
        await self.on_loginUser(sid, data)

    async def on_loginUser(self, sid, data):  # noqa: N802
        account = self.accounts.get(data["name"])
        if account is None:
            await self.emit("noAccountFound", {"msg": "No account was found"}, room=sid)
            return
        if account.sid:
            await self.leave_room(account.sid, account.room)
        account.sid = sid
        await self.enter_room(sid, account.room)

    async def on_sendAnotherUserAMessage(self, sid, data):  # noqa: N802
        await self.emit("recMessage", {"msg": data["msg"]}, room=f"account:{data['name']}")

    async def on_disconnect(self, sid, reason):
        for account in self.accounts.values():
            if account.sid == sid:
                account.sid = None


sio = socketio.AsyncServer(async_mode="aiohttp")
sio.register_namespace(Accounts("/"))
