"""Every figure of the notebooks: SVG that shows itself in Jupyter, all of them alike.

    lines(
        "How long until the server notices",
        Axis("ping interval", "s"),
        Axis("until noticed", "s"),
        {"closed tab": [(1, 0.01), (5, 0.01)], "cut wire": [(1, 3.1), (5, 7.2)]},
    )

An axis has a label and a unit, or there is no figure. Figures have a light background of their own,
as no ink can be read well both on a white page and on a black one. Series differ in their markers
and lines as well as in colours that the colour-blind can tell apart. A figure is narrow enough for
a phone to show it whole, with texts that can be read there. The same data gives the same bytes.
"""

import io
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.ticker import StrMethodFormatter

NARROW, WIDE = 11, 18  # characters of a name below the axes, and beside them, in one line
LONGEST_TITLE = 44  # characters in one line
LINE = 0.24  # inches, of a legend
WIDTH = 5.0  # inches: on a phone of 390 pixels, a text of 11 points is as large as one of 8
PAPER = "#ffffff"
INK = "#3d3d3d"  # texts, axes and grid
PALETTE = ("#0072b2", "#b34e00", "#8700ff", "#1a1a1a")
ON_PALETTE = ("white", "white", "white", "white")  # the ink of a word on each colour
_LOOKS = tuple(zip(PALETTE, "os^D", ("-", "--", "-.", ":"), strict=True))

