# TODO 1: define register(sio). app.py calls it once, and every handler goes inside.
# TODO 2: in it, handle the event "new user", which carries a username:
#         print "<username> has joined the chat".
# TODO 3: emit "new user" with the username to every client, the sender included.
