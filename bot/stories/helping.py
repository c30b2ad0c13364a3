"""Help and the unknown: whatever somebody types or presses, they get an answer with a next step."""

from sqlalchemy import or_, select

from bot import conversation, own
from bot.actions import Outdated, Typing, Unplaced
from bot.messages import Message
from bot.models import Pair, Person
from bot.story import Story
from bot.text import is_blank
from bot.turn import Turn

helping = Story()

HELP = Typing("help")
LEAVE = Typing("leave")
OFFERED = ("sessions", "actions", "goals", "ask", "pause", "mydata")


@helping.on_command("help")
def show_menu(turn: Turn, person: Person, _rest: str) -> Message:
    if _is_between_pairs(turn, person):
        return turn.say(person, "helping.after_ending", press={"mydata": Typing("mydata"), "leave": LEAVE})
    return turn.say(person, "helping.menu", press={name: Typing(name) for name in OFFERED})


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
    return turn.say(person, "helping.unplaced", press={"keep": Typing("keep"), "help": HELP})


@helping.on_press(Outdated)
def explain_old_button(turn: Turn, person: Person, _outdated: object) -> Message:
    return turn.say(person, "helping.outdated", press={"help": HELP})
