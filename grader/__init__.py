"""A grader for Make Chat: it drives scripted Socket.IO clients against a step's server.

The modules, from the outside in; each imports only from those after it:

- `cli`: the command line, arguments only.
- `runner`: runs a step's checks side by side, each on a fresh server.
- `course`, `checks`: what the steps are, and what is checked in each.
- `mistakes`, `explain`: what a failed check tells its reader.
- `scene`, `expect`: what a check is written with.
- `server`, `launcher`, `output`, `ports`: a submission's server, from its start to its end.
- `client`: a scripted Socket.IO client.
- `conversation`, `patience`, `values`: the recorded history, its clock, its payloads.
- `report`: renders results; knows `result` and nothing else of the above.

`host` is a program of its own, which `launcher` starts.
"""
