"""What the plots of all reports share: colours, axes, and PNG files.

Figures are built without pyplot, so nothing global is touched and they may be drawn in any thread.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sneakers_ml.files import write_atomically

__all__ = ["BLUE", "SERIES", "bare", "new_figure", "save_png", "titled"]

BLUE, _INK = "#2f6db3", "#22272e"
SERIES = (BLUE, "#c8641b", "#3f8f5b", "#8a5aa8", "#b8960c")
"""Colours of several series in one plot."""
_DPI = 110


def save_png(figure: Figure, path: Path) -> None:
    """Write the figure as a PNG of 110 dots per inch, atomically."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, facecolor="white")
    write_atomically(path, buffer.getvalue())


def new_figure(width: float, height: float) -> Figure:
    """A figure in inches; its layout engine must stand before the first colour bar is made."""
    return Figure(figsize=(width, height), layout="constrained")


def titled(axes: Axes, title: str) -> None:
    """Title on the left, small tick labels."""
    axes.set_title(title, fontsize=10, loc="left", color=_INK, parse_math=False)
    axes.tick_params(colors=_INK, labelsize=8, length=0)


def bare(axes: Axes, *sides: str) -> None:
    """Hide the named sides of the frame."""
    for side in sides:
        axes.spines[side].set_visible(False)
