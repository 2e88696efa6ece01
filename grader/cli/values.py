"""Values of options that click lets through, and that mean nothing."""

import math

import click


def finite(seconds: float) -> float:
    if math.isnan(seconds):  # it is in no range, and outside of none
        raise click.BadParameter("nan is no number of seconds")
    return seconds
