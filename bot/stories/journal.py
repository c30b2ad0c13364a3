"""Journal: a decision as it looked when it was made, for whoever makes it and for nobody else.

They write down what they choose, what they expect and how sure they are. On the day that they chose it comes
back to them, without judgement, and they write what happened beside it. Nothing is written over: every change
keeps what was there before. How one of them is shown to a partner is in sharing.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import regex

from bot import decisions, own
from bot.actions import Action, Typing
from bot.away import UNDO_WITHIN
from bot.calendar import local, moment
from bot.dates import a_day
from bot.decisions import LOOKED_BACK, Buttons, ChangeEntry, Delete, LookBack, ShowEntry, ShowVersion
from bot.messages import Form, Message, Mistakes, Reply
from bot.models import JournalEntry, JournalVersion, Person
from bot.story import Answers, Story
from bot.text import is_blank, key, shorten
from bot.turn import Turn

journal = Story()


MOST_BUTTONS = 8
LONGEST_CHOICE = 1000  # characters, see the form
LINE = 120  # and in the list
WRITTEN = ("choice", "expect", "know", "change")  # when it is decided
PARTS = (*WRITTEN, "sure", *LOOKED_BACK)

_SURE = regex.compile(r"(?P<number>\d{1,3})\s*(?:%|percent|per cent|prozent)?")


@dataclass(frozen=True)
class WriteOne(Action, wire="journal.write_one", opens_form=True):
    pass


@dataclass(frozen=True)
class KeepOne(Action, wire="journal.keep_one"):
    pass


@dataclass(frozen=True)
class ShowOlder(Action, wire="journal.show_older", keeps_card=True):
    than: int


@dataclass(frozen=True)
class KeepChange(Action, wire="journal.keep_change"):
    entry: int


@dataclass(frozen=True)
class KeepLook(Action, wire="journal.keep_look"):
    entry: int


@dataclass(frozen=True)
class AnotherDay(Action, wire="journal.another_day", opens_form=True):
    entry: int


@dataclass(frozen=True)
class SetDay(Action, wire="journal.set_day"):
    entry: int


@dataclass(frozen=True)
class CloseEntry(Action, wire="journal.close_entry"):
    entry: int


@dataclass(frozen=True)
class KeepAfterAll(Action, wire="journal.keep_after_all"):
    entry: int


# All of them


@journal.on_command("journal")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    entries = own.entries(turn, person)
    if not entries:
        return turn.say(person, "journal.nothing_yet", press={"write": WriteOne()})
    return _list(turn, person, entries)


@journal.on_press(ShowOlder)
def show_older(turn: Turn, person: Person, press: ShowOlder) -> Message:
    older = [entry for entry in own.entries(turn, person) if entry.id < press.than]
    return _list(turn, person, older) if older else show_all(turn, person, "")


def _list(turn: Turn, person: Person, entries: Sequence[JournalEntry]) -> Message:
    shown = entries[:MOST_BUTTONS]
    ways: Buttons = {"entry": [(decisions.called(entry), ShowEntry(entry.id)) for entry in shown]}
    if len(entries) > len(shown):
        ways["older"] = ShowOlder(shown[-1].id)
    return turn.say(
        person,
        "journal.list",
        facts=[("entries", "\n".join(_line(turn, person, entry) for entry in shown))],
        press={**ways, "write": WriteOne()},
    )


def _line(turn: Turn, person: Person, entry: JournalEntry) -> str:
    return turn.prompts.phrase(
        person.language,
        "journal.line_again" if entry.look_on else "journal.line",
        choice=decisions.in_one_line(entry, LINE),
        written=turn.when(person, local(entry.made_at, person.timezone).date()),
        day=turn.when(person, entry.look_on) if entry.look_on else "",
    )


# One of them


@journal.on_press(ShowEntry)
def show_one(turn: Turn, person: Person, press: ShowEntry) -> Message:
    entry = decisions.mine(turn, person, press.entry)
    return decisions.as_it_stands(turn, person, entry) if entry else decisions.gone(turn, person)


@journal.on_press(ShowVersion)
def show_version(turn: Turn, person: Person, press: ShowVersion) -> Message:
    entry = decisions.mine(turn, person, press.entry)
    version = decisions.version_of(entry, press.number) if entry else None
    if entry is None or version is None:
        return decisions.gone(turn, person)
    if version.number == entry.version:
        return decisions.as_it_stands(turn, person, entry)
    ways: Buttons = {"earlier": ShowVersion(entry.id, version.number - 1)} if version.number > 1 else {}
    return turn.say(
        person,
        "journal.earlier",
        number=version.number,
        day=turn.when(person, local(version.written_at, person.timezone).date()),
        facts=decisions.written(turn, person, version),
        press={**ways, "newest": ShowEntry(entry.id)},
    )


# Write one


@journal.on_press(WriteOne)
def write_one(turn: Turn, person: Person, _press: WriteOne) -> Form:
    return turn.ask(person, "journal.form", KeepOne())


@journal.on_point("journal")
def write_about(turn: Turn, person: Person, text: str) -> Form:
    """A message elsewhere, to begin with. It is kept when they send the form, and not before."""
    return turn.ask(person, "journal.form", KeepOne(), given={"choice": shorten(text, LONGEST_CHOICE)})


@journal.on_submit(KeepOne)
def keep_one(turn: Turn, person: Person, _sent: KeepOne, answers: Answers) -> Message | Mistakes:
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    parts = _parts(answers)
    entry = _said_before(turn, person, parts) or _new(turn, person, parts)
    _plan(turn, entry, _day(turn, person, answers))
    return _kept(turn, person, entry)


def _kept(turn: Turn, person: Person, entry: JournalEntry) -> Message:
    if entry.look_on is None:
        return decisions.as_it_stands(turn, person, entry, "journal.kept")
    day = turn.when(person, entry.look_on)
    return decisions.as_it_stands(turn, person, entry, "journal.kept_until", day=day)


def _mistakes(turn: Turn, person: Person, answers: Answers) -> Mistakes | None:
    wrong = turn.prompts.too_long(person.language, "journal.form", answers)
    if is_blank(answers.get("choice", "")):
        wrong["choice"] = "choice"
    if answers.get("sure") and not _sure(answers):
        wrong["sure"] = "sure"
    if answers.get("again") and _day(turn, person, answers) is None:
        wrong["again"] = "day"
    return turn.refuse(person, "journal.form", **wrong) if wrong else None


def _sure(answers: Answers) -> str:
    """Between 0 and 100, however they write it: "80", "80 %", "80 Prozent"."""
    found = _SURE.fullmatch(key(answers.get("sure", "")))
    return str(int(found["number"])) if found and int(found["number"]) <= 100 else ""


def _day(turn: Turn, person: Person, answers: Answers) -> date | None:
    today = turn.today(person)
    day = a_day(answers.get("again", ""), person.language, today)
    return day if day and day > today else None


def _parts(answers: Answers) -> Mapping[str, str]:
    return {part: answers.get(part, "") for part in WRITTEN} | {"sure": _sure(answers)}


def _said_before(turn: Turn, person: Person, parts: Mapping[str, str]) -> JournalEntry | None:
    """The newest, if it is this one: a form that was sent twice is one decision."""
    newest = next(iter(own.entries(turn, person)), None)
    return newest if newest and newest.version == 1 and not _differs(newest.newest, parts) else None


def _differs(version: JournalVersion, parts: Mapping[str, str]) -> bool:
    return any(getattr(version, part) != text for part, text in parts.items())


def _new(turn: Turn, person: Person, parts: Mapping[str, str]) -> JournalEntry:
    entry = JournalEntry(person_id=person.id, person=person, made_at=turn.now, version=0, looks=0, shares=0)
    turn.db.add(entry)
    _write_down(turn, entry, parts)
    return entry


def _write_down(turn: Turn, entry: JournalEntry, parts: Mapping[str, str]) -> bool:
    """A new version of what they changed, and whether there is one."""
    before = entry.newest if entry.versions else None
    if before and not _differs(before, parts):
        return False
    entry.version += 1
    whole = {part: getattr(before, part) for part in PARTS} if before else {}
    version = JournalVersion(number=entry.version, written_at=turn.now)
    for part, text in {**whole, **parts}.items():
        setattr(version, part, text)
    entry.versions.append(version)
    turn.db.flush()
    return True


def _plan(turn: Turn, entry: JournalEntry, day: date | None) -> None:
    """It comes back in the morning of that day, or of the next one on which they work."""
    entry.look_on = day
    entry.look_at = _morning_of(entry.person, day) if day else None


def _morning_of(person: Person, day: date) -> datetime:
    return moment(datetime.combine(day, person.day_starts), person.timezone)


# Change it


@journal.on_press(ChangeEntry)
def ask_change(turn: Turn, person: Person, press: ChangeEntry) -> Form | Message:
    entry = decisions.mine(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    held = {part: getattr(entry.newest, part) for part in (*WRITTEN, "sure")}
    again = {"again": str(entry.look_on)} if entry.look_on else {}
    return turn.ask(person, "journal.form", KeepChange(entry.id), given=held | again)


@journal.on_submit(KeepChange)
def keep_change(turn: Turn, person: Person, sent: KeepChange, answers: Answers) -> Message | Mistakes:
    entry = decisions.mine(turn, person, sent.entry)
    if entry is None:
        return decisions.gone(turn, person, answers)
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    is_new = _write_down(turn, entry, _parts(answers))
    day = _day(turn, person, answers)
    if day != entry.look_on:
        _plan(turn, entry, day)
    return decisions.as_it_stands(turn, person, entry, "journal.changed" if is_new else "journal.one")


# On its day


@journal.when_due(JournalEntry.look_at)
def bring_back(turn: Turn, entry: JournalEntry) -> None:
    """They chose the day, so it is an appointment with themselves."""
    person, version = entry.person, entry.newest
    if entry.delete_at or person.left_at:
        return
    entry.look_on = None
    entry.looks += 1
    message = turn.say(
        person,
        "journal.look_again" if version.sure else "journal.look_again_unsure",
        written=turn.when(person, local(entry.made_at, person.timezone).date()),
        sure=version.sure,
        facts=decisions.written(turn, person, version),
        press={
            "look_back": LookBack(entry.id),
            "another_day": AnotherDay(entry.id),
            "close": CloseEntry(entry.id),
        },
    )
    turn.post(person, message, once=_look(entry))


def _look(entry: JournalEntry) -> str:
    return f"journal_look:{entry.id}:{entry.looks}"


@journal.on_press(LookBack)
def look_back(turn: Turn, person: Person, press: LookBack) -> Form | Message:
    entry = decisions.mine(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    held = {part: getattr(entry.newest, part) for part in LOOKED_BACK}
    again = {"again": str(entry.look_on)} if entry.look_on else {}
    return turn.ask(
        person, "journal.look_form", KeepLook(entry.id), given=held | again, choice=decisions.called(entry)
    )


@journal.on_submit(KeepLook)
def keep_look(turn: Turn, person: Person, sent: KeepLook, answers: Answers) -> Reply:
    entry = decisions.mine(turn, person, sent.entry)
    if entry is None:
        return decisions.gone(turn, person, answers)
    day = _day(turn, person, answers)
    if answers.get("again") and day is None:
        return turn.refuse(person, "journal.look_form", again="day")
    too_long = turn.prompts.too_long(person.language, "journal.look_form", answers)
    if too_long:
        return turn.refuse(person, "journal.look_form", **too_long)
    is_new = _write_down(turn, entry, {part: answers.get(part, "") for part in LOOKED_BACK})
    if not is_new and day is None:
        return turn.refuse(person, "journal.look_form", happened="happened")
    _plan(turn, entry, day)
    return _kept(turn, person, entry)


@journal.on_press(AnotherDay)
def ask_day(turn: Turn, person: Person, press: AnotherDay) -> Form | Message:
    entry = decisions.mine(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    return turn.ask(person, "journal.day_form", SetDay(entry.id), choice=decisions.called(entry))


@journal.on_submit(SetDay)
def set_day(turn: Turn, person: Person, sent: SetDay, answers: Answers) -> Message | Mistakes:
    entry = decisions.mine(turn, person, sent.entry)
    if entry is None:
        return decisions.gone(turn, person)
    day = _day(turn, person, answers)
    if day is None:
        return turn.refuse(person, "journal.day_form", again="day")
    _plan(turn, entry, day)
    return _kept(turn, person, entry)


@journal.on_press(CloseEntry)
def close(turn: Turn, person: Person, press: CloseEntry) -> Message:
    entry = decisions.mine(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    _plan(turn, entry, None)
    return turn.say(
        person,
        "journal.closed",
        press={"another_day": AnotherDay(entry.id), "journal": Typing("journal")},
    )


# Delete it


@journal.on_press(Delete)
def delete(turn: Turn, person: Person, press: Delete) -> Message:
    entry = own.entry(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    was_shown = decisions.shown_in(entry)
    in_time = decisions.stop_sharing(turn, entry)
    turn.recall(person, _look(entry))
    entry.delete_at = entry.delete_at or turn.now + UNDO_WITHIN
    return turn.say(
        person,
        "journal.deleted_and_shared" if was_shown and not in_time else "journal.deleted",
        when=turn.when(person, entry.delete_at),
        partner=was_shown.partner_of(person).first_name if was_shown else "",
        press={"undo": KeepAfterAll(entry.id), "journal": Typing("journal")},
    )


@journal.on_press(KeepAfterAll)
def keep_after_all(turn: Turn, person: Person, press: KeepAfterAll) -> Message:
    entry = own.entry(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    entry.delete_at = None
    if entry.look_on and entry.look_at is None:
        entry.look_at = turn.now  # its day came meanwhile
    return decisions.as_it_stands(turn, person, entry, "journal.kept_after_all")


@journal.when_due(JournalEntry.delete_at)
def forget(turn: Turn, entry: JournalEntry) -> None:
    turn.db.delete(entry)
