"""Monthly: once a month, and only where things go well, one of the two is invited to show something rough.

First the mentor, then the mentee, and in the end the mentee reviews. Who shows drafts anyway is not invited,
and who never wants to hear of it says so once.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import drafting, own
from bot.actions import Action, Typing
from bot.calendar import WEEK
from bot.courtesy import Kind
from bot.drafting import AskDraft, Buttons, ShowDraft
from bot.messages import Message
from bot.models import Pair, Person, Session, State
from bot.planning import paused_over
from bot.story import Story
from bot.turn import Turn

monthly = Story()

MONTH = timedelta(days=30)
MENTOR_SHOWS, MENTEE_SHOWS = 2, 4  # months; later the mentee reviews
LIVELY = timedelta(weeks=6)  # a pair that has not met for longer has other things to think about
WORTH_SAYING = timedelta(days=7)


@dataclass(frozen=True)
class AskPartner(Action, wire="monthly.ask_partner"):
    pair: int


@dataclass(frozen=True)
class NotThisMonth(Action, wire="monthly.not_this_month"):
    pair: int


@dataclass(frozen=True)
class Never(Action, wire="monthly.never"):
    pair: int


@dataclass(frozen=True)
class SuggestAgain(Action, wire="monthly.suggest_again"):
    pair: int


@monthly.when_due(Pair.suggest_draft_at)
def suggest(turn: Turn, pair: Pair) -> None:
    if pair.ended_at or pair.settled_at is None:
        return
    if not _is_a_good_time(turn, pair):
        pair.suggest_draft_at = turn.now + WEEK
        return
    pair.suggest_draft_at = turn.now + MONTH
    if not _showed_lately(turn, pair):
        pair.draft_suggestions += 1
        person = _invited(turn, pair)
        message = _invitation(turn, pair, person)
        turn.post(person, message, Kind.NUDGE, about=pair, stale_after=turn.now + WORTH_SAYING)


def _is_a_good_time(turn: Turn, pair: Pair) -> bool:
    """They meet, and neither is away."""
    met = (
        (Session.pair_id == pair.id) & (Session.state == State.HELD) & (Session.closed_at > turn.now - LIVELY)
    )
    away = any(paused_over(person, turn.now) for person in pair.people)
    return not away and turn.db.scalar(select(Session.id).where(met).limit(1)) is not None


def _showed_lately(turn: Turn, pair: Pair) -> bool:
    """Who does it anyway needs no invitation."""
    return any(draft.sent_at > turn.now - MONTH for draft in own.drafts(turn, pair))


def _months(turn: Turn, pair: Pair) -> int:
    return (turn.now - (pair.introduced_at or pair.made_at)) // MONTH


def _invited(turn: Turn, pair: Pair) -> Person:
    return pair.mentor if _months(turn, pair) < MENTOR_SHOWS else pair.mentee


def _invitation(turn: Turn, pair: Pair, person: Person) -> Message:
    partner = pair.partner_of(person).first_name
    no: Buttons = {"not_this_month": NotThisMonth(pair.id), "never": Never(pair.id)}
    if _months(turn, pair) < MENTEE_SHOWS:
        name = "monthly.mentor_shows" if person is pair.mentor else "monthly.mentee_shows"
        return turn.say(person, name, partner=partner, press={"share": AskDraft(pair.id), **no})
    waiting = [
        draft for draft in own.drafts(turn, pair) if draft.author is pair.mentor and not draft.answered_at
    ]
    if waiting:
        look: Buttons = {"show": ShowDraft(waiting[0].id), **no}
        return turn.say(person, "monthly.mentee_reviews", partner=partner, press=look)
    return turn.say(person, "monthly.mentee_asks", partner=partner, press={"ask": AskPartner(pair.id), **no})


@monthly.on_press(AskPartner)
def ask_partner(turn: Turn, person: Person, press: AskPartner) -> Message:
    pair = drafting.pair_of(turn, person, press.pair)
    if pair is None:
        return drafting.gone(turn, person)
    partner = pair.partner_of(person)
    message = turn.say(
        partner,
        "monthly.asked",
        partner=person.first_name,
        press={"share": AskDraft(pair.id), "not_this_month": NotThisMonth(pair.id)},
    )
    turn.post(partner, message, once=f"draft_asked:{pair.id}:{pair.draft_suggestions}", about=pair)
    return turn.say(
        person, "monthly.asked_partner", partner=partner.first_name, press={"drafts": Typing("drafts")}
    )


@monthly.on_press(NotThisMonth)
def not_this_month(turn: Turn, person: Person, press: NotThisMonth) -> Message:
    pair = drafting.pair_of(turn, person, press.pair)
    if pair is None:
        return drafting.gone(turn, person)
    if pair.suggest_draft_at:
        pair.suggest_draft_at = turn.now + MONTH
    return turn.say(person, "monthly.not_this_month", press={"share": AskDraft(pair.id)})


@monthly.on_press(Never)
def never(turn: Turn, person: Person, press: Never) -> Message:
    pair = drafting.pair_of(turn, person, press.pair)
    if pair is None:
        return drafting.gone(turn, person)
    pair.suggest_draft_at = None
    return turn.say(person, "monthly.never", press={"undo": SuggestAgain(pair.id)})


@monthly.on_press(SuggestAgain)
def suggest_again(turn: Turn, person: Person, press: SuggestAgain) -> Message:
    pair = drafting.pair_of(turn, person, press.pair)
    if pair is None:
        return drafting.gone(turn, person)
    pair.suggest_draft_at = pair.suggest_draft_at or turn.now + MONTH
    return turn.say(person, "monthly.suggests_again", press={"share": AskDraft(pair.id)})
