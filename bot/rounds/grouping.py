"""Grouping: who has coffee with whom. Pure, the same for the same seed; the only module that knows rustworkx.

What counts, in this order: nobody is put with somebody they never want to meet again; whoever was left
without company last time; as many people as possible; no more trios than it takes; as few repeats within
twelve rounds as can be; the longer ago, the better; and last a mild liking for hours in common and for
people from elsewhere. All costs are integers, so that a drawing can be made again on any machine.

Large rounds are matched in blocks of a thousand, each among some dozen candidates of everybody. Small rounds
keep to the table of a round robin, since whoever looks only at today paints themselves into a corner.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from random import Random

WINDOW = 12  # rounds within which nobody is to meet the same person again
FORGOTTEN = 52  # rounds after which it makes no difference any more
LIKED_HOURS = 20  # half hours of the week in common; more than that makes no difference
MILD = 256  # every cost that is only a liking stays below this

DENSE = 200  # people for whom every pair is looked at
CANDIDATES = (12, 48, 192)  # of each person; the next where the first did not suffice
BLOCK = 1000  # people matched at once: twice as many take four times as long
BY_THE_TABLE = 3 * WINDOW  # people; among more, a round without repeats can always be found (Dirac)
SEARCHED = 40  # people; among more, the first matching is as good as any
TRIES = 600  # trios that are tried where the first matching is not known to be the best

Pair = tuple[int, int]
Group = tuple[int, ...]


@dataclass(frozen=True)
class Guest:
    id: int
    hours: int = 0  # one bit for each half hour of the week in which they may meet
    traits: tuple[str, ...] = ()  # where they are from; being different is mildly liked
    waited: int = 0  # rounds in a row in which nobody was left for them


@dataclass(frozen=True)
class Past:
    """Pairs are written with the smaller id first."""

    met: Mapping[Pair, int] = field(default_factory=dict)  # how many rounds ago, 1 for the last one
    never: Collection[Pair] = frozenset()
    roster: Sequence[int] = ()  # everybody who may take part, in an order that stays
    number: int = 0  # of the round


@dataclass(frozen=True)
class Drawing:
    groups: tuple[Group, ...]
    alone: tuple[int, ...]  # nobody was left for them


def pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def draw(guests: Iterable[Guest], past: Past, seed: int = 0) -> Drawing:
    in_order = sorted(guests, key=lambda guest: guest.id)
    Random(seed).shuffle(in_order)  # noqa: S311 - a lot that can be drawn again, not a secret
    drawn: list[list[int]] = []
    alone: list[int] = []
    costs = _Costs(in_order, past, seed)
    for block in _blocks(in_order):
        groups, rest = _match(block, costs)
        drawn += groups
        alone += rest
    _take_in(drawn, alone, costs)
    found = _look_further(_Found(drawn, alone, costs), in_order, costs)
    together = sorted(tuple(sorted(group)) for group in found.groups)
    return Drawing(tuple(together), tuple(sorted(found.alone)))


def repeats(groups: Iterable[Group], past: Past) -> int:
    """How many pairs meet again within the window; a trio holds three of them."""
    return sum(
        past.met.get(pair(*two), WINDOW + 1) <= WINDOW for group in groups for two in combinations(group, 2)
    )


def beginner(group: Group, begun: Mapping[int, int], seed: int) -> int:
    """Who is asked to write first: whoever was asked least often so far, else by lot."""
    dice = Random(f"{seed}:{group}")  # noqa: S311 - as above
    return min(group, key=lambda id_: (begun.get(id_, 0), dice.random()))


# What a pair costs


class _Costs:
    """One number for a pair, in which what counts more always outweighs all that counts less."""

    def __init__(self, guests: Sequence[Guest], past: Past, seed: int) -> None:
        self.guests = {guest.id: guest for guest in guests}
        self.past = past
        self.never = frozenset(past.never)
        people = len(guests) + 1
        self._off_table = MILD * people
        self._round = self._off_table * people
        self._repeat = self._round * FORGOTTEN * people
        self.most = self._repeat * people
        self._table = _Table(past.roster) if len(guests) < BY_THE_TABLE else None
        self._seed = seed
        self._liked: dict[Pair, int] = {}

    def allowed(self, one: int, other: int) -> bool:
        return pair(one, other) not in self.never

    def is_repeat(self, one: int, other: int) -> bool:
        return self.past.met.get(pair(one, other), WINDOW + 1) <= WINDOW

    def of(self, one: int, other: int) -> int:
        two = pair(one, other)
        ago = self.past.met.get(two)
        cost = self._mild(two)
        if ago is not None:
            cost += max(0, FORGOTTEN - ago) * self._round + (ago <= WINDOW) * self._repeat
        if self._table and self._table.round_of(two) != self.past.number % self._table.rounds:
            cost += self._off_table
        return cost

    def of_group(self, group: Iterable[int]) -> int:
        return sum(self.of(*two) for two in combinations(group, 2))

    def _mild(self, two: Pair) -> int:
        found = self._liked.get(two)
        if found is None:
            one, other = (self.guests[id_] for id_ in two)
            shared = min((one.hours & other.hours).bit_count(), LIKED_HOURS)
            same = sum(mine == theirs for mine, theirs in zip(one.traits, other.traits, strict=True))
            found = 7 * (LIKED_HOURS - shared) + 15 * min(same, 3) + _lot(two, self._seed)
            self._liked[two] = found
        return found


def _lot(two: Pair, seed: int) -> int:
    """0 to 63, by nothing but the two and the seed."""
    mixed = (two[0] * 0x9E3779B1 ^ two[1] * 0x85EBCA77 ^ seed * 0xC2B2AE3D) & 0xFFFFFFFF
    return ((mixed ^ mixed >> 15) * 0x2C1B3C6D & 0xFFFFFFFF) >> 26


class _Table:
    """A round robin: everybody has a place, and each pair of places meets in one round of it (Kirkman)."""

    def __init__(self, roster: Sequence[int]) -> None:
        self._place = {id_: place for place, id_ in enumerate(roster)}
        self.rounds = max(1, (len(roster) + 1) // 2 * 2 - 1)

    def round_of(self, two: Pair) -> int | None:
        places = sorted(self._place.get(id_, -1) for id_ in two)
        if places[0] < 0:
            return None
        first, second = places
        return (2 * first if second == self.rounds else first + second) % self.rounds


# Pairs


def _blocks(guests: Sequence[Guest]) -> Iterator[Sequence[Guest]]:
    """Of an even size each, so that no block but the last has somebody to spare."""
    for start in range(0, len(guests), BLOCK):
        yield guests[start : start + BLOCK]


def _match(guests: Sequence[Guest], costs: _Costs) -> tuple[list[list[int]], list[int]]:
    """As many pairs as can be, and who is left. Of many people only some candidates of each are looked at."""
    ids = [guest.id for guest in guests]
    if len(ids) <= DENSE:
        return _matched(ids, _all_pairs(ids, costs), costs)
    for wanted in CANDIDATES:
        groups, rest = _matched(ids, _some_pairs(ids, wanted, costs), costs)
        if len(rest) <= len(ids) % 2 and not any(costs.is_repeat(*two) for two in groups):
            break
    return groups, rest


def _all_pairs(ids: Sequence[int], costs: _Costs) -> set[Pair]:
    return {pair(*two) for two in combinations(ids, 2) if costs.allowed(*two)}


def _some_pairs(ids: Sequence[int], wanted: int, costs: _Costs) -> set[Pair]:
    dice = Random(f"{ids[0]}:{len(ids)}:{wanted}")  # noqa: S311 - as above
    chosen: set[Pair] = set()
    for one in ids:
        some = dice.sample(ids, min(3 * wanted, len(ids)))
        others = [other for other in some if other != one and costs.allowed(one, other)]
        others.sort(key=lambda other: (costs.of(one, other), other))
        chosen |= {pair(one, other) for other in others[:wanted]}
    return chosen


def _matched(ids: Sequence[int], pairs: Collection[Pair], costs: _Costs) -> tuple[list[list[int]], list[int]]:
    import rustworkx  # noqa: PLC0415 - only a drawing needs it

    graph = rustworkx.PyGraph(multigraph=False)
    node = dict(zip(ids, graph.add_nodes_from(ids), strict=True))
    graph.add_edges_from([(node[a], node[b], _worth(a, b, costs)) for a, b in sorted(pairs)])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    groups = sorted(sorted((graph[a], graph[b])) for a, b in found)
    placed = {id_ for group in groups for id_ in group}
    return groups, [id_ for id_ in ids if id_ not in placed]


def _worth(one: int, other: int, costs: _Costs) -> int:
    """Whoever has waited is worth more than all that a matching can cost."""
    waited = costs.guests[one].waited + costs.guests[other].waited
    return costs.most * (1 + waited) - costs.of(one, other)


# Trios


def _take_in(groups: list[list[int]], alone: list[int], costs: _Costs) -> None:
    """Whoever is left joins a pair, or takes the third of a trio, until there is no way to."""
    alone.sort(key=lambda id_: (-costs.guests[id_].waited, id_))
    progress = True
    while alone and progress:
        progress = False
        for one in list(alone):
            if one in alone and _place(one, groups, alone, costs):
                progress = True


def _place(one: int, groups: list[list[int]], alone: list[int], costs: _Costs) -> bool:
    return (
        _with_another(one, groups, alone, costs)
        or _out_of_a_trio(one, groups, alone, costs)
        or _into_a_pair(one, groups, alone, costs)
        or _by_moving_another(one, groups, alone, costs)
    )


def _with_another(one: int, groups: list[list[int]], alone: list[int], costs: _Costs) -> bool:
    """Two who are left over from different blocks."""
    others = [other for other in alone if other != one and costs.allowed(one, other)]
    if not others:
        return False
    other = min(others, key=lambda other: (costs.of(one, other), other))
    alone.remove(one)
    alone.remove(other)
    groups.append([one, other])
    return True


def _out_of_a_trio(one: int, groups: list[list[int]], alone: list[int], costs: _Costs) -> bool:
    """A trio and one more are two pairs."""
    ways = [
        (costs.of(one, third), third, group)
        for group in groups
        if len(group) > 2
        for third in group
        if costs.allowed(one, third)
    ]
    if not ways:
        return False
    _, third, group = min(ways)
    alone.remove(one)
    group.remove(third)
    groups.append([one, third])
    return True


def _into_a_pair(one: int, groups: list[list[int]], alone: list[int], costs: _Costs) -> bool:
    hosts = _hosts(one, groups, costs)
    if not hosts:
        return False
    alone.remove(one)
    min(hosts, key=lambda group: (costs.of_group([*group, one]) - costs.of_group(group), group)).append(one)
    return True


def _hosts(one: int, groups: Iterable[list[int]], costs: _Costs) -> list[list[int]]:
    return [group for group in groups if len(group) == 2 and all(costs.allowed(one, id_) for id_ in group)]


def _by_moving_another(one: int, groups: list[list[int]], alone: list[int], costs: _Costs) -> bool:
    """They take somebody's place, who finds company elsewhere."""
    for group in [group for group in groups if len(group) == 2]:
        for stays, moves in (group, group[::-1]):
            others = [other for other in groups if other is not group]
            hosts = _hosts(moves, others, costs) if costs.allowed(one, stays) else []
            if hosts:
                alone.remove(one)
                group[:] = [stays, one]
                min(hosts, key=lambda host: (costs.of_group([*host, moves]), host)).append(moves)
                return True
    return False


