"""Homes: somebody's own page at the bot, put together from what each story has to say on it.

At the top stands the one thing that is next, and never a list of them. Drawing the page changes nothing, and
what is on it is not what the person saw last: typed words never press its buttons.
"""

from collections.abc import Iterable, Iterator

from bot.messages import Home, Part
from bot.models import Person
from bot.prompts import Prompts
from bot.story import OnHome, Place
from bot.turn import Turn


def home_of(turn: Turn, person: Person, homes: Iterable[tuple[Place, OnHome]]) -> Home:
    in_order = sorted(homes, key=lambda home: home[0])
    takes_part = person.started_at and not person.left_at and not person.leave_at
    shown = [(place, tell) for place, tell in in_order if takes_part or place.is_for_all]
    next_one = _first(turn, person, [tell for place, tell in shown if place.may_be_next])
    rest = [part for place, tell in shown if not place.may_be_next for part in tell(turn, person)]
    return Home((*next_one, *rest), person.language)


def _first(turn: Turn, person: Person, tellers: Iterable[OnHome]) -> Iterator[Part]:
    for tell in tellers:
        for part in tell(turn, person):
            yield part
            return


def alone(prompts: Prompts, language: str, name: str) -> Home:
    """A page with one message and nothing else."""
    return Home((Part(prompts.phrase(language, "helping.next"), prompts.say(language, name)),), language)
