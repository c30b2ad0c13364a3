"""Barring: who must not be a pair, whatever else suits. One bit for each rule, so that a reason can be given.

What nobody said bars nobody. A past pair and a private "not with" or veto are one bit on purpose: a
coordinator sees that two people are not put together, and never who asked for it. For the same end it comes
last: it is named only where nothing else is in the way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.calendar import Hours
from bot.matching.people import Participant, Rules, Sites
from bot.matching.shared_hours import ordinary, shared_minutes
from bot.matching.table import Rows, Table, Worths, each

Bits = NDArray[np.uint8]


class Bar(StrEnum):
    ONESELF = "oneself"
    LINE = "line"  # one is the other's manager, or the manager's manager
    LANGUAGE = "language"  # none in common
    SITE = "site"  # the programme's rule about it
    HOURS = "hours"  # fewer in common than the programme asks for
    LEFT_OUT = "left_out"  # by the coordinator
    PERSONAL = "personal"  # were a pair before, or one of them would rather not


BIT = {bar: np.uint8(1 << n) for n, bar in enumerate(Bar)}


class Bars:
    def __init__(
        self,
        mentees: Sequence[Participant],
        mentors: Sequence[Participant],
        rules: Rules,
        managers: Mapping[str, str],
        left_out: Collection[tuple[str, str]],
    ) -> None:
        self._languages = Table(
            [person.languages for person in mentees],
            [person.languages for person in mentors],
            each(lambda one, other: 0 if one & other or not one or not other else int(BIT[Bar.LANGUAGE])),
        )
        self._rule = rules.sites
        sites = {"": 0}
        self._site_of_mentees, self._site_of_mentors = (
            np.array([sites.setdefault(person.site, len(sites)) for person in side], np.int64)
            for side in (mentees, mentors)
        )
        hours = [ordinary(one.hours) for one in mentees], [ordinary(one.hours) for one in mentors]
        self._hours = Table(*hours, partial(_too_few, rules)) if rules.least_minutes else None
        at = {person.id: n for n, person in enumerate(mentors)}
        below = _those_below(mentors, managers)
        left_out_of = _by_first(left_out)
        against = _by_first((other, person.id) for person in mentors for other in person.never | person.past)
        self._named: list[list[tuple[int, Bar]]] = [
            [
                (at[other], bar)
                for bar, others in (
                    (Bar.ONESELF, (person.id,)),
                    (Bar.LINE, {*_line_above(person.id, managers), *below.get(person.id, ())}),
                    (Bar.PERSONAL, {*person.never, *person.past, *against.get(person.id, ())}),
                    (Bar.LEFT_OUT, left_out_of.get(person.id, ())),
                )
                for other in others
                if other in at
            ]
            for person in mentees
        ]

    def of(self, rows: Rows) -> Bits:
        """For these mentees and every mentor."""
        bits = self._languages.of(rows).astype(np.uint8)
        if self._rule is not Sites.ANY:
            bits |= self._at_wrong_sites(rows)
        if self._hours:
            bits |= self._hours.of(rows).astype(np.uint8)
        for n, row in enumerate(rows):
            for column, bar in self._named[row]:
                bits[n, column] |= BIT[bar]
        return bits

    def _at_wrong_sites(self, rows: Rows) -> Bits:
        one, other = self._site_of_mentees[rows, None], self._site_of_mentors
        is_wrong = (one == other) != (self._rule is Sites.SAME)
        return np.where(is_wrong & (one > 0) & (other > 0), BIT[Bar.SITE], np.uint8(0))


def _too_few(rules: Rules, some: Sequence[Hours], others: Sequence[Hours]) -> Worths:
    lacks = shared_minutes(some, others, rules.first) < rules.least_minutes
    return np.where(lacks, int(BIT[Bar.HOURS]), 0).astype(np.int32)


def _line_above(person: str, managers: Mapping[str, str]) -> Iterator[str]:
    above = managers.get(person, "")
    yield from (above, managers.get(above, ""))


def _those_below(mentors: Iterable[Participant], managers: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return _by_first((above, mentor.id) for mentor in mentors for above in _line_above(mentor.id, managers))


def _by_first(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found = defaultdict(list)
    for one, other in pairs:
        found[one].append(other)
    return found
