from grader.evidence import Evidence
from grader.result import Mistake


def recognise(evidence: Evidence) -> Mistake | None:
    return None
