"""Mailings: what whoever runs a programme sends to people, drafted for them and looked at before it leaves.

A draft says to how many it goes, when, and who is left out and why. Each gets it in their own language, at a
decent hour of theirs and within their budget of nudges. Until somebody has it, it can be called off.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from bot import outbox
from bot.actions import Action, Typing
from bot.courtesy import Defer, Drop, Kind, Send
from bot.desk import pairs
from bot.desk.models import Mailing, MailingRecipient, MailingState
from bot.desk.people import WITHOUT_WORDS
from bot.messages import Message
from bot.models import Pair, Person, Post, Programme
from bot.outbox import State
from bot.prompts import Press
from bot.turn import Turn

WORTH_SAYING = timedelta(days=14)
MESSAGES = {
    "check_in": "mailings.check_in",
    "shorter": "mailings.shorter",
    "rematch": "mailings.rematch",
}
WELCOME = "welcome"  # to somebody who has no partner
NOT_REACHED = "unreachable"


@dataclass(frozen=True)
class Well(Action, wire="desk.mailings.well"):
    """All is well with the two, thanks for asking."""

    mailing: int
    pair: int


@dataclass(frozen=True)
class Forecast:
    """To whom it goes and when, and how many are left out for which reason."""

    people: int
    zones: int
    first: datetime | None
    last: datetime | None
    left_out: Mapping[str, int]


Recipient = tuple[Person, Pair | None]


def draft(
    turn: Turn, author: Person, programme: Programme, what: str, recipients: Iterable[Recipient]
) -> Mailing:
    mailing = Mailing(programme=programme, author_id=author.id, what=what, made_at=turn.now)
    mailing.state = MailingState.DRAFT
    mailing.recipients = [
        MailingRecipient(person=person, person_id=person.id, pair_id=pair and pair.id)
        for person, pair in recipients
    ]
    turn.db.add(mailing)
    turn.db.flush()
    return mailing


def locked(turn: Turn, mailing_id: int) -> Mailing | None:
    theirs = joinedload(MailingRecipient.person).options(*WITHOUT_WORDS)
    with_them = select(Mailing).options(selectinload(Mailing.recipients).options(theirs))
    held = with_them.where(Mailing.id == mailing_id).with_for_update(of=Mailing)
    return turn.db.scalar(held.execution_options(populate_existing=True))


def message(turn: Turn, mailing: Mailing, to: Person, pair: Pair | None) -> Message:
    """As this reader gets it."""
    author = turn.db.get_one(Person, mailing.author_id, options=WITHOUT_WORDS)
    name, programme = author.name, mailing.programme.name
    if pair is None:
        press: Press = {"profile": Typing("profile"), "coffee": Typing("coffee")}
        return turn.say(to, "mailings.welcome", press=press, name=name, programme=programme)
    partner = pair.partner_of(to).first_name
    return turn.say(
        to,
        MESSAGES[mailing.what],
        name=name,
        programme=programme,
        partner=partner,
        press=_ways(mailing, pair),
    )


def _ways(mailing: Mailing, pair: Pair) -> Press:
    ways: dict[str, Action] = {"well": Well(mailing.id, pair.id)}
    match mailing.what:
        case "check_in":
            ways |= {"hand": Typing("hand"), "agreement": Typing("agreement"), "pause": Typing("pause")}
        case "shorter":
            ways |= {"agreement": Typing("agreement"), "hand": Typing("hand")}
        case "rematch":
            ways |= {"rematch": Typing("rematch"), "hand": Typing("hand")}
    return ways


def forecast(turn: Turn, mailing: Mailing) -> Forecast:
    people = {recipient.person_id: recipient.person for recipient in mailing.recipients}
    verdicts = outbox.forecast(turn.db, people.keys(), Kind.NUDGE, turn.now, turn.now + WORTH_SAYING)
    times: list[datetime] = []
    zones: set[str] = set()
    left_out: Counter[str] = Counter()
    for person_id, verdict in verdicts.items():
        match verdict:
            case Send() | Defer():
                times.append(verdict.until if isinstance(verdict, Defer) else turn.now)
                zones.add(people[person_id].timezone)
            case Drop(reason):
                left_out[reason.value] += 1
            case None:
                left_out[NOT_REACHED] += 1
    return Forecast(
        len(times), len(zones), min(times, default=None), max(times, default=None), dict(left_out)
    )


def pairs_of(turn: Turn, mailing: Mailing) -> Mapping[int, Pair]:
    return pairs.by_id(turn, [one.pair_id for one in mailing.recipients if one.pair_id])


def send(turn: Turn, mailing: Mailing) -> None:
    """Into the outbox; each waits there for an hour of their own."""
    mailing.state, mailing.sent_at = MailingState.SENT, turn.now
    stale_after = turn.now + WORTH_SAYING
    known = pairs_of(turn, mailing)
    for recipient in list(mailing.recipients):
        pair = known.get(recipient.pair_id or 0)
        if pair and pair.ended_at:
            mailing.recipients.remove(recipient)  # meanwhile
            turn.db.delete(recipient)
            continue
        said = message(turn, mailing, recipient.person, pair)
        turn.post(
            recipient.person,
            said,
            Kind.NUDGE,
            once=_once(mailing, recipient),
            about=pair,
            stale_after=stale_after,
        )


def call_off(turn: Turn, mailing: Mailing) -> tuple[int, int]:
    """For how many people it was in time, and for how many it was not."""
    people = {recipient.person_id: recipient.person for recipient in mailing.recipients}.values()
    in_time = sum(turn.recall(person, _matter(mailing)) for person in people)
    mailing.state, mailing.cancelled_at = MailingState.CANCELLED, turn.now
    return in_time, len(people) - in_time


def still_waiting(turn: Turn, mailing: Mailing) -> bool:
    """Somebody does not have it yet."""
    occasions = [f"{one.person_id}:{_once(mailing, one)}" for one in mailing.recipients]
    waits = Post.once.in_(occasions) & (Post.state == State.PENDING)
    return turn.db.scalar(select(Post.id).where(waits).limit(1)) is not None


def _matter(mailing: Mailing) -> str:
    return f"mailing:{mailing.id}"


def _once(mailing: Mailing, recipient: MailingRecipient) -> str:
    """A mentor may get it about several of their pairs."""
    return f"{_matter(mailing)}.{recipient.pair_id or 0}"
