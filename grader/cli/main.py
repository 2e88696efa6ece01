"""The console script: it lets the host begin, then reads the arguments."""

import io
import sys
from typing import NoReturn

from grader.cli import startup
from grader.running import interrupt


def main() -> None:
    """Run `grader`; ends with its exit code."""
    interrupt.ends_the_program()  # before the imports, which take a moment
    startup.open_what_is_closed()
    if sys.flags.optimize > 1:
        _give_up("with python -OO or PYTHONOPTIMIZE=2 checks have no lines")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal has a ✓
    host = None
    try:
        host = startup.early_host(sys.argv[1:])
        from grader.cli.commands import grader

        grader(obj=host)
    except SystemExit as ending:
        if host:
            host.close()
        startup.end(ending.code)
    except Exception as error:
        if host:
            host.close()
        if sys.flags.dev_mode:
            raise
        from grader.running.blunder import told

        _give_up(told(error))


def _give_up(why: str) -> NoReturn:
    from grader.report.result import ExitCode

    sys.stdout.flush()
    print(f"grader: {why}", file=sys.stderr)
    startup.end(ExitCode.UNJUDGED)
