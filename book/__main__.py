"""Make the book. Prints where it begins; the exit code is Sphinx's."""

import argparse
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from book import notebooks, tree
from grader.course.course import find_course
from grader.dev.events import NotPassedError

HERE = Path(__file__).parent


def main() -> int:
    """Lay the pages out, then let Sphinx make a site of them: a warning is an error."""
    parser = argparse.ArgumentParser(prog="python -m book", description=__doc__)
    parser.add_argument("--to", type=Path, default=HERE.parent / "build" / "book")
    to = parser.parse_args().to.resolve()
    source, trees, site = to / "source", to / "doctrees", to / "html"
    for old in (source, trees, site):  # but not what came of the notebooks
        shutil.rmtree(old, ignore_errors=True)
    try:
        tree.lay_out(find_course(HERE), source, kept=to / "executed")
    except (NotPassedError, notebooks.NotRunError) as error:
        print(error, file=sys.stderr)
        return 1
    options = ["-q", "-W", "--keep-going", "-n", "-c", str(HERE), "-d", str(trees)]
    code = build_main([*options, str(source), str(site)])
    if not code:
        print(f"The book begins at {site / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
