"""The tricks at the start leave everything as it was."""

import gc
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.cli import startup


def certificates_read() -> int:
    """How many certificates a new context reads, as aiohttp makes one when it is imported."""
    return ssl.create_default_context().cert_store_stats()["x509"]


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize("before", [None, "/some/certificates"])
@pytest.mark.parametrize("certificates", [True, False])
def test_after_the_imports_collector_and_environment_are_as_before(
    monkeypatch: pytest.MonkeyPatch, before: str | None, *, certificates: bool
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if before:
        monkeypatch.setenv("SSL_CERT_FILE", before)
    with startup.imports(certificates=certificates):
        assert not gc.isenabled()
    assert gc.isenabled()
    assert os.environ.get("SSL_CERT_FILE") == before


@pytest.mark.usefixtures("collector")
def test_an_import_that_fails_leaves_them_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ImportError), startup.imports(certificates=False):
        raise ImportError
    assert gc.isenabled()
    assert "SSL_CERT_FILE" not in os.environ


@pytest.mark.usefixtures("collector")
def test_certificates_are_read_where_they_are_needed() -> None:
    usual = certificates_read()
    with startup.imports(certificates=True):
        assert certificates_read() == usual
    with startup.imports(certificates=False):
        assert certificates_read() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run", "6"],
        ["check", "6", "--list"],
        ["check", "--help"],
        ["check", "-h"],
        ["check", "6", "--url", "http://127.0.0.1:3000"],
    ],
)
def test_no_host_begins_where_none_is_needed(arguments: list[str]) -> None:
    assert startup.early_host(arguments) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "6", "--no-isolation"],
        ["check", "6", "--server", "node app.js"],
        ["check", "6", "--server=node app.js"],
    ],
)
def test_a_host_begins_where_one_is_needed(arguments: list[str]) -> None:
    host = startup.early_host(arguments)
    assert host is not None
    host.close()


@pytest.mark.parametrize(("code", "ends"), [("0", 0), ("3", 3), ("None", 1), ("'said'", 1)])
def test_the_end_says_all_that_was_printed(code: str, ends: int) -> None:
    program = f"from grader.cli import startup; print('said'); startup.end({code})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("said\n", ends)
