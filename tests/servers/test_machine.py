"""What is the machine's fault is said in one line, before a server is started: exit code 3."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.servers import machine
from grader.servers.launcher import HostLauncher
from grader.servers.process import LaunchError
from grader.servers.warm import WarmHost
from tests.support import GRADER, LONGEST, ROOT, TESTS, Run

CHECK = [str(GRADER), "check", "4", "--path", str(TESTS / "right" / "one_file")]
WITHOUT_PROC = "umount -l /proc && exec"
HIDING_PROC = "mount -t proc -o hidepid=2 proc /proc && exec"


def run(prefix: list[str], *options: str, env: dict[str, str] | None = None) -> Run:
    """Run the check of a right server behind a prefix."""
    done = subprocess.run(
        [*prefix, *CHECK, *options],
        cwd=ROOT,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def unshare(*kinds: str, before: str = "") -> list[str]:
    """The prefix for namespaces of these kinds, and for a shell command that comes first."""
    tool = shutil.which("unshare")
    if not tool or os.geteuid() != 0:
        pytest.skip("only root makes a machine that is unfit, with util-linux's unshare")
    shell = ["sh", "-c", f'{before} "$0" "$@"'] if before else []
    return [tool, *kinds, *shell]


def refused(done: Run, reason: str) -> None:
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"grader: {reason}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_without_proc_nothing_is_graded(option: str) -> None:
    refused(run(unshare("-m", before=WITHOUT_PROC), option), "there is no /proc here")


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_with_the_proc_of_others_nothing_is_graded(option: str) -> None:
    refused(run(unshare("-p", "-f"), option), "/proc is that of other processes")


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_with_too_few_files_nothing_is_graded(option: str) -> None:
    few = ["sh", "-c", 'ulimit -n 40; exec "$0" "$@"']
    refused(run(few, option), "no more than 40 files may be open here")


def test_without_a_loopback_nothing_is_graded_on_the_machine() -> None:
    done = run(unshare("-n"), "--no-isolation")
    assert (done.code, done.err) == (3, "")
    assert "nobody can be reached at 127.0.0.1 here" in " ".join(done.out.split())


def test_a_world_needs_no_loopback_of_the_machine() -> None:
    assert run(unshare("-n")).code == 0


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_as_process_1_all_is_graded(option: str) -> None:
    assert run(unshare("-p", "-f", "--mount-proc"), option).code == 0


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_where_proc_hides_the_processes_of_others_all_is_graded(option: str) -> None:
    user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    assert run([*unshare("-m", before=HIDING_PROC), *user], option).code == 0


@pytest.mark.parametrize("option", ["--isolation", "--no-isolation"])
def test_keys_of_tls_that_cannot_be_written_are_nobodys_fault(option: str) -> None:
    assert run([], option, env={"SSLKEYLOGFILE": "/no/such/folder/keys"}).code == 0


def test_a_library_that_is_broken_is_nobodys_fault(tmp_path: Path) -> None:
    (tmp_path / "socketio.py").write_text("raise ValueError('no\\nuse')", encoding="utf-8")
    done = run([], env={"PYTHONPATH": str(tmp_path)})
    refused(done, "a fault of the grader's own or of this machine: ValueError: no use, at ")


@pytest.mark.parametrize("source", ["raise ValueError('no use')", "raise SystemExit('no use')"])
async def test_a_library_that_is_broken_for_servers_alone_is_nobodys_fault(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "useless.py").write_text(source, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    launcher = HostLauncher(WarmHost(("useless",)))
    with pytest.raises(LaunchError, match=r"^useless cannot be imported: \w+: no use$"):
        await launcher.world()
    await launcher.close()


def test_a_low_limit_of_files_is_raised_where_it_may_be() -> None:
    source = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 3000));"
        "from grader.servers import machine;"
        "print(repr(machine.unfit()), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    said = subprocess.check_output([sys.executable, "-c", source], cwd=ROOT, text=True)
    assert said == "'' 3000\n"
    assert machine.unfit() == ""
