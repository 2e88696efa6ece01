"""The branches hold what steps/ and solutions/ say, are the same everywhere, and move with care."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.course.course import Course, find_course
from grader.dev import files
from tests.support import ROOT, Run, grader
from tests.tiny_course import LESSON, SOLVED, START, replace, write

GRADED = (6, 8)  # the others are the same files, and are graded elsewhere
STEPS = ("step04", "step04-solution", "step05", "step05-solution")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, with nobody's settings but the repository's own."""
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_NAME": "Amy" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "amy@example.org" for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def branches(root: Path, *options: str, env: Mapping[str, str] | None = None) -> Run:
    """Write the course's branches into the folder beside it."""
    return grader("dev", "branches", "../out", *options, cwd=root, env=dict(env or {}))


def written(root: Path, *options: str) -> dict[str, str]:
    """The branches and their commits, after they were written again; and what was said of them."""
    run = branches(root, *options)
    assert (run.code, run.err) == (0, "")
    return heads(root.parent / "out")


def heads(repository: Path) -> dict[str, str]:
    listed = git(repository, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)")
    return dict(line.split() for line in listed.splitlines())


def moved(root: Path) -> set[str]:
    """The branches that are other commits now than before they were written again."""
    before = heads(root.parent / "out")
    after = written(root)
    return {name for name, commit in after.items() if before[name] != commit}


def refused(run: Run, line: str) -> None:
    assert (run.code, run.out, run.err) == (2, "", f"grader: {line}\n")


def checked_out(repository: Path, branch: str, to: Path) -> Path:
    git(repository.parent, "clone", "--quiet", "--branch", branch, str(repository), str(to))
    return to


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder but git's own."""
    found = {name: file.read_bytes() for name, file in files.every(folder).items()}
    return {name: content for name, content in found.items() if not name.startswith(".git/")}


def of_step(course: Course, number: int, *, solution: bool) -> dict[str, bytes]:
    """What a step's branch has to hold, as git tracks it."""
    step = course.find(str(number))
    shared = {
        name: content
        for name, content in contents(course.root / "static").items()
        if not name.startswith("node_modules/")
    }
    beside = (course.root / "steps").iterdir()
    own = contents(step.solution if solution else step.folder)
    own["step.toml"] = (step.folder / "step.toml").read_bytes()
    return {
        ".gitignore": (course.root / ".gitignore").read_bytes(),
        **{f"steps/{file.name}": file.read_bytes() for file in beside if file.is_file()},
        **{f"static/{name}": content for name, content in shared.items()},
        **{f"steps/make_chat/{name}": content for name, content in own.items()},
    }


def test_each_branch_holds_what_the_course_says(root: Path, tmp_path: Path) -> None:
    written(root)
    course = find_course(root)
    for branch in STEPS:
        there = contents(checked_out(root.parent / "out", branch, tmp_path / branch))
        solution = branch.endswith("-solution")
        assert there == of_step(course, int(branch[4:6]), solution=solution), branch


def test_our_own_course_is_in_its_branches_and_is_graded_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = grader("dev", "branches", str(out))
    assert (run.code, run.err) == (0, "")
    course = find_course(ROOT)
    assert len(heads(out)) == 1 + 2 * len(course.steps)
    for step in course.steps:
        for kind, code in (("", 1), ("-solution", 0)):
            branch = f"step{step.number:02}{kind}"
            clone = checked_out(out, branch, tmp_path / branch)
            assert contents(clone) == of_step(course, step.number, solution=bool(kind)), branch
            if step.number in GRADED:
                run = grader("check", cwd=clone / "steps/make_chat")
                assert run.code == code, f"{branch}\n{run.out}{run.err}"


