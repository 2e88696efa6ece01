"""`grader dev …`: what keeps the course itself in order. `grader check` imports none of it.

- `lint`: the rules of the course, gathered; `violation`: what a rule finds.
- `layout`, `starters`, `lessons`, `checklist`, `shared`, `notebooks`, `verdicts`: the rules, one
  module per theme; each rule is a function from the course to violations.
- `expand`: the generated parts of a lesson; `lesson`: a lesson taken apart.
- `branches`: the course as a git repository with the branches of each step; `git`: git itself.
- `events`: every event, from what is said while the solutions are checked; for the book.
- `proofs`, `shape`, `files`: a step's checks, a source without its comments, a folder's files.
"""
