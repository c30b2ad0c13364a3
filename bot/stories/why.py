"""Why: everybody can see what they were sent, what was put off or left out, and for what reason.

And they can have fewer nudges, down to none, and say at what hour those come that were more than the budget
allows. More than the budget is not to be had.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from bot import outbox
from bot.actions import Action, Typing
from bot.calendar import WEEK
from bot.courtesy import NUDGES_A_WEEK, Kind, Reason
from bot.dates import a_time
from bot.messages import Fact, Form, Message, Mistakes
from bot.models import Nudge, Person, Post
from bot.outbox import State
from bot.story import Answers, Story
from bot.turn import Turn

why = Story()

LISTED = 12
LOOKS_BACK = timedelta(days=28)

BECAUSE: Mapping[str, str] = {
    "actions.nudge": "why.because_action",
    "agreement.differ": "why.because_agreement",
    "agreement.remind": "why.because_agreement",
    "agreement.partner_waits": "why.because_agreement",
    "closing.did_you_meet": "why.because_closing",
    "closing.did_you_write": "why.because_closing",
    "closing.going_on": "why.because_closing",
    "coffee.ask": "why.because_coffee",
    "coffee.check": "why.because_coffee_check",
    "coffee.stop_asking": "why.because_coffee_stop",
    "delivery.unreachable": "why.because_unreachable",
    "digest.landing": "why.because_landing",
    "digest.nudges": "why.because_digest",
    "introducing.no_mentee": "why.because_matching",
    "introducing.no_mentor": "why.because_matching",
    "moving.ask": "why.because_moving",
    "prep.remind": "why.because_prep",
    "sessions.suggested": "why.because_times",
    "sessions.suggested_in_writing": "why.because_times",
    "sessions.times": "why.because_times",
    "sessions.no_overlap": "why.because_times",
    "rematch.mentee_comes_first": "why.because_place",
    "rematch.place_is_free": "why.because_place",
    "quiet.ask": "why.because_quiet",
    "quiet.ask_again": "why.because_quiet",
    "quiet.ends_soon": "why.because_quiet",
    "review.ask": "why.because_review",
    "review.remind": "why.because_review",
    "ending.goodbye": "why.because_ending",
    "ending.near": "why.because_ending",
    "goals.check": "why.because_goal",
    "pulse.ask": "why.because_pulse",
    "pulse.remind": "why.because_pulse",
    "monthly.mentor_shows": "why.because_draft",
    "monthly.mentee_shows": "why.because_draft",
    "monthly.mentee_reviews": "why.because_draft",
    "monthly.mentee_asks": "why.because_draft",
    "turns.nudge": "why.because_turn",
    "turns.nudge_draft": "why.because_turn",
    "turns.nudge_with_choices": "why.because_second_turn",
    "turns.promised_day_is_over": "why.because_promise",
    "welcome.hello": "why.because_welcome",
    "welcome.hello_without_host": "why.because_welcome",
    "workspaces.gone": "why.because_workspace",
}
ABOUT: Mapping[str, str] = {
    "actions": "why.about_actions",
    "agreement": "why.about_agreement",
    "asks": "why.about_asks",
    "closing": "why.about_closing",
    "coordinators": "why.about_the_programme",
    "coffee": "why.about_coffee",
    "delivery": "why.about_delivery",
    "digest": "why.about_digest",
    "drafts": "why.about_drafts",
    "monthly": "why.about_drafts",
    "ending": "why.about_ending",
    "exchange": "why.about_exchange",
    "goals": "why.about_goals",
    "intro": "why.about_intro",
    "introducing": "why.about_matching",
    "match": "why.about_matching",
    "rematch": "why.about_matching",
    "journal": "why.about_journal",
    "sharing": "why.about_journal",
    "moving": "why.about_clock",
    "pause": "why.about_pause",
    "people": "why.about_the_programme",
    "prep": "why.about_prep",
    "pulse": "why.about_pulse",
    "quiet": "why.about_quiet",
    "review": "why.about_review",
    "sessions": "why.about_sessions",
    "turns": "why.about_turns",
    "welcome": "why.about_welcome",
    "workspaces": "why.about_delivery",
}
REASONS: Mapping[str, str] = {
    Reason.PAUSED: "why.reason_paused",
    Reason.QUIET_HOURS: "why.reason_quiet_hours",
    Reason.DAY_OFF: "why.reason_day_off",
    Reason.HOLIDAY: "why.reason_holiday",
    Reason.DO_NOT_DISTURB: "why.reason_do_not_disturb",
    Reason.BUDGET: "why.reason_budget",
    Reason.FEWER: "why.reason_fewer",
    Reason.TOO_LATE: "why.reason_too_late",
    Reason.STALE: "why.reason_stale",
    Reason.NEVER: "why.reason_never",
    Reason.RECALLED: "why.reason_recalled",
    outbox.BUSY: "why.reason_busy",
    outbox.CLOSED: "why.reason_busy",
    outbox.UNREACHABLE: "why.reason_unreachable",
    "erased": "why.reason_erased",
}


@dataclass(frozen=True)
class AskFewer(Action, wire="why.ask_fewer", opens_form=True):
    pass


@dataclass(frozen=True)
class SetFewer(Action, wire="why.set_fewer"):
    pass


@why.on_command("why", with_details=True)
def explain(turn: Turn, person: Person, which: str) -> Message:
    """`which` is the name of a message, on the button of that message."""
    if which in BECAUSE:
        because = turn.prompts.phrase(person.language, BECAUSE[which])
        return turn.say(
            person, "why.this", facts=[("because", because), *_budget(turn, person)], press=_ways()
        )
    if which:
        return turn.say(person, "why.not_known", facts=[("yours", which)], press={"all": Typing("why")})
    return show_ledger(turn, person)


def _ways() -> dict[str, Action]:
    return {"fewer": AskFewer(), "all": Typing("why")}


def show_ledger(turn: Turn, person: Person) -> Message:
    lines = sorted([*_posts(turn, person), *_held_out(turn, person)], reverse=True)[:LISTED]
    facts = [Fact(turn.when(person, at), said) for at, said in lines]
    return turn.say(
        person,
        "why.ledger" if lines else "why.nothing_yet",
        facts=[*_budget(turn, person), *facts],
        press={"fewer": AskFewer()},
    )


def _budget(turn: Turn, person: Person) -> list[tuple[str, str]]:
    recent = (
        (Post.person_id == person.id)
        & (Post.kind == Kind.NUDGE)
        & Post.state.in_((State.SENT, State.UNKNOWN))
        & (Post.ended_at > turn.now - WEEK)
    )
    had = turn.db.scalar(select(func.count()).select_from(Post).where(recent)) or 0
    most = min(person.nudges_a_week, NUDGES_A_WEEK)
    return [("budget", turn.prompts.phrase(person.language, "why.budget", count=most, had=had))]


Line = tuple[datetime, str]


def _posts(turn: Turn, person: Person) -> Iterator[Line]:
    """What the bot has started, newest first. Their own words and their partner's are not in it."""
    columns = (Post.name, Post.state, Post.reason, Post.due, Post.posted_at, Post.ended_at)
    theirs = (Post.person_id == person.id) & (Post.posted_at > turn.now - LOOKS_BACK)
    newest = select(*columns).where(theirs).order_by(Post.id.desc()).limit(LISTED)
    for row in turn.db.execute(newest):
        about = turn.prompts.phrase(person.language, ABOUT.get(row.name.partition(".")[0], "why.about_other"))
        yield row.ended_at or row.posted_at, _line(turn, person, about, row)


