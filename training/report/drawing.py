"""Draws one picture of a report as SVG within the page.

The same model always gives the same pictures: the salts are fixed, and there are no dates.
"""

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_POINTS = 2000

BLUE, GREY, RED = "#0969da", "#8c959f", "#b42318"

SETTINGS: Any = {
    "text.parse_math": False,  # a name with dollar signs is a name
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
}


@dataclass(frozen=True)
class Picture:
    """`caption` is its heading, `note` says how to read it, `svg` is the drawing."""

    caption: str
    note: str
    svg: str


def drawn(
    caption: str, note: str, size: tuple[float, float], draw: Callable[..., None], rows: int = 1, columns: int = 1
) -> Picture:
    """The picture that `draw` makes on its axes, of `size` in inches."""
    import matplotlib  # half a second of imports, which who packages a model has done in a process of their own
    from matplotlib.figure import Figure

    matplotlib.use("Agg")
    salt: Any = {
        "svg.hashsalt": caption
    }  # matplotlib draws the ids at random otherwise, and each drawing needs its own
    with matplotlib.rc_context({**SETTINGS, **salt}), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font has not, of layouts that are tight
        figure = Figure(figsize=size, layout="constrained")
        draw(*np.ravel(figure.subplots(rows, columns)))
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()[text.getvalue().index("<svg") :]
    used = set(re.findall(r"#([\w.-]+)", svg))
    # Matplotlib numbers its groups from 1 in every drawing; in one page an id stands for one thing.
    return Picture(caption, note, re.sub(r' id="([\w.-]+)"', lambda found: found[0] if found[1] in used else "", svg))


def short(name: str) -> str:
    """A name as an axis has room for it."""
    return name if len(name) <= 28 else f"{name[:27]}…"
