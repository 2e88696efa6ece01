# TODO 1: write a class User: its id (a socket id), its username, and its status, "online".
# TODO 1: write register(sio, users), and in it the handlers of "registerUser"
#         and of "sendAnotherUserAMessage".
# TODO 3: handle "loginUser": tell a user whom nobody knows.
# TODO 3: handle "disconnect": the user whose socket goes is offline. Write to users who are online.
# TODO 4: a login brings a user back, at its own socket; to register a known name does the same.
