"""The tally: counts along while a rehearsal goes on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from adapters.rehearsal.audience import REPLY, Delivered
from bot.calendar import local
from bot.happenings import Happened, Meeting
from bot.roster import Row

LIVE = "live"
QUIET = ("quiet.ask", "quiet.ask_again")
ASKED = ("prep.ask", "prep.remind")  # to meet, or in writing
HELD, MISSED, OFF = "held", "missed", "off"
ENDINGS = {"session_held": HELD, "session_missed": MISSED, "session_called_off": OFF}


@dataclass
class Record:
    """One session, as it has gone so far."""

    pair: int
    planned: Meeting  # as it was laid down first
    meeting: Meeting
    ended: str = ""  # one of ENDINGS, or nothing yet
    closed_at: datetime | None = None
    was_moved: bool = False
    asked: set[str] = field(default_factory=set)
    prepared: set[str] = field(default_factory=set)
    briefed: set[str] = field(default_factory=set)  # before it began

    @property
    def is_live(self) -> bool:
        return self.meeting.format == LIVE

    @property
    def day(self) -> date:
        """The one that the rhythm gave it, in the zone of the rhythm."""
        return local(self.planned.starts_at, self.planned.zone).date()

    @property
    def closed_the_same_day(self) -> bool:
        if self.closed_at is None:
            return False
        over, closed = (local(at, self.meeting.zone) for at in (self.meeting.ends_at, self.closed_at))
        return over.date() == closed.date()


class Tally:
    def __init__(self, rows: Sequence[Row], pairs: Mapping[int, tuple[str, str]], start: datetime) -> None:
        self.rows = {row.email: row for row in rows}
        self.pairs = pairs
        self.start = start
        self.started = 0
        self.introduced: dict[int, datetime] = {}
        self.agreed: dict[int, datetime] = {}
        self.sessions: dict[int, Record] = {}
        self.messages: Counter[tuple[str, str]] = Counter()  # by class and person
        self.names: Counter[str] = Counter()  # of what the bot started; digests, and what is in them
        self.noted: Counter[str] = Counter()  # what happened
        self.quiet: set[int] = set()  # pairs that were asked how to go on
        self.without_overlap: set[int] = set()

    def delivered(self, delivered: Delivered) -> None:
        self.messages[delivered.of_class, delivered.to] += 1
        if delivered.of_class != REPLY:
            self._count(delivered)
        if delivered.kind == "sessions.no_overlap" and delivered.pair:
            self.without_overlap.add(delivered.pair)
        for kind, session in _brought(delivered):
            record = self.sessions.get(session or 0)
            if record and kind.startswith(ASKED):
                record.asked.add(delivered.to)
            if record and kind == "prep.brief" and delivered.at < record.meeting.starts_at:
                record.briefed.add(delivered.to)

    def _count(self, delivered: Delivered) -> None:
        kinds = [(delivered.kind, delivered.pair), *((part.kind, part.pair) for part in delivered.parts)]
        self.names.update(kind for kind, _ in kinds)
        self.quiet |= {pair for kind, pair in kinds if kind in QUIET and pair}

    def happened(self, happened: Happened) -> None:
        self.noted[happened.what] += 1
        match happened.what:
            case "started":
                self.started += 1
            case "introduced":
                self.introduced[happened.pair or 0] = happened.at
            case "agreed":
                self.agreed[happened.pair or 0] = happened.at
            case _ if happened.meeting and happened.pair:
                self._note_session(happened, happened.pair, happened.meeting)

    def _note_session(self, happened: Happened, pair: int, meeting: Meeting) -> None:
        record = self.sessions.setdefault(meeting.id, Record(pair, meeting, meeting))
        record.meeting = meeting
        match happened.what:
            case "session_planned" | "session_moved":
                record.ended = ""
                record.was_moved |= happened.what == "session_moved"
            case what if what in ENDINGS:
                record.ended, record.closed_at = ENDINGS[what], happened.at
            case "prepared":
                record.prepared.add(happened.who)


def _brought(delivered: Delivered) -> Iterator[tuple[str, int | None]]:
    """The message itself, and what came within it."""
    yield delivered.kind, delivered.session
    for part in delivered.parts:
        yield part.kind, part.session
