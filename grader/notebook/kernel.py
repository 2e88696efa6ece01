"""The program that runs a notebook's cells: IPython's kernel, which keeps its output to itself.

Started as `python -P -m grader.notebook.kernel`. It binds to free ports of the loopback, prints
one line, `READY` and its connection as JSON, and serves until it is killed. Nothing of what it
needs to start stays on the disk, and nothing is read from or written to the user's home.
"""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from grader.notebook.crossing import CELL, LARGEST_MESSAGE, READY

SHORTENED = 10_000  # characters of each text in what would be larger


def main() -> None:
    """Serve; does not return."""
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    from grader.notebook import streams

    class Numbered(XCachingCompiler):
        def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
            return f"{CELL}{number}"

    class Kernel(IPythonKernel):
        compiler_class = Numbered

    config = Config()
    config.IPKernelApp.outstream_class = f"{streams.__name__}.{streams.Counted.__name__}"
    config.IPKernelApp.capture_fd_output = False
    config.IPKernelApp.log_level = logging.CRITICAL  # what it has to say is not for students
    config.HistoryManager.enabled = False
    with tempfile.TemporaryDirectory() as place:
        os.environ["IPYTHONDIR"] = place
        file = Path(place, "connection.json")
        app: Any = IPKernelApp.instance(config=config, kernel_class=Kernel)
        app.initialize(["-f", str(file)])
        connection = file.read_text(encoding="utf-8")
    pack = app.session.pack

    def bounded(message: Any) -> bytes:
        packed: bytes = pack(message)
        return packed if len(packed) <= LARGEST_MESSAGE else pack(shortened(message))

    app.session.pack = bounded
    app.shell.ask_exit = leave
    streams.watch(app.shell)
    os.write(1, f"{READY}{json.dumps(json.loads(connection))}\n".encode())
    app.start()


def shortened(message: Any) -> Any:
    """The message, with of every text in it the beginning."""
    if isinstance(message, str):
        return message[:SHORTENED]
    if isinstance(message, dict):
        return {key: shortened(value) for key, value in message.items()}
    if isinstance(message, (list, tuple)):
        return [shortened(value) for value in message]
    return message


def leave() -> NoReturn:
    """What `exit()` does in a cell: it ends the cell, not the kernel."""
    raise SystemExit


if __name__ == "__main__":
    main()
