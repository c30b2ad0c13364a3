"""Scoring: how well two people suit each other, as a whole number from 0 to 1000.

    score = met + wished + hours + style + contact + stage

    met      400  of what the mentee wants, how much this mentor offers: for each wanted thing the likeness of
                  the nearest offered one (phrases.py), on average
    wished   150  the mentee named this mentor: first of five wishes all of it, fifth a fifth
    hours    150  ten hours a week in common are enough; less counts in proportion
    style    100  likeness of how they like to work
    contact  100  likeness of how they like to be in touch
    stage    100  the mentor is further on; one-to-one all of it, the same stage half, less far nothing

Half is counted where somebody said nothing, so that it neither helps nor harms; only a mentor who offers
nothing meets no wants. Languages, sites and reporting lines allow or bar a pair and score nothing. Gender,
age, origin and the like are not asked for at all, and the column `group` never comes here.

Whole numbers throughout: the same people have the same scores on every machine.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.matching.people import MOST_WISHES, STAGES, Format, Participant, Rules
from bot.matching.phrases import ALIKE, likeness, stems
from bot.matching.shared_hours import ordinary, shared_minutes
from bot.matching.table import Rows, Table, Worths, each


class Part(StrEnum):
    MET = "met"
    WISHED = "wished"
    HOURS = "hours"
    STYLE = "style"
    CONTACT = "contact"
    STAGE = "stage"


WEIGHT: Mapping[Part, int] = {
    Part.MET: 400,
    Part.WISHED: 150,
    Part.HOURS: 150,
    Part.STYLE: 100,
    Part.CONTACT: 100,
    Part.STAGE: 100,
}
ENOUGH = 600  # minutes a week in common
TELLING = 500  # likeness from which on two phrases are named as shared

MOST_PHRASES = 20  # of one person, the first ones


class Met(NamedTuple):
    wanted: str
    offered: str
    likeness: int


class Scoring:
    def __init__(self, mentees: Sequence[Participant], mentors: Sequence[Participant], rules: Rules) -> None:
        self.mentees, self.mentors, self.rules = mentees, mentors, rules
        self._wants = [list(_phrases(one.wants)) for one in mentees]
        self._offers = _Offers(mentors)
        hours = [ordinary(one.hours) for one in mentees], [ordinary(one.hours) for one in mentors]
        self._minutes = Table(*hours, lambda some, others: shared_minutes(some, others, rules.first))
        self._hours = Table(*hours, lambda some, others: _hours(shared_minutes(some, others, rules.first)))
        self._style = Table(*_both("style", mentees, mentors), each(partial(_chosen, WEIGHT[Part.STYLE])))
        self._contact = Table(
            *_both("contact", mentees, mentors), each(partial(_chosen, WEIGHT[Part.CONTACT]))
        )
        self._stage = Table(*_both("stage", mentees, mentors), each(partial(_stage, rules.format)))
        self._at = {person.id: n for n, person in enumerate(mentors)}

    def of(self, rows: Rows) -> NDArray[np.int16]:
        """For these mentees and every mentor, whether or not they may be a pair."""
        scores = self._met(rows)
        for table in (self._hours, self._style, self._contact, self._stage):
            scores += table.of(rows)
        for n, row in enumerate(rows):
            wishes = _wishes(self.mentees[row])
            scores[n] += 0 if wishes else WEIGHT[Part.WISHED] // 2
            for rank, wish in enumerate(wishes, start=1):
                if wish in self._at:
                    scores[n, self._at[wish]] += _wished(rank)
        return scores.astype(np.int16)

    def _met(self, rows: Rows) -> Worths:
        wants = dict.fromkeys(stem for row in rows for stem in self._wants[row])
        likeness_of = {want: self._offers.nearest(want) for want in wants}
        met = np.full((len(rows), len(self.mentors)), WEIGHT[Part.MET] // 2, np.int32)
        for n, row in enumerate(rows):
            if self._wants[row]:
                met[n] = _met([likeness_of[want] for want in self._wants[row]])
        return met

    def parts(self, mentee: int, mentor: int) -> Mapping[Part, int]:
        """What one score is made of."""
        wishes = self.mentees[mentee].wishes
        wants = self._wants[mentee]
        rank = self.rank(mentee, mentor)
        return {
            Part.MET: int(_met([self._nearest(mentor, want).likeness for want in wants]))
            if wants
            else WEIGHT[Part.MET] // 2,
            Part.WISHED: (_wished(rank) if rank else 0) if wishes else WEIGHT[Part.WISHED] // 2,
            Part.HOURS: self._hours.at(mentee, mentor),
            Part.STYLE: self._style.at(mentee, mentor),
            Part.CONTACT: self._contact.at(mentee, mentor),
            Part.STAGE: self._stage.at(mentee, mentor),
        }

    def met(self, mentee: int, mentor: int) -> Sequence[Met]:
        """The wants that this mentor meets, best first."""
        found = [
            self._nearest(mentor, want, phrase)
            for want, phrase in _phrases(self.mentees[mentee].wants).items()
        ]
        telling = [one for one in found if one.likeness >= TELLING]
        return sorted(telling, key=lambda one: -one.likeness)

    def _nearest(self, mentor: int, want: frozenset[str], phrase: str = "") -> Met:
        offers = _phrases(self.mentors[mentor].offers)
        return max(
            (Met(phrase, offered, likeness(want, offer)) for offer, offered in offers.items()),
            key=lambda one: one.likeness,
            default=Met(phrase, "", 0),
        )

    def minutes(self, mentee: int, mentor: int) -> int:
        return self._minutes.at(mentee, mentor)

    def rank(self, mentee: int, mentor: int) -> int:
        """Which of the mentee's wishes this mentor is; 0 is none."""
        wishes = _wishes(self.mentees[mentee])
        return wishes.index(self.mentors[mentor].id) + 1 if self.mentors[mentor].id in wishes else 0


