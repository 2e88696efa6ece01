"""The console script: it lets the host begin, then reads the arguments."""

import io
import os
import sys

from grader.running import interrupt

# With any of these no app.py is started, or nothing is.
_COLD = ("--server", "--url", "--list", "--help", "-h")


def main() -> None:
    """Run `grader`; ends with its exit code."""
    interrupt.ends_the_program()  # before the imports, which take a moment
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every terminal has a ✓
    host = None
    try:
        from grader.servers.warm import WarmHost

        cold = any(argument.startswith(_COLD) for argument in sys.argv)
        if sys.argv[1:2] == ["check"] and hasattr(os, "fork") and not cold:
            isolated = False if "--no-isolation" in sys.argv else None
            host = WarmHost(isolated=isolated)  # a guess: its imports run while click's and ours do
        from grader.cli.commands import grader

        grader(obj=host)
    except SystemExit as ending:
        if host:
            host.close()
        sys.stdout.flush()
        sys.stderr.flush()
        # All is said and closed: to take every imported module apart would only take time.
        os._exit(ending.code if isinstance(ending.code, int) else 1)
    except Exception as error:
        if host:
            host.close()
        if sys.flags.dev_mode:
            raise
        from grader.running.blunder import told

        sys.stdout.flush()
        print(f"grader: {told(error)}", file=sys.stderr, flush=True)
        os._exit(3)
