"""Once a server has run that shares our files, nothing more of the grader's is read from them."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT, TESTS

# Grades a server that fails, and gives out what was imported once it had been started.
GRADES = """
import asyncio, json, sys
from pathlib import Path
from grader.checking import suite
from grader.checking.options import Options
from grader.checking.runner import StepRun
from grader.report.document import render
from grader.report.result import Report
from grader.servers import launcher
from grader.servers.server import Submission
from grader.servers.warm import WarmHost

imported = []

class Launcher(launcher.HostLauncher):
    async def start(self, *arguments):
        imported.append(set(sys.modules))
        return await super().start(*arguments)

async def run():
    one = Launcher(WarmHost(isolated=False))
    found = suite.of_step(4)
    step = StepRun(Submission(Path(sys.argv[1])), one, Options(), vocabulary=found.vocabulary)
    result = await step.run(4, "step 4", found.server)
    await one.close()
    return result

result = asyncio.run(run())
text = render(Report("it", (result,)))
from grader.report import terminal
later = {name for name in sys.modules if name.startswith(("grader", "psutil"))} - imported[0]
print(json.dumps([result.verdict, sorted(later)]))
"""


def test_all_that_judges_is_imported_before_the_first_server_starts() -> None:
    folder: Path = TESTS / "hostile" / "exits_on_event"
    said = subprocess.check_output([sys.executable, "-c", GRADES, folder], cwd=ROOT, text=True)
    verdict, later = json.loads(said)
    assert verdict == "failed"
    assert later == []