def _line(turn: Turn, person: Person, about: str, row: Any) -> str:
    reason = turn.prompts.phrase(person.language, REASONS[row.reason]) if row.reason in REASONS else ""
    return turn.prompts.phrase(
        person.language,
        _outcome(row),
        about=about,
        reason=reason,
        until=turn.when(person, row.due),
    )


def _outcome(row: Any) -> str:
    has_reason = row.reason in REASONS
    match State(row.state):
        case State.SENT | State.UNKNOWN:
            return "why.sent_later" if has_reason else "why.sent"
        case State.PENDING | State.LEASED:
            return "why.waits" if has_reason else "why.comes"
        case State.MERGED:
            return "why.merged"
        case State.UNDELIVERABLE:
            return "why.undeliverable"
        case _:
            return "why.left_out" if has_reason else "why.left_out_plainly"


def _held_out(turn: Turn, person: Person) -> Iterator[Line]:
    theirs = (Nudge.person_id == person.id) & Nudge.held_out & (Nudge.at > turn.now - LOOKS_BACK)
    for at in turn.db.scalars(select(Nudge.at).where(theirs)):
        yield at, turn.prompts.phrase(person.language, "why.held_out")


# Fewer of them


@why.on_command("nudges")
def show_budget(turn: Turn, person: Person, _rest: str) -> Message:
    return turn.say(
        person,
        "why.nudges",
        facts=[*_budget(turn, person), ("hour", _hour(turn, person))],
        press={"fewer": AskFewer(), "all": Typing("why")},
    )


def _hour(turn: Turn, person: Person) -> str:
    at = person.digest_at or person.day_starts
    return at.isoformat("minutes")


@why.on_press(AskFewer)
def ask_fewer(turn: Turn, person: Person, _press: AskFewer) -> Form:
    given = {"a_week": str(min(person.nudges_a_week, NUDGES_A_WEEK)), "hour": _hour(turn, person)}
    return turn.ask(person, "why.form", SetFewer(), given=given)


@why.on_submit(SetFewer)
def set_fewer(turn: Turn, person: Person, _set: SetFewer, answers: Answers) -> Message | Mistakes:
    """More than the budget is not to be had, whatever a form sends."""
    typed = answers.get("hour", "")
    hour: time | None = a_time(typed)
    if typed and hour is None:
        return turn.refuse(person, "why.form", hour="hour")
    a_week = answers.get("a_week", "")
    if a_week not in {str(number) for number in range(NUDGES_A_WEEK + 1)}:
        return turn.refuse(person, "why.form", a_week="a_week")
    person.nudges_a_week, person.digest_at = int(a_week), hour
    outbox.look_again(turn.db, person.id, turn.now)
    return turn.say(
        person,
        "why.saved",
        facts=[*_budget(turn, person), ("hour", _hour(turn, person))],
        press={"fewer": AskFewer()},
    )
