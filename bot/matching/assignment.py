"""Assignment: who goes with whom, provably as good as it can be.

First as many mentees as possible, then the worst pair as good as possible, then the largest total; what is
equal after that is drawn by lot. The solver sees candidates. Whether any of the other pairs could have made
it better is then asked of all of them: for the number of pairs by looking for a way from somebody without
a mentor to a place that is free, for the total by prices (the dual of the problem). What could, becomes a
candidate, until nothing can. This is the only module that knows ortools.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.candidates import Pairs, Pruning, Scores, candidates, together

HIGHEST = 1000
PRUNING = Pruning()
LOT = 256  # sides of the dice that decide between equal totals
ROUNDS = 60  # of asking what was left out; four were the most ever seen
ADDED = 8  # of the most promising pairs for each person, each time
BLOCK = 512

Places = NDArray[np.int64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Assignment:
    mentor_of: Numbers  # by mentee; -1 is nobody
    matched: int
    worst: int  # 0 where nobody is matched
    total: int
    at_most: int  # no other choice has a larger total with as many pairs and as good a worst one
    considered: Pairs

    @property
    def is_proven(self) -> bool:
        return self.at_most == self.total


def assign(scores: Scores, places: Places, seed: int, pruning: Pruning = PRUNING) -> Assignment:
    """`scores` by mentee and mentor, from 0 to 1000; below 0 the two must not be a pair."""
    room = np.flatnonzero(places > 0)
    if room.size < places.size:
        found = assign(np.ascontiguousarray(scores[:, room]), places[room], seed, pruning)
        return _spread(found, room, places.size)
    market = _Market(scores, places, candidates(scores, places, seed, pruning), seed)
    matched = market.most(0)
    if not matched:
        nobody = np.full(len(scores), -1)
        return Assignment(nobody, 0, 0, 0, 0, market.pairs)
    worst = market.best_worst(matched)
    mentor_of, at_most = market.largest_total(worst, matched)
    got = _own(scores, mentor_of)[mentor_of >= 0]
    return Assignment(mentor_of, matched, int(got.min()), int(got.sum()), at_most, market.pairs)


def _spread(found: Assignment, room: Numbers, mentors: int) -> Assignment:
    """As it is among all mentors, those without a place included."""
    mentor_of = np.where(found.mentor_of >= 0, np.append(room, -1)[found.mentor_of], -1)
    mentee, mentor = found.considered // max(room.size, 1), found.considered % max(room.size, 1)
    return replace(found, mentor_of=mentor_of, considered=mentee * mentors + room[mentor])


class _Market:
    """The candidates grow while the questions are answered."""

    def __init__(self, scores: Scores, places: Places, pairs: Pairs, seed: int) -> None:
        self.scores = scores
        self.places = places
        self.pairs = pairs
        self.seed = seed
        self.mentees, self.mentors = map(int, scores.shape)

    def most(self, least: int) -> int:
        """How many mentees can have a mentor, if no pair may be worse than `least`."""
        while True:
            mentor_of = self._flow(least)
            missing = self._ways_out(mentor_of, least)
            if not missing.size:
                return int((mentor_of >= 0).sum())
            self._add(missing)

    def best_worst(self, matched: int) -> int:
        """The highest least score with which as many can have a mentor."""
        low, high = 0, HIGHEST
        while low < high:
            middle = (low + high + 1) // 2
            if self._is_possible(middle, matched):
                low = middle
            else:
                high = middle - 1
        return low

    def _is_possible(self, least: int, matched: int) -> bool:
        return bool((self._flow(least) >= 0).sum() == matched) or self.most(least) == matched

    def largest_total(self, least: int, matched: int) -> tuple[Numbers, int]:
        for _ in range(ROUNDS):
            mentor_of = self._cheapest(least, matched)
            prices = self._prices(mentor_of, least)
            missing, at_most = self._bargains(mentor_of, prices, least)
            if not missing.size:
                break
            self._add(missing)
        return mentor_of, at_most

    def _add(self, missing: Pairs) -> None:
        self.pairs = together(self.pairs, missing)

    def _edges(self, least: int) -> tuple[Numbers, Numbers, Numbers]:
        scores = self.scores.ravel()[self.pairs]
        good = self.pairs[scores >= least]
        return good // self.mentors, good % self.mentors, scores[scores >= least].astype(np.int64)

    # The number of pairs

    def _flow(self, least: int) -> Numbers:
        from ortools.graph.python import max_flow  # noqa: PLC0415 - only some need it

        mentee, mentor, _ = self._edges(least)
        network = max_flow.SimpleMaxFlow()
        arcs = network.add_arcs_with_capacity(*self._network(mentee, mentor))
        network.solve(self.mentees + self.mentors, self.mentees + self.mentors + 1)
        return self._chosen(mentee, mentor, network.flows(arcs))

    def _network(self, mentee: Numbers, mentor: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """From, to, room: the pairs, then the source to each mentee, then each mentor to the sink."""
        source = self.mentees + self.mentors
        all_mentees, all_mentors = np.arange(self.mentees), self.mentees + np.arange(self.mentors)
        tails = np.concatenate([mentee, np.full(self.mentees, source), all_mentors])
        heads = np.concatenate([self.mentees + mentor, all_mentees, np.full(self.mentors, source + 1)])
        room = np.concatenate([np.ones(len(mentee) + self.mentees, np.int64), self.places])
        return tails, heads, room

    def _chosen(self, mentee: Numbers, mentor: Numbers, flows: Numbers) -> Numbers:
        chosen = np.asarray(flows)[: len(mentee)] > 0
        mentor_of = np.full(self.mentees, -1)
        mentor_of[mentee[chosen]] = mentor[chosen]
        return mentor_of

    def _ways_out(self, mentor_of: Numbers, least: int) -> Pairs:
        """Pairs that let one more mentee have a mentor, if there are any among all of them.

        Whoever has no mentor could take the place of somebody, who could take that of somebody else, and so
        on. Where no such way ends at a free place, there is no larger number (König).
        """
        is_free = np.bincount(mentor_of[mentor_of >= 0], minlength=self.mentors) < self.places
        reached = np.zeros(self.mentors, bool)
        asking = np.flatnonzero(mentor_of < 0)
        seen = []
        while asking.size:
            new, pairs = self._within_reach(asking, ~reached, least)
            seen.append(pairs)
            if is_free[new].any():
                return np.concatenate(seen)
            reached[new] = True
            asking = np.flatnonzero(np.isin(mentor_of, new))
        return np.empty(0, np.int64)

    def _within_reach(
        self, asking: Numbers, of_interest: NDArray[np.bool_], least: int
    ) -> tuple[Numbers, Pairs]:
        """Mentors whom these mentees can have, and some of the pairs by which they can."""
        columns = np.flatnonzero(of_interest)
        times = np.zeros(len(columns), np.int64)
        found = [np.empty(0, np.int64)]
        for first in range(0, len(asking), BLOCK):
            rows = asking[first : first + BLOCK]
            good = self.scores[rows][:, columns] >= least
            rank = times + np.cumsum(good, axis=0)
            row, column = np.nonzero(good & (rank <= ADDED))
            found.append(rows[row] * self.mentors + columns[column])
            times = rank[-1]
        return columns[times > 0], np.concatenate(found)

    # The total

    def _cheapest(self, least: int, matched: int) -> Numbers:
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - only some need it

        mentee, mentor, score = self._edges(least)
        by_lot = _dice(mentee * self.mentors + mentor, self.seed)
        cost = (HIGHEST - score) * (LOT * (matched + 1)) + by_lot
        network = min_cost_flow.SimpleMinCostFlow()
        tails, heads, room = self._network(mentee, mentor)
        costs = np.concatenate([cost, np.zeros(len(tails) - len(cost), np.int64)])
        arcs = network.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
        source = self.mentees + self.mentors
        network.set_nodes_supplies(np.array([source, source + 1]), np.array([matched, -matched]))
        status = network.solve()
        if status != network.OPTIMAL:
            raise AssertionError(f"the solver says {status} to a problem that has a solution")
        return self._chosen(mentee, mentor, network.flows(arcs))

    def _prices(self, mentor_of: Numbers, least: int) -> Numbers:
        """The lowest price of a place with each mentor at which nobody would rather have another one.

        A pair is worth its score, and so much more that no sum of scores outweighs one pair.
        """
        mentee, mentor, score = self._edges(least)
        order = np.argsort(mentor, kind="stable")
        mentee, mentor, score = mentee[order], mentor[order], score[order]
        starts = np.flatnonzero(np.diff(mentor, prepend=-1))
        prices = np.zeros(self.mentors, np.int64)
        worth = score + self._a_pair
        for _ in range(self.mentors + 1):
            gain = self._gains(mentor_of, prices)
            asked = np.maximum.reduceat(worth - gain[mentee], starts)
            higher = np.maximum(prices[mentor[starts]], asked)
            if np.array_equal(higher, prices[mentor[starts]]):
                return prices
            prices[mentor[starts]] = higher
        raise AssertionError("the solver has left something better among the candidates")

    @property
    def _a_pair(self) -> int:
        mentees: int = self.mentees
        return (HIGHEST + 1) * (mentees + 1)

    def _gains(self, mentor_of: Numbers, prices: Numbers) -> Numbers:
        """What each mentee has left of the worth of their pair after its price; nothing without a pair."""
        own = _own(self.scores, mentor_of) + self._a_pair - prices[mentor_of]
        return np.where(mentor_of >= 0, own, 0)

    def _bargains(self, mentor_of: Numbers, prices: Numbers, least: int) -> tuple[Pairs, int]:
        """Pairs among all of them that somebody would rather have at these prices, and a bound on the total.

        Where there are none, no other choice is better. Where there are, the bound says by how much at most.
        """
        gains = self._gains(mentor_of, prices)
        found = [np.empty(0, np.int64)]
        best = gains.copy()
        for first in range(0, self.mentees, BLOCK):
            block = self.scores[first : first + BLOCK].astype(np.int64)
            more = (
                np.where(block >= least, block + self._a_pair - prices, 0)
                - gains[first : first + BLOCK, None]
            )
            top = more.max(axis=1, initial=0)
            best[first : first + BLOCK] += np.maximum(top, 0)
            eager = np.flatnonzero(top > 0)
            if eager.size:
                found.append(_most_promising(more[eager], first + eager))
        matched = int((mentor_of >= 0).sum())
        bound = int(best.sum() + (prices * self.places).sum()) - matched * self._a_pair
        return np.concatenate(found), bound


def _own(scores: Scores, mentor_of: Numbers) -> Numbers:
    own: Numbers = scores[np.arange(len(scores)), mentor_of].astype(np.int64)
    return own


def _most_promising(more: Numbers, mentees: Numbers) -> Pairs:
    """Some for each mentee, and some for each mentor."""
    mentors = more.shape[1]
    chosen = np.zeros(more.shape, bool)
    for axis, size in ((1, mentors), (0, len(more))):
        kept = min(ADDED, size)
        top = np.take(np.argpartition(more, size - kept, axis=axis), range(size - kept, size), axis=axis)
        np.put_along_axis(chosen, top, True, axis=axis)
    row, column = np.nonzero(chosen & (more > 0))
    pairs: Pairs = mentees[row] * mentors + column
    return pairs


def _dice(pairs: Pairs, seed: int) -> Numbers:
    """A throw for each pair that depends on nothing but the pair and the seed (splitmix64)."""
    z = pairs.astype(np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) % np.uint64(LOT)).astype(np.int64)
