"""Audit: what those who run a programme did, in plain words. Owners see all, everybody what concerns them.

Who, when and about whom, and nothing that anybody wrote. Whether anything in it was changed or removed can be
looked up at any time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import local
from bot.desk import admitted
from bot.desk import audit as record
from bot.desk import pairs as list_of_pairs
from bot.desk import people as roll
from bot.desk.models import AuditEntry
from bot.desk.people import ROLES
from bot.desk.roles import RIGHTS, Right
from bot.messages import Fact, Message
from bot.models import Enrolment, Pair, Person, Programme
from bot.prompts import FALLBACK
from bot.story import Story
from bot.turn import Turn

audit = Story()

A_PAGE = 10  # entries
MOST_ABOUT = 100  # entries about one person that are looked at; what repeats on one day is one line
PRIVATE = "hand."  # somebody asked for a hand: their partner does not learn of it
UNDOES = {"pairs.did_put_back": "pairs.did_end", "people.did_put_back": "people.did_remove"}
SETTINGS = {"role": "audit.role", "capacity": "audit.capacity", "cohort": "audit.cohort"}


@dataclass(frozen=True)
class ShowEntries(Action, wire="audit.show_entries", keeps_card=True):
    programme: int
    before: int
    person: int


@dataclass(frozen=True)
class Verify(Action, wire="audit.verify", keeps_card=True):
    programme: int


# For the owner


@audit.on_command("audit", at_desk=True)
def show(turn: Turn, person: Person, rest: str) -> Message:
    programme = admitted.to_chosen(turn, person, Right.ROLES, "audit")
    if programme is None:
        return _not_for_you(turn, person)
    if not rest:
        return _listed(turn, person, programme)
    found = roll.named(turn, programme, rest)
    if len(found) == 1:
        return _listed(turn, person, programme, about=found[0][0])
    name = "audit.several" if found else "audit.nobody"
    them = [(name, ShowEntries(programme.id, 0, id_)) for id_, name in found[:A_PAGE]]
    return turn.say(person, name, press={"one": them, "all": Typing("audit")})


def _not_for_you(turn: Turn, person: Person) -> Message:
    press = {"looked": Typing("looked"), "help": Typing("help")}
    return turn.say(person, "audit.not_for_you", press=press)


may = admitted.Guard("audit", _not_for_you)


@audit.on_press(ShowEntries)
@may(Right.ROLES)
def turn_the_page(turn: Turn, person: Person, programme: Programme, press: ShowEntries) -> Message:
    return _listed(turn, person, programme, press.before, press.person)


def _listed(turn: Turn, reader: Person, programme: Programme, before: int = 0, about: int = 0) -> Message:
    found = record.of_programme(turn, programme, A_PAGE + 1, before=before, person=about)
    entries = found[:A_PAGE]
    ways: dict[str, Action] = {"verify": Verify(programme.id)}
    if len(found) > A_PAGE:
        ways["more"] = ShowEntries(programme.id, entries[-1].id, about)
    if before or about:
        ways["all"] = Typing("audit")
    name = "audit.list" if entries else "audit.empty"
    facts = _lines(turn, reader, entries, _for_owner(turn, reader, entries))
    return turn.say(reader, name, programme=programme.name, facts=facts, press=ways)


About = Callable[[AuditEntry], str]


def _lines(turn: Turn, reader: Person, entries: Sequence[AuditEntry], about: About) -> Iterator[Fact]:
    who = _who(turn, reader, entries)
    for entry in entries:
        told = " · ".join(filter(None, [who[entry.id], _act(turn, reader, entry), about(entry)]))
        yield Fact(turn.when(reader, entry.at), told)


def _who(turn: Turn, reader: Person, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """By entry: the name, and the role that they have now; a name alone can be somebody else's too."""
    ids = {entry.who_id for entry in entries if entry.who_id}
    names = roll.called(turn, ids)
    enrolled = select(Enrolment.programme_id, Enrolment.person_id, Enrolment.role).where(
        Enrolment.person_id.in_(ids), Enrolment.role.in_(RIGHTS)
    )
    held = {(row.programme_id, row.person_id): row.role for row in turn.db.execute(enrolled)}
    language = reader.language
    told = {}
    for entry in entries:
        name = names.get(entry.who_id or 0, "")
        role = held.get((entry.programme_id, entry.who_id or 0))
        if role and name:
            role = turn.prompts.phrase(language, ROLES[role])
            name = turn.prompts.phrase(language, "audit.with_role", name=name, role=role)
        told[entry.id] = name or turn.prompts.phrase(language, "audit.by_itself")
    return told


def _act(turn: Turn, reader: Person, entry: AuditEntry) -> str:
    """Each kind of entry has its words among those of the story that keeps it."""
    act = turn.prompts.phrase(reader.language, _phrase(turn, entry.what), what=entry.what)
    detail = _detail(turn, reader, entry.detail)
    return turn.prompts.phrase(reader.language, "audit.act", act=act, detail=detail) if detail else act


def _phrase(turn: Turn, what: str) -> str:
    if what == "refused":
        return "audit.refused"
    if what not in turn.prompts.names(FALLBACK):
        return "audit.something"
    wants = {name for text in turn.prompts.entry(FALLBACK, what).text.values() for name in text.placeholders}
    return "audit.something" if wants else what


