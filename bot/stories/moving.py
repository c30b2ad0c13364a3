"""Moving: whose clock on the platform shows another zone is asked once whether the bot follows it.

They may live there now, or travel for a week: only they know. Nothing changes unless they say so, and what
they have declined is not asked again until the platform says something new.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot import planning, speech
from bot.actions import Action, Typing
from bot.calendar import known_zone, local
from bot.courtesy import Kind
from bot.messages import Message
from bot.models import AccountRow, Person
from bot.story import Story
from bot.turn import Turn

moving = Story()

WORTH_ASKING = timedelta(days=7)
MATTER = "zone"


@dataclass(frozen=True)
class Follow(Action, wire="moving.follow"):
    zone: str


@dataclass(frozen=True)
class StayPut(Action, wire="moving.stay_put"):
    pass


@moving.when_due(AccountRow.moved_at)
def ask(turn: Turn, account: AccountRow) -> None:
    person, zone = account.person, account.timezone
    turn.recall(person, MATTER)
    if zone is None or zone == known_zone(person.timezone):
        return
    if account.gone_at or person.left_at or person.started_at is None:
        return
    city = speech.zone(person.timezone)
    message = turn.say(
        person,
        "moving.ask",
        city=speech.zone(zone),
        press={"yes": Follow(zone), "no": [(city, StayPut())]},
    )
    turn.post(person, message, Kind.NUDGE, newest_of=MATTER, stale_after=turn.now + WORTH_ASKING)


@moving.on_press(Follow)
def follow(turn: Turn, person: Person, press: Follow) -> Message:
    zone, before = known_zone(press.zone), person.timezone
    if zone is None or zone == before:
        return stay_put(turn, person, StayPut())
    person.timezone = zone
    planning.clock_changed(turn, person)
    turn.recall(person, MATTER)
    return turn.say(
        person,
        "moving.followed",
        city=speech.zone(zone),
        now=_now(turn, person),
        press={"undo": Follow(before), "settings": Typing("settings")},
    )


@moving.on_press(StayPut)
def stay_put(turn: Turn, person: Person, _press: StayPut) -> Message:
    city = speech.zone(person.timezone)
    press = {"settings": Typing("settings")}
    return turn.say(person, "moving.stays", city=city, now=_now(turn, person), press=press)


def _now(turn: Turn, person: Person) -> str:
    return speech.clock(local(turn.now, person.timezone), person.language)
