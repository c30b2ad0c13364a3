"""Pool: everybody in a programme who may be matched now, with what they gave for it.

This is the one place where a press of whoever runs a programme opens words of others: what somebody wants to
learn, can offer, and where they work. It hands them to the matching. What comes back for a coordinator to see
is in explained.py: the words that a wish and an offer share, and no others.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session as Transaction

from bot import vault
from bot.matching.models import Apart, Exclusion, MatchRules, Profile, Seeking, Veto, Wanting, Wish
from bot.matching.people import STAGES, Format, Participant, Rules, Sites
from bot.matching.places import free_places, without_mentor
from bot.models import Enrolment, Pair, Person, Programme, ProgrammeFormat, Role
from bot.rounds.models import NeverAgain
from bot.text import key

FORMATS = {
    ProgrammeFormat.ONE_TO_ONE: Format.ONE_TO_ONE,
    ProgrammeFormat.REVERSE: Format.REVERSE,
    ProgrammeFormat.PEER: Format.PEER,
}

Named = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Pool:
    people: tuple[Participant, ...]
    rules: Rules
    first: frozenset[str]  # who comes first: mentees who lost their mentor early

    @property
    def mentees(self) -> int:
        return sum(person.is_mentee for person in self.people)

    @property
    def mentors(self) -> int:
        """Who has room."""
        return sum(person.places > 0 for person in self.people)

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything that was compared is another. It tells nothing without the key."""
        return vault.key().fingerprint(json.dumps([list(map(_plain, self.people)), str(self.rules)]))


def _plain(person: Participant) -> list[object]:
    values = (getattr(person, name) for name in Participant.__dataclass_fields__)
    return [sorted(value) if isinstance(value, frozenset) else str(value) for value in values]


def rules_of(db: Transaction, programme: Programme) -> MatchRules:
    """A new one is not in the database until it is added there."""
    return db.get(MatchRules, programme.id) or MatchRules(
        programme_id=programme.id, sites=Sites.ANY, hours=0, line=False
    )


def gather(
    db: Transaction, programme: Programme, now: datetime, mentees: Collection[int] | None = None
) -> Pool:
    """Of `mentees`, or of all who are without a mentor and would like one."""
    wanting = set(without_mentor(db, programme, now))
    asked = rules_of(db, programme)
    rules = Rules(
        first=now.date(),
        sites=Sites(asked.sites),
        format=FORMATS[ProgrammeFormat(programme.format)],
        least_minutes=60 * asked.hours,
    )
    known = _Known(db, programme, now, asked)
    looking = wanting if mentees is None else wanting & set(mentees)
    places = free_places(db, programme)
    people = known.people(looking | places.keys())
    who = tuple(known.participant(person, person.id in looking, places.get(person.id)) for person in people)
    return Pool(who, rules, frozenset(map(str, known.first & looking)))


class _Known:
    """What is kept of everybody in a programme, each kind read once."""

    def __init__(self, db: Transaction, programme: Programme, now: datetime, rules: MatchRules) -> None:
        self.db, self.programme, self.now, self.rules = db, programme, now, rules
        self.enrolled = select(Enrolment.person_id).where(
            Enrolment.programme_id == programme.id, Enrolment.role.in_((Role.MENTEE, Role.MENTOR))
        )
        profiles = db.scalars(select(Profile).where(Profile.person_id.in_(self.enrolled)))
        self.profiles = {profile.person_id: profile for profile in profiles}
        self.has_groups = any(profile.group_sealed for profile in self.profiles.values())
        self.not_with, self.line = self._not_with(), self._apart(Apart.LINE)
        self.past = self._partners()
        self.vetoes = _by_first(
            db.execute(select(Veto.mentor_id, Veto.mentee_id).where(Veto.mentor_id.in_(self.enrolled)))
        )
        wishes = select(Wish.mentee_id, Wish.mentor_id).where(Wish.programme_id == programme.id)
        self.wishes = _by_first(db.execute(wishes.order_by(Wish.rank, Wish.id)))
        self.ends = self._planned_ends()
        seeking = (Seeking.programme_id == programme.id) & (Seeking.state == Wanting.FIRST)
        self.first = frozenset(db.scalars(select(Seeking.person_id).where(seeking)))

    def _apart(self, kind: Apart) -> Named:
        return _by_first(self._named(kind))

    def _not_with(self) -> Named:
        """Whom somebody would never have a coffee with again is not proposed as a partner either."""
        never = select(NeverAgain.person_id, NeverAgain.other_id).where(
            NeverAgain.person_id.in_(self.enrolled)
        )
        return _by_first([*self._named(Apart.NOT_WITH), *self.db.execute(never).all()])

    def _named(self, kind: Apart) -> Sequence[tuple[int, int]]:
        theirs = Exclusion.person_id.in_(self.enrolled) & (Exclusion.kind == kind)
        return self.db.execute(select(Exclusion.person_id, Exclusion.other_id).where(theirs)).all()

    def _partners(self) -> Named:
        """Who was introduced to whom, in whichever programme, and whichever of the two was the mentor."""
        here = or_(Pair.mentee_id.in_(self.enrolled), Pair.mentor_id.in_(self.enrolled))
        knew = select(Pair.mentee_id, Pair.mentor_id).where(here, Pair.introduced_at.is_not(None))
        pairs = [*self.db.execute(knew), *self._named(Apart.PAST)]
        return _by_first([*pairs, *((mentor, mentee) for mentee, mentor in pairs)])

    def _planned_ends(self) -> Mapping[int, Sequence[date]]:
        going_on = (Pair.programme_id == self.programme.id) & Pair.ended_at.is_(None)
        ahead = select(Pair.mentor_id, Pair.planned_end).where(going_on, Pair.planned_end > self.now)
        found: defaultdict[int, list[date]] = defaultdict(list)
        for mentor, end in self.db.execute(ahead):
            found[mentor].append((end or self.now).date())
        return found

    def people(self, ids: Collection[int]) -> Sequence[Person]:
        theirs = select(Person).where(Person.id.in_(self.enrolled)).order_by(Person.id)
        return [person for person in self.db.scalars(theirs) if person.id in ids]

    def participant(self, person: Person, is_mentee: bool, places: int | None) -> Participant:
        profile = self.profiles.get(person.id) or Profile(languages="", style="", contact="")
        line = () if self.rules.line else self.line.get(person.id, ())
        never = (*self.not_with.get(person.id, ()), *self.vetoes.get(person.id, ()))
        return Participant(
            id=str(person.id),
            is_mentee=is_mentee,
            is_mentor=places is not None,
            places=places or 0,
            wants=tuple(filter(None, person.goals.split("; "))),
            offers=tuple(filter(None, person.skills.split("; "))),
            stage=person.career_stage if person.career_stage in STAGES else "",
            languages=_set_of(profile.languages),
            style=_set_of(profile.style),
            contact=_set_of(profile.contact),
            hours=person.hours,
            site=key(profile.site),
            manager=str(line[0]) if line else "",
            past=frozenset(map(str, self.past.get(person.id, ()))),
            never=frozenset(map(str, never)),
            wishes=tuple(map(str, self.wishes.get(person.id, ()))),
            group=profile.group if self.has_groups else person.timezone.partition("/")[0],
            ends=tuple(sorted(self.ends.get(person.id, ()))),
        )


def _set_of(joined: str) -> frozenset[str]:
    return frozenset(filter(None, joined.split(",")))


def _by_first(pairs: Iterator[tuple[int, int]] | Sequence[tuple[int, int]]) -> Named:
    found = defaultdict(list)
    for one, other in pairs:
        found[one].append(other)
    return found
