"""The grader's command line, with the checks of the notebook in `course` among its own.

python -m tests.notebooks notebook tiny           in tests/notebooks/course
"""

from pathlib import Path

from grader.cli.main import main
from grader.makechat import exercises

exercises.__path__.append(str(Path(__file__).with_name("checks")))
main()
