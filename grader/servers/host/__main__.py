"""Run as a folder: `python grader/servers/host CONTROL DOOR ISOLATED [MODULE …]`.

The modules beside this file become a package with a name of its own, and the folder leaves the
module path again: a submission that has a `fork.py` must get its own.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

NAME = "_grader_host"

if __name__ == "__main__":
    sys.dont_write_bytecode = False  # whatever the servers do: it starts again and again
    here = Path(__file__).parent
    sys.path.remove(str(here))
    spec = importlib.util.spec_from_file_location(
        NAME, here / "__init__.py", submodule_search_locations=[str(here)]
    )
    assert spec and spec.loader
    sys.modules[NAME] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    importlib.import_module(f"{NAME}.program").main()
