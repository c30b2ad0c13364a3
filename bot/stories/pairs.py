"""Pairs: whoever runs a programme sees who is paired with whom, makes a pair by hand, and ends one kindly.

The list says since when, and not how it goes: that is for health, by its announced rules. At an end that is
decided here both read the words that everybody reads at an end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import local
from bot.desk import admitted, audit, pairing
from bot.desk import pairs as list_of_pairs
from bot.desk import people as roll
from bot.desk.models import PairEnding
from bot.desk.pages import Page, page
from bot.desk.pairing import Hindrance
from bot.desk.pairs import Listed, Which
from bot.desk.roles import Right
from bot.desk.views import ShowPair
from bot.messages import Choice, Fact, Form, Message, Mistakes
from bot.models import Pair, Person, Programme
from bot.prompts import Press
from bot.story import Answers, Story
from bot.text import key, shorten
from bot.turn import Turn

pairs = Story()

LONGEST_SEARCH = 60  # characters
MOST_TO_CHOOSE = 100  # more are found by typing a name
NAMES = {
    Which.GOING_ON: "pairs.list",
    Which.WAITING: "pairs.list_waiting",
    Which.ENDED: "pairs.list_ended",
}
NONE = {Which.GOING_ON: "pairs.none", Which.WAITING: "pairs.none_wait", Which.ENDED: "pairs.none_ended"}
HINDRANCES = {
    Hindrance.SAME: "pairs.same",
    Hindrance.NOT_A_MENTEE: "pairs.not_a_mentee",
    Hindrance.NOT_A_MENTOR: "pairs.not_a_mentor",
    Hindrance.PAIRED: "pairs.paired",
    Hindrance.FULL: "pairs.full",
}


@dataclass(frozen=True)
class ShowPage(Action, wire="pairs.show_page", keeps_card=True):
    programme: int
    which: str
    start: int
    search: str


@dataclass(frozen=True)
class ShowOne(Action, wire="pairs.show_one", keeps_card=True):
    programme: int
    pair: int


@dataclass(frozen=True)
class AskMake(Action, wire="pairs.ask_make", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Preview(Action, wire="pairs.preview"):
    programme: int


@dataclass(frozen=True)
class Make(Action, wire="pairs.make"):
    programme: int
    mentee: int
    mentor: int


@dataclass(frozen=True)
class AskEnd(Action, wire="pairs.ask_end", keeps_card=True):
    programme: int
    pair: int


@dataclass(frozen=True)
class End(Action, wire="pairs.end"):
    programme: int
    pair: int


@dataclass(frozen=True)
class LetGoOn(Action, wire="pairs.let_go_on"):
    programme: int
    pair: int


# Which there are


@pairs.on_command("pairs", at_desk=True)
def show(turn: Turn, person: Person, rest: str) -> Message:
    programme = admitted.to_chosen(turn, person, Right.NAMES, "pairs")
    if programme is None:
        return _not_for_you(turn, person)
    which = _state_meant(turn, rest)
    return _listed(turn, person, programme, which or Which.GOING_ON, 0, "" if which else rest)


def _state_meant(turn: Turn, typed: str) -> Which | None:
    """ "pairs ended", in any language."""
    states = (Which.WAITING, Which.ENDED)
    return next((one for one in states if key(typed) in turn.prompts.words.get(one.value, ())), None)


def _not_for_you(turn: Turn, person: Person) -> Message:
    return turn.say(person, "pairs.not_for_you", press={"help": Typing("help")})


may = admitted.Guard("pairs", _not_for_you)


def _listed(
    turn: Turn, reader: Person, programme: Programme, which: Which, start: int, search: str
) -> Message:
    search = shorten(search, LONGEST_SEARCH)
    found = list_of_pairs.listed(turn, programme, which, search)
    part = page(found, start)
    ways = _ways(programme, part, which, search)
    if not found:
        name = "pairs.nobody" if search else NONE[which]
        return turn.say(reader, name, programme=programme.name, press=ways)
    return turn.say(
        reader,
        NAMES[which],
        programme=programme.name,
        first=part.first,
        last=part.last,
        count=part.all,
        facts=[
            Fact(f"{number}. {_both(turn, reader, one)}", _since(turn, reader, one)) for number, one in part
        ],
        press=ways,
    )


def _both(turn: Turn, reader: Person, one: Listed) -> str:
    return turn.prompts.phrase(reader.language, "pairs.both", mentee=one.mentee, mentor=one.mentor)


def _since(turn: Turn, reader: Person, one: Listed) -> str:
    return " · ".join(filter(None, [one.cohort, *_dates(turn, reader, one)]))


def _dates(turn: Turn, reader: Person, one: Listed) -> Iterator[str]:
    name, at = "pairs.made_on", one.made_at
    if one.introduced_at:
        name, at = "pairs.introduced_on", one.introduced_at
    yield turn.prompts.phrase(reader.language, name, day=turn.when(reader, local(at, reader.timezone).date()))
    if one.ended_at:
        day = turn.when(reader, local(one.ended_at, reader.timezone).date())
        yield turn.prompts.phrase(reader.language, "pairs.ended_on", day=day)


def _ways(programme: Programme, part: Page[Listed], which: Which, search: str) -> Press:
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "one": [(f"{number}. {_short(one)}", ShowOne(programme.id, one.id)) for number, one in part]
    }
    if part.before is not None:
        ways["before"] = ShowPage(programme.id, which.value, part.before, search)
    if part.after is not None:
        ways["more"] = ShowPage(programme.id, which.value, part.after, search)
    if which is Which.GOING_ON and not search:
        ways["make"] = AskMake(programme.id)
        ways["waiting"] = ShowPage(programme.id, Which.WAITING.value, 0, "")
        ways["ended"] = ShowPage(programme.id, Which.ENDED.value, 0, "")
    else:
        ways["all"] = Typing("pairs")
    return ways


def _short(one: Listed) -> str:
    return f"{one.mentee} + {one.mentor}"


@pairs.on_press(ShowPage)
@may(Right.NAMES)
def turn_the_page(turn: Turn, person: Person, programme: Programme, press: ShowPage) -> Message:
    which = next((one for one in Which if one.value == press.which), Which.GOING_ON)
    return _listed(turn, person, programme, which, press.start, press.search)


# One of them


@pairs.on_press(ShowOne)
@may(Right.NAMES)
def show_one(turn: Turn, person: Person, programme: Programme, press: ShowOne) -> Message:
    """No more than stands in the list. How it goes is one press further, and that look is kept."""
    one = list_of_pairs.one(turn, programme, press.pair)
    return _card(turn, person, programme, one) if one else _gone(turn, person)


def _card(turn: Turn, reader: Person, programme: Programme, one: Listed, name: str = "pairs.one") -> Message:
    return turn.say(
        reader,
        name,
        pair=_both(turn, reader, one),
        programme=programme.name,
        facts=_facts(turn, reader, one),
        press=_what_can_be_done(turn, programme, one),
    )


def _facts(turn: Turn, reader: Person, one: Listed) -> Iterator[tuple[str, str]]:
    if one.cohort:
        yield "cohort", one.cohort
    yield "since", "\n".join(_dates(turn, reader, one))


def _what_can_be_done(turn: Turn, programme: Programme, one: Listed) -> Press:
    ways: dict[str, Action] = {"look": ShowPair(one.id)}
    if one.ended_at is None:
        is_ending = _ending(turn, one.id) is not None
        ways |= (
            {"undo": LetGoOn(programme.id, one.id)} if is_ending else {"end": AskEnd(programme.id, one.id)}
        )
    return ways | {"all": Typing("pairs")}


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "pairs.gone", press={"all": Typing("pairs")})


# Made by hand


@pairs.on_press(AskMake)
@may(Right.ACT)
def ask_make(turn: Turn, person: Person, programme: Programme, _press: AskMake) -> Form | Message:
    """From a list, or by a name where the list would be too long to choose from."""
    mentees, mentors = _to_choose_from(turn, programme)
    if not mentees or not mentors:
        name = "pairs.no_mentee" if mentors else "pairs.no_mentor"
        return turn.say(person, name, programme=programme.name, press={"people": Typing("people")})
    if max(len(mentees), len(mentors)) > MOST_TO_CHOOSE:
        return turn.ask(person, "pairs.form_by_name", Preview(programme.id), programme=programme.name)
    choices = {"mentee": mentees, "mentor": mentors}
    return turn.ask(person, "pairs.form", Preview(programme.id), choices=choices, programme=programme.name)


def _to_choose_from(turn: Turn, programme: Programme) -> tuple[list[Choice], list[Choice]]:
    mentees = pairing.mentees_without_a_mentor(turn, programme)
    mentors = [one for one in pairing.mentors(turn, programme) if one.left]
    return (
        [Choice(str(id_), name) for id_, name in mentees],
        [Choice(str(one.id), f"{one.name} ({one.taken}/{one.capacity})") for one in mentors],
    )


@pairs.on_submit(Preview)
@may(Right.ACT)
def preview(
    turn: Turn, person: Person, programme: Programme, _press: Preview, answers: Answers
) -> Message | Mistakes:
    found = {field: _meant(turn, programme, answers[field]) for field in ("mentee", "mentor")}
    unclear = {field: "several" if ids else "nobody" for field, ids in found.items() if len(ids) != 1}
    if unclear:
        return turn.refuse(person, "pairs.form_by_name", **unclear)
    mentee_id, mentor_id = found["mentee"][0], found["mentor"][0]
    hindrance = pairing.hindrance(turn, programme, mentee_id, mentor_id)
    if hindrance:
        return turn.refuse(person, "pairs.form_by_name", mentor=hindrance.value)
    return _previewed(turn, person, programme, mentee_id, mentor_id)


def _meant(turn: Turn, programme: Programme, answer: str) -> list[int]:
    """By the id that a list sends, or by what somebody typed."""
    if answer.isascii() and answer.isdigit():
        return [int(answer)] if len(answer) < 19 else []
    return [id_ for id_, _ in roll.named(turn, programme, answer, left=False)] if answer else []


def _previewed(turn: Turn, reader: Person, programme: Programme, mentee_id: int, mentor_id: int) -> Message:
    known = roll.called(turn, (mentee_id, mentor_id))
    ready = pairing.are_ready(turn, mentee_id, mentor_id)
    met = pairing.have_met(turn, mentee_id, mentor_id)
    told = turn.prompts.phrase(reader.language, "pairs.at_once" if ready else "pairs.once_started")
    warning = turn.prompts.phrase(reader.language, "pairs.have_met") if met else ""
    return turn.say(
        reader,
        "pairs.preview",
        mentee=known[mentee_id],
        mentor=known[mentor_id],
        programme=programme.name,
        told=told,
        facts=[("warning", warning)] if warning else [],
        press={"make": Make(programme.id, mentee_id, mentor_id), "no": Typing("pairs")},
    )


@pairs.on_press(Make)
@may(Right.ACT)
def make(turn: Turn, person: Person, programme: Programme, press: Make) -> Message:
    """Looked at anew: between the preview and this press somebody else may have paired one of them."""
    hindrance = pairing.hindrance(turn, programme, press.mentee, press.mentor)
    if hindrance is Hindrance.PAIRED:
        there = pairing.earlier(turn, programme, press.mentee, press.mentor)
        one = there and list_of_pairs.one(turn, programme, there.id)
        return _card(turn, person, programme, one, "pairs.is_made") if one else _gone(turn, person)
    if hindrance:
        why = turn.prompts.phrase(person.language, HINDRANCES[hindrance])
        ways = {"make": AskMake(programme.id), "all": Typing("pairs")}
        return turn.say(person, "pairs.not_made", why=why, press=ways)
    mentee = roll.entry(turn, programme, press.mentee)
    pair = pairing.make(turn, programme, press.mentee, press.mentor, mentee.cohort if mentee else "")
    audit.record(turn, person, "pairs.did_make", programme=programme, pair=pair)
    made = list_of_pairs.one(turn, programme, pair.id)
    return _card(turn, person, programme, made, "pairs.is_made") if made else _gone(turn, person)


# Ended


def _ending(turn: Turn, pair_id: int) -> PairEnding | None:
    planned = select(PairEnding).where(PairEnding.pair_id == pair_id).with_for_update(of=PairEnding)
    return turn.db.scalar(planned.execution_options(populate_existing=True))


def _going_on(turn: Turn, programme: Programme, pair_id: int) -> Listed | None:
    pair = list_of_pairs.locked(turn, programme, pair_id)
    return list_of_pairs.one(turn, programme, pair_id) if pair and pair.ended_at is None else None


@pairs.on_press(AskEnd)
@may(Right.ACT)
def ask_end(turn: Turn, person: Person, programme: Programme, press: AskEnd) -> Message:
    one = _going_on(turn, programme, press.pair)
    if one is None:
        return _gone(turn, person)
    if _ending(turn, one.id):
        return _on_its_way(turn, person, programme, one)
    return turn.say(
        person,
        "pairs.ask_end" if one.introduced_at else "pairs.ask_end_unseen",
        pair=_both(turn, person, one),
        press={"end": End(programme.id, one.id), "keep": ShowOne(programme.id, one.id)},
    )


@pairs.on_press(End)
@may(Right.ACT)
def end(turn: Turn, person: Person, programme: Programme, press: End) -> Message:
    """In ten minutes, and however often it is pressed, once."""
    one = _going_on(turn, programme, press.pair)
    if one is None:
        return _gone(turn, person)
    if _ending(turn, one.id) is None:
        pair = turn.db.get_one(Pair, one.id)
        turn.db.add(PairEnding(pair_id=one.id, pair=pair, happen_at=turn.now + UNDO_WITHIN))
        turn.db.flush()
        audit.record(turn, person, "pairs.did_end", programme=programme, pair=pair)
    return _on_its_way(turn, person, programme, one)


def _on_its_way(turn: Turn, reader: Person, programme: Programme, one: Listed) -> Message:
    planned = _ending(turn, one.id)
    when = turn.when(reader, (planned and planned.happen_at) or turn.now)
    press = {"undo": LetGoOn(programme.id, one.id), "all": Typing("pairs")}
    return turn.say(reader, "pairs.on_its_way", pair=_both(turn, reader, one), when=when, press=press)


@pairs.on_press(LetGoOn)
@may(Right.ACT)
def let_go_on(turn: Turn, person: Person, programme: Programme, press: LetGoOn) -> Message:
    one = _going_on(turn, programme, press.pair)
    if one is None:
        return _gone(turn, person)
    planned = _ending(turn, one.id)
    if planned:
        turn.db.delete(planned)
        turn.db.flush()
        pair = turn.db.get_one(Pair, one.id)
        audit.record(turn, person, "pairs.did_put_back", programme=programme, pair=pair)
    return _card(turn, person, programme, one, "pairs.goes_on")


@pairs.when_due(PairEnding.happen_at)
def let_it_end(turn: Turn, ending: PairEnding) -> None:
    """From here on it is an end like any other."""
    pair = ending.pair
    turn.db.delete(ending)
    if pair.ended_at is None:
        pair.end_at = turn.now
