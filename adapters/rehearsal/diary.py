"""The diary: what the people in a rehearsal know of their sessions, and what nobody plans: who turns up."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from adapters.rehearsal.audience import Delivered
from bot.happenings import Happened, Meeting


class Guest(Protocol):
    def turns_up(self, meeting: Meeting) -> bool: ...


class Diary:
    def __init__(self) -> None:
        self._meetings: dict[int, Meeting] = {}
        self._pairs: dict[int, int] = {}
        self._guests: Mapping[int, Sequence[Guest]] = {}

    def is_for(self, guests: Mapping[int, Sequence[Guest]]) -> None:
        """Who belongs to which pair."""
        self._guests = guests

    def delivered(self, delivered: Delivered) -> None:
        """Nothing that would belong here."""

    def happened(self, happened: Happened) -> None:
        if happened.meeting and happened.pair:
            self._meetings[happened.meeting.id] = happened.meeting
            self._pairs[happened.meeting.id] = happened.pair

    def meeting(self, session: int) -> Meeting:
        return self._meetings[session]

    def pair(self, session: int) -> int | None:
        return self._pairs.get(session)

    def took_place(self, session: int) -> bool:
        meeting = self._meetings[session]
        return all(guest.turns_up(meeting) for guest in self._guests[self._pairs[session]])
