"""Weekly: on Monday, at their own hour, whoever runs a programme reads in one message how it is doing.

The same three numbers as `health`, the pairs that could do with a hand, and the one thing that helps most.
The numbers of the week are taken before, so that everybody reads the same ones.
"""

from datetime import timedelta

from bot.actions import Typing
from bot.courtesy import Kind
from bot.desk import audit, overview, roles, steps, weekly_numbers
from bot.desk.models import Desk
from bot.desk.roles import Right
from bot.desk.steps import STEPS
from bot.desk.views import ShowProgramme
from bot.messages import Message
from bot.models import Person, Programme
from bot.story import Story
from bot.turn import Turn

weekly = Story()

WORTH_SAYING = timedelta(days=3)


@weekly.when_due(Programme.numbers_at)
def take_numbers(turn: Turn, programme: Programme) -> None:
    if programme.closed_at is None:
        weekly_numbers.take(turn, programme)


@weekly.when_due(Desk.weekly_at)
def tell(turn: Turn, desk: Desk) -> None:
    person = turn.db.get_one(Person, desk.person_id)
    desk.weekly_at = roles.next_monday(turn, person)
    if person.left_at or not desk.wants_weekly:
        return
    for programme in roles.programmes(turn, person, Right.NUMBERS):
        if programme.closed_at is None:
            turn.post(
                person,
                _digest(turn, person, programme),
                Kind.NUDGE,
                newest_of=f"weekly:{programme.id}",
                stale_after=turn.now + WORTH_SAYING,
            )


def _digest(turn: Turn, person: Person, programme: Programme) -> Message:
    numbers = weekly_numbers.published(turn, programme)
    names = overview.names(turn, person, programme)
    helps = steps.best(turn, person, programme)[:1] if _acts(turn, person, programme) else []
    step = [
        ("step", turn.prompts.phrase(person.language, STEPS[one.kind], count=one.count, who=one.who))
        for one in helps
    ]
    return turn.say(
        person,
        "weekly.digest",
        programme=programme.name,
        day=weekly_numbers.as_of(turn, person, numbers),
        facts=[
            *overview.numbers(turn, person, programme, numbers),
            *overview.listed(turn, person, names),
            *step,
        ],
        press={"next": Typing("next"), "health": ShowProgramme(programme.id), "weekly": Typing("weekly")},
    )


def _acts(turn: Turn, person: Person, programme: Programme) -> bool:
    return roles.programme(turn, person, programme.id, Right.ACT) is not None


@weekly.on_command("weekly", at_desk=True)
def switch(turn: Turn, person: Person, _rest: str) -> Message:
    """On, if it was off; off, if it was on."""
    if not roles.programmes(turn, person, Right.NUMBERS):
        audit.record(turn, person, "refused", detail="weekly")
        return turn.say(person, "weekly.not_for_you", press={"help": Typing("help")})
    desk = roles.desk_of(turn, person)
    desk.wants_weekly = not desk.wants_weekly
    desk.weekly_at = desk.weekly_at or roles.next_monday(turn, person)
    if not desk.wants_weekly:
        return turn.say(person, "weekly.off", press={"weekly": Typing("weekly")})
    when = turn.when(person, desk.weekly_at)
    return turn.say(person, "weekly.on", when=when, press={"weekly": Typing("weekly")})
