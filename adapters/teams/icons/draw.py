"""Draws the icons of the app package, a pile of stones, as SVG and PNG: python adapters/teams/icons/draw.py

The color icon stands on a ground of its own; the outline icon is white on nothing, as Teams asks.
"""

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GROUND = (0x2F, 0x48, 0x58)
WHITE = (0xFF, 0xFF, 0xFF)
FINE = 6  # looks at each point in 6 x 6 places, for smooth edges
BULGE = 2.5  # 2 is an ellipse; a stone is a little fuller
Color = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Stone:
    """On a ground of 192 x 192."""

    x: float
    y: float
    wide: float  # half of it, as is `high`
    high: float
    turned: float  # degrees
    color: Color

    def covers(self, x: float, y: float) -> bool:
        angle = math.radians(self.turned)
        along = (x - self.x) * math.cos(angle) + (y - self.y) * math.sin(angle)
        across = (y - self.y) * math.cos(angle) - (x - self.x) * math.sin(angle)
        return bool(abs(along / self.wide) ** BULGE + abs(across / self.high) ** BULGE <= 1)

    def edge(self, steps: int = 48) -> Iterator[Point]:
        angle = math.radians(self.turned)
        for step in range(steps):
            turn = 2 * math.pi * step / steps
            along = self.wide * _bulged(math.cos(turn))
            across = self.high * _bulged(math.sin(turn))
            yield (
                self.x + along * math.cos(angle) - across * math.sin(angle),
                self.y + along * math.sin(angle) + across * math.cos(angle),
            )


COLORED = (
    Stone(96, 141, 56, 16.5, -2, (0xC9, 0xD6, 0xD8)),
    Stone(93, 109, 41, 14.5, 3, (0xF2, 0xB1, 0x5B)),
    Stone(99, 80.5, 30, 13, -4, (0x8F, 0xB8, 0xA8)),
    Stone(95, 54.5, 19, 12, 5, (0xF4, 0xF1, 0xE8)),
)
# In 32 x 32 points the gaps have to be wider, and the whole may be larger
OUTLINED = (
    Stone(96, 163, 87, 20, 0, WHITE),
    Stone(91, 112, 64, 20, 0, WHITE),
    Stone(102, 62, 45, 19, 0, WHITE),
    Stone(95, 19, 25, 14, 0, WHITE),
)


def _bulged(part: float) -> float:
    return math.copysign(abs(part) ** (2 / BULGE), part)


def svg(stones: Sequence[Stone], ground: Color | None) -> str:
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192">']
    if ground:
        lines.append(f'  <rect width="192" height="192" fill="{_hex(ground)}"/>')
    for stone in stones:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in stone.edge())
        lines.append(f'  <polygon points="{points}" fill="{_hex(stone.color)}"/>')
    return "\n".join([*lines, "</svg>", ""])


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def pixels(stones: Sequence[Stone], ground: Color | None, size: int) -> list[bytes]:
    """Row by row: red, green, blue, and how much of it is there."""
    return [
        b"".join(_pixel(stones, ground, column, row, 192 / size) for column in range(size))
        for row in range(size)
    ]


def _pixel(stones: Sequence[Stone], ground: Color | None, column: int, row: int, scale: float) -> bytes:
    seen = [
        _seen(stones, ground, (column + (i + 0.5) / FINE) * scale, (row + (j + 0.5) / FINE) * scale)
        for i in range(FINE)
        for j in range(FINE)
    ]
    there = [color for color in seen if color]
    if not there:
        return bytes((*WHITE, 0))
    mixed = (round(sum(color[part] for color in there) / len(there)) for part in range(3))
    return bytes((*mixed, round(255 * len(there) / len(seen))))


def _seen(stones: Sequence[Stone], ground: Color | None, x: float, y: float) -> Color | None:
    return next((stone.color for stone in stones if stone.covers(x, y)), ground)


def png(rows: Sequence[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", len(rows[0]) // 4, len(rows), 8, 6, 0, 0, 0)
    held = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", held) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))


def main() -> None:
    for name, stones, ground, size in (("color", COLORED, GROUND, 192), ("outline", OUTLINED, None, 32)):
        (HERE / f"{name}.svg").write_text(svg(stones, ground), encoding="utf-8")
        (HERE / f"{name}.png").write_bytes(png(pixels(stones, ground, size)))


if __name__ == "__main__":
    main()
