"""Agreement: each says alone how they would like to work, then both see both, and one button settles it.

What they hope for, how often and how long they meet, how soon they answer, when not to write, what stays
between them, and how either may end it kindly. It can be changed at any time, in the same way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot import course, own
from bot.actions import Action, Typing
from bot.courtesy import Kind
from bot.messages import Form, Message, Mistakes, Part, Reply
from bot.models import Pair, Person, Terms
from bot.story import Answers, Place, Story
from bot.terms import in_words, usual
from bot.text import is_blank, key
from bot.turn import Turn

agreement = Story()

FIRST_REMINDER = timedelta(days=1)
SECOND_REMINDER = timedelta(days=2)  # after the first: one day and three days after the introduction
REMINDERS = 2

NUMBERS = ("every_weeks", "minutes", "response_days")
TEXTS = ("hopes", "not_times", "between_us", "ending")
Numbers = tuple[int, int, int]  # weeks between sessions, minutes of each, working days to answer
ALLOWED = {"every_weeks": (1, 2, 3, 4), "minutes": (30, 45, 60, 90), "response_days": (1, 2, 3, 5)}


@dataclass(frozen=True)
class FillIn(Action, wire="agreement.fill_in", opens_form=True):
    pair: int


@dataclass(frozen=True)
class Send(Action, wire="agreement.send"):
    pair: int


@dataclass(frozen=True)
class Settle(Action, wire="agreement.settle"):
    """Agree to these three numbers. They are in the button, so that a press means what was read."""

    pair: int
    every_weeks: int
    minutes: int
    response_days: int


@dataclass(frozen=True)
class Look(Action, wire="agreement.look", keeps_card=True):
    pair: int


@dataclass(frozen=True)
class NotYet(Action, wire="agreement.not_yet"):
    pair: int


@agreement.when_due(Pair.remind_agreement_at)
def remind(turn: Turn, pair: Pair) -> None:
    if pair.ended_at or pair.settled_at or pair.agreement_reminders >= REMINDERS:
        return
    if course.anybody_away(turn, pair):
        pair.remind_agreement_at = turn.now + course.LOOK_AGAIN
        return
    missing = [person for person in pair.people if _terms(turn, pair, person) is None]
    for person in missing:
        _remind_one(turn, pair, person)
    for person in pair.people if not missing else ():
        turn.post(person, _both(turn, person, pair), Kind.NUDGE, newest_of=_terms_of(pair), about=pair)
    pair.agreement_reminders += 1
    if pair.agreement_reminders < REMINDERS:
        pair.remind_agreement_at = turn.now + SECOND_REMINDER


def _terms_of(pair: Pair) -> str:
    return f"terms:{pair.id}"


def _remind_one(turn: Turn, pair: Pair, person: Person) -> None:
    partner = pair.partner_of(person)
    name = "agreement.partner_waits" if _terms(turn, pair, partner) else "agreement.remind"
    message = turn.say(
        person, name, partner=partner.first_name, press={"fill": FillIn(pair.id), "later": NotYet(pair.id)}
    )
    turn.post(person, message, Kind.NUDGE, newest_of=_terms_of(pair), about=pair)


@agreement.on_press(NotYet)
def not_yet(turn: Turn, person: Person, press: NotYet) -> Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    return turn.say(person, "agreement.later", press={"fill": FillIn(pair.id)})


@agreement.on_command("agreement")
def show(turn: Turn, person: Person, partner: str) -> Reply:
    """The form while it is empty; afterwards what both said. With several partners, whose first."""
    pairs = own.pairs(turn, person)
    named = [pair for pair in pairs if key(pair.partner_of(person).name) == partner]
    pairs = named or pairs
    if not pairs:
        return turn.say(person, "agreement.no_pair", press={"help": Typing("help")})
    if len(pairs) == 1:
        return _open(turn, person, pairs[0])
    partners = [(pair.partner_of(person).name, FillIn(pair.id)) for pair in pairs]
    return turn.say(person, "agreement.which", press={"fill": partners})


def _open(turn: Turn, person: Person, pair: Pair) -> Reply:
    if _terms(turn, pair, person) is None:
        return fill_in(turn, person, FillIn(pair.id))
    if _terms(turn, pair, pair.partner_of(person)) is None:
        return _waiting(turn, person, pair)
    return _both(turn, person, pair)


@agreement.on_press(FillIn)
def fill_in(turn: Turn, person: Person, press: FillIn) -> Form | Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    return turn.ask(
        person,
        "agreement.form",
        Send(pair.id),
        given=_given(turn, pair, person),
        partner=pair.partner_of(person).first_name,
    )


def _given(turn: Turn, pair: Pair, person: Person) -> Mapping[str, str]:
    """Their own words from before, or a first draft."""
    terms = _terms(turn, pair, person)
    if terms is not None:
        return {name: str(getattr(terms, name)) for name in (*NUMBERS, *TEXTS)}
    return {"hopes": person.wish, **dict(zip(NUMBERS, map(str, usual(pair)), strict=True))}


@agreement.on_submit(Send)
def keep(turn: Turn, person: Person, sent: Send, answers: Answers) -> Message | Mistakes:
    pair = own.pair(turn, person, sent.pair)
    if pair is None:
        return _gone(turn, person, "\n\n".join(answers[name] for name in TEXTS if answers.get(name)))
    mistakes = {
        name: "choose"
        for name in NUMBERS
        if answers.get(name) not in {str(number) for number in ALLOWED[name]}
    }
    if is_blank(answers.get("hopes", "")):
        mistakes["hopes"] = "hopes"
    if mistakes:
        return turn.refuse(person, "agreement.form", **mistakes)
    _write_down(turn, pair, person, answers)
    turn.recall(person, _terms_of(pair))
    pair.touch(person, turn.now)
    if _terms(turn, pair, pair.partner_of(person)) is None:
        return _waiting(turn, person, pair)
    return _reveal(turn, person, pair)


def _write_down(turn: Turn, pair: Pair, person: Person, answers: Answers) -> None:
    terms = _terms(turn, pair, person)
    if terms is None:
        terms = Terms(pair_id=pair.id, person_id=person.id)
        turn.db.add(terms)
    for name in NUMBERS:
        setattr(terms, name, int(answers[name]))
    for name in TEXTS:
        setattr(terms, name, answers.get(name, ""))
    terms.sent_at = turn.now
    turn.db.flush()


def _waiting(turn: Turn, person: Person, pair: Pair) -> Message:
    return turn.say(
        person,
        "agreement.waiting",
        partner=pair.partner_of(person).first_name,
        press={"edit": FillIn(pair.id)},
    )


def _reveal(turn: Turn, person: Person, pair: Pair) -> Message:
    """Both have said it: both see both. Where they want the same, it is settled at once."""
    partner = pair.partner_of(person)
    same = _wanted(turn, pair, person) == _wanted(turn, pair, partner)
    if same:
        _settle(turn, pair, *_wanted(turn, pair, person))
    elif pair.settled_at is None:
        pair.agreement_reminders, pair.remind_agreement_at = 0, turn.now + FIRST_REMINDER
    turn.post(partner, _both(turn, partner, pair), newest_of=_terms_of(pair), about=pair)
    return _both(turn, person, pair)


def _both(turn: Turn, reader: Person, pair: Pair) -> Message:
    partner = pair.partner_of(reader)
    mine, theirs = _must(turn, pair, reader), _must(turn, pair, partner)
    facts = [*_said(theirs, "their"), *_said(mine, "my")]
    wanted, other = _wanted(turn, pair, reader), _wanted(turn, pair, partner)
    if pair.settled_at and wanted == other:
        return turn.say(
            reader,
            "agreement.settled",
            partner=partner.first_name,
            terms=in_words(turn, reader, *wanted),
            facts=facts,
            press={"edit": FillIn(pair.id), "sessions": Typing("sessions"), "goals": Typing("goals")},
        )
    middle = _in_the_middle(wanted, other)
    return turn.say(
        reader,
        "agreement.differ",
        partner=partner.first_name,
        mine=in_words(turn, reader, *wanted),
        theirs=in_words(turn, reader, *other),
        middle=in_words(turn, reader, *middle),
        facts=facts,
        press=_ways_to_settle(pair, middle, other),
    )


def _ways_to_settle(pair: Pair, middle: Numbers, theirs: Numbers) -> dict[str, Action]:
    ways: dict[str, Action] = {"settle": Settle(pair.id, *middle)}
    if theirs != middle:
        ways["theirs"] = Settle(pair.id, *theirs)
    return ways | {"edit": FillIn(pair.id)}


def _said(terms: Terms, whose: str) -> list[tuple[str, str]]:
    return [(f"{whose}_{name}", getattr(terms, name)) for name in TEXTS if getattr(terms, name)]


def _in_the_middle(mine: Numbers, theirs: Numbers) -> Numbers:
    """The gentler of the two: the slower rhythm, the shorter session, the longer time to answer."""
    return max(mine[0], theirs[0]), min(mine[1], theirs[1]), max(mine[2], theirs[2])


@agreement.on_press(Settle)
def settle(turn: Turn, person: Person, press: Settle) -> Message:
    """Either of them settles it; the other is told, and both may change it again."""
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if _terms(turn, pair, person) is None or _terms(turn, pair, pair.partner_of(person)) is None:
        return _waiting(turn, person, pair)
    partner = pair.partner_of(person)
    if _wanted(turn, pair, person) == _wanted(turn, pair, partner) and pair.settled_at:
        return _both(turn, person, pair)
    numbers = (press.every_weeks, press.minutes, press.response_days)
    if any(number not in ALLOWED[name] for name, number in zip(NUMBERS, numbers, strict=True)):
        return _both(turn, person, pair)
    for name, number in zip(NUMBERS, numbers, strict=True):
        setattr(_must(turn, pair, person), name, number)
        setattr(_must(turn, pair, partner), name, number)
    _settle(turn, pair, *numbers)
    turn.recall(person, _terms_of(pair))
    pair.touch(person, turn.now)
    told = turn.say(
        partner,
        "agreement.settled_by_partner",
        partner=person.first_name,
        terms=in_words(turn, partner, *numbers),
        press={"edit": FillIn(pair.id)},
    )
    turn.post(partner, told, newest_of=_terms_of(pair), about=pair)
    return turn.say(
        person,
        "agreement.settled_by_you",
        partner=partner.first_name,
        terms=in_words(turn, person, *numbers),
        press={"edit": FillIn(pair.id)},
    )


def _settle(turn: Turn, pair: Pair, every_weeks: int, minutes: int, response_days: int) -> None:
    new_rhythm = (pair.every_weeks, pair.minutes) != (every_weeks, minutes)
    pair.every_weeks, pair.minutes, pair.response_days = every_weeks, minutes, response_days
    if pair.settled_at is None:
        course.begin(turn, pair)
        turn.note("agreed", pair=pair)
        pair.suggest_draft_at = turn.now
    if pair.settled_at is None or new_rhythm:
        pair.suggest_at, pair.suggestions = turn.now, 0
    pair.settled_at = turn.now


def _wanted(turn: Turn, pair: Pair, person: Person) -> Numbers:
    terms = _must(turn, pair, person)
    return terms.every_weeks, terms.minutes, terms.response_days


def _must(turn: Turn, pair: Pair, person: Person) -> Terms:
    return turn.db.get_one(Terms, (pair.id, person.id))


def _terms(turn: Turn, pair: Pair, person: Person) -> Terms | None:
    return turn.db.get(Terms, (pair.id, person.id))


def _gone(turn: Turn, person: Person, words: str = "") -> Message:
    facts = [("yours", words)] if words else []
    return turn.say(person, "agreement.gone", facts=facts, press={"help": Typing("help")})


# On their own page


@agreement.on_home(Place.AGREEMENT)
def show_at_home(turn: Turn, person: Person) -> Iterator[Part]:
    """What they have still to say. Whoever waits for the other has nothing to do."""
    for pair in own.pairs(turn, person):
        if pair.settled_at or not pair.introduced_at:
            continue
        partner = pair.partner_of(person)
        press: dict[str, Action] = {"fill": FillIn(pair.id)}
        name = "agreement.at_home"
        if _terms(turn, pair, person) is not None:
            press, name = {"look": Look(pair.id)}, "agreement.both_at_home"
        if name == "agreement.at_home" or _terms(turn, pair, partner) is not None:
            message = turn.say(person, name, partner=partner.first_name, press=press)
            yield turn.part(person, "helping.next", message)


@agreement.on_press(Look)
def look(turn: Turn, person: Person, press: Look) -> Reply:
    pair = own.pair(turn, person, press.pair)
    return _open(turn, person, pair) if pair else _gone(turn, person)
