"""Intro: the two learn of each other. Who it is, why the two of them, and the one thing to do first.

Where the platform knows both, it can bring them into a conversation of their own. Who their partner is and
what the two have agreed on stays in sight on their own page.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot import course, own, speech
from bot.actions import Typing
from bot.calendar import local
from bot.matching import telling, waiting
from bot.meeting import way_to
from bot.messages import Message, Part, Run, Text
from bot.models import Pair, Person
from bot.planning import paused_over
from bot.story import Place, Story
from bot.terms import in_words, is_of_peers, usual
from bot.text import key
from bot.turn import Turn

intro = Story()

FIRST_REMINDER = timedelta(days=1)


@intro.when_due(Pair.introduce_at)
def introduce(turn: Turn, pair: Pair) -> None:
    if pair.introduced_at or pair.ended_at:
        return
    pair.introduced_at = turn.now
    if pair.settled_at is None:
        pair.every_weeks, pair.minutes, pair.response_days = usual(pair)
    pair.remind_agreement_at = turn.now + FIRST_REMINDER
    course.begin(turn, pair)
    turn.note("introduced", pair=pair)
    waiting.is_found(turn, pair)
    for person in pair.people:
        _introduce_partner(turn, pair, person)


def _introduce_partner(turn: Turn, pair: Pair, reader: Person) -> None:
    partner = pair.partner_of(reader)
    name = "intro.your_mentor" if partner is pair.mentor else "intro.your_mentee"
    if is_of_peers(pair):
        name = "intro.your_peer"
    message = turn.say(
        reader,
        name,
        partner=partner.name,
        city=speech.zone(partner.timezone),
        clock=_their_clock(turn, partner, reader),
        facts=_why(turn, pair, reader),
        press={"agreement": Typing(f"agreement {partner.name}")},
    )
    opening = _opening(turn, pair) if reader is pair.mentee else ()
    meet = way_to(turn, [partner], reader, opening)
    turn.post(reader, replace(message, meet=meet), once=f"intro:{pair.id}.{turn.now:%Y%m%dT%H%M}", about=pair)


@intro.on_gathering
def open_shared_chat(turn: Turn, person: Person, others: Collection[Person]) -> Message:
    """Somebody has brought the bot there. If it is the chat of a pair it introduces the two, and is quiet."""
    for pair in own.pairs(turn, person):
        if {other.id for other in others} == {pair.mentor_id, pair.mentee_id}:
            return Message(name="intro.opening", text=_opening(turn, pair), language=person.language)
    return turn.say(person, "intro.among_others")


def _opening(turn: Turn, pair: Pair) -> Text:
    """Both read it, so it is said in the language of each."""
    languages = dict.fromkeys((pair.mentee.language, pair.mentor.language))
    mentee, mentor = pair.mentee.first_name, pair.mentor.first_name
    name = "intro.opening_of_peers" if is_of_peers(pair) else "intro.opening"
    said = [turn.prompts.say(language, name, mentee=mentee, mentor=mentor).text for language in languages]
    runs = [run for text in said for run in (Run("\n\n"), *text)]
    return tuple(runs[1:])


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


def _why(turn: Turn, pair: Pair, reader: Person) -> Iterable[tuple[str, str]]:
    """What speaks for this pair: what was found when they were matched, and what each brings."""
    partner = pair.partner_of(reader)
    shared = [wish for wish in _listed(pair.mentee.goals) if _words(wish) & _words(pair.mentor.skills)]
    if is_of_peers(pair):
        shared += [wish for wish in _listed(pair.mentor.goals) if _words(wish) & _words(pair.mentee.skills)]
    why = telling.why_you_two(turn, pair, reader) or "; ".join(shared)
    if why:
        yield "why", why
    if partner.skills and (partner is pair.mentor or is_of_peers(pair)):
        yield "brings", partner.skills
    if partner.goals and (partner is pair.mentee or is_of_peers(pair)):
        yield "wants", partner.goals


def _away(turn: Turn, partner: Person, reader: Person) -> Iterator[tuple[str, str]]:
    """Why somebody says nothing, before it is wondered about."""
    if not paused_over(partner, turn.now):
        return
    if partner.paused_until is None:
        yield "away", turn.prompts.phrase(reader.language, "intro.away_for_now")
        return
    until = turn.when(reader, local(partner.paused_until, partner.timezone).date())
    yield "away", turn.prompts.phrase(reader.language, "intro.away_until", until=until)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _words(text: str) -> set[str]:
    return {word for word in key(text).replace(";", " ").split() if len(word) > 3}


# On their own page


@intro.on_home(Place.PAIR)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    for pair in own.pairs(turn, person):
        if pair.has_begun:
            yield _my_pair(turn, pair, person)


def _my_pair(turn: Turn, pair: Pair, reader: Person) -> Part:
    partner = pair.partner_of(reader)
    name = "intro.at_home_mentor" if partner is pair.mentor else "intro.at_home_mentee"
    message = turn.say(
        reader,
        "intro.at_home_peer" if is_of_peers(pair) else name,
        partner=partner.name,
        city=speech.zone(partner.timezone),
        now=speech.clock(local(turn.now, partner.timezone), reader.language),
        clock=_their_clock(turn, partner, reader),
        facts=_how_it_stands(turn, pair, reader),
        press={name: Typing(name) for name in ("ask", "sessions", "goals", "agreement")},
    )
    return turn.part(reader, "intro.my_pair", replace(message, meet=way_to(turn, [partner], reader)))


def _how_it_stands(turn: Turn, pair: Pair, reader: Person) -> Iterator[tuple[str, str]]:
    yield from _away(turn, pair.partner_of(reader), reader)
    if pair.settled_at:
        yield "agreed", in_words(turn, reader, pair.every_weeks, pair.minutes, pair.response_days)
    for session in own.upcoming(turn, pair)[:1]:
        yield "session", turn.when(reader, session.starts_at)
    goals = own.open_goals(turn, pair)
    if goals:
        yield "goals", str(len(goals))
