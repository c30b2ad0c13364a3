"""Terms: what two people have agreed on, in a few words."""

from bot import speech
from bot.models import Pair, Person, Programme, ProgrammeFormat
from bot.prompts import Prompts
from bot.turn import Turn

EARLY_CAREER, OTHERWISE = 30, 60  # minutes: shorter sessions do better early in a career


def usual(pair: Pair) -> tuple[int, int, int]:
    """What their programme suggests: weeks between sessions, minutes of each, working days to answer."""
    programme = pair.programme
    minutes = programme.minutes or (EARLY_CAREER if _is_early(pair) else OTHERWISE)
    return programme.every_weeks, minutes, programme.response_days


def _is_early(pair: Pair) -> bool:
    """Of two peers both learn."""
    learns = pair.people if is_of_peers(pair) else (pair.mentee,)
    return any(person.career_stage == "early" for person in learns)


def is_of_peers(pair: Pair) -> bool:
    """Each is the other's mentor."""
    return pair.programme.format == ProgrammeFormat.PEER


def suggested(prompts: Prompts, language: str, programme: Programme) -> str:
    """What pairs of a programme are offered to begin with, in words."""
    phrase = prompts.phrase
    by_stage = phrase(language, "agreement.length_by_stage", short=EARLY_CAREER, long=OTHERWISE)
    fixed = phrase(language, "agreement.length", minutes=programme.minutes)
    return speech.listed(
        [
            phrase(language, "agreement.rhythm", count=programme.every_weeks),
            fixed if programme.minutes else by_stage,
            phrase(language, "agreement.response", count=programme.response_days),
        ],
        language,
    )


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
