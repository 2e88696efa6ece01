# TODO 1: write a class User: its id (a socket id), its username, and its status, "online".
# TODO 1: write register(sio, users), and in it the handlers of "registerUser"
#         and of "sendAnotherUserAMessage".
# TODO 3: handle "loginUser"; who registers a name that is known logs in, too.
# TODO 4: handle "disconnect": the user whose socket goes is offline.
