import os
import subprocess


def start():
    child = subprocess.Popen(["sleep", "300"])
    print(f"child {child.pid}", flush=True)
    start_daemon()


def start_daemon():
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    print(f"daemon {os.getpid()}", flush=True)
    os.execvp("sleep", ["sleep", "300"])
