"""The gallery: all that a rehearsal shows, drawn for each platform, whoever is where. It keeps figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.drawn import Excess, Shown, Venue


@dataclass
class Wall:
    """What was drawn for one platform."""

    venue: Venue
    cards: int = 0
    largest: tuple[int, str] = (0, "")  # bytes, and the name of what was drawn
    beyond: dict[tuple[str, str, str], Excess] = field(default_factory=dict)  # the worst of each kind
    times: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def hang(self, name: str, language: str, shown: Shown) -> None:
        for drawn in self.venue.draw(shown):
            self.cards += 1
            if drawn.size > self.largest[0]:
                self.largest = (drawn.size, name)
            for excess in drawn.beyond:
                kind = (name, language, excess.what)
                self.beyond[kind] = max(excess, self.beyond.get(kind, excess))
                self.times[kind] += 1


class Gallery:
    def __init__(self, venues: Sequence[Venue]) -> None:
        self.walls = [Wall(venue) for venue in venues]

    def hang(self, name: str, language: str, shown: Shown) -> None:
        for wall in self.walls:
            wall.hang(name, language, shown)

    def figures(self) -> Iterator[tuple[str, str]]:
        for wall in self.walls:
            size, name = wall.largest
            largest = f", the largest {name} with {size:,} bytes" if name else ""
            yield wall.venue.name, f"{wall.cards:,} cards{largest}"

    def too_large(self) -> Iterator[str]:
        for wall in self.walls:
            for kind, excess in sorted(wall.beyond.items()):
                name, language, _ = kind
                times = f"seen {wall.times[kind]:,} times" if wall.times[kind] > 1 else "seen once"
                more = f"{excess.there - excess.most:,} too many, {times}"
                yield f"{wall.venue.name} does not take {name} ({language}): {excess} ({more})"
