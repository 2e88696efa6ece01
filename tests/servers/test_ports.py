"""Ports: a free one, and who listens where."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from grader.servers import ports
from tests.support import open_files, wait_until

FAMILY = """
import os, socket, subprocess, sys
if {children}:
    subprocess.run([sys.executable, "-c", {child!r}])
else:
    exec({child!r})
"""
LISTENER = """
import socket, sys
one = socket.create_server(("127.0.0.1", 0))
print(one.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def listener(*, in_a_child: bool) -> Iterator[tuple[int, int]]:
    """The pid of a process that listens, or whose child does, and the port."""
    code = FAMILY.format(children=in_a_child, child=LISTENER)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.pid, int(process.stdout.readline())
        assert process.stdin
        process.stdin.close()


def numbers(pid: int, *, children: bool) -> set[int]:
    """The ports on which a process listens."""
    return {one.port for one in ports.listening(pid, children=children)}


@pytest.mark.parametrize(
    ("address", "only_ipv6", "at_home"),
    [
        ("127.0.0.1", False, True),
        ("0.0.0.0", False, True),
        ("192.168.1.5", False, False),
        ("127.0.0.2", False, False),
        ("::", False, True),
        ("::", True, False),
        ("::1", False, False),
        ("::ffff:127.0.0.1", False, True),
    ],
)
def test_address_and_port_belong_together(address: str, only_ipv6: bool, at_home: bool) -> None:
    one = ports.Listener(3000, address, only_ipv6)
    assert one.at_home == at_home
    assert str(one) == (f"[{address}]:3000" if ":" in address else f"{address}:3000")


@pytest.mark.parametrize("told", [True, False], ids=["by Linux", "by psutil"])
def test_a_family_is_a_process_and_all_that_came_from_it(
    monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    if told and sys.platform != "linux":
        pytest.skip("proc(5)")
    if not told:
        monkeypatch.setattr(ports, "_CHILDREN", Path("/nowhere"))
    child = "import subprocess; subprocess.run(['cat'])"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])",
        ],
        stdin=subprocess.PIPE,
    ) as process:
        wait_until(lambda: len(ports.family(process.pid)) == 3, "three generations")
        expected = [
            process.pid,
            *(c.pid for c in psutil.Process(process.pid).children(recursive=True)),
        ]
        assert ports.family(process.pid) == expected
        assert process.stdin
        process.stdin.close()
    assert ports.family(process.pid) == [process.pid]


def test_a_free_port_is_in_the_range_and_can_be_bound() -> None:
    port = ports.free_port()
    assert ports.FIRST <= port < ports.LAST
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_in_use_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "FIRST", port)
        monkeypatch.setattr(ports, "LAST", port + 1)
        with pytest.raises(OSError, match=r"^no free port on 127\.0\.0\.1$"):
            ports.free_port()


def test_no_two_servers_that_start_together_get_the_same_port() -> None:
    assert len({ports.free_port() for _ in range(1_000)}) == 1_000


def test_a_port_is_listened_on_while_somebody_takes_connections() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
        assert ports.is_listened_on(port)
    assert not ports.is_listened_on(port)


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::")]
)
def test_a_process_listens_on_its_own_sockets(family: socket.AddressFamily, host: str) -> None:
    if family == socket.AF_INET6 and not socket.has_ipv6:
        pytest.skip("no IPv6")
    before = ports.listening(os.getpid(), children=False)
    with socket.create_server((host, 0), family=family) as one:
        (new,) = ports.listening(os.getpid(), children=False) - before
        assert (new.address, new.port) == one.getsockname()[:2]
        assert new.only_ipv6 == (family == socket.AF_INET6)
        assert new.at_home == (family == socket.AF_INET)


def test_a_connection_is_not_listening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        before = ports.listening(os.getpid(), children=False)
        with socket.create_connection(one.getsockname()):
            assert ports.listening(os.getpid(), children=False) == before


def test_a_socket_of_another_process_does_not_count() -> None:
    with listener(in_a_child=False) as (pid, port):
        assert numbers(pid, children=False) == {port}
        assert port not in numbers(os.getpid(), children=False)


def test_a_childs_socket_counts_where_children_are_asked_for() -> None:
    with listener(in_a_child=True) as (pid, port):
        assert ports.listening(pid, children=False) == set()
        assert numbers(pid, children=True) == {port}


def test_a_process_that_is_gone_listens_nowhere() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
        with socket.create_server(("127.0.0.1", 0)):
            assert ports.listening(process.pid, children=True) == set()


def test_psutil_says_the_same_where_the_kernel_cannot_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with listener(in_a_child=True) as (pid, port):
        assert numbers(pid, children=True) == {port}


@pytest.mark.skipif(sys.platform != "linux", reason="sock_diag is Linux's")
def test_psutil_is_asked_where_linux_knows_no_socket_diagnosis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No such protocol family, as in gVisor; or an error in the answer, as without inet_diag.
    for name in ("_NETLINK_SOCK_DIAG", "_SOCK_DIAG_BY_FAMILY"):
        monkeypatch.setattr(ports, name, 99)
        with listener(in_a_child=False) as (pid, port):
            assert numbers(pid, children=False) == {port}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no /proc")
def test_asking_leaves_no_file_open() -> None:
    ports.listening(os.getpid(), children=True)
    before = open_files()
    ports.listening(os.getpid(), children=True)
    ports.is_listened_on(ports.free_port())
    assert open_files() == before


@pytest.mark.skipif(sys.platform != "linux", reason="sock_diag is Linux's")
@pytest.mark.parametrize("both", [False, True])
def test_what_nobody_has_read_yet_is_counted(both: bool) -> None:
    """Also where the server listens for IPv6 and IPv4 at once, as Node does."""
    family, address = (socket.AF_INET6, "::") if both else (socket.AF_INET, "127.0.0.1")
    with socket.create_server((address, 0), family=family, dualstack_ipv6=both) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0] as theirs:
            own = client.getsockname()[1]
            assert ports.unread(port, own) == 0
            client.send(b"hello")
            assert ports.unread(port, own) == 5
            theirs.recv(3)
            assert ports.unread(port, own) == 2


def test_what_is_unread_is_not_known_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ports.unread(1, 2) is None
