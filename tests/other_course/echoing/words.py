"""The words of an application that is not Make Chat: three events, one page, two mistakes."""

from grader.explaining.evidence import Evidence
from grader.explaining.vocabulary import Place, Vocabulary
from grader.history.findings import Fault
from grader.report.result import Mistake

WORD = Place("the word", "#word")
WALL = Place("the wall", "#wall", ("echoed",))


def in_small_letters(e: Evidence) -> Mistake | None:
    """What was shouted comes back as it was said."""
    for finding in e.of(Fault.DIFFERENT):
        if e.act and e.act.event == "shout" and finding.got == e.act.args:
            return Mistake("in-small-letters", "a shout comes back in small letters: use upper().")
    return None


def overheard(e: Evidence) -> Mistake | None:
    """What was whispered reaches somebody else."""
    if e.act and e.act.event == "whisper" and e.of(Fault.SURPLUS):
        return Mistake("overheard", "a whisper reaches everybody: give it to=sid.")
    return None


WORDS = Vocabulary(
    opening=(("hello",),),
    events=frozenset({"echoed"}),
    places=(WORD, WALL),
    rules=(in_small_letters, overheard),
    page_rules=(in_small_letters, overheard),
)
