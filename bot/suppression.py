"""Suppression: which numbers about groups may be shown, so that nobody in a small one can be made out.

A group of fewer than five people is hidden, and so is what would give it away by subtraction: others are
hidden along with it until those hidden are at least five people together. It counts people, not answers.
Where everybody in a group has the same outcome, that share is hidden too: to know it would be to know them.

Whoever knows these rules by heart, and all that is shown, is left with two values or more for each hidden
one. For this, groups of one size are hidden together, so that no name decides. Say of each only that it is
not shown.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5  # people
LEAST = 3  # nobody may go below it, whatever they agree on


@dataclass(frozen=True)
class Suppressed:
    """None is not shown."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(name for name, people in self.cells.items() if people is None)


def people_in(answers: Iterable[tuple[str, Hashable]]) -> dict[str, int]:
    """How many people each group has, from (group, person) for each answer."""
    people: dict[str, set[Hashable]] = defaultdict(set)
    for group, person in answers:
        people[group].add(person)
    return {group: len(members) for group, members in people.items()}


def suppressed(cells: Mapping[str, int], k: int = FEWEST) -> Suppressed:
    """Groups that nobody is in twice, and their total, with nothing in it about fewer than `k` people."""
    _check(k)
    small = {name for name, people in cells.items() if people < k}
    hidden = _together(cells, small, lambda names: _is_safe([cells[name] for name in names], k))
    shown = {name: None if name in hidden else people for name, people in cells.items()}
    is_safe = not hidden or _is_safe([cells[name] for name in hidden], k)
    return Suppressed(shown, sum(cells.values()) if cells and is_safe else None)


Share = tuple[int, int]
"""How many of how many."""


def hidden_shares(groups: Mapping[str, Sequence[Share]], k: int = FEWEST) -> frozenset[str]:
    """The groups of which no share may be shown, each with its shares side by side, as before and after.

    The shares of all groups together are taken to be known.
    """
    _check(k)
    small = {name for name, shares in groups.items() if not all(may_be_shown(*share, k) for share in shares)}
    sizes = {name: sum(whole for _, whole in shares) for name, shares in groups.items()}
    return _together(sizes, small, lambda names: _is_mixed([groups[name] for name in names], k))


def may_be_shown(part: int, whole: int, k: int = FEWEST) -> bool:
    """Of enough people, and not the same for all of them."""
    return whole >= k and 0 < part < whole


def hidden_counts(
    groups: Mapping[str, Sequence[int]],
    k: int = FEWEST,
    *,
    beside_hidden: bool = False,
    also: Collection[str] = (),
    together: Callable[[Iterable[int]], int] = sum,
) -> frozenset[str]:
    """The groups of which nothing may be told, each with several counts of people (those who did something,
    those who did not, and the like), all of which would be known.

    The counts of all groups together are taken to be known. `beside_hidden`: unless something else is hidden
    as well. `also` are hidden for another reason. `together` is max where the same people may be in several
    groups.
    """
    _check(k)
    small = {name for name, counts in groups.items() if min(counts) < k} | set(also)
    sizes = {name: sum(counts) for name, counts in groups.items()}

    def is_safe(names: Collection[str]) -> bool:
        return all(
            _is_safe(counts, k) and together(counts) >= k
            for counts in zip(*(groups[name] for name in names), strict=True)
        )

    hidden = _together(sizes, small, is_safe)
    if hidden or not beside_hidden:
        return hidden
    return frozenset(name for name, size in sizes.items() if size == min(sizes.values()))


def _check(k: int) -> None:
    if k < LEAST:
        raise ValueError(f"a group of fewer than {LEAST} people is never shown")


def _together(
    sizes: Mapping[str, int], small: Collection[str], is_safe: Callable[[Collection[str]], bool]
) -> frozenset[str]:
    """The small ones, and with them the next smallest, size by size, until the rest gives nothing away."""
    hidden = set(small)
    for size in sorted({sizes[name] for name in sizes if name not in hidden}):
        if not hidden or is_safe(hidden):
            break
        hidden |= {name for name in sizes if sizes[name] == size}
    return frozenset(hidden)


def _is_safe(hidden: Sequence[int], k: int) -> bool:
    """Of m small groups with m times k - 1 people each is as large as it can be, and so would be known."""
    are_all_full = all(people == k - 1 for people in hidden)
    return len(hidden) > 1 and sum(hidden) >= k and not are_all_full


def _is_mixed(hidden: Sequence[Sequence[Share]], k: int) -> bool:
    """What subtraction tells of them together may be shown."""
    together = [
        (sum(part for part, _ in side), sum(whole for _, whole in side)) for side in zip(*hidden, strict=True)
    ]
    return len(hidden) > 1 and all(may_be_shown(part, whole, k) for part, whole in together)
