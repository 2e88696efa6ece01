"""Which mistake a failed check looks like, by the rules that its application gives."""

import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.explaining.evidence import Evidence
from grader.explaining.frames import Trace
from grader.report.result import Mistake


def recognise(evidence: Evidence) -> tuple[Mistake | None, str]:
    """The mistake that the evidence looks like, in the submission's words, or None; and the fault
    of a rule that broke on it, "" where none did. No verdict depends on a rule.
    """
    faults: list[str] = []
    mistake = _recognised(evidence, faults)
    if mistake is not None:
        in_dialect = evidence.vocabulary.in_dialect
        mistake = replace(mistake, text=in_dialect(mistake.text, evidence.source.dialect))
    return mistake, faults[0] if faults else ""


def _recognised(evidence: Evidence, faults: list[str]) -> Mistake | None:
    # What another handler has printed may tell nothing of this one.
    if others := evidence.elsewhere:
        mistake = _first(evidence.without(others), faults)
        # A handler that stops as somebody leaves has kept before what there was to keep.
        before = any(evidence.handlers_of(one) != {"disconnect"} for one in others)
        if mistake and not (before and mistake.id in evidence.vocabulary.of_what_is_kept):
            besides = [one for one in others if one.frames[-1].where != mistake.where]
            return replace(mistake, text=f"{mistake.text}{_besides(besides)}")
    return _first(evidence, faults)


def _first(evidence: Evidence, faults: list[str]) -> Mistake | None:
    words = evidence.vocabulary
    for rule in words.page_rules if evidence.conversation.pages else words.rules:
        try:
            mistake = rule(evidence)
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            faults.append(f"{kind} in {Path(at.filename).name}:{at.lineno}, {rule.__name__}()")
        else:
            if mistake:
                return mistake
    return None


def _besides(traces: Sequence[Trace]) -> str:
    """What else stopped with an error, in one more sentence."""
    if not traces:
        return ""
    frames = {(one.frames[-1].where.file, one.frames[-1].where.line): one for one in traces}
    file, line = min(frames)
    return f" Besides, {file}:{line} stops with {frames[file, line].error}."
