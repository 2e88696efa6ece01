"""grader dev case: a wrong server as a folder, and back."""

from pathlib import Path

import click

from grader.cli.places import here, own_course, shown
from grader.running.refused import Refused


@click.command()
@click.argument("name", metavar="CASE")
@click.option(
    "--into", type=click.Path(path_type=Path), metavar="DIR", help="Unfold into this folder."
)
@click.option(
    "--fold", type=click.Path(path_type=Path), metavar="DIR", help="Write the case of this folder."
)
@click.option("--says", "sentence", metavar="TEXT", default="", help="With --fold: what is wrong.")
@click.option("--rebase", is_flag=True, help="Merge it over a solution that has changed.")
def case(name: str, into: Path | None, fold: Path | None, sentence: str, *, rebase: bool) -> None:
    """Unfold a wrong server into a folder, to run and edit: step06/list_broadcast."""
    if fold and (into or rebase):
        raise Refused("--fold excludes --into and --rebase: fold first")
    if sentence and not fold:
        raise Refused("--says is for --fold alone")
    root = own_course().root
    from grader.dev.cases import editing
    from grader.dev.cases.case import CaseError
    from grader.dev.git import GitError

    try:
        if fold:
            click.echo(f"{shown(editing.folded(root, name, here() / fold, sentence))}: written")
        elif rebase and not into:
            file = editing.rebased(root, name)
            click.echo(f"{shown(file)}: written" if file else f"{name} fits the solution as it is")
        else:
            place = into and (here() / into).resolve()
            found, place = editing.unfolded(root, name, place, merged=rebase)
            click.echo(f"{found}: {found.head.sentence}")
            click.echo(f"  run   {editing.command(root, found, place)}")
            click.echo(f"  edit  {shown(place)}")
            click.echo(f"  fold  grader dev case {found} --fold {shown(place)}")
    except (CaseError, GitError) as error:
        raise Refused(str(error)) from error