def _detail(turn: Turn, reader: Person, detail: str) -> str:
    language = reader.language
    parts = []
    for part in filter(None, detail.split(",")):
        if part in SETTINGS:
            parts.append(turn.prompts.phrase(language, SETTINGS[part]))
        elif part in ROLES:
            parts.append(turn.prompts.phrase(language, ROLES[part]))
        else:
            is_word = part in turn.prompts.words
            parts.append(turn.prompts.typed(language, part) if is_word else part)
    return ", ".join(parts)


def _for_owner(turn: Turn, reader: Person, entries: Sequence[AuditEntry]) -> About:
    people = roll.called(turn, {entry.person_id for entry in entries if entry.person_id})
    pairs = _called_pairs(turn, {entry.pair_id for entry in entries if entry.pair_id})

    def about(entry: AuditEntry) -> str:
        pair = pairs.get(entry.pair_id or 0)
        if pair:
            return turn.prompts.phrase(reader.language, "pairs.both", mentee=pair[0], mentor=pair[1])
        return people.get(entry.person_id or 0, "")

    return about


def _called_pairs(turn: Turn, ids: set[int]) -> dict[int, tuple[str, str]]:
    """The names of the mentee and the mentor."""
    mentee, mentor = aliased(Person), aliased(Person)
    both = (
        select(Pair.id, mentee.name, mentor.name)
        .join(mentee, mentee.id == Pair.mentee_id)
        .join(mentor, mentor.id == Pair.mentor_id)
        .where(Pair.id.in_(ids))
    )
    return {id_: (one, other) for id_, one, other in turn.db.execute(both)}


@audit.on_press(Verify)
@may(Right.ROLES)
def verify(turn: Turn, person: Person, programme: Programme, press: Verify) -> Message:
    broken = record.first_broken(turn.db)
    if broken is None:
        return turn.say(person, "audit.whole", press={"all": Typing("audit")})
    if not broken:
        return turn.say(person, "audit.shortened", press={"all": Typing("audit")})
    entry = turn.db.get_one(AuditEntry, broken)
    when = turn.when(person, entry.at)
    return turn.say(person, "audit.broken", number=broken, when=when, press={"all": Typing("audit")})


# For everybody: who looked


@audit.on_command("looked")
def who_looked(turn: Turn, person: Person, _rest: str) -> Message:
    """What others did about them or their pairs. What repeats on one day is one line."""
    pairs = list_of_pairs.known_to(turn, person.id)
    found = record.about(turn, person, pairs, MOST_ABOUT)
    entries = list(_that_happened(turn, [one for one in found if _may_see(person, pairs, one)]))
    name = "audit.looked" if entries else "audit.nobody_looked"
    facts = list(_by_day(turn, person, entries))[:A_PAGE]
    return turn.say(person, name, facts=facts, press={"mydata": Typing("mydata")})


def _may_see(person: Person, pairs: Sequence[int], entry: AuditEntry) -> bool:
    """Of a pair in which the two have not met yet they hear when they are introduced, and not in here."""
    is_of_partner = entry.what.startswith(PRIVATE) and entry.person_id != person.id
    return not is_of_partner and (entry.pair_id is None or entry.pair_id in pairs)


def _that_happened(turn: Turn, entries: Sequence[AuditEntry]) -> Iterator[AuditEntry]:
    """The newest first. What can still be undone, and what was, nobody but those who run it hears of."""
    undone: list[tuple[str, int | None, int | None]] = []
    for entry in entries:
        act = (entry.what, entry.pair_id, entry.person_id)
        if entry.what in UNDOES:
            undone.append((UNDOES[entry.what], *act[1:]))
        elif act in undone:
            undone.remove(act)
        elif entry.what not in UNDOES.values() or entry.at <= turn.now - UNDO_WITHIN:
            yield entry


def _by_day(turn: Turn, reader: Person, entries: Sequence[AuditEntry]) -> Iterator[Fact]:
    who, about = _who(turn, reader, entries), _for_themselves(turn, reader, entries)
    told: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        line = " · ".join(filter(None, [who[entry.id], _act(turn, reader, entry), about(entry)]))
        told[turn.when(reader, local(entry.at, reader.timezone).date()), line] += 1
    for (day, line), times in told.items():
        often = turn.prompts.phrase(reader.language, "audit.times", line=line, count=times)
        yield Fact(day, often if times > 1 else line)


def _for_themselves(turn: Turn, reader: Person, entries: Sequence[AuditEntry]) -> About:
    pairs = _partners(turn, reader, {entry.pair_id for entry in entries if entry.pair_id})
    you = turn.prompts.phrase(reader.language, "audit.you")

    def about(entry: AuditEntry) -> str:
        partner = pairs.get(entry.pair_id or 0)
        if partner is None:
            return you
        return turn.prompts.phrase(reader.language, "audit.your_pair", partner=partner)

    return about


def _partners(turn: Turn, reader: Person, ids: set[int]) -> dict[int, str]:
    both = select(Pair.id, Pair.mentor_id, Pair.mentee_id).where(Pair.id.in_(ids))
    partners = {
        id_: mentee if mentor == reader.id else mentor for id_, mentor, mentee in turn.db.execute(both)
    }
    names = roll.called(turn, set(partners.values()))
    return {pair: names.get(partner, "") for pair, partner in partners.items()}
