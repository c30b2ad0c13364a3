"""Next: the three best things that whoever runs a programme can do today, each drafted, each one press away.

Before anything is sent they see what people will read, to how many it goes and when, and who is left out and
why. Until somebody has it, it can be called off. What people answer goes on with them alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import own
from bot.actions import Action, Typing
from bot.calendar import local
from bot.desk import audit, hands, health_names, mailings, pairs, roles, steps
from bot.desk.admitted import Guard
from bot.desk.health_rules import Reason
from bot.desk.mailings import Forecast, Recipient, Well
from bot.desk.models import Mailing, MailingState
from bot.desk.people import WITHOUT_WORDS
from bot.desk.roles import Right
from bot.desk.steps import STEPS, Step
from bot.desk.views import Draft, DraftTo, DraftToAll
from bot.messages import Message, plain
from bot.models import Enrolment, Person, Programme
from bot.story import Story
from bot.turn import Turn

next_ = Story()

MOST_PAIRS = 300  # in one message
LOOKED_AT = 20  # of what was sent last
STILL_TO_COME = timedelta(days=14)  # for which what was sent may be called off from the list


@dataclass(frozen=True)
class SendMailing(Action, wire="next.send"):
    mailing: int


@dataclass(frozen=True)
class DropMailing(Action, wire="next.drop"):
    mailing: int


@dataclass(frozen=True)
class CallOff(Action, wire="next.call_off"):
    mailing: int


@next_.on_command("next", at_desk=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = roles.chosen(turn, person, Right.ACT)
    if programme is None:
        return _next_session(turn, person)
    found = steps.best(turn, person, programme)
    name = "next.three" if found else "next.nothing"
    return turn.say(
        person,
        name,
        programme=programme.name,
        facts=[_fact(turn, person, number, step) for number, step in enumerate(found, 1)],
        press={
            "step": [
                (_label(turn, person, number, step), step.action) for number, step in enumerate(found, 1)
            ],
            "call_off": [
                (_called(turn, person, one), CallOff(one.id)) for one in _on_its_way(turn, programme)
            ],
            "health": Typing("health"),
        },
    )


def _next_session(turn: Turn, person: Person) -> Message:
    """Who runs nothing asks what is next for them."""
    if roles.programmes(turn, person, Right.NUMBERS):
        audit.record(turn, person, "refused", detail="next")
        return turn.say(person, "next.not_for_you", press={"health": Typing("health")})
    press = {"sessions": Typing("sessions"), "turn": Typing("whose turn"), "help": Typing("help")}
    return turn.say(person, "next.for_everybody", press=press)


def _fact(turn: Turn, person: Person, number: int, step: Step) -> tuple[str, str]:
    said = turn.prompts.phrase(person.language, STEPS[step.kind], count=step.count, who=step.who)
    return ("first", "second", "third")[number - 1], said


def _label(turn: Turn, person: Person, number: int, step: Step) -> str:
    return turn.prompts.phrase(person.language, LABELS[step.kind], number=number)


SENT = {
    "check_in": "next.did_check_in",
    "shorter": "next.did_offer_shorter",
    "rematch": "next.did_offer_rematch",
    mailings.WELCOME: "next.did_welcome",
}
LABELS = {
    "asked": "next.do_asked",
    "silent": "next.do_check_in",
    "all_silent": "next.do_check_in",
    "begin": "next.do_check_in",
    "requests": "next.do_requests",
    "match": "next.do_match",
    "welcome": "next.do_welcome",
    "unreachable": "next.do_unreachable",
}


def _on_its_way(turn: Turn, programme: Programme) -> Sequence[Mailing]:
    here = (Mailing.programme_id == programme.id) & (Mailing.state == MailingState.SENT)
    lately = here & (Mailing.sent_at > turn.now - STILL_TO_COME)
    sent = turn.db.scalars(select(Mailing).where(lately).order_by(Mailing.id.desc()).limit(LOOKED_AT)).all()
    return [one for one in sent if mailings.still_waiting(turn, one)][:2]


def _called(turn: Turn, person: Person, mailing: Mailing) -> str:
    return turn.when(person, local(mailing.sent_at or mailing.made_at, person.timezone).date())


# Drafted, and looked at


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "next.gone", press={"next": Typing("next")})


may = Guard("next", _gone)


@next_.on_press(Draft)
def draft(turn: Turn, person: Person, press: Draft) -> Message:
    pair = pairs.by_id(turn, [press.pair]).get(press.pair)
    programme = roles.programme(turn, person, pair.programme_id, Right.ACT) if pair else None
    if pair is None or programme is None or pair.ended_at or press.what not in mailings.MESSAGES:
        return _gone(turn, person)
    return _preview(turn, person, programme, press.what, [(one, pair) for one in pair.people])


@next_.on_press(DraftTo)
@may(Right.ACT)
def draft_to(turn: Turn, person: Person, programme: Programme, press: DraftTo) -> Message:
    enrolled = (Enrolment.programme_id == programme.id) & (Enrolment.person_id == press.person)
    here = Person.id.in_(select(Enrolment.person_id).where(enrolled))
    member = turn.db.scalar(select(Person).where(here).options(*WITHOUT_WORDS))
    if member is None or press.what != mailings.WELCOME:
        return _gone(turn, person)
    return _preview(turn, person, programme, press.what, [(member, None)])


@next_.on_press(DraftToAll)
@may(Right.ACT)
def draft_to_all(turn: Turn, person: Person, programme: Programme, press: DraftToAll) -> Message:
    if press.what not in mailings.MESSAGES:
        return _gone(turn, person)
    named = health_names.named(turn, programme, "", MOST_PAIRS).listed
    silent = [pair for pair, judgement in named if judgement.reason is not Reason.ASKED]
    for pair in silent:
        health_names.note_look(turn, person, programme, pair)
    return _preview(
        turn, person, programme, press.what, [(one, pair) for pair in silent for one in pair.people]
    )


def _preview(
    turn: Turn, person: Person, programme: Programme, what: str, recipients: Sequence[Recipient]
) -> Message:
    if not recipients:
        return turn.say(person, "next.nobody", press={"next": Typing("next")})
    mailing = mailings.draft(turn, person, programme, what, recipients)
    expected = mailings.forecast(turn, mailing)
    press = {"send": SendMailing(mailing.id), "drop": DropMailing(mailing.id)}
    if not expected.people:
        press.pop("send")
    return turn.say(
        person,
        "next.preview" if expected.people else "next.reaches_nobody",
        facts=[*_as_read(turn, mailing), *_dry_run(turn, person, expected)],
        press=press,
    )


def _as_read(turn: Turn, mailing: Mailing) -> Iterator[tuple[str, str]]:
    """As the first of them reads it, in their language, with the buttons below."""
    first = mailing.recipients[0]
    pair = mailings.pairs_of(turn, mailing).get(first.pair_id or 0)
    said = mailings.message(turn, mailing, first.person, pair)
    buttons = " ".join(f"[{button.label}]" for button in said.buttons)
    yield "as_read", f"{first.person.first_name}: {plain(said.text)}\n{buttons}"


def _dry_run(turn: Turn, reader: Person, expected: Forecast) -> Iterator[tuple[str, str]]:
    phrase, language = turn.prompts.phrase, reader.language
    if expected.first and expected.last:
        first, last = (turn.when(reader, at) for at in (expected.first, expected.last))
        zones = phrase(language, "next.zones", count=expected.zones)
        to = phrase(language, "next.people", count=expected.people)
        yield "goes", phrase(language, "next.goes", people=to, zones=zones, first=first, last=last)
    if expected.left_out:
        yield (
            "left_out",
            "\n".join(
                phrase(language, LEFT_OUT.get(reason, "next.left_out_other"), count=count)
                for reason, count in expected.left_out.items()
            ),
        )


LEFT_OUT = {
    "paused": "next.left_out_paused",
    "fewer": "next.left_out_fewer",
    mailings.NOT_REACHED: "next.left_out_unreachable",
}


# Sent, or not


@next_.on_press(SendMailing)
def send(turn: Turn, person: Person, press: SendMailing) -> Message:
    mailing = _mine(turn, person, press.mailing)
    if mailing is None:
        return _gone(turn, person)
    if mailing.state == MailingState.CANCELLED:
        return turn.say(person, "next.dropped", press={"next": Typing("next")})
    if mailing.state == MailingState.DRAFT:
        mailings.send(turn, mailing)
        written_to = {recipient.pair_id: recipient.person for recipient in mailing.recipients}
        known = pairs.by_id(turn, [pair for pair in written_to if pair])
        for pair_id, alone in written_to.items():
            pair = known.get(pair_id or 0)
            audit.record(
                turn,
                person,
                SENT[mailing.what],
                programme=mailing.programme,
                pair=pair,
                person=None if pair else alone,
            )
    return turn.say(person, "next.sent", press={"call_off": CallOff(mailing.id), "next": Typing("next")})


@next_.on_press(DropMailing)
def drop(turn: Turn, person: Person, press: DropMailing) -> Message:
    mailing = _mine(turn, person, press.mailing)
    if mailing is None:
        return _gone(turn, person)
    if mailing.state == MailingState.SENT:
        return turn.say(person, "next.sent", press={"call_off": CallOff(mailing.id), "next": Typing("next")})
    mailing.state, mailing.cancelled_at = MailingState.CANCELLED, mailing.cancelled_at or turn.now
    return turn.say(person, "next.dropped", press={"next": Typing("next")})


@next_.on_press(CallOff)
def call_off(turn: Turn, person: Person, press: CallOff) -> Message:
    mailing = _mine(turn, person, press.mailing)
    if mailing is None:
        return _gone(turn, person)
    if mailing.state != MailingState.SENT:
        return turn.say(person, "next.dropped", press={"next": Typing("next")})
    in_time, too_late = mailings.call_off(turn, mailing)
    audit.record(turn, person, "next.did_call_off", programme=mailing.programme, detail=str(in_time))
    phrase = turn.prompts.phrase
    return turn.say(
        person,
        "next.called_off",
        in_time=phrase(person.language, "next.people", count=in_time),
        too_late=phrase(person.language, "next.people", count=too_late),
        press={"next": Typing("next")},
    )


def _mine(turn: Turn, person: Person, mailing_id: int) -> Mailing | None:
    """One of a programme in which the person may act now, whoever drafted it."""
    mailing = mailings.locked(turn, mailing_id)
    if mailing is None or roles.programme(turn, person, mailing.programme_id, Right.ACT) is None:
        return None
    return mailing


# What people answer


@next_.on_press(Well)
def all_is_well(turn: Turn, person: Person, press: Well) -> Message:
    """The pair has given a sign of life: it is not named any more."""
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return turn.say(person, "next.pair_over", press={"help": Typing("help")})
    pair.touch_for_both(turn.now)
    hands.end_all(turn, pair, person)
    return turn.say(person, "next.well", press={"sessions": Typing("sessions"), "ask": Typing("ask")})
