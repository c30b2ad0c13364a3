"""Digest: a press on one of its numbers opens the message itself."""

from bot import outbox
from bot.actions import Typing
from bot.digest import OpenPart
from bot.messages import Message
from bot.models import Person
from bot.story import Story
from bot.turn import Turn

digest = Story()


@digest.on_press(OpenPart)
def open_part(turn: Turn, person: Person, press: OpenPart) -> Message:
    message = outbox.part_of_digest(turn.db, person.id, press.post)
    return message or turn.say(person, "digest.gone", press={"turn": Typing("turn"), "help": Typing("help")})
