"""Figures: nothing without a label and a unit, the same bytes again, readable on any page."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wire.plots import INK, ON_PALETTE, PALETTE, PAPER, Axis, Figure, bars, lines, matrix, points

TIME = Axis("until noticed", "s")
SIZE = "width", "height"
LATE = Axis("noticed after", "ms", log=True)
USERS = Axis("users", "users", log=True)
ONCE = {"to all": {"amy": "once", "terry": "once"}, "to others": {"amy": "", "terry": "once"}}


def every_kind() -> list[Figure]:
    """A figure of each kind."""
    return [
        lines("Noticing", USERS, TIME, {"cut": [(10, 2.5), (1000, 3)], "kill": [(10, 0.1)]}),
        bars("Bytes", "transport", Axis("size", "bytes"), {"size": {"polling": 9, "websocket": 3}}),
        matrix("Who hears what", "sent", "heard by", ONCE),
        points("Noticed", "client", LATE, {"first": {"is killed": 1, "loses its cable": 2000}}),
    ]


def texts(figure: Figure) -> list[str]:
    found = ElementTree.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in found]


def test_a_figure_says_what_it_shows_and_in_what() -> None:
    of_lines, of_bars, of_words, of_points = map(texts, every_kind())
    assert {"Noticing", "users (users)", "until noticed (s)", "cut", "kill"} <= {*of_lines}
    assert {"10", "1,000"} <= {*of_lines}
    assert {"Bytes", "transport", "size (bytes)", "polling", "websocket"} <= {*of_bars}
    assert {"Who hears what", "sent", "heard by", "to all", "to others", "amy"} <= {*of_words}
    assert of_words.count("once") == 3
    assert {"Noticed", "client", "noticed after (ms)", "is killed", "loses its cable"} <= {
        *of_points
    }


def test_one_series_alone_needs_no_legend() -> None:
    assert "cut" not in texts(lines("Noticing", USERS, TIME, {"cut": [(10, 2.5)]}))


def test_the_order_of_points_does_not_matter() -> None:
    points = [(10.0, 2.5), (100.0, 2.0), (1000.0, 3.0)]
    figures = {lines("a", USERS, TIME, {"b": order}) for order in (points, points[::-1])}
    assert len(figures) == 1


def test_jupyter_shows_a_figure() -> None:
    for figure in every_kind():
        assert figure._repr_svg_() == figure.svg
        assert ElementTree.fromstring(figure.svg).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_same_data_gives_the_same_bytes_whatever_the_reader_s_style(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\naxes.linewidth: 9\n")
    program = (
        "import sys; from tests.wire.test_plots import every_kind;"
        "sys.stdout.write('|'.join(figure.svg for figure in every_kind()))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "MATPLOTLIBRC": str(tmp_path),
            "PYTHONHASHSEED": "2",
            "PYTHONPATH": "notebooks",
        },
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert elsewhere == "|".join(figure.svg for figure in every_kind())
    assert not re.search("20[0-9]{2}-|[Mm]atplotlib v", elsewhere)


def test_a_figure_has_a_background_and_no_colour_of_its_own_choice() -> None:
    for figure in every_kind():
        colors = set(re.findall(r"(?<!&)#[0-9a-f]{6}\b", figure.svg))
        assert colors <= {INK, *PALETTE, PAPER}
        assert f"fill: {PAPER}" in figure.svg


def test_a_figure_is_narrow_and_a_legend_hides_nothing() -> None:
    """Beside a phone's 390 pixels, what is 360 points wide is shown with texts of 8 points."""
    names = ["one with a name that is rather long", "two", "three", "four"]
    figures = [*every_kind(), lines("a" * 60, TIME, TIME, {name: [(1, 1)] for name in names})]
    for figure in figures:
        root = ElementTree.fromstring(figure.svg)
        width, height = (float(root.get(name, "").removesuffix("pt")) for name in SIZE)
        assert width == 360
        assert height < 460
        for line in root.iter("{http://www.w3.org/2000/svg}text"):
            sizes = re.findall(r"([\d.]+)px", line.get("style", ""))
            assert all(float(size) >= 11 for size in sizes)


