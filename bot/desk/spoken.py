"""Spoken: numbers of a programme as people read them, with their interval, and never about fewer than five.

A share of people or pairs is not counted out where it, or what is left of it, is smaller than that. A share
of what was done (sessions, answers) is counted out where it was done by at least as many.
"""

from bot import statistics
from bot.desk import disclosure
from bot.desk.metrics import Number
from bot.models import Person
from bot.outcomes.figures import Figures
from bot.turn import Turn

FEW = 20  # of fewer, a percentage that is exact pretends to know more than it does
COARSE = 5  # per cent
IN_DAYS = 48  # hours, and more


def share(turn: Turn, reader: Person, number: Number, k: int, *, of_people: bool) -> str:
    """ "41 of 52 (79 %, probably between 66 and 88 %)", or as much of it as may be said."""
    phrase, language = turn.prompts.phrase, reader.language
    if number.whole == 0:
        return phrase(language, "numbers.none_yet")
    if number.people < k:
        return phrase(language, "numbers.too_few", smallest=k)
    if of_people and number.part < k:
        return phrase(language, "numbers.few_of", smallest=k, whole=number.whole)
    if of_people and number.whole - number.part < k:
        return phrase(language, "numbers.nearly_all", smallest=k, whole=number.whole)
    return _with_interval(turn, reader, number)


def duration(turn: Turn, reader: Person, number: Number, k: int) -> str:
    """ "half of 24 within 3 days": a median, in hours up to two days."""
    phrase, language = turn.prompts.phrase, reader.language
    if number.whole == 0:
        return phrase(language, "numbers.none_yet")
    if number.people < k:
        return phrase(language, "numbers.too_few", smallest=k)
    hours = max(1, number.part)
    if hours < IN_DAYS:
        return phrase(language, "numbers.half_in_hours", count=hours, whole=number.whole)
    return phrase(language, "numbers.half_in_days", count=round(hours / 24), whole=number.whole)


def score(turn: Turn, reader: Person, number: Number, k: int) -> str:
    """ "+42 of 100 (probably between +7 and +68), 31 people answered", see recommended.py."""
    if not disclosure.is_large_on_every_side(number, k):
        return turn.prompts.phrase(reader.language, "numbers.no_score")
    found, figures = statistics.balance(number.part, number.whole), Figures(reader.language)
    step = COARSE if number.whole < FEW else 1
    return turn.prompts.phrase(
        reader.language,
        "numbers.score",
        value=figures.points(round(100 * found.value / step) * step / 100),
        low=figures.points(found.low),
        high=figures.points(found.high),
        whole=number.whole,
    )


def _with_interval(turn: Turn, reader: Person, number: Number) -> str:
    found = statistics.proportion(number.part, number.whole)
    low, high = (found.low, found.high) if found else (0.0, 1.0)
    return turn.prompts.phrase(
        reader.language,
        "numbers.share",
        part=number.part,
        whole=number.whole,
        percent=percent(number),
        low=round(100 * low),
        high=round(100 * high),
    )


def percent(number: Number) -> int:
    step = COARSE if number.whole < FEW else 1
    return round(100 * number.part / number.whole / step) * step
