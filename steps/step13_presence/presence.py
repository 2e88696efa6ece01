# TODO 2: connect: remember the user of each socket's handshake. Strangers may come in.
# TODO 2: GET /connected/{sid}: answer 401, 404 or 403 where it must be refused. Otherwise add the
#         pair of the user's id and the socket's, and emit "onlineUsers" to that socket.

# TODO 3: in there, emit "userJoined" where the user was not online before.
# TODO 3: disconnect: remove the pair, and emit "userLeft" where it was the user's last one.

# TODO 4: POST /logout: forget the session, then disconnect every socket of this user.
