"""Which mistake a failed check looks like, by the rules that its application gives."""

from collections.abc import Sequence
from dataclasses import replace

from grader.explaining.evidence import Evidence
from grader.explaining.frames import Trace
from grader.report.result import Mistake


def recognise(evidence: Evidence) -> Mistake | None:
    """The mistake that the evidence looks like, in the submission's words, or None."""
    mistake = _recognised(evidence)
    if mistake is None:
        return None
    in_dialect = evidence.vocabulary.in_dialect
    return replace(mistake, text=in_dialect(mistake.text, evidence.source.dialect))


def _recognised(evidence: Evidence) -> Mistake | None:
    # What another handler has printed may tell nothing of this one.
    if others := evidence.elsewhere:
        mistake = _first(evidence.without(others))
        # A handler that stops as somebody leaves has kept before what there was to keep.
        before = any(evidence.handlers_of(one) != {"disconnect"} for one in others)
        if mistake and not (before and mistake.id in evidence.vocabulary.of_what_is_kept):
            besides = [one for one in others if one.frames[-1].where != mistake.where]
            return replace(mistake, text=f"{mistake.text}{_besides(besides)}")
    return _first(evidence)


def _first(evidence: Evidence) -> Mistake | None:
    words = evidence.vocabulary
    rules = words.page_rules if evidence.conversation.pages else words.rules
    return next((mistake for rule in rules if (mistake := rule(evidence))), None)


def _besides(traces: Sequence[Trace]) -> str:
    """What else stopped with an error, in one more sentence."""
    if not traces:
        return ""
    frames = {(one.frames[-1].where.file, one.frames[-1].where.line): one for one in traces}
    file, line = min(frames)
    return f" Besides, {file}:{line} stops with {frames[file, line].error}."
