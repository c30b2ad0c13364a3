"""Rosters for the benchmark of the matching: made up by a seed, with the habits of real ones.

Few skills are wanted by many, offices are in few zones, most people speak English, some have a manager among
the mentors, and who was a pair before suited each other.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

from bot.calendar import Hours
from bot.matching.people import CONTACTS, STYLES, Participant, Rules

RULES = Rules(date(2026, 1, 1))

ABOUT = (
    "people product project data cloud career stakeholder team budget change risk customer sales brand "
    "research design security platform mobile frontend"
)
DOING = (
    "management strategy analysis leadership planning architecture writing speaking negotiation mentoring "
    "testing automation operations hiring"
)
ZONES = (
    "America/Denver",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Warsaw",
    "Africa/Nairobi",
    "Africa/Lagos",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


def roster(mentees: int, mentors: int, seed: int) -> list[Participant]:
    chance = Random(f"{mentees} {mentors} {seed}")
    skills = chance.sample([f"{about} {doing}" for about in ABOUT.split() for doing in DOING.split()], 120)
    likely = [1 / (n + 5) for n in range(len(skills))]
    offering: dict[str, list[str]] = defaultdict(list)
    people = []
    for n in range(mentors):
        offers = tuple(dict.fromkeys(chance.choices(skills, likely, k=chance.randint(2, 6))))
        for skill in offers:
            offering[skill].append(f"mentor{n}@example.org")
        stage = chance.choice(("mid", "senior", "senior"))
        places = chance.choice((1, 2, 3))
        mentor = Participant(
            is_mentor=True, places=places, offers=offers, stage=stage, **_anybody(chance, f"mentor{n}")
        )
        people.append(mentor)
    return people + [_mentee(chance, n, mentors, skills, likely, offering) for n in range(mentees)]


def _mentee(
    chance: Random,
    n: int,
    mentors: int,
    skills: Sequence[str],
    likely: Sequence[float],
    offering: dict[str, list[str]],
) -> Participant:
    wants = tuple(dict.fromkeys(chance.choices(skills, likely, k=chance.randint(1, 4))))
    suiting = offering[wants[0]] or ["nobody@example.org"]
    manager = f"mentor{chance.randrange(mentors)}@example.org" if chance.random() < 0.2 else ""
    return Participant(
        is_mentee=True,
        wants=wants,
        stage=chance.choice(("early", "early", "mid")),
        manager=manager,
        past=frozenset(chance.sample(suiting, 1) if chance.random() < 0.3 else ()),
        never=frozenset(chance.sample(suiting, 1) if chance.random() < 0.05 else ()),
        wishes=tuple(dict.fromkeys(chance.choices(suiting, k=chance.choice((0, 0, 1, 3))))),
        group=chance.choice(("x", "y")),
        **_anybody(chance, f"mentee{n}"),
    )


def _anybody(chance: Random, name: str) -> dict[str, Any]:
    others = chance.sample(("de", "es", "fr", "pt"), chance.choice((0, 1, 1)))
    return {
        "id": f"{name}@example.org",
        "languages": frozenset(others if others and chance.random() < 0.1 else ["en", *others]),
        "style": frozenset(chance.sample(STYLES, chance.choice((0, 1, 2)))),
        "contact": frozenset(chance.sample(CONTACTS, chance.choice((0, 1, 2)))),
        "hours": Hours(chance.choice(ZONES)),
        "site": chance.choice("ABCDEFGH"),
    }
