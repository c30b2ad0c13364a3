"""Paper: what a picture is drawn on. Large letters for a telephone, few colours, and a background of its own.

The same drawing is the same file, byte for byte: no date and no program is written into it. Few colours and
no shading keep it so small that it fits into a card. Pillow draws; it is loaded when there is something to
draw, and so is the font, which comes with matplotlib.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

WIDTH, TALLEST = 800, 2400  # pixels
MARGIN = 20
PAPER, INK, SOFT, RULE = "#fffdf8", "#2a2925", "#625d51", "#ddd6c8"
TEXT, SMALL, SMALLEST = 28, 26, 16  # pixels: on a telephone less than half as large
LEADING = 1.25
BLENDS = (1 / 3, 2 / 3)  # of paper and ink, for the edges of letters
MOST_COLOURS = 16  # four bits for a pixel
STROKE, NARROW_STROKE = 12, 4  # pixels between two strokes of what is hatched

Side = Literal["left", "middle", "right"]
ANCHORS = {"left": "la", "middle": "ma", "right": "ra"}


class Paper:
    def __init__(self) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - only some need it

        self._colours = {PAPER: None, INK: None, SOFT: None, RULE: None}  # in the order of their use
        self._image = Image.new("RGB", (WIDTH, TALLEST), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._end = 0

    def text(
        self,
        words: str,
        at: tuple[float, float],
        *,
        size: int = TEXT,
        bold: bool = False,
        ink: str = INK,
        side: Side = "left",
        width: float = WIDTH,
    ) -> int:
        """In as many lines as it takes, below `at`; returns where they end."""
        (x, y), lines = at, wrapped(words, size, bold=bold, width=width)
        for line, fitted in lines:
            self._draw.text(
                (x, y),
                line,
                font=_font(fitted, bold),
                fill=ink,
                anchor=ANCHORS[side],
            )
            y += round(fitted * LEADING)
        self._end = max(self._end, round(y))
        return round(y)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        if right > left and bottom > top:
            self._colours[colour] = None
            self._draw.rectangle((round(left), round(top), round(right) - 1, round(bottom) - 1), fill=colour)
            self._end = max(self._end, round(bottom))

    def hatched(self, left: float, top: float, right: float, bottom: float) -> None:
        """Where something is that is not shown."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - only some need it

        width, height = round(right) - round(left), round(bottom) - round(top)
        if width < 1 or height < 1:
            return
        patch = Image.new("RGB", (width, height), PAPER)
        strokes = ImageDraw.Draw(patch)
        is_narrow = width < 2 * STROKE
        step = NARROW_STROKE if is_narrow else STROKE
        first = -(round(left) % step) - step * (height // step + 1)  # patches beside each other go on
        for x in range(first, width, step):
            strokes.line((x, height, x + height, 0), fill=SOFT, width=1 if is_narrow else 2)
        if not is_narrow:
            strokes.rectangle((0, 0, width - 1, height - 1), outline=SOFT, width=1)
        self._image.paste(patch, (round(left), round(top)))
        self._end = max(self._end, round(bottom))

    def png(self) -> bytes:
        from PIL import Image  # noqa: PLC0415 - only some need it

        whole = self._image.crop((0, 0, WIDTH, min(TALLEST, self._end + MARGIN)))
        few = whole.quantize(palette=self._palette(), dither=Image.Dither.NONE)
        file = BytesIO()
        few.save(file, "PNG", optimize=True)
        return file.getvalue()

    def _palette(self) -> "Image":
        """Our own colours are kept exactly; only the edges of letters are rounded to one of these."""
        from PIL import Image, ImageColor  # noqa: PLC0415 - only some need it

        paper, ink = ImageColor.getrgb(PAPER), ImageColor.getrgb(INK)
        used = [ImageColor.getrgb(colour) for colour in self._colours]
        edges = [
            tuple(round(one + (other - one) * share) for one, other in zip(paper, ink, strict=True))
            for share in BLENDS
        ]
        there = [*used, *edges][:MOST_COLOURS]
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for colour in there for part in colour])
        return palette


def length(words: str, size: int, *, bold: bool = False) -> float:
    """Pixels from end to end."""
    return _font(size, bold).getlength(words)


def wrapped(words: str, size: int, *, bold: bool = False, width: float = WIDTH) -> list[tuple[str, int]]:
    """Lines and the size of their letters, which is smaller where one word would be too long for a line."""
    while size > SMALLEST and any(length(word, size, bold=bold) > width for word in words.split()):
        size -= 1
    return [(line, size) for line in _lines(words, size, bold, width)]


def _lines(words: str, size: int, bold: bool, width: float) -> Iterator[str]:
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if line and length(longer, size, bold=bold) > width:
            yield line
            longer = word
        line = longer
    yield line


@cache
def _font(size: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont  # noqa: PLC0415 - only some need it

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(_fonts() / name, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _fonts() -> Path:
    """Without loading matplotlib itself."""
    return Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
