def room_of(user_id):
    # No user id, whatever it is, can now name everybody, or the room of a single socket.
    return f"user {user_id}"


def register(sio, modals):
    async def tell(to=None):
        await sio.emit("recModalInfo", {"info": list(modals.items())}, to=to)

    @sio.event
    async def connect(sid, environ):
        print("New user connected")
        # It runs when connect has returned: the client then knows that it is connected.
        sio.start_background_task(tell, sid)

    @sio.on("userConnected")
    async def user_connected(sid, user_id):
        await sio.enter_room(sid, room_of(user_id))

    @sio.on("userDisconnected")
    async def user_disconnected(sid, user_id):
        await sio.leave_room(sid, room_of(user_id))

    @sio.on("sendAnotherUserAMessage")
    async def send_another_user_a_message(sid, data):
        await sio.emit("recMessage", {"msg": data["msg"]}, to=room_of(data["name"]))

    @sio.on("openedModal")
    async def opened_modal(sid, data):
        modals[sid] = data["modalIdentifier"]
        await tell()

    @sio.on("closedModal")
    async def closed_modal(sid, data=None):
        # The socket id says whose modal is closed, whatever came with the event.
        modals.pop(sid, None)
        await tell()

    @sio.event
    async def disconnect(sid, reason):
        if sid in modals:
            del modals[sid]
            await tell()
