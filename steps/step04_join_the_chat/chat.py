# TODO 1: write register(sio), and in it the handler of "new user":
#         print who has joined, and emit "new user" with the username to everybody.