def linear(color: str) -> list[float]:
    """Red, green and blue as light, 0 to 1 (IEC 61966-2-1)."""
    names = {"white": "#ffffff", "black": "#000000"}
    code = names.get(color, color)
    shares = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: 3 is enough for shapes and large texts, 4.5 for small ones."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_all_inks_can_be_read_on_the_paper() -> None:
    assert all(contrast(color, PAPER) >= 4.5 for color in (INK, *PALETTE))


def test_words_can_be_read_on_their_colours() -> None:
    assert all(contrast(*pair) >= 4.5 for pair in zip(PALETTE, ON_PALETTE, strict=True))


# What is seen without one of the three kinds of cones (Machado, Oliveira and Fernandes, 2009).
SEEN = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(color: str, eyes: str) -> tuple[float, float, float]:
    """The colour in CIELAB, as these eyes see it."""
    light = linear(color)
    red, green, blue = (
        min(1, max(0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in SEEN[eyes]
    )
    x, y, z = (
        share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116
        for share in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eyes", SEEN)
def test_the_colour_blind_can_tell_the_colours_apart(eyes: str) -> None:
    for one, other in combinations(PALETTE, 2):
        pairs = zip(lab(one, eyes), lab(other, eyes), strict=True)
        difference = sum((a - b) ** 2 for a, b in pairs) ** 0.5
        assert difference > 30, (one, other)  # about 2 can just be noticed


NAN = float("nan")


@pytest.mark.parametrize(
    ("attempt", "fault"),
    [
        (lambda: Axis(" ", "s"), "an axis without a label; say what it measures"),
        (lambda: Axis("time", ""), "the axis 'time' has no unit; say what it is measured in"),
        (
            lambda: lines("", TIME, TIME, {"a": [(1, 1)]}),
            "a figure without a title; say what it shows",
        ),
        (lambda: lines("a", TIME, TIME, {}), "0 series; draw 1 to 4 in a figure"),
        (
            lambda: lines("a", TIME, TIME, {str(n): [(1, 1)] for n in range(5)}),
            "5 series; draw 1 to 4 in a figure",
        ),
        (
            lambda: lines("a", TIME, TIME, {"b": []}),
            "the series 'b' has no points; leave it out",
        ),
        (
            lambda: lines("a", TIME, TIME, {"b": [(1, NAN)]}),
            "nan on the axis 'until noticed'; leave it out",
        ),
        (
            lambda: lines("a", USERS, TIME, {"b": [(0, 1)]}),
            "0 on the logarithmic axis 'users'; leave it out",
        ),
        (
            lambda: bars("a", "", TIME, {"b": {"c": 1}}),
            "the groups have no label; say what their names name",
        ),
        (
            lambda: bars("a", "b", TIME, {"c": {"x": 1, "y": 2}, "d": {"y": 1}}),
            "the series 'd' has other groups; give each the same, in order",
        ),
        (
            lambda: bars("a", "b", TIME, {"c": {"x": -NAN}}),
            "nan on the axis 'until noticed'; leave it out",
        ),
        (
            lambda: bars("a", "b", LATE, {"c": {"x": 1}}),
            "bars on the logarithmic axis 'noticed after'; draw points there",
        ),
        (
            lambda: points("a", "b", LATE, {"c": {"x": 0}}),
            "0 on the logarithmic axis 'noticed after'; leave it out",
        ),
        (lambda: matrix("a", "", "b", ONCE), "the rows have no label; say what their names name"),
        (
            lambda: matrix("a", "b", "", ONCE),
            "the columns have no label; say what their names name",
        ),
        (lambda: matrix("a", "b", "c", {}), "no cells to draw; give each row its columns"),
        (lambda: matrix("a", "b", "c", {"x": {}}), "no cells to draw; give each row its columns"),
        (
            lambda: matrix("a", "b", "c", {"x": {"1": ""}, "y": {"2": ""}}),
            "the row 'y' has other columns; give each the same, in order",
        ),
        (
            lambda: matrix("a", "b", "c", {"x": {str(n): str(n) for n in range(5)}}),
            "5 different words; the colours are for 4",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(attempt: Callable[[], object], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        attempt()
