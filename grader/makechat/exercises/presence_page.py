"""The checks of 07_presence on a page: what it shows, and what it has missed."""

from typing import Any, TypeAlias

from grader.makechat.exercises.drawn import NAMES, ROUNDS, some_names
from grader.notebook.exercise import Trial, exercise

Change: TypeAlias = tuple[str, str]  # an event and a name


def joined(name: str) -> Change:
    return "userJoined", name


def left(name: str) -> Change:
    return "userLeft", name


@exercise(points=1, hint="Take the list, then apply each change that has the next number.")
async def shown_follows_the_changes(trial: Trial) -> None:
    """shown applies the changes that follow upon a list"""
    for _ in range(ROUNDS):
        number = trial.random.randrange(100)
        one, two, three, four = some_names(trial, 4)
        heard: list[Any] = [("onlineUsers", number, [one, two])]
        await trial.expect(sorted((one, two)), "shown", heard)
        changes = [joined(three), left(one), joined(four), left(three)]
        numbered = [(event, at, name) for at, (event, name) in enumerate(changes, number + 1)]
        await trial.expect(sorted((two, four)), "shown", heard + numbered)


@exercise(points=1, hint="Keep what comes before the list, and apply it when the list is there.")
async def shown_holds_early_changes(trial: Trial) -> None:
    """shown holds the changes that come before the list"""
    for _ in range(ROUNDS):
        number = trial.random.randrange(1, 100)
        one, two, three = some_names(trial, 3)
        heard = [("userLeft", number + 1, one), ("userJoined", number + 2, three)]
        whole = ("onlineUsers", number, [one, two])
        await trial.expect(sorted((two, three)), "shown", [*heard, whole])
        later = ("userLeft", number + 3, two)
        await trial.expect([three], "shown", [*heard, whole, later])


@exercise(points=1, hint="A change that is in the list already has a number not above the list's.")
async def shown_forgets_old_changes(trial: Trial) -> None:
    """shown forgets the changes that are in the list already, and those that come twice"""
    for _ in range(ROUNDS):
        number = trial.random.randrange(2, 100)
        one, two, three = some_names(trial, 3)
        whole = ("onlineUsers", number, [one])
        # `two` came and went, and `one` went and came, before the list was made.
        old = [("userJoined", number - 1, two), ("userLeft", number, one)]
        await trial.expect([one], "shown", [*old, whole])
        await trial.expect([one], "shown", [whole, *old])
        new = [("userJoined", number + 1, three), ("userLeft", number + 2, three)]
        await trial.expect([one], "shown", [whole, *new, new[0]])


@exercise(points=1, hint="No list has come yet, so nobody knows who is online: that is not [].")
async def shown_is_none_before_a_list(trial: Trial) -> None:
    """shown is None where no list has come, and [] where an empty one has"""
    name = trial.random.choice(NAMES)
    await trial.expect(None, "shown", [])
    await trial.expect(None, "shown", [("userJoined", trial.random.randrange(1, 9), name)])
    await trial.expect([], "shown", [("onlineUsers", trial.random.randrange(9), [])])
    await trial.expect([], "shown", [("onlineUsers", 0, [name]), ("userLeft", 1, name)])


@exercise(
    points=1, hint="After 4 comes 5. Where 6 comes, 5 was missed; nobody can say what it was."
)
async def shown_asks_at_a_gap(trial: Trial) -> None:
    """shown is None where a number is missing"""
    for _ in range(ROUNDS):
        number = trial.random.randrange(100)
        one, two, three = some_names(trial, 3)
        whole = ("onlineUsers", number, [one])
        gap = number + trial.random.randrange(2, 9)
        await trial.expect(None, "shown", [whole, ("userJoined", gap, two)])
        await trial.expect(None, "shown", [("userJoined", gap, two), whole])
        follows = ("userLeft", gap + 1, three)
        await trial.expect(None, "shown", [whole, ("userJoined", gap, two), follows])


@exercise(points=2, hint="Keep what comes after the gap. The next list may be older than that.")
async def shown_goes_on_with_the_next_list(trial: Trial) -> None:
    """shown goes on where another list closes the gap, with what it held since"""
    for _ in range(ROUNDS):
        number = trial.random.randrange(100)
        one, two, three, four = some_names(trial, 4)
        heard: list[Any] = [("onlineUsers", number, [one]), ("userJoined", number + 3, three)]
        heard.append(("userLeft", number + 4, two))
        closing = ("onlineUsers", number + 2, [one, two, four])
        await trial.expect(sorted((one, three, four)), "shown", [*heard, closing])
        newer = ("onlineUsers", number + 4, [one, three, four])
        after = ("userLeft", number + 5, four)
        await trial.expect(sorted((one, three)), "shown", [*heard, newer, after])
        useless = ("onlineUsers", number + 1, [one, four])
        await trial.expect(None, "shown", [*heard, useless])
        await trial.expect(sorted((one, three, four)), "shown", [*heard, useless, closing])


def a_log(trial: Trial, first: int, count: int) -> list[Any]:
    """Changes with numbers from `first` on."""
    events = ("userJoined", "userLeft")
    return [
        (first + at, trial.random.choice(events), trial.random.choice(NAMES)) for at in range(count)
    ]


def a_run(trial: Trial) -> str:
    """The id of one run of a server."""
    return f"r{trial.random.randrange(100, 1000)}"


@exercise(points=1, hint="Those with a number above the one that the page has.")
async def missed_by_gives_what_came_after(trial: Trial) -> None:
    """missed_by gives the changes after the one that the page has"""
    for _ in range(ROUNDS):
        run, first, count = a_run(trial), trial.random.randrange(1, 50), 4
        log = a_log(trial, first, count)
        has = trial.random.randrange(count - 1)
        await trial.expect(log[has + 1 :], "missed_by", log, run, (run, first + has))


@exercise(
    points=1, hint="A log that begins with 7 has all that a page with 6 needs, but not one with 5."
)
async def missed_by_knows_how_far_the_log_reaches(trial: Trial) -> None:
    """missed_by gives the whole log where it just reaches, and None where it does not"""
    for _ in range(ROUNDS):
        run, first = a_run(trial), trial.random.randrange(2, 50)
        log = a_log(trial, first, 3)
        await trial.expect(log, "missed_by", log, run, (run, first - 1))
        await trial.expect(None, "missed_by", log, run, (run, first - 2))
        await trial.expect(None, "missed_by", log, run, (run, trial.random.randrange(first - 1)))
        log = a_log(trial, 1, 3)
        await trial.expect(log, "missed_by", log, run, (run, 0))


@exercise(points=1, hint="The numbers of another run count something else. Compare the ids first.")
async def missed_by_of_another_run(trial: Trial) -> None:
    """missed_by is None for a page of another run, and for one that knows nothing"""
    for _ in range(ROUNDS):
        run, first = a_run(trial), trial.random.randrange(1, 50)
        log = a_log(trial, first, 3)
        await trial.expect(None, "missed_by", log, run, None)
        for number in (first, first + 2, first + 40):
            await trial.expect(None, "missed_by", log, run, (run + "x", number))
        await trial.expect(None, "missed_by", [], run, (run + "x", 0))


@exercise(points=1, hint="Nothing was missed: that is [], and None would cost a whole list.")
async def missed_by_of_who_has_all(trial: Trial) -> None:
    """missed_by is [] where the page has missed nothing"""
    for _ in range(ROUNDS):
        run, first = a_run(trial), trial.random.randrange(1, 50)
        await trial.expect([], "missed_by", a_log(trial, first, 3), run, (run, first + 2))
    await trial.expect([], "missed_by", [], run, (run, 0))
