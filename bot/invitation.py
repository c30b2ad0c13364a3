"""Invitations: a session as an .ics file that calendars take in, move and take out again.

One file for one person and one session (RFC 5546): the same UID for ever, a SEQUENCE that grows with each
change, METHOD REQUEST to add or move it and CANCEL to take it out. Times are in UTC: every calendar shows
them on its owner's clock, while zone rules inside a file are read differently (Dublin, whose standard time is
in summer, came out an hour early in one). A written exchange is marked as free time and blocks nobody's days.
"""

from collections.abc import Iterable
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from bot.messages import File
from bot.models import Format, Person, Session, State
from bot.turn import Turn

ORGANISER = vCalAddress("mailto:cairn@cairn.invalid")  # nobody answers there: RFC 2606
ORGANISER.params["CN"] = vText("Cairn")


def invitations(turn: Turn, reader: Person, to: Iterable[Session]) -> list[File]:
    return [invitation(session, reader, _title(turn, reader, session), turn.now) for session in to]


def _title(turn: Turn, reader: Person, session: Session) -> str:
    partner = session.pair.partner_of(reader).first_name
    return turn.prompts.phrase(reader.language, "sessions.title", partner=partner)


def invitation(session: Session, person: Person, title: str, now: datetime) -> File:
    """The session as it stands, for this person's calendar. `title` is what they see there."""
    off = session.state != State.PLANNED
    calendar = Calendar()
    calendar.add("prodid", "-//Cairn//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "REQUEST")
    calendar.add_component(_event(session, person, title, now, off))
    name = f"session-{session.number}{'-cancelled' if off else ''}.ics"
    return File(name, f"text/calendar; method={calendar['method']}", calendar.to_ical())


def _event(session: Session, person: Person, title: str, now: datetime, off: bool) -> Event:
    event = Event()
    event.add("uid", f"session-{session.id}@cairn.invalid")
    event.add("sequence", session.version)
    event.add("dtstamp", now)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("summary", title)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if session.format == Format.ASYNC else "OPAQUE")
    event["organizer"] = ORGANISER
    event.add("attendee", _attendee(person), encode=False)
    return event


def _attendee(person: Person) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = vText(person.name)
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
