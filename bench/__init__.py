"""What is measured, against what. `python -m bench`, and `python -m bench.flaky`."""
