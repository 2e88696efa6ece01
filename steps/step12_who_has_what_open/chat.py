def room_of(user_id):
    # No user id, whatever it is, can now name everybody, or the room of a single socket.
    return f"user {user_id}"


# TODO 1: take modals as a second parameter.
def register(sio):
    # TODO 1: handle "connect" here: the socket that connects gets "recModalInfo".
    # TODO 1: handle "openedModal": save the modal identifier under the socket's id.
    # TODO 1: handle "closedModal", with or without a payload: forget it.
    # TODO 3: after each of the two, everybody gets "recModalInfo".
    # TODO 4: handle "disconnect": forget the modal of the socket that goes, and tell the rest.

    @sio.on("userConnected")
    async def user_connected(sid, user_id):
        await sio.enter_room(sid, room_of(user_id))

    @sio.on("userDisconnected")
    async def user_disconnected(sid, user_id):
        await sio.leave_room(sid, room_of(user_id))

    @sio.on("sendAnotherUserAMessage")
    async def send_another_user_a_message(sid, data):
        await sio.emit("recMessage", {"msg": data["msg"]}, to=room_of(data["name"]))
