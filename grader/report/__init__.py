"""Reports: a result in, text out. They know `grader.result` and nothing else of the grader."""
