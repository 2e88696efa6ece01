"""The checks of a course whose lesson has the three faults that step 1 once had."""
