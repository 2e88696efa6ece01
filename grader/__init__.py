"""A grader for Make Chat: it drives scripted Socket.IO clients against a step's server.

The modules, from the outside in; each imports only from those after it:

- `cli`: the console script; `commands`: its arguments; `interrupt`: its Ctrl-C.
- `serve`: one run of `grader run`; `dev`: what keeps the course itself in order.
- `session`: one run of `grader check`, from the host's start to the printed report; `notebook`:
  a package of its own, for the notebooks; `printing`: how either is shown.
- `runner`: runs a step's checks side by side, each on a fresh server.
- `checks`, `check`: what is checked in each step; `course`: what the steps are.
- `explain`, `explain_pages`, `mistakes`, `evidence`: what a failed check tells its reader, with
  `tracebacks` (what the server printed) and `source` (where to look).
- `scene`, `expect`, `hears`, `findings`: what a check is written with, and what fails it.
- `libraries`, `raw`, `frames`: the clients of step 1, others' and one of bytes.
- `server`, `launcher`, `warm`: a submission's server, from its start to its end; `ports`: where
  it listens; `output`: what it prints.
- `client`: a scripted Socket.IO client; `fetch`: plain HTTP requests.
- `pages`, `page`, `browser`: the step's page in a real browser, used as its users do; `look`,
  `sights`: what it shows, and what it should; `overheard`: what it says, loads and does wrong.
- `conversation`, `patience`, `values`: the recorded history, its clock, its payloads.
- `report`: renders results; knows `result` and nothing else of the above.

`host` is a program of its own, which `warm` starts and `launcher` talks to.
"""
