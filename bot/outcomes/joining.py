"""Joining: what HR knows of people, who was drawn, and who took part, put together by key.

Everybody who was drawn stays in, whether they took part, left, or are not in HR's file at all: whoever is
left out makes a comparison that nobody has drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.outcomes.lottery import Arm, Drawn
from bot.outcomes.reading import People, PersonRow, day, rank, yes_or_no
from bot.statistics import Observation
from bot.text import key

HR_COLUMNS = (
    "retained",
    "left_on",
    "promoted",
    "level_before",
    "level_now",
    "function_before",
    "function_now",
    "reorganisation",
    "group",
)
AFTERWARDS = frozenset(HR_COLUMNS) - {"level_before", "function_before", "group"}
_LEVELS, _FUNCTIONS = {"level_before", "level_now"}, {"function_before", "function_now"}


class Outcome(StrEnum):
    RETAINED = "retained"
    PROMOTED = "promoted"
    MOVED = "moved"


@dataclass(frozen=True)
class Followed:
    """One person, from the beginning to the day at which we look."""

    key: str
    begins: bool  # drawn to begin or, where nothing was drawn, took part
    took_part: bool | None
    outcomes: Mapping[Outcome, bool | None]
    stayed: Observation | None  # None: nobody knows since when, or until when
    stratum: str
    mentor: str  # a key; empty where there is none
    row: PersonRow | None  # as HR has it

    @property
    def group(self) -> str:
        return self.row["group"] if self.row else ""


@dataclass(frozen=True)
class Study:
    people: tuple[Followed, ...]
    outcomes: tuple[Outcome, ...]  # that HR's file can tell
    took_part: int  # 0 where nobody has said who did
    joined: int  # of the people that were drawn or took part, how many HR's file knows
    in_neither: int  # HR's file knows them, and they are in neither group


@dataclass(frozen=True)
class _Span:
    hr: People
    start: date | None
    by: date


def tells(columns: frozenset[str]) -> tuple[Outcome, ...]:
    found = {
        Outcome.RETAINED: bool(columns & {"retained", "left_on"}),
        Outcome.PROMOTED: "promoted" in columns or columns >= _LEVELS,
        Outcome.MOVED: columns >= _LEVELS or columns >= _FUNCTIONS,
    }
    return tuple(outcome for outcome, is_told in found.items() if is_told)


def join(
    hr: People,
    by: date,
    *,
    start: date | None = None,
    drawn: Sequence[Drawn] = (),
    participants: People | None = None,
) -> Study:
    """By the lots where there are some, and else by who took part."""
    span = _Span(hr, start, by)
    rows = {row.key: row for row in hr.rows}
    partners = {row.key: row["mentor"] for row in participants.rows} if participants else {}
    arms = {one.key: one.arm is Arm.BEGIN for one in drawn}
    strata = {one.key: one.stratum for one in drawn}
    everybody = arms or {who: who in partners for who in {**rows, **partners}}
    outcomes = tells(hr.columns)
    followed = tuple(
        Followed(
            key=who,
            begins=begins,
            took_part=who in partners if participants else None,
            outcomes={outcome: _OUTCOMES[outcome](span, rows.get(who)) for outcome in outcomes},
            stayed=_stayed(span, rows.get(who)),
            stratum=strata.get(who, ""),
            mentor=partners.get(who, ""),
            row=rows.get(who),
        )
        for who, begins in sorted(everybody.items())
    )
    joined = len(rows.keys() & (arms or partners).keys())
    return Study(followed, outcomes, len(partners), joined, len(rows.keys() - everybody.keys()))


# What has become of somebody


def _retained(span: _Span, row: PersonRow | None) -> bool | None:
    if row is None:
        return None
    left, said = day(span.hr, row, "left_on"), yes_or_no(span.hr, row, "retained")
    if left is None:
        return True if "retained" not in span.hr.columns else said
    if said and left <= span.by:
        what = "This says that the person has stayed and has left."
        raise span.hr.refuse(row, "retained", what, "Mend one of the two.")
    return left > span.by


def _promoted(span: _Span, row: PersonRow | None) -> bool | None:
    """Whoever has left with no new level was not promoted here."""
    if row is None:
        return None
    if "promoted" in span.hr.columns:
        return yes_or_no(span.hr, row, "promoted")
    before, now = row["level_before"], row["level_now"]
    if not before or not now:
        return False if before and _retained(span, row) is False else None
    if key(before) == key(now) or _was_reorganised(row):
        return False
    one, two = rank(before), rank(now)
    if one is None or two is None or one[0] != two[0]:
        what = "It cannot be told which of the two levels is higher."
        raise span.hr.refuse(row, "level_now", what, "Write levels like L3 and L4, or add a column promoted.")
    return two > one


def _moved(span: _Span, row: PersonRow | None) -> bool | None:
    """To another level or function, but not because everybody there was."""
    if row is None:
        return None
    changes = [_changed(row, "level"), _changed(row, "function")]
    if any(changes):
        return not _was_reorganised(row)
    if _retained(span, row) is False or False in changes:
        return False
    return None


def _changed(row: PersonRow, what: str) -> bool | None:
    before, now = row[f"{what}_before"], row[f"{what}_now"]
    return key(before) != key(now) if before and now else None


def _was_reorganised(row: PersonRow) -> bool:
    return key(row["reorganisation"]) not in {"", "no", "n", "0", "nein", "false", "falsch"}


_OUTCOMES: Mapping[Outcome, Callable[[_Span, PersonRow | None], bool | None]] = {
    Outcome.RETAINED: _retained,
    Outcome.PROMOTED: _promoted,
    Outcome.MOVED: _moved,
}


def _stayed(span: _Span, row: PersonRow | None) -> Observation | None:
    """From the first day to the last one here, or to the day at which we look."""
    if row is None or span.start is None or "left_on" not in span.hr.columns:
        return None
    left = day(span.hr, row, "left_on")
    if left is None and _retained(span, row) is not True:
        return None
    last = min(left or span.by, span.by)
    return Observation(max(last - span.start, date.resolution * 0), left is not None and left <= span.by)
