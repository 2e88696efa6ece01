def room_of(user_id):
    # No user id, whatever it is, can now name everybody, or the room of a single socket.
    return f"user {user_id}"


def register(sio):
    @sio.on("userConnected")
    async def user_connected(sid, user_id):
        await sio.enter_room(sid, room_of(user_id))

    @sio.on("userDisconnected")
    async def user_disconnected(sid, user_id):
        await sio.leave_room(sid, room_of(user_id))

    @sio.on("sendAnotherUserAMessage")
    async def send_another_user_a_message(sid, data):
        await sio.emit("recMessage", {"msg": data["msg"]}, to=room_of(data["name"]))
