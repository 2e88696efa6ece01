"""The browser's client is one in the loader, in the lock and on the disk; notebooks are bare."""

import shutil
from pathlib import Path

import pytest

from tests.tiny_course import BOOK, Edit, after_edit, lines, write

EDITS: dict[str, Edit] = {
    "another version of the browser's client": (
        "static/socket.io.js",
        "@4.8.4/",
        "@4.8.1/",
        [
            "static/socket.io.js:1: it loads socket.io-client 4.8.1, "
            "and static/package-lock.json has 4.8.4; write the same version in both"
        ],
    ),
    "no version of the browser's client": (
        "static/socket.io.js",
        "@4.8.4/",
        "/",
        [
            "static/socket.io.js: it names no version of socket.io-client with a sha384 hash; "
            "load it from the CDN with an integrity hash"
        ],
    ),
    "no version in the lock": (
        "static/package-lock.json",
        '"version"',
        '"versions"',
        [
            "static: the version of socket.io-client cannot be read: KeyError: 'version'; "
            "fix static/socket.io.js and static/package-lock.json"
        ],
    ),
    "a notebook that is none": (
        BOOK,
        '"cells"',
        '"sells"',
        [f"{BOOK}: it is no notebook; save it in Jupyter's format 4.5"],
    ),
    "a notebook with outputs": (
        BOOK,
        '"outputs": []',
        '"outputs": [{"text": "hello"}]',
        [f"{BOOK}: cell 2 has outputs; run nbstripout on it"],
    ),
    "a notebook that was run": (
        BOOK,
        '"execution_count": null',
        '"execution_count": 3',
        [f"{BOOK}: cell 2 has an execution count; run nbstripout on it"],
    ),
    "a cell without an id": (
        BOOK,
        '"id": "a", ',
        "",
        [f"{BOOK}: cell 1 has no id; save it in Jupyter's format 4.5"],
    ),
    "two cells of one id": (
        BOOK,
        '"id": "b"',
        '"id": "a"',
        [f"{BOOK}: cell 2 has the id a of another; give it its own"],
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_that_breaks_a_rule_is_one_line(root: Path, what: str) -> None:
    said, expected = after_edit(root, EDITS[what])
    assert said == expected


def test_another_hash_of_the_browsers_client(root: Path) -> None:
    write(root, "static/node_modules/socket.io-client/dist/socket.io.min.js", "")
    assert lines(root) == [
        "static/socket.io.js:2: its hash is not that of the installed file; run npm ci in static/, "
        "or write sha384-"
        "OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
    ]


def test_where_the_browsers_client_is_not_installed_its_hash_is_believed(root: Path) -> None:
    shutil.rmtree(root / "static/node_modules")
    assert lines(root) == []