_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "figure.facecolor": PAPER,
    "figure.figsize": (WIDTH, 4.2),  # inches of 72 points; a page may scale them
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.alpha": 0.3,
    "grid.color": INK,
    "legend.borderaxespad": 0.2,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",  # texts stay texts: they can be searched, and read aloud
    "svg.hashsalt": "make-chat",  # or ids would be random
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures, and in what. Raises ValueError where either is not said.

    unit: such as "ms" or "bytes"; a count has one, too, such as "users".
    log: whether equal factors, not equal differences, are equally far apart.
    """

    label: str
    unit: str
    log: bool = False

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError("an axis without a label; say what it measures")
        if not self.unit.strip():
            raise ValueError(f"the axis {self.label!r} has no unit; say what it is measured in")

    @property
    def scale(self) -> str:
        """What matplotlib calls it."""
        return "log" if self.log else "linear"

    def check(self, numbers: Sequence[float]) -> None:
        """Raise ValueError for a number that has no place on the axis."""
        for number in numbers:
            if not abs(number) < float("inf"):  # NaN neither
                raise ValueError(f"{number} on the axis {self.label!r}; leave it out")
            if self.log and number <= 0:
                raise ValueError(f"{number} on the logarithmic axis {self.label!r}; leave it out")

    def __str__(self) -> str:
        return f"{self.label} ({self.unit})"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, which Jupyter shows where it is the value of a cell, or displayed."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


def lines(
    title: str, x: Axis, y: Axis, series: Mapping[str, Sequence[tuple[float, float]]]
) -> Figure:
    """A line for each of the series: its name → its points as (x, y), in any order.

    Raises ValueError for what cannot be drawn.
    """
    _check_series(series)
    for points in series.values():
        for axis, numbers in zip((x, y), zip(*points, strict=True), strict=True):
            axis.check(numbers)

    def draw(axes: Axes) -> None:
        for (name, points), look in zip(series.items(), _LOOKS, strict=False):
            xs, ys = zip(*sorted(points), strict=True)
            color, marker, dashes = look
            axes.plot(xs, ys, label=name, color=color, marker=marker, linestyle=dashes)
        axes.set(xlabel=str(x), ylabel=str(y), xscale=x.scale, yscale=y.scale)
        _count(axes.xaxis)
        _count(axes.yaxis)
        _legend(axes, series)

    return _drawn(title, draw)


def bars(title: str, label: str, y: Axis, series: Mapping[str, Mapping[str, float]]) -> Figure:
    """Groups of bars side by side: the name of a series → a group's name → its bar's height.

    label: what the groups' names name, such as "transport". Every series has the same groups.
    Raises ValueError for what cannot be drawn: on a logarithmic axis, a bar has no length.
    """
    if y.log:
        raise ValueError(f"bars on the logarithmic axis {y.label!r}; draw points there")
    groups = _groups(label, y, series)

    def draw(axes: Axes) -> None:
        width = 0.8 / len(series)
        for number, ((name, heights), look) in enumerate(zip(series.items(), _LOOKS, strict=False)):
            left = number * width - 0.4
            places = [place + left for place in range(len(groups))]
            axes.bar(places, [*heights.values()], width, align="edge", label=name, color=look[0])
        axes.set_xticks(range(len(groups)), [_folded(group, NARROW) for group in groups])
        axes.grid(visible=False, axis="x")
        axes.set(xlabel=label, ylabel=str(y))
        _count(axes.yaxis)
        _legend(axes, series)

    return _drawn(title, draw)


def points(title: str, label: str, x: Axis, series: Mapping[str, Mapping[str, float]]) -> Figure:
    """A row of points for each group: the name of a series → a group's name → where its point is.

    label and groups are as those of `bars`; the first group is on top. Raises ValueError for what
    cannot be drawn.
    """
    groups = _groups(label, x, series)

    def draw(axes: Axes) -> None:
        for (name, places), look in zip(series.items(), _LOOKS, strict=False):
            color, marker, _ = look
            rows = range(len(groups))
            axes.plot([*places.values()], rows, marker, label=name, color=color, markersize=9)
        axes.set_yticks(range(len(groups)), [_folded(group, WIDE) for group in groups])
        axes.set(xlabel=str(x), ylabel=label, xscale=x.scale, ylim=(len(groups) - 0.5, -0.5))
        _count(axes.xaxis)
        _legend(axes, series)

    return _drawn(title, draw)


def matrix(title: str, rows: str, columns: str, cells: Mapping[str, Mapping[str, str]]) -> Figure:
    """A table of words: a row's name → a column's name → the word in the cell, "" for none.

    Equal words have equal colours. rows, columns: what their names name, such as "sent by".
    Every row has the same columns. Raises ValueError for what cannot be drawn.
    """
    _check_label(rows, "rows")
    _check_label(columns, "columns")
    names = list(next(iter(cells.values()), {}))
    if not names:
        raise ValueError("no cells to draw; give each row its columns")
    for name, row in cells.items():
        if list(row) != names:
            raise ValueError(f"the row {name!r} has other columns; give each the same, in order")
    words = dict.fromkeys(word for row in cells.values() for word in row.values() if word)
    if len(words) > len(PALETTE):
        raise ValueError(f"{len(words)} different words; the colours are for {len(PALETTE)}")
    colors = dict(zip(words, zip(PALETTE, ON_PALETTE, strict=True), strict=False))

    def draw(axes: Axes) -> None:
        for y, row in enumerate(cells.values()):
            for x, word in enumerate(row.values()):
                if word:
                    fill, ink = colors[word]
                    axes.add_patch(Rectangle((x - 0.47, y - 0.44), 0.94, 0.88, facecolor=fill))
                    axes.text(x, y, word, color=ink, weight="bold", ha="center", va="center")
        axes.set_xticks(range(len(names)), [_folded(name, NARROW) for name in names])
        axes.set_yticks(range(len(cells)), [_folded(name, WIDE) for name in cells])
        axes.set(xlabel=columns, ylabel=rows)
        axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(cells) - 0.5, -0.5))  # first row on top
        axes.grid(visible=False)
        axes.tick_params(length=0)

    return _drawn(title, draw)


def _check_series(series: Mapping[str, Collection[Any]]) -> None:
    if not 1 <= len(series) <= len(PALETTE):
        raise ValueError(f"{len(series)} series; draw 1 to {len(PALETTE)} in a figure")
    for name, points in series.items():
        if not points:
            raise ValueError(f"the series {name!r} has no points; leave it out")


def _check_label(label: str, of: str) -> None:
    if not label.strip():
        raise ValueError(f"the {of} have no label; say what their names name")


def _count(axis: XAxis | YAxis) -> None:
    """Write the numbers as 1,000 and not as a power, nor with an offset to add."""
    axis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))


def _legend(axes: Axes, series: Mapping[str, Any]) -> None:
    """Say which series is which, below the axes, where it hides nothing."""
    if len(series) > 1:
        canvas = axes.figure
        assert isinstance(canvas, Canvas)
        columns = 2 if max(map(len, series)) <= WIDE else 1
        rows = -(-len(series) // columns)
        canvas.set_figheight(canvas.get_figheight() + LINE * rows)
        canvas.legend(loc="outside lower left", ncols=columns)


def _groups(label: str, axis: Axis, series: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The names of the groups, which all series have. Raises ValueError for what they lack."""
    _check_series(series)
    _check_label(label, "groups")
    groups = list(next(iter(series.values())))
    for name, values in series.items():
        if list(values) != groups:
            raise ValueError(f"the series {name!r} has other groups; give each the same, in order")
        axis.check(list(values.values()))
    return groups


def _folded(text: str, width: int) -> str:
    """The text in lines of so many characters, as far as its words allow."""
    return textwrap.fill(text, width, break_long_words=False)


def _drawn(title: str, draw: Callable[[Axes], None]) -> Figure:
    """The figure that `draw` draws under this title. Raises ValueError where there is no title."""
    if not title.strip():
        raise ValueError("a figure without a title; say what it shows")
    with style.context(_STYLE, after_reset=True):  # whatever the reader's own style is
        canvas = Canvas()
        axes = canvas.subplots()
        axes.set_title(_folded(title, LONGEST_TITLE))
        draw(axes)
        file = io.StringIO()
        # Without a date, and without the version of matplotlib: the same figure, the same bytes.
        metadata = {"Title": title, "Date": None, "Creator": None}
        canvas.savefig(file, format="svg", metadata=metadata)
    return Figure(file.getvalue())