# Another try, where the first one is not known to be the best


class _Found:
    def __init__(self, groups: list[list[int]], alone: list[int], costs: _Costs) -> None:
        self.groups, self.alone = groups, alone
        waits = sum(costs.guests[id_].waited for id_ in alone)
        trios = sum(len(group) > 2 for group in groups)
        self.cost = (waits, len(alone), trios, sum(map(costs.of_group, groups)))


def _look_further(best: _Found, guests: Sequence[Guest], costs: _Costs) -> _Found:
    """Fix a trio beforehand and match the rest: where nothing that could be better is left untried."""
    if _is_best(best, guests, costs):
        return best
    fixed: list[Group] = []
    while True:
        trio, found = _best_trio(best, fixed, [guest.id for guest in guests], costs)
        if trio is None:
            return best
        best, fixed = found, [*fixed, trio]


def _is_best(found: _Found, guests: Sequence[Guest], costs: _Costs) -> bool:
    """Every trio holds a pair, so no drawing has fewer repeats than the best matching of pairs alone."""
    if len(guests) > SEARCHED:
        return True
    if any(costs.allowed(one, guest.id) for one in found.alone for guest in guests if guest.id != one):
        return False
    if all(len(group) == 2 for group in found.groups):
        return True
    again = sum(costs.is_repeat(*two) for group in found.groups for two in combinations(group, 2))
    if not again:
        return True
    pairs, _ = _match(guests, costs)
    return again == sum(costs.is_repeat(*two) for two in pairs)


def _best_trio(
    best: _Found, fixed: Sequence[Group], ids: Sequence[int], costs: _Costs
) -> tuple[Group | None, _Found]:
    taken = {id_ for trio in fixed for id_ in trio}
    free = [id_ for id_ in ids if id_ not in taken]
    trios = [
        trio for trio in combinations(free, 3) if all(costs.allowed(*two) for two in combinations(trio, 2))
    ]
    chosen = None
    for trio in islice(sorted(trios, key=costs.of_group), TRIES):
        others = [id_ for id_ in free if id_ not in trio]
        pairs, rest = _matched(others, _all_pairs(others, costs), costs)
        groups = [*map(list, fixed), list(trio), *pairs]
        _take_in(groups, rest, costs)
        found = _Found(groups, rest, costs)
        if found.cost < best.cost:
            chosen, best = trio, found
    return chosen, best
