"""Terms: what two people have agreed on, in a few words."""

from bot import speech
from bot.models import Person
from bot.turn import Turn


def in_words(turn: Turn, reader: Person, every_weeks: int, minutes: int, response_days: int) -> str:
    phrase = turn.prompts.phrase
    return speech.listed(
        [
            phrase(reader.language, "agreement.rhythm", count=every_weeks),
            phrase(reader.language, "agreement.length", minutes=minutes),
            phrase(reader.language, "agreement.response", count=response_days),
        ],
        reader.language,
    )
