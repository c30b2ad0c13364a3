"""From a roster: its rows as people to be matched. Who has a mentor in it keeps that mentor."""

from collections import Counter
from collections.abc import Sequence

from bot.calendar import Hours
from bot.matching.people import Participant
from bot.roster import Row


def participants(rows: Sequence[Row]) -> list[Participant]:
    taken = Counter(row.mentor for row in rows if row.mentor)
    return [
        Participant(
            id=row.email,
            is_mentee="mentee" in row.roles and not row.mentor,
            is_mentor="mentor" in row.roles,
            places=row.capacity - taken[row.email],
            wants=row.goals,
            offers=row.skills,
            stage=row.career_stage,
            languages=frozenset(row.languages or filter(None, (row.language,))),
            style=frozenset(row.style),
            contact=frozenset(row.contact),
            hours=Hours(row.timezone),
            site=row.site,
            manager=row.manager,
            past=frozenset(row.past),
            never=frozenset((*row.not_with, *row.vetoes)),
            wishes=row.wishes,
            group=row.group,
        )
        for row in rows
    ]
