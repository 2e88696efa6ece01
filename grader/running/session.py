"""One run of `grader check`: what is planned while the host imports, then the checks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.course.course import Step
from grader.report.printing import print_report, spinner, write
from grader.report.result import ExitCode, steps_text
from grader.running import interrupt, links, warming
from grader.running.options import CheckOptions
from grader.running.refused import Refused, Unable
from grader.servers import machine
from grader.servers.surroundings import static_of
from grader.servers.warm import WarmHost

if TYPE_CHECKING:
    from grader.checking.check import Check
    from grader.explaining.vocabulary import Vocabulary
    from grader.report.result import Report, StepResult
    from grader.servers.protocol import Launcher


@dataclass(frozen=True)
class Job:
    """A step, and the folder in which its submission is."""

    step: Step
    folder: Path


@dataclass(frozen=True)
class Plan:
    """What is checked of a job, and how many checks of its page are left out.

    `held` are the checks of earlier steps; where some checks only are asked for, there are none.
    """

    job: Job
    checks: "Sequence[Check]"
    held: "Sequence[Check]"
    left_out: int
    vocabulary: "Vocabulary"


def planned(jobs: Sequence[Job], options: CheckOptions, host: WarmHost | None) -> list[Plan]:
    """What to check of each job; meanwhile the host imports what the first one's servers do.

    Raises Refused where there is nothing to check, and Unable where this machine does not let us.
    """
    if not options.list_only and (wrong := machine.unfit()):
        raise Unable(wrong)
    for job in jobs if not options.url else ():
        if wrong := links.leaving(job.folder):
            raise Refused(wrong)
    if host and jobs and not options.server:
        host.warm(_warm(jobs[0]))
    plans = [_plan(job, options) for job in jobs]
    plan = [one for one in plans if one.checks]
    if not plan and any(one.left_out for one in plans):
        raise Refused("only the page has these checks: add --page")
    if not plan and options.text:
        raise Refused(f"no check has {options.text!r} in its line or id")
    if not plan:
        raise Refused("there are no checks for that yet")
    return plan


def _plan(job: Job, options: CheckOptions) -> Plan:
    """The step's checks, those that have the text in their line or id where there is one."""
    from grader.checking import suite

    text = (options.text or "").lower()
    found = suite.of_step(job.step.number, job.step.package, job.step.holds or ())
    every = (*found.server, *found.page)
    chosen = [one for one in every if text in f"{one.title} {one.id}".lower()]
    run = [one for one in chosen if options.page or not one.needs_browser]
    held = [one for one in found.held if not text]
    return Plan(job, run, held, len(chosen) - len(run), found.vocabulary)


def show(plan: Sequence[Plan]) -> None:
    """Print the checks that are planned."""
    for part in plan:
        click.echo(f"step {part.job.step.number} · {part.job.step.title}")
        for one in part.checks:
            click.echo(f"  {one.points}  {one.id:<42}  {one.title}")
        if part.held:
            steps = steps_text(part.job.step.holds or ())
            click.echo(f"  and {len(part.held)} checks of {steps}, which still have to hold")


def run(plan: Sequence[Plan], options: CheckOptions, host: WarmHost | None) -> ExitCode:
    """Check what is planned and print the report; the exit code.

    `host` starts the servers, where there is one. Raises Refused.
    """
    if not options.url:
        return _run(plan, options, host)

    from grader.running.url import graded_alone  # few need it

    with graded_alone(options.url):
        return _run(plan, options, host)


def _run(plan: Sequence[Plan], options: CheckOptions, host: WarmHost | None) -> ExitCode:
    try:
        with interrupt.cancels_the_tasks():
            report = asyncio.run(_check(plan, options, host, _hash(plan, options)))
    finally:
        if host:
            host.close()
    unwritten = _unwritten(report, options.output) if options.output else ""
    print_report(report, as_json=options.as_json, verbose=options.verbose)
    if unwritten:
        raise Unable(f"--output {options.output!r} could not be written: {unwritten}")
    return report.exit_code


def _unwritten(report: "Report", name: str) -> str:
    """Write the document; why that failed, "" where it has not. The report is not lost by it."""
    from grader.report.document import render

    try:
        write(render(report), Path(name))
    except OSError as error:
        return error.strerror or str(error)
    return ""


async def _check(
    plan: Sequence[Plan], options: CheckOptions, host: WarmHost | None, submission_hash: str | None
) -> "Report":
    from grader.browser.chromium import Browser, find_chromium, unmet
    from grader.checking.options import Options
    from grader.checking.runner import StepRun
    from grader.report.result import Report
    from grader.servers.direct import SubprocessLauncher
    from grader.servers.launcher import HostLauncher
    from grader.servers.server import Submission

    url, static = options.url, plan[0].job.step.folder.parent.parent / "static"
    shared = None if url else static_of(plan[0].job.folder, static)
    if shared and not shared.is_dir():
        _note(f"{shared} is not here: a server that wants to serve it cannot start")
    if options.page and (missing := unmet(shared, find_chromium())):
        _note(f"the page is not checked: {missing}")
    browser = Browser(shared) if options.page else None
    launcher: Launcher = HostLauncher(host) if host else SubprocessLauncher()
    keeps_history = bool(options.as_json or options.output or options.verbose)
    settings = Options(options.jobs, options.timeout, keeps_history)
    steps: list[StepResult] = []
    try:
        total = sum(len(part.checks) + len(part.held) for part in plan)
        with spinner(total, hidden=options.as_json) as progress:
            for part in plan:
                step = part.job.step
                if host and not options.server:
                    host.warm(_warm(part.job))
                folder = None if url else part.job.folder
                submission = Submission(folder, options.server, url, static, options.env)
                run = StepRun(submission, launcher, settings, progress, browser, part.vocabulary)
                result = await run.run(step.number, step.title, part.checks, part.held)
                steps.append(
                    replace(result, page_checks_not_run=part.left_out, holds=step.holds or ())
                )
    finally:
        await launcher.close()
        if browser:
            await browser.close()
    named = url or options.server or str(plan[0].job.folder)
    isolation = (*launcher.isolation, *(("copies",) if launcher.copies.own else ()))
    return Report(named, tuple(steps), isolation, submission_hash)


def _note(text: str) -> None:
    click.echo(f"grader: {text}", err=True)


def _warm(job: Job) -> list[str]:
    """What the servers of a job import beside what all do."""
    return [*job.step.warm, *warming.modules(job.folder)]


def _hash(plan: Sequence[Plan], options: CheckOptions) -> str | None:
    """That of the submission, as it is before any server has run; None where nobody asks for it."""
    if options.url or not (options.as_json or options.output):
        return None
    from grader.running.fingerprint import fingerprint

    written = Path(options.output).resolve() if options.output else None
    return fingerprint([part.job.folder for part in plan], written)
