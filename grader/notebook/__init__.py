"""Checks the exercises of a notebook: its cells in a fresh kernel, its checks outside of it.

The modules, from the outside in; each imports only from those after it:

- `session`: one run of `grader notebook`, from its name to the printed report.
- `judge`: runs a notebook and its checks, and makes a result of them.
- `exercise`: what a check is written with.
- `execution`: a kernel and its limits.
- `books`: the course's notebooks, their cells and solutions.
- `crossing`: values as text, between the kernel and the grader.

`kernel` is a program of its own, which `execution` starts; in it `answer` calls a student's
function, and `streams` counts what cells print. What comes from there is data, never code, and
nothing there knows what is expected.
"""