def test_a_step_begins_at_the_solution_that_it_continues(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert grader("dev", "branches", str(out)).code == 0
    now = heads(out)
    for step in find_course(ROOT).steps:
        if step.continues:
            parent = git(out, "rev-parse", f"step{step.number:02}^")
            assert parent == now[f"step{step.continues:02}-solution"], step.number
    assert git(out, "rev-parse", "step08^") == now["step03-solution"]


def test_main_is_the_whole_course(root: Path, tmp_path: Path) -> None:
    written(root)
    there = contents(checked_out(root.parent / "out", "main", tmp_path / "main"))
    here = contents(root)
    ignored = {name for name in here if "node_modules" in name}
    assert ignored
    assert there == {name: here[name] for name in here.keys() - ignored}


def test_the_solutions_are_one_line_and_each_starter_begins_at_the_one_before(root: Path) -> None:
    written(root)
    log = git(root.parent / "out", "log", "--format=%s|%an <%ae>|%cI|%P", *STEPS)
    parents = {line.split("|")[0]: line.split("|")[3] for line in log.splitlines()}
    now = heads(root.parent / "out")
    assert parents == {
        "Users can join": "",
        "Users can talk": now["step04-solution"],
        "Start step 4: Join": "",
        "Start step 5: Talk": now["step04-solution"],
    }
    signed = {tuple(line.split("|")[1:3]) for line in log.splitlines()}
    assert signed == {("Make Chat <make-chat@example.org>", "2026-01-01T00:00:00+00:00")}


def test_the_difference_of_two_solutions_is_the_step(root: Path) -> None:
    written(root)
    names = git(
        root.parent / "out", "diff", "--name-only", "step04-solution", "step05-solution"
    ).splitlines()
    changed = ("chat.py", "public/index.js", "public/style.css", "step.toml")
    assert names == [f"steps/make_chat/{name}" for name in changed]


def test_author_and_date_are_options(root: Path) -> None:
    written(root, "--author", "Zoë Ng <zoe@example.org>", "--date", "2026-02-03T04:05:06+01:00")
    log = git(root.parent / "out", "log", "-1", "--format=%an <%ae> %aI %cn <%ce> %cI", "step05")
    once = "Zoë Ng <zoe@example.org> 2026-02-03T04:05:06+01:00"
    assert log == f"{once} {once}"


@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        ("--author", "Amy", "'Amy' is no author: write NAME <MAIL>"),
        ("--author", "<amy@example.org>", "'<amy@example.org>' is no author: write NAME <MAIL>"),
        ("--date", "tomorrow", "'tomorrow' is no date: write for example 2026-01-31"),
    ],
)
def test_what_is_no_author_or_no_date_is_refused(
    root: Path, option: str, value: str, line: str
) -> None:
    refused(branches(root, option, value), line)
    assert not (root.parent / "out").exists()


def test_it_says_what_became_of_each_branch(root: Path) -> None:
    first = branches(root)
    replace(root, f"{SOLVED}/chat.py", "new_message", "message")
    second = branches(root)
    assert [line.split()[1:] for line in first.out.splitlines()] == [
        [name, "new"] for name in ("main", *STEPS)
    ]
    assert [line.split()[1:] for line in second.out.splitlines()] == [
        ["main", "moved"],
        ["step04", "unchanged"],
        ["step04-solution", "unchanged"],
        ["step05", "unchanged"],
        ["step05-solution", "moved"],
    ]


def test_what_did_not_change_is_not_written_again(root: Path) -> None:
    first = written(root)
    out = root.parent / "out"
    log = git(out, "reflog", "--all")
    assert written(root) == first
    assert git(out, "reflog", "--all") == log


def test_a_change_moves_its_branches_and_those_after_it(root: Path) -> None:
    written(root)
    replace(root, f"{SOLVED}/chat.py", "new_message", "message")
    assert moved(root) == {"main", "step05-solution"}
    replace(root, f"{START}/public/index.js", "TODO 2", "TODO 2 now")
    assert moved(root) == {"main", "step05"}
    replace(root, "solutions/step04_join/app.py", "import os\n", "import os  # for PORT\n")
    assert moved(root) == {"main", "step04-solution", "step05", "step05-solution"}
    write(root, "notebooks/notes.md", "A note.\n")
    assert moved(root) == {"main"}


def test_main_grows_by_one_commit_on_top_of_what_it_is(root: Path) -> None:
    first = written(root)["main"]
    write(root, "notebooks/notes.md", "A note.\n")
    second = written(root)["main"]
    out = root.parent / "out"
    assert git(out, "rev-list", "main").splitlines() == [second, first]
    assert git(out, "log", "-1", "--format=%B", "main") == "The whole course, with steps 4, 5"


HOSTILE = """\
[user]
    name = Somebody
    email = somebody@example.org
    signingKey = none
[commit]
    gpgSign = true
[gpg]
    program = false
[core]
    autocrlf = true
    hooksPath = {home}/hooks
    excludesFile = {home}/ignored
    quotePath = true
    splitIndex = true
[init]
    templateDir = {home}/template
    defaultBranch = trunk
[i18n]
    commitEncoding = ISO-8859-1
"""


