"""Enrolling: what a roster says for the matching is kept, for those who have not said it themselves."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from bot.matching.giving import chosen
from bot.matching.models import Apart, Exclusion, Profile, Veto, Wish
from bot.models import Person, Programme
from bot.roster import Row
from bot.text import key


def keep(db: Transaction, programme: Programme, rows: Sequence[Row], people: Mapping[str, Person]) -> None:
    """`people` by the key of their e-mail address, all of them in the database already."""
    ids = {email: person.id for email, person in people.items()}
    for row in rows:
        person = people[key(row.email)]
        _profile(db, row, person)
        line = (row.manager,) if row.manager else ()
        named = {Apart.NOT_WITH: row.not_with, Apart.LINE: line, Apart.PAST: row.past}
        for kind, others in named.items():
            _apart(db, person, kind, _known(ids, others))
        _wishes(db, programme, person, _known(ids, row.wishes))
        _vetoes(db, person, _known(ids, row.vetoes))


def _known(ids: Mapping[str, int], addresses: Sequence[str]) -> Sequence[int]:
    """Whoever is not in the roster is not looked for: it may be a slip, or somebody from elsewhere."""
    return [ids[key(address)] for address in addresses if key(address) in ids]


def _profile(db: Transaction, row: Row, person: Person) -> None:
    said = (row.languages, row.style, row.contact, row.site, row.group)
    there = db.get(Profile, person.id)
    if not any(said) or (there and there.changed_at):
        return
    profile = there or Profile(person_id=person.id)
    profile.languages = ",".join(row.languages)
    profile.style, profile.contact = (
        chosen(",".join(row.style), "style"),
        chosen(",".join(row.contact), "contact"),
    )
    profile.site, profile.group = row.site, row.group
    db.add(profile)


def _apart(db: Transaction, person: Person, kind: Apart, others: Sequence[int]) -> None:
    theirs = (Exclusion.person_id == person.id) & (Exclusion.kind == kind)
    known = set(db.scalars(select(Exclusion.other_id).where(theirs)))
    new = [other for other in dict.fromkeys(others) if other not in known and other != person.id]
    db.add_all(Exclusion(person_id=person.id, other_id=other, kind=kind) for other in new)


def _wishes(db: Transaction, programme: Programme, person: Person, mentors: Sequence[int]) -> None:
    """Only where they have not wished for anybody themselves."""
    theirs = (Wish.mentee_id == person.id) & (Wish.programme_id == programme.id)
    if db.scalar(select(Wish.id).where(theirs).limit(1)) is None:
        new = [mentor for mentor in dict.fromkeys(mentors) if mentor != person.id]
        db.add_all(
            Wish(programme_id=programme.id, mentee_id=person.id, mentor_id=mentor, rank=rank)
            for rank, mentor in enumerate(new, 1)
        )


def _vetoes(db: Transaction, person: Person, mentees: Sequence[int]) -> None:
    known = set(db.scalars(select(Veto.mentee_id).where(Veto.mentor_id == person.id)))
    new = [mentee for mentee in dict.fromkeys(mentees) if mentee not in known and mentee != person.id]
    db.add_all(Veto(mentor_id=person.id, mentee_id=mentee) for mentee in new)
