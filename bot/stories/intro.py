"""Intro: the two learn of each other. Who it is, why the two of them, and the one thing to do first."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot import course, speech
from bot.actions import Typing
from bot.calendar import local
from bot.models import Pair, Person
from bot.story import Story
from bot.text import key
from bot.turn import Turn

intro = Story()

FIRST_REMINDER = timedelta(days=1)


@intro.when_due(Pair.introduce_at)
def introduce(turn: Turn, pair: Pair) -> None:
    if pair.introduced_at or pair.ended_at:
        return
    pair.introduced_at = turn.now
    pair.remind_agreement_at = turn.now + FIRST_REMINDER
    course.begin(turn, pair)
    turn.note("introduced", pair=pair)
    for person in pair.people:
        _introduce_partner(turn, pair, person)


def _introduce_partner(turn: Turn, pair: Pair, reader: Person) -> None:
    partner = pair.partner_of(reader)
    name = "intro.your_mentor" if partner is pair.mentor else "intro.your_mentee"
    message = turn.say(
        reader,
        name,
        partner=partner.name,
        city=speech.zone(partner.timezone),
        clock=_their_clock(turn, partner, reader),
        facts=_why(pair, partner),
        press={"agreement": Typing("agreement")},
    )
    turn.post(reader, message, once=f"intro:{pair.id}", about=pair)


def _their_clock(turn: Turn, partner: Person, reader: Person) -> str:
    """How far apart the two clocks are today, in words."""
    ahead = _offset(turn.now, partner) - _offset(turn.now, reader)
    hours = abs(ahead) / timedelta(hours=1)
    if not ahead:
        return turn.prompts.phrase(reader.language, "intro.same_clock")
    name = "intro.ahead" if ahead > timedelta() else "intro.behind"
    return turn.prompts.phrase(reader.language, name, count=_whole(hours), hours=f"{hours:g}")


def _offset(now: datetime, person: Person) -> timedelta:
    return local(now, person.timezone).utcoffset() or timedelta()


def _whole(hours: float) -> int:
    """For the plural: 1 hour, but 5.5 hours."""
    return int(hours) if hours == int(hours) else 2


def _why(pair: Pair, partner: Person) -> Iterable[tuple[str, str]]:
    """What speaks for this pair: what one wants to learn and the other knows, and what each brings."""
    shared = [wish for wish in _listed(pair.mentee.goals) if _words(wish) & _words(pair.mentor.skills)]
    if shared:
        yield "why", "; ".join(shared)
    brings = partner.skills if partner is pair.mentor else partner.goals
    if brings:
        yield "brings" if partner is pair.mentor else "wants", brings


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _words(text: str) -> set[str]:
    return {word for word in key(text).replace(";", " ").split() if len(word) > 3}