def test_nobodys_settings_change_a_commit(root: Path, tmp_path: Path) -> None:
    expected = written(root, "--author", "Zoë <zoe@example.org>")
    home = tmp_path / "home"
    for name in ("hooks/reference-transaction", "template/hooks/reference-transaction"):
        hook = home / name
        hook.parent.mkdir(parents=True)
        hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    write(home, ".gitconfig", HOSTILE.format(home=home))
    write(home, "ignored", "*.py\n")
    write(home, ".config/git/ignore", "*.js\n")
    write(home, ".config/git/attributes", "*.py text eol=crlf ident\n")
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(root, other / "course")
    for file in (other / "course").rglob("*.py"):
        file.chmod(0o600)
    env = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_DIR": str(tmp_path / "nowhere"),
        "GIT_INDEX_FILE": str(tmp_path / "nowhere" / "index"),
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
        "GIT_COMMITTER_NAME": "Somebody",
        "GIT_DEFAULT_HASH": "sha256",
        "TZ": "Asia/Tokyo",
    }
    run = branches(other / "course", "--author", "Zoë <zoe@example.org>", env=env)
    assert (run.code, run.err) == (0, "")
    assert heads(other / "out") == expected


def tracked(root: Path) -> Path:
    """The course, made a git repository that tracks it."""
    git(root, "init", "--quiet")
    git(root, "add", ".")
    return root


def test_of_a_course_in_git_what_is_tracked_is_written_as_it_is_on_the_disk(root: Path) -> None:
    tracked(root)
    git(root, "update-index", "--chmod=+x", f"{SOLVED}/app.py")
    write(root, f"{SOLVED}/notes.py", "# not tracked\n")
    write(root, f"{SOLVED}/chat.py", "# tracked, and changed since\n")
    (root / START / "images/page.png").unlink()
    written(root)
    out = root.parent / "out"
    tree = git(out, "ls-tree", "-r", "main", SOLVED).splitlines()
    assert [(line.split()[0], line.split("\t")[1]) for line in tree] == [
        ("100755", f"{SOLVED}/app.py"),
        ("100644", f"{SOLVED}/chat.py"),
        ("100644", f"{SOLVED}/public/index.html"),
        ("100644", f"{SOLVED}/public/index.js"),
        ("100644", f"{SOLVED}/public/style.css"),
    ]
    changed = git(out, "show", "step05-solution:steps/make_chat/chat.py")
    assert changed == "# tracked, and changed since"
    assert "page.png" not in git(out, "ls-tree", "-r", "--name-only", "step05")


def test_a_step_that_git_does_not_track_is_refused(root: Path) -> None:
    tracked(root)
    git(root, "rm", "--quiet", "-r", "--cached", START)
    refused(branches(root), f"{START}/step.toml is not tracked by git: run git add {START}")