class _Offers:
    """Every different phrase that mentors offer, found by its words."""

    def __init__(self, mentors: Sequence[Participant]) -> None:
        self.mentors = len(mentors)
        holders: dict[frozenset[str], list[int]] = {}
        for n, mentor in enumerate(mentors):
            for offer in _phrases(mentor.offers):
                holders.setdefault(offer, []).append(n)
        by_stem: dict[str, list[int]] = {}
        for number, offer in enumerate(holders):
            for stem in offer:
                by_stem.setdefault(stem, []).append(number)
        self.by_stem = {stem: np.array(numbers) for stem, numbers in by_stem.items()}
        self.length = np.array([len(offer) for offer in holders], np.int64)
        self.count = np.array([len(held) for held in holders.values()], np.int64)
        self.holders = list(map(np.array, holders.values()))

    def nearest(self, want: frozenset[str]) -> Worths:
        """The likeness of what each mentor offers to this, where it is nearest."""
        nearest = np.zeros(self.mentors, np.int32)
        found = [self.by_stem[stem] for stem in want if stem in self.by_stem]
        if found:
            offers, shared = np.unique(np.concatenate(found), return_counts=True)
            alike = 2 * ALIKE * shared // (len(want) + self.length[offers])
            who = np.concatenate([self.holders[offer] for offer in offers])
            np.maximum.at(nearest, who, np.repeat(alike, self.count[offers]).astype(np.int32))
        return nearest


def _phrases(phrases: Sequence[str]) -> Mapping[frozenset[str], str]:
    """Each by what it is about; what is about nothing is left out."""
    known = {stems(phrase): phrase for phrase in reversed(phrases[:MOST_PHRASES])}
    return {about: phrase for about, phrase in known.items() if about}


def _both(
    answer: str, mentees: Sequence[Participant], mentors: Sequence[Participant]
) -> tuple[list[Any], list[Any]]:
    return [getattr(one, answer) for one in mentees], [getattr(one, answer) for one in mentors]


def _met(likenesses: Sequence[Any]) -> Any:
    """Of one mentor, or of all at once."""
    full = ALIKE * len(likenesses)
    return (2 * WEIGHT[Part.MET] * sum(likenesses) + full) // (2 * full)


def _wishes(mentee: Participant) -> Sequence[str]:
    return list(dict.fromkeys(mentee.wishes))[:MOST_WISHES]


def _wished(rank: int) -> int:
    return WEIGHT[Part.WISHED] * (MOST_WISHES + 1 - rank) // MOST_WISHES


def _hours(minutes: Worths) -> Worths:
    return (WEIGHT[Part.HOURS] * np.minimum(minutes, ENOUGH) // ENOUGH).astype(np.int32)


def _chosen(weight: int, one: frozenset[str], other: frozenset[str]) -> int:
    return weight * likeness(one, other) // ALIKE if one and other else weight // 2


def _stage(format_: Format, mentee: str, mentor: str) -> int:
    full = WEIGHT[Part.STAGE]
    if not mentee or not mentor:
        return full // 2
    ahead = STAGES.index(mentor) - STAGES.index(mentee)
    match format_:
        case Format.ONE_TO_ONE:
            return full if ahead > 0 else full // 2 if ahead == 0 else 0
        case Format.REVERSE:
            return full if ahead < 0 else full // 2 if ahead == 0 else 0
        case Format.PEER:
            return full if ahead == 0 else full // 2 if abs(ahead) == 1 else 0
