"""Analysis: what can be said of a study, as plain values, and what must not be.

How the groups were made comes first and decides the label. The main result goes by the lots that were drawn
and not by who came, since who comes is no accident. Nothing is said of fewer than five people.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot import statistics
from bot.outcomes.joining import Followed, Outcome, Study
from bot.outcomes.lottery import Drawn, Record, as_csv, fingerprint, follows_from
from bot.outcomes.matching import FEWEST_PAIRS, Matched
from bot.statistics import Between, Counted, Observation, Share
from bot.suppression import FEWEST, hidden_shares, may_be_shown

FEW = 20  # on a side: below it, only a very large difference could be told from chance
SIGNIFICANT = 0.05
DAY = timedelta(days=1)
MONTH = 30 * DAY
MANY_MISSING = 0.05  # of those who were drawn


class Label(StrEnum):
    RANDOMISED = "randomised"
    QUASI = "quasi_experimental"
    DESCRIPTIVE = "descriptive"


class Because(StrEnum):
    DRAWN = "drawn"
    NO_LOTTERY = "no_lottery"
    NO_RECORD = "no_record"
    CHANGED = "changed"
    NOT_ITS_LOTS = "not_its_lots"
    MATCHED = "matched"
    TOO_FEW_PAIRS = "too_few_pairs"
    NOT_ALIKE = "not_alike"


class Verdict(StrEnum):
    MORE = "more"
    FEWER = "fewer"
    OPEN = "open"
    FEW = "few"
    HIDDEN = "hidden"


def made_by_lot(drawn: Sequence[Drawn], record: Record | None) -> Because:
    """Whether the two groups are those that were drawn and put on record."""
    if record is None:
        return Because.NO_RECORD
    if fingerprint(as_csv(drawn)) != record.assignment_sha256:
        return Because.CHANGED
    is_whole = len(drawn) == record.people and follows_from(drawn, record.seed, record.places)
    return Because.DRAWN if is_whole else Because.NOT_ITS_LOTS


def made_by_matching(matched: Matched) -> Because:
    if matched.pairs < FEWEST_PAIRS:
        return Because.TOO_FEW_PAIRS
    return Because.MATCHED if matched.is_alike else Because.NOT_ALIKE


LABELS = {Because.DRAWN: Label.RANDOMISED, Because.MATCHED: Label.QUASI}


def label_of(because: Because) -> Label:
    return LABELS.get(because, Label.DESCRIPTIVE)


@dataclass(frozen=True)
class Side:
    people: int
    known: int
    happened: int

    @property
    def counted(self) -> Counted:
        return Counted(self.happened, self.known)

    @property
    def share(self) -> Share | None:
        return statistics.proportion(self.happened, self.known)


@dataclass(frozen=True)
class Comparison:
    """One outcome in two groups. Where it is hidden, there are no numbers."""

    outcome: Outcome
    one: Side
    two: Side
    verdict: Verdict
    difference: Between | None = None
    ratio: Between | None = None
    chance: float | None = None
    mid_p: float | None = None
    visible: float | None = None  # None: not even if it had happened to all of them
    worst: float | None = None  # the difference, if the missing are whatever speaks most against it
    best: float | None = None
    disagree: bool = False  # the interval and the exact test

    @property
    def is_shown(self) -> bool:
        return self.verdict is not Verdict.HIDDEN

    @property
    def missing(self) -> int:
        return self.one.people + self.two.people - self.one.known - self.two.known

    @property
    def has_many_missing(self) -> bool:
        return self.missing > MANY_MISSING * (self.one.people + self.two.people)


Which = Callable[[Followed], bool | None]


def by_lot(person: Followed) -> bool | None:
    return person.begins


def by_taking_part(person: Followed) -> bool | None:
    return person.took_part


def compare(people: Sequence[Followed], outcome: Outcome, which: Which = by_lot) -> Comparison:
    one, two = (_side(people, outcome, which, begins) for begins in (True, False))
    if not (_is_told(one) and _is_told(two)):
        return Comparison(outcome, one, two, Verdict.HIDDEN)
    difference = statistics.risk_difference(one.counted, two.counted)
    chance = statistics.chance(one.counted, two.counted)
    disagree = difference.holds_nothing != (chance > SIGNIFICANT)
    return Comparison(
        outcome,
        one,
        two,
        verdict=_verdict(min(one.known, two.known), difference, disagree),
        difference=difference,
        ratio=statistics.risk_ratio(one.counted, two.counted),
        chance=chance,
        mid_p=statistics.chance(one.counted, two.counted, mid_p=True),
        visible=statistics.smallest_visible(one.known, two.counted),
        worst=_if_missing(one, two, False),
        best=_if_missing(one, two, True),
        disagree=disagree,
    )


def _side(people: Sequence[Followed], outcome: Outcome, which: Which, begins: bool) -> Side:
    here = [person for person in people if which(person) is begins]
    happened = Counter(person.outcomes.get(outcome) for person in here)
    return Side(len(here), happened[True] + happened[False], happened[True])


def _is_told(side: Side) -> bool:
    """In a group of a few, what happened to all of them would be told of each."""
    return side.known >= FEWEST and (side.known >= FEW or may_be_shown(side.happened, side.known))


def _verdict(smaller: int, difference: Between, disagree: bool) -> Verdict:
    if difference.holds_nothing or disagree:
        return Verdict.FEW if smaller < FEW else Verdict.OPEN
    return Verdict.MORE if difference.value > 0 else Verdict.FEWER


def _if_missing(one: Side, two: Side, in_favour: bool) -> float:
    """All who are missing from the one had it, and none from the other; or the other way round."""
    first = one.happened + (one.people - one.known) * in_favour
    second = two.happened + (two.people - two.known) * (not in_favour)
    return first / one.people - second / two.people


@dataclass(frozen=True)
class Further:
    """Another outcome; its chance is made larger for each that was looked at."""

    comparison: Comparison
    chance: float | None


@dataclass(frozen=True)
class Group:
    name: str
    one: Side
    two: Side
    difference: Between


@dataclass(frozen=True)
class Groups:
    shown: tuple[Group, ...]
    hidden: int


@dataclass(frozen=True)
class Point:
    """How many are still there so many days after the first, on both sides."""

    day: int
    one: Between
    two: Between


@dataclass(frozen=True)
class Stays:
    points: tuple[Point, ...]
    chance: float | None


@dataclass(frozen=True)
class Clusters:
    mentors: int  # with two mentees or more
    mentees: int  # theirs


@dataclass(frozen=True)
class Findings:
    label: Label
    because: Because
    by: date
    start: date | None
    record: Record | None
    main: Comparison
    adjusted: Between | None
    as_treated: Comparison | None
    unmatched: Comparison | None
    further: tuple[Further, ...]
    stays: Stays | None
    groups: Groups
    clusters: Clusters
    matched: Matched | None
    study: Study
    as_planned: bool  # the outcome and the day are those on record


def find(
    study: Study,
    outcome: Outcome,
    by: date,
    because: Because,
    *,
    start: date | None = None,
    record: Record | None = None,
    matched: Matched | None = None,
) -> Findings:
    label = label_of(because)
    people = matched.people if matched and because is Because.MATCHED else study.people
    main = compare(people, outcome)
    is_drawn = because is Because.DRAWN
    planned = (record.primary_outcome, record.end) if record else ()
    return Findings(
        label=label,
        because=because,
        by=by,
        start=start,
        record=record,
        main=main,
        adjusted=_adjusted(people, outcome) if main.is_shown and is_drawn else None,
        as_treated=_as_treated(people, outcome) if is_drawn and study.took_part else None,
        unmatched=_unmatched(study.people, people, outcome) if people is not study.people else None,
        further=_further(people, [other for other in study.outcomes if other != outcome]),
        stays=_stays(people, by, start) if main.is_shown else None,
        groups=_groups(people, outcome) if main.is_shown else Groups((), 0),
        clusters=_clusters(people),
        matched=matched,
        study=study,
        as_planned=planned in {(), (outcome.value, by.isoformat())},
    )


def _as_treated(people: Sequence[Followed], outcome: Outcome) -> Comparison:
    """Not shown where subtraction from the main result would tell of the few who did not do as drawn."""
    strayed = [person for person in people if person.took_part is not person.begins]
    found = compare(people, outcome, by_taking_part)
    return found if _may_be_told_apart(strayed, outcome) else _hidden(found)


def _unmatched(everybody: Sequence[Followed], matched: Sequence[Followed], outcome: Outcome) -> Comparison:
    there = {person.key for person in matched}
    rest = [person for person in everybody if person.key not in there]
    found = compare(everybody, outcome)
    return found if _may_be_told_apart(rest, outcome) else _hidden(found)


def _hidden(found: Comparison) -> Comparison:
    return Comparison(found.outcome, found.one, found.two, Verdict.HIDDEN)


def _may_be_told_apart(people: Sequence[Followed], outcome: Outcome) -> bool:
    sides = [_side(people, outcome, by_lot, begins) for begins in (True, False)]
    return all(not side.known or may_be_shown(*side.counted) for side in sides)


def _adjusted(people: Sequence[Followed], outcome: Outcome) -> Between | None:
    """Only where there are strata or shared mentors to reckon with."""
    known = [person for person in people if person.outcomes[outcome] is not None]
    if len({person.stratum for person in known}) < 2 and not _clusters(known).mentors:
        return None
    if min(sum(person.begins is begins for person in known) for begins in (True, False)) < FEW:
        return None
    return statistics.adjusted_difference(
        [bool(person.outcomes[outcome]) for person in known],
        [person.begins for person in known],
        [person.stratum for person in known],
        [person.mentor or person.key for person in known],
    )


def _clusters(people: Sequence[Followed]) -> Clusters:
    mentees = Counter(person.mentor for person in people if person.mentor)
    several = [count for count in mentees.values() if count > 1]
    return Clusters(len(several), sum(several))


def _further(people: Sequence[Followed], outcomes: Sequence[Outcome]) -> tuple[Further, ...]:
    found = [compare(people, outcome) for outcome in outcomes]
    chances = iter(statistics.holm([one.chance for one in found if one.chance is not None]))
    return tuple(Further(one, next(chances) if one.chance is not None else None) for one in found)


def _stays(people: Sequence[Followed], by: date, start: date | None) -> Stays | None:
    """Only where of all that left it is known when: otherwise the curve would be too high."""
    known = [person for person in people if person.outcomes.get(Outcome.RETAINED) is not None]
    if start is None or any(person.stayed is None for person in known):
        return None
    one, two = (
        [person.stayed for person in known if person.begins is begins and person.stayed]
        for begins in (True, False)
    )
    curves = statistics.staying(one), statistics.staying(two)
    if curves[0] is None or curves[1] is None:
        return None
    points = tuple(
        Point(at // DAY, curves[0].at(at), curves[1].at(at)) for at in _looks(one, two, by - start)
    )
    return Stays(points, statistics.same_pace(one, two)) if points else None


def _looks(one: Sequence[Observation], two: Sequence[Observation], until: timedelta) -> Iterator[timedelta]:
    """Whole months, few enough that between two of them five people have left, and some from each side.

    On the day itself somebody's leaving is known to colleagues, and a step there would tell their group.
    """
    left = [sorted(seen.after for seen in side if seen.replied) for side in (one, two)]
    told, at, all_left = Counted(0, 0), MONTH, _gone(left, until)
    while at < until:
        gone = _gone(left, at)
        if _is_mixed(told, gone) and _is_mixed(gone, all_left):
            yield at
            told = gone
        at += MONTH
    if _is_mixed(Counted(0, 0), all_left):
        yield until


def _gone(left: Sequence[Sequence[timedelta]], at: timedelta) -> Counted:
    """From the one side, of both."""
    one, two = (bisect_right(side, at) for side in left)
    return Counted(one, one + two)


def _is_mixed(before: Counted, after: Counted) -> bool:
    return may_be_shown(after.part - before.part, after.whole - before.whole)


def _groups(people: Sequence[Followed], outcome: Outcome) -> Groups:
    names = sorted({person.group for person in people if person.group})
    if len(names) < 2:
        return Groups((), 0)
    sides = {name: _sides_of(people, name, outcome) for name in [*names, ""]}
    shares = {
        name: (one.counted, two.counted) for name, (one, two) in sides.items() if one.people + two.people
    }
    hidden = hidden_shares(shares)
    shown = tuple(
        Group(name, *sides[name], statistics.risk_difference(*shares[name]))
        for name in names
        if name in shares and name not in hidden
    )
    return Groups(shown, len(names) - len(shown))


def _sides_of(people: Sequence[Followed], group: str, outcome: Outcome) -> tuple[Side, Side]:
    here = [person for person in people if person.group == group]
    return _side(here, outcome, by_lot, True), _side(here, outcome, by_lot, False)