def test_other_branches_and_what_is_not_committed_are_left_alone(root: Path) -> None:
    out = root.parent / "out"
    written(root)
    git(out, "checkout", "--quiet", "-b", "mine", "step05")
    git(out, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    git(out, "update-ref", "refs/remotes/origin/main", "step04")
    write(out, "steps/make_chat/chat.py", "# mine\n")
    write(out, "steps/make_chat/new.py", "# mine\n")
    before, status = heads(out), git(out, "status", "--porcelain")
    replace(root, "solutions/step04_join/app.py", "import os\n", "import os  # for PORT\n")
    assert moved(root) == {"main", "step04-solution", "step05", "step05-solution"}
    after = heads(out)
    assert [after[n] for n in ("mine", "origin/main")] == [
        before[n] for n in ("mine", "origin/main")
    ]
    assert git(out, "status", "--porcelain") == status
    assert (out / "steps/make_chat/chat.py").read_text(encoding="utf-8") == "# mine\n"


def test_the_files_of_a_branch_that_is_checked_out_follow_it(root: Path) -> None:
    out = root.parent / "out"
    written(root)
    assert contents(out).keys() == {n for n in contents(root) if "node_modules" not in n}
    git(out, "checkout", "--quiet", "step05-solution")
    git(out, "worktree", "add", "--quiet", "../main", "main")
    write(out, "notes.txt", "mine\n")
    replace(root, f"{SOLVED}/chat.py", "new_message", "message")
    assert moved(root) == {"main", "step05-solution"}
    for folder, name in ((out, "steps/make_chat"), (root.parent / "main", SOLVED)):
        assert (folder / name / "chat.py").read_bytes() == (root / SOLVED / "chat.py").read_bytes()
        assert git(folder, "status", "--porcelain", "--untracked-files=no") == ""
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("place", ["out", "main"])
def test_a_branch_that_is_checked_out_with_changes_is_not_moved(root: Path, place: str) -> None:
    out = root.parent / "out"
    before = written(root)
    git(out, "checkout", "--quiet", "step05-solution")
    git(out, "worktree", "add", "--quiet", "../main", "main")
    name = {"out": "step05-solution", "main": "main"}[place]
    folder = root.parent / place
    write(folder, "static/socket.io.js", "// mine\n")
    replace(root, f"{SOLVED}/chat.py", "new_message", "message")
    refused(
        branches(root),
        f"{name} is checked out in {folder}, with changes: commit or undo them first",
    )
    assert heads(out) == before
    assert (folder / "static/socket.io.js").read_text(encoding="utf-8") == "// mine\n"


def test_a_file_that_is_in_the_way_is_not_overwritten(root: Path) -> None:
    out = root.parent / "out"
    before = written(root)
    write(out, "notebooks/notes.md", "mine\n")
    write(root, "notebooks/notes.md", "The course's.\n")
    refused(
        branches(root),
        f"git read-tree in {out}: error: Untracked working tree file 'notebooks/notes.md' "
        "would be overwritten by merge.",
    )
    assert heads(out) == before
    assert (out / "notebooks/notes.md").read_text(encoding="utf-8") == "mine\n"


def test_a_bare_repository_will_do(root: Path) -> None:
    expected = written(root)
    shutil.rmtree(root.parent / "out")
    git(root.parent, "init", "--quiet", "--bare", "out")
    assert written(root) == expected
    assert not (root.parent / "out" / "steps").exists()


def test_a_folder_with_files_that_is_no_repository_is_refused(root: Path) -> None:
    out = root.parent / "out"
    out.mkdir()
    write(out, "notes.txt", "mine\n")
    git(root.parent, "init", "--quiet")  # a repository around it is not meant
    refused(branches(root), f"{out} is not empty, and no git repository: name another folder")
    assert contents(out) == {"notes.txt": b"mine\n"}


def test_a_file_is_refused(root: Path) -> None:
    write(root.parent, "out", "")
    refused(branches(root), f"{root.parent / 'out'} is a file: name a folder")


@pytest.mark.parametrize("commits", ["", 'git commit -am "One"\ngit commit -am "Two"'])
def test_a_lesson_without_one_commit_message_is_refused(root: Path, commits: str) -> None:
    replace(root, LESSON, 'git commit -am "Users can talk"', commits)
    refused(
        branches(root),
        f'{LESSON} does not suggest one commit: write git commit -am "MESSAGE" once under '
        "## Commit",
    )
    assert not (root.parent / "out").exists()


def test_a_symbolic_link_is_refused(root: Path) -> None:
    (root / SOLVED / "link.py").symlink_to("app.py")
    refused(branches(root), f"{SOLVED}/link.py is a symbolic link: make it a copy")


def test_where_there_is_no_git_it_says_so(root: Path, tmp_path: Path) -> None:
    refused(branches(root, env={"PATH": str(tmp_path)}), "git is not here: install it")


def test_a_checked_out_step_is_graded(root: Path, tmp_path: Path) -> None:
    written(root)
    for branch in STEPS:
        folder = checked_out(root.parent / "out", branch, tmp_path / branch) / "steps/make_chat"
        run = grader("check", cwd=folder)
        assert run.code == (0 if branch.endswith("-solution") else 1), run.out
        assert run.out.startswith(f"step {int(branch[4:6])} · "), run.out


def test_the_solution_of_a_checked_out_step_is_on_another_branch(
    root: Path, tmp_path: Path
) -> None:
    written(root)
    folder = checked_out(root.parent / "out", "step05", tmp_path / "clone")
    refused(
        grader("check", "5", "--solution", cwd=folder),
        "solutions/make_chat is not here, so there is no solution of step 5; "
        "among the branches of the steps it is step05-solution",
    )
