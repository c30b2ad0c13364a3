"""Wishes: up to five mentors whom a mentee would like, the dearest first; and a mentor may rather not.

A wish counts much in a proposal and promises nothing. Each mentee sees their own wishes alone. A mentor sees
who wished for them, not how high, and whoever they would rather not be with is never told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import Action, Typing
from bot.matching import giving, wishing
from bot.matching.models import Veto, Wish
from bot.matching.people import MOST_WISHES, STAGES
from bot.messages import Choice, Form, Message, Mistakes
from bot.models import Person, Programme
from bot.prompts import Press
from bot.story import Answers, Story
from bot.text import is_blank, shorten
from bot.turn import Turn

wishes = Story()

A_PAGE = 6  # mentors
A_LINE = 200  # units, of what somebody offers
MOST_WISHERS = 8  # shown at once, with a button for each
PLACES = ("first", "second", "third", "fourth", "fifth")  # fields of the form


@dataclass(frozen=True)
class Browse(Action, wire="wishes.browse", keeps_card=True):
    programme: int
    page: int


@dataclass(frozen=True)
class Search(Action, wire="wishes.search", opens_form=True):
    programme: int


@dataclass(frozen=True)
class Find(Action, wire="wishes.find"):
    programme: int


@dataclass(frozen=True)
class WishFor(Action, wire="wishes.wish_for"):
    programme: int
    mentor: int


@dataclass(frozen=True)
class Order(Action, wire="wishes.order", opens_form=True):
    programme: int


@dataclass(frozen=True)
class SetOrder(Action, wire="wishes.set_order"):
    programme: int


@dataclass(frozen=True)
class ShowWishers(Action, wire="wishes.show_wishers", keeps_card=True):
    pass


@dataclass(frozen=True)
class RatherNot(Action, wire="wishes.rather_not"):
    mentee: int


@dataclass(frozen=True)
class FineAfterAll(Action, wire="wishes.fine_after_all"):
    mentee: int


# My wishes


@wishes.on_command("wishes")
def show(turn: Turn, person: Person, _rest: str) -> Message:
    programme = wishing.programme_of(turn, person)
    if programme:
        return _mine(turn, person, programme)
    if wishing.wishers(turn, person):
        return show_wishers(turn, person, ShowWishers())
    return turn.say(person, "wishes.nothing_here", press={"profile": Typing("profile")})


def _mine(turn: Turn, person: Person, programme: Programme) -> Message:
    there = wishing.of(turn, person, programme)
    name = "wishes.mine" if there else "wishes.none_yet"
    facts = [("wishes", _numbered(turn, person, there))] if there else []
    return turn.say(
        person, name, most=MOST_WISHES, facts=facts, press=_ways(turn, person, programme, len(there))
    )


def _numbered(turn: Turn, reader: Person, there: Sequence[Wish]) -> str:
    return "\n".join(
        f"{number}. {_line(turn, reader, wish.mentor, wish.mentor.skills)}"
        for number, wish in enumerate(there, 1)
    )


def _line(turn: Turn, reader: Person, about: Person, words: str) -> str:
    """ "Ana Byrne (senior): talks; feedback"."""
    known = about.career_stage in STAGES
    stage = giving.label(turn, reader, "stage", about.career_stage) if known else ""
    name = f"{about.name} ({stage})" if stage else about.name
    return f"{name}: {shorten(words, A_LINE)}" if words else name


def _ways(turn: Turn, person: Person, programme: Programme, number: int) -> Press:
    ways: dict[str, Action] = {}
    if number < MOST_WISHES:
        ways |= {"browse": Browse(programme.id, 0), "search": Search(programme.id)}
    if number:
        ways["order"] = Order(programme.id)
    if wishing.wishers(turn, person):
        ways["wishers"] = ShowWishers()
    return ways


# Whom there is to wish for


@wishes.on_press(Browse)
def browse(turn: Turn, person: Person, press: Browse) -> Message:
    programme = wishing.programme_of(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    people = wishing.mentors(turn, person, programme)
    page = min(max(press.page, 0), max(len(people) - 1, 0) // A_PAGE)
    shown = people[page * A_PAGE : (page + 1) * A_PAGE]
    if not shown:
        return turn.say(person, "wishes.nobody_has_room", press={"profile": Typing("profile")})
    return _choose(turn, person, programme, shown, page + 1 if (page + 1) * A_PAGE < len(people) else 0)


def _choose(turn: Turn, person: Person, programme: Programme, shown: Sequence[Person], more: int) -> Message:
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {
        "wish": [(one.name, WishFor(programme.id, one.id)) for one in shown]
    }
    if more:
        ways["more"] = Browse(programme.id, more)
    lines = [_line(turn, person, one, one.skills) for one in shown]
    return turn.say(
        person,
        "wishes.choose",
        facts=[("mentors", "\n".join(lines))],
        press={**ways, "search": Search(programme.id), "wishes": Typing("wishes")},
    )


@wishes.on_press(Search)
def search(turn: Turn, person: Person, press: Search) -> Form | Message:
    programme = wishing.programme_of(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    return turn.ask(person, "wishes.search_form", Find(programme.id))


@wishes.on_submit(Find)
def find(turn: Turn, person: Person, sent: Find, answers: Answers) -> Message | Mistakes:
    programme = wishing.programme_of(turn, person, sent.programme)
    if programme is None:
        return _gone(turn, person)
    if is_blank(answers["what"]):
        return browse(turn, person, Browse(programme.id, 0))
    people = wishing.about(wishing.mentors(turn, person, programme), answers["what"])
    if not people:
        ways = {"browse": Browse(programme.id, 0), "search": Search(programme.id)}
        return turn.say(person, "wishes.not_found", press=ways)
    return _choose(turn, person, programme, people[:A_PAGE], 0)


@wishes.on_press(WishFor)
def wish_for(turn: Turn, person: Person, press: WishFor) -> Message:
    programme = wishing.programme_of(turn, person, press.programme)
    if programme is None:
        return _gone(turn, person)
    there = wishing.mentors(turn, person, programme)
    mentor = next((one for one in there if one.id == press.mentor), None)
    if mentor is None:
        return turn.say(person, "wishes.has_no_room", press={"browse": Browse(programme.id, 0)})
    name = "wishes.kept" if wishing.add(turn, person, programme, mentor) else "wishes.full"
    turn.db.flush()
    theirs = wishing.of(turn, person, programme)
    return turn.say(
        person,
        name,
        most=MOST_WISHES,
        facts=[("wishes", _numbered(turn, person, theirs))],
        press=_ways(turn, person, programme, len(theirs)),
    )


@wishes.on_press(Order)
def order(turn: Turn, person: Person, press: Order) -> Form | Message:
    programme = wishing.programme_of(turn, person, press.programme)
    there = wishing.of(turn, person, programme) if programme else ()
    if programme is None or not there:
        return _gone(turn, person)
    fields = PLACES[: len(there)]
    nobody = turn.prompts.phrase(person.language, "wishes.nobody")
    people = [*(Choice(str(wish.mentor_id), wish.mentor.name) for wish in there), Choice("0", nobody)]
    held = {field: str(wish.mentor_id) for field, wish in zip(fields, there, strict=True)}
    every = dict.fromkeys(fields, people)
    return turn.ask(
        person, "wishes.order_form", SetOrder(programme.id), given=held, choices=every, only=fields
    )


@wishes.on_submit(SetOrder)
def set_order(turn: Turn, person: Person, sent: SetOrder, answers: Answers) -> Message:
    programme = wishing.programme_of(turn, person, sent.programme)
    if programme is None:
        return _gone(turn, person)
    theirs = {str(wish.mentor_id) for wish in wishing.of(turn, person, programme)}
    chosen = [answers[field] for field in PLACES if answers[field] in theirs]
    wishing.keep_only(turn, person, programme, [int(one) for one in dict.fromkeys(chosen)])
    turn.db.flush()
    return _mine(turn, person, programme)


# Who wishes for me


@wishes.on_press(ShowWishers)
def show_wishers(turn: Turn, person: Person, _press: ShowWishers) -> Message:
    people = wishing.wishers(turn, person)
    if not people:
        return turn.say(person, "wishes.nobody_wishes", press={"profile": Typing("profile")})
    against = wishing.vetoes(turn, person)
    fine = [one for one in people if one.id not in against]
    not_fine = [one for one in people if one.id in against]
    ways: Press = {
        "rather_not": [(one.name, RatherNot(one.id)) for one in fine[:MOST_WISHERS]],
        "fine": [(one.name, FineAfterAll(one.id)) for one in not_fine[:MOST_WISHERS]],
    }
    facts = [
        (label, _who(turn, person, some))
        for label, some in (("people", fine), ("not_with", not_fine))
        if some
    ]
    return turn.say(person, "wishes.for_me", facts=facts, press=ways)


def _who(turn: Turn, reader: Person, people: Sequence[Person]) -> str:
    lines = [_line(turn, reader, one, one.goals) for one in people[:MOST_WISHERS]]
    if len(people) > MOST_WISHERS:
        count = len(people) - MOST_WISHERS
        lines.append(turn.prompts.phrase(reader.language, "wishes.and_more", count=count))
    return "\n".join(lines)


@wishes.on_press(RatherNot)
def rather_not(turn: Turn, person: Person, press: RatherNot) -> Message:
    mentee = _wisher(turn, person, press.mentee)
    if mentee is None:
        return _gone(turn, person)
    if mentee.id not in wishing.vetoes(turn, person):
        turn.db.add(Veto(mentor_id=person.id, mentee_id=mentee.id))
    ways = {"undo": FineAfterAll(mentee.id), "wishers": ShowWishers()}
    return turn.say(person, "wishes.left_out", name=mentee.name, press=ways)


@wishes.on_press(FineAfterAll)
def fine_after_all(turn: Turn, person: Person, press: FineAfterAll) -> Message:
    mentee = _wisher(turn, person, press.mentee)
    if mentee is None:
        return _gone(turn, person)
    veto = turn.db.get(Veto, (person.id, mentee.id))
    if veto:
        turn.db.delete(veto)
    ways = {"undo": RatherNot(mentee.id), "wishers": ShowWishers()}
    return turn.say(person, "wishes.fine_again", name=mentee.name, press=ways)


def _wisher(turn: Turn, mentor: Person, mentee_id: int) -> Person | None:
    return next((one for one in wishing.wishers(turn, mentor) if one.id == mentee_id), None)


def _gone(turn: Turn, person: Person) -> Message:
    return turn.say(person, "wishes.gone", press={"wishes": Typing("wishes"), "profile": Typing("profile")})
