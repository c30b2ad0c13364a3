"""Plots: a picture of differences and one of staying. Told apart by form first, and then by colour."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from bot.outcomes.report import Curves, Forest

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#555555"  # Okabe and Ito: apart for the colour-blind, and in grey
LOOKS = ((BLUE, "-", "o"), (ORANGE, "--", "s"))
DPI = 200
WIDTH = 7.0  # inches


def png(picture: Forest | Curves) -> bytes:
    return _drawn(picture, "png")


def as_image(picture: Forest | Curves) -> str:
    """To stand in a page with no file beside it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(_drawn(picture, 'svg')).decode()}"


def _drawn(picture: Forest | Curves, kind: str) -> bytes:
    with _figure(_height(picture)) as figure:
        axes = figure.add_subplot()
        if isinstance(picture, Forest):
            _forest(axes, picture)
        else:
            _curves(axes, picture)
        file = BytesIO()
        nameless = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(file, format=kind, dpi=DPI, metadata=nameless)
        return file.getvalue()


def _height(picture: Forest | Curves) -> float:
    return 1.4 + 0.45 * len(picture.rows) if isinstance(picture, Forest) else 3.4


@contextmanager
def _figure(height: float) -> Iterator[Any]:
    from matplotlib import rc_context  # noqa: PLC0415 - only some need it
    from matplotlib.figure import Figure  # noqa: PLC0415 - only some need it

    with rc_context({"font.family": "DejaVu Sans", "font.size": 10, "svg.hashsalt": "cairn"}):
        yield Figure(figsize=(WIDTH, height), layout="constrained")


def _forest(axes: Any, forest: Forest) -> None:
    places = range(len(forest.rows), 0, -1)
    for place, (_, between) in zip(places, forest.rows, strict=True):
        is_main = place == len(forest.rows)
        value, low, high = (100 * edge for edge in (between.value, between.low, between.high))
        colour = BLUE if is_main else GREY
        axes.plot([low, high], [place, place], color=colour, linewidth=2.5 if is_main else 1.5)
        axes.plot(value, place, "D" if is_main else "o", color=colour, markersize=8 if is_main else 6)
    axes.axvline(0, color="black", linewidth=1)
    if forest.visible is not None:
        axes.axvline(100 * forest.visible, color=ORANGE, linestyle=":", linewidth=2, label=forest.mark)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False)
    axes.set_yticks(list(places), [name for name, _ in forest.rows])
    axes.set_ylim(0.4, len(forest.rows) + 0.6)
    axes.set_xlabel(forest.axis)
    axes.xaxis.get_major_locator().set_params(integer=True, steps=[1, 2, 5, 10])
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{value:+.0f}".replace("-", "\N{MINUS SIGN}") if value else "0"
    )
    _open(axes, "left")


def _curves(axes: Any, picture: Curves) -> None:
    for curve, (colour, dash, mark) in zip(picture.curves, LOOKS, strict=True):
        days = [0, *(day for day, _ in curve.points)]
        share, low, high = (
            [100.0, *(100 * getattr(between, edge) for _, between in curve.points)]
            for edge in ("value", "low", "high")
        )
        axes.plot(days, share, dash, color=colour, marker=mark, linewidth=2, label=curve.name)
        axes.fill_between(days, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_ylim(0, 103)
    axes.set_xlim(left=0)
    axes.set_xlabel(picture.days)
    axes.set_ylabel(picture.share)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    axes.legend(loc="lower left", frameon=False)
    _open(axes)


def _open(axes: Any, *also: str) -> None:
    axes.spines[["top", "right", *also]].set_visible(False)
    axes.tick_params(axis="y", length=0)
