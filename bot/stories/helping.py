"""Help and the unknown: whatever somebody types or presses, they get an answer with a next step."""

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from bot import conversation, own
from bot.actions import Action, Outdated, Typing, Unplaced
from bot.calendar import local
from bot.desk import roles
from bot.desk.roles import Right
from bot.messages import Message, Part
from bot.models import Pair, Person
from bot.story import Place, Story
from bot.text import is_blank
from bot.turn import Turn

helping = Story()

HELP = Typing("help")
LEAVE = Typing("leave")
AT_DESK = ("health", "next", "pairs", "people", "match", "programme")
OFFERED = ("sessions", "actions", "goals", "ask", "pause", "mydata")


@helping.on_command("help")
def show_menu(turn: Turn, person: Person, _rest: str) -> Message:
    if person.left_at:
        return turn.say(person, "pause.has_left", press={"mydata": Typing("mydata")})
    if person.started_at is None:
        return turn.say(person, "helping.before_start", press={"start": Typing("start"), "leave": LEAVE})
    if person.paused_at:
        return _while_away(turn, person)
    if _is_between_pairs(turn, person):
        return _after_ending(turn, person)
    if roles.only_runs(turn, person):
        return show_desk(turn, person, "")
    offered = {name: Typing(name) for name in OFFERED}
    if roles.programmes(turn, person, Right.NUMBERS):
        offered |= {"desk": Typing("desk")}
    return turn.say(person, "helping.menu", press=offered)


@helping.on_command("desk", at_desk=True)
def show_desk(turn: Turn, person: Person, _rest: str) -> Message:
    """What whoever runs a programme can do."""
    if not roles.programmes(turn, person, Right.NUMBERS):
        return turn.say(person, "helping.no_desk", press={"help": HELP})
    ways = {name: Typing(name) for name in AT_DESK}
    return turn.say(person, "helping.desk", press={**ways, "mydata": Typing("mydata")})


def _after_ending(turn: Turn, person: Person) -> Message:
    return turn.say(person, "helping.after_ending", press={"mydata": Typing("mydata"), "leave": LEAVE})


@helping.on_home(Place.NOTHING)
def nothing_to_do(turn: Turn, person: Person) -> Iterator[Part]:
    if _is_between_pairs(turn, person):
        message = _after_ending(turn, person)
    else:
        press = {"ask": Typing("ask"), "goals": Typing("goals"), "help": HELP}
        message = turn.say(person, "helping.nothing_to_do", press=press)
    yield turn.part(person, "helping.next", message)


def _while_away(turn: Turn, person: Person) -> Message:
    ways = {"back": Typing("back"), "sessions": Typing("sessions"), "mydata": Typing("mydata")}
    if person.paused_until is None:
        return turn.say(person, "helping.away", press=ways)
    until = turn.when(person, local(person.paused_until, person.timezone).date())
    return turn.say(person, "helping.away_until", until=until, press=ways)


def _is_between_pairs(turn: Turn, person: Person) -> bool:
    """A pair of theirs has ended, and none is going on."""
    if person.left_at or own.pairs(turn, person):
        return False
    theirs = or_(Pair.mentor_id == person.id, Pair.mentee_id == person.id)
    return turn.db.scalar(select(Pair.id).where(theirs).limit(1)) is not None


@helping.on_words(Unplaced)
def find_a_place(turn: Turn, person: Person, unplaced: Unplaced, text: str) -> Message:
    """Nobody asked for these words. A near miss of a command is offered; anything else is kept, not lost."""
    if unplaced.guess:
        typed = turn.prompts.typed(person.language, unplaced.guess)
        return turn.say(
            person, "helping.guess", word=typed, press={"yes": Typing(unplaced.guess), "help": HELP}
        )
    if is_blank(text):
        return turn.say(person, "helping.nothing_to_keep", press={"help": HELP})
    conversation.of(turn.db, person.id).unplaced = text
    return _where_it_may_go(turn, person)


def _where_it_may_go(turn: Turn, person: Person) -> Message:
    pairs = own.pairs(turn, person)
    ways: dict[str, Action | Sequence[tuple[str, Action]]] = {}
    if any(own.upcoming(turn, pair) for pair in pairs):
        ways["keep"] = Typing("keep")
    known = [pair.partner_of(person).first_name for pair in pairs if pair.introduced_at]
    if known:
        to = known[0] if len(known) == 1 else turn.prompts.phrase(person.language, "helping.a_partner")
        ways["send"] = [(to, Typing("send it"))]
    name = "helping.unplaced" if ways else "helping.no_place"
    return turn.say(person, name, press={**ways, "help": HELP})


@helping.on_press(Outdated)
def explain_old_button(turn: Turn, person: Person, _outdated: object) -> Message:
    return turn.say(person, "helping.outdated", press={"help": HELP})
