"""Every step serves its page's files, and refuses whatever else is asked of their folders."""

from pathlib import Path

import pytest

from grader.clients.http import Fetcher
from grader.clients.line import Line
from grader.history.conversation import Conversation
from grader.history.patience import Patience
from grader.makechat.checks.step02 import ABSOLUTE, DEPTH, FOLDERS, SCRIPT, UP
from grader.servers.direct import SubprocessLauncher
from grader.servers.server import Submission, serving
from tests.support import ROOT

SERVING = [
    folder
    for kind in ("solutions", "steps")
    for folder in sorted(ROOT.glob(f"{kind}/step*"))
    if "add_static(" in (folder / "app.py").read_text(encoding="utf-8")
]
# Step 1 has no page, and the starter of step 2 does not serve one yet: that is what it is about.
WITHOUT = ("solutions/step01", "steps/step01", "steps/step02")
WAYS = (
    "",  # the folder itself
    "no-such-file.js",
    "no-such-folder/",
    "node_modules",
    "../app.py",
    "../" * DEPTH + "etc/passwd",
    *(f"{up}app.py" for up in UP),
    *(f"{up * DEPTH}etc/passwd" for up in UP),
    *ABSOLUTE,
)
PATHS = ("/public", "/static", *(folder + way for folder in FOLDERS for way in WAYS))
PATIENCE = 20.0  # seconds


def test_the_steps_from_2_on_serve_files() -> None:
    others = {*ROOT.glob("solutions/step*"), *ROOT.glob("steps/step*")} - {*SERVING}
    assert {str(f.relative_to(ROOT)).partition("_")[0] for f in others} == {*WITHOUT}


@pytest.mark.parametrize("folder", SERVING, ids=lambda folder: str(folder.relative_to(ROOT)))
async def test_nothing_but_the_files_is_served(folder: Path) -> None:
    conversation = Conversation()
    launcher = SubprocessLauncher()
    async with serving(Submission(folder), launcher, PATIENCE, conversation.changed) as server:
        fetcher = Fetcher(Line(server.url, conversation, lambda: Patience(PATIENCE)))
        answers = {path: (await fetcher.get(path)).status for path in PATHS}
        script = await fetcher.get("/public/index.js")
        style = await fetcher.get("/static/style.css")
        await fetcher.close()
    await launcher.close()
    assert {path: status for path, status in answers.items() if status not in (403, 404)} == {}
    assert (script.status, script.media in SCRIPT) == (200, True)
    assert (style.status, style.media) == (200, "text/css")
