"""The warm process: it imports what servers need once, then forks a fresh server per request.

A program of its own, started by `servers.warm`. It imports nothing of the grader's, and the
grader imports nothing of it.
"""
