"""Decisions: an entry of somebody's journal, as it stands, with everything they can do about it.

Whether a partner sees it, and which version, is said here too: every card of an entry shows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import own
from bot.actions import Action, Typing
from bot.calendar import local
from bot.messages import Message
from bot.models import JournalEntry, JournalVersion, Pair, Person
from bot.story import Answers
from bot.text import shorten
from bot.turn import Turn

Buttons = dict[str, Action | Sequence[tuple[str, Action]]]

LABEL = 40  # characters of a choice on its button
LOOKED_BACK = ("happened", "tell")


@dataclass(frozen=True)
class ShowEntry(Action, wire="decisions.show_entry", keeps_card=True):
    entry: int


@dataclass(frozen=True)
class ShowVersion(Action, wire="decisions.show_version", keeps_card=True):
    entry: int
    number: int


@dataclass(frozen=True)
class ChangeEntry(Action, wire="decisions.change_entry", opens_form=True):
    entry: int


@dataclass(frozen=True)
class LookBack(Action, wire="decisions.look_back", opens_form=True):
    entry: int


@dataclass(frozen=True)
class Delete(Action, wire="decisions.delete"):
    entry: int


@dataclass(frozen=True)
class AskShare(Action, wire="decisions.ask_share", keeps_card=True):
    entry: int
    pair: int


@dataclass(frozen=True)
class Unshare(Action, wire="decisions.unshare"):
    entry: int


def mine(turn: Turn, person: Person, entry_id: int) -> JournalEntry | None:
    entry = own.entry(turn, person, entry_id)
    return entry if entry and entry.delete_at is None else None


def as_it_stands(
    turn: Turn,
    person: Person,
    entry: JournalEntry,
    name: str = "journal.one",
    *,
    partner: str = "",
    day: str = "",
) -> Message:
    version = entry.newest
    return turn.say(
        person,
        name,
        partner=partner,
        day=day,
        facts=[
            *written(turn, person, version),
            *_when(turn, person, entry, version),
            *_shared(turn, person, entry),
        ],
        press=_ways(turn, person, entry),
    )


def written(turn: Turn, reader: Person, version: JournalVersion) -> Iterator[tuple[str, str]]:
    for part in ("choice", "expect"):
        if getattr(version, part):
            yield part, getattr(version, part)
    if version.sure:
        yield "sure", turn.prompts.phrase(reader.language, "journal.per_cent", sure=version.sure)
    for part in ("know", "change", *LOOKED_BACK):
        if getattr(version, part):
            yield part, getattr(version, part)


def _when(
    turn: Turn, person: Person, entry: JournalEntry, version: JournalVersion
) -> Iterator[tuple[str, str]]:
    if entry.look_on:
        yield "day", turn.when(person, entry.look_on)
    day = turn.when(person, local(version.written_at, person.timezone).date())
    name = "journal.version" if entry.version > 1 else "journal.written"
    yield "version", turn.prompts.phrase(person.language, name, number=version.number, day=day)


def _shared(turn: Turn, person: Person, entry: JournalEntry) -> Iterator[tuple[str, str]]:
    pair = shown_in(entry)
    if pair:
        is_newest = entry.shared_version == entry.version
        yield (
            "shared",
            turn.prompts.phrase(
                person.language,
                "journal.shown_to" if is_newest else "journal.shown_an_earlier_one",
                partner=pair.partner_of(person).first_name,
                number=entry.shared_version,
            ),
        )


def _ways(turn: Turn, person: Person, entry: JournalEntry) -> Buttons:
    ways: Buttons = {"edit": ChangeEntry(entry.id), "look_back": LookBack(entry.id)}
    if entry.version > 1:
        ways["earlier"] = ShowVersion(entry.id, entry.version - 1)
    ways |= _ways_to_share(turn, person, entry)
    return ways | {"delete": Delete(entry.id)}


def _ways_to_share(turn: Turn, person: Person, entry: JournalEntry) -> Buttons:
    pair = shown_in(entry)
    if pair and entry.shared_version == entry.version:
        return {"unshare": Unshare(entry.id)}
    if pair:
        return {"share_change": AskShare(entry.id, pair.id), "unshare": Unshare(entry.id)}
    return {
        "share": [
            (pair.partner_of(person).name, AskShare(entry.id, pair.id))
            for pair in own.pairs(turn, person)
            if pair.introduced_at
        ]
    }


def called(entry: JournalEntry) -> str:
    return in_one_line(entry, LABEL)


def in_one_line(entry: JournalEntry, limit: int) -> str:
    return shorten(" ".join(entry.newest.choice.split()), limit)


def version_of(entry: JournalEntry, number: int | None) -> JournalVersion | None:
    return next((version for version in entry.versions if version.number == number), None)


def gone(turn: Turn, person: Person, answers: Answers | None = None) -> Message:
    """It is not theirs, or they have deleted it. What they typed is given back."""
    words = "\n\n".join(text for text in (answers or {}).values() if text)
    facts = [("yours", words)] if words else []
    return turn.say(person, "journal.gone", facts=facts, press={"journal": Typing("journal")})


# Who sees it


def shown_in(entry: JournalEntry) -> Pair | None:
    """Sharing ends with the pair."""
    return entry.pair if entry.pair and entry.pair.ended_at is None else None


def once_shown(entry: JournalEntry) -> str:
    return f"journal_shared:{entry.id}:{entry.shares}"


def stop_sharing(turn: Turn, entry: JournalEntry) -> bool:
    """The partner cannot open it any more; says whether it had not reached them yet."""
    if entry.pair is None:
        return False
    in_time = turn.recall(entry.pair.partner_of(entry.person), once_shown(entry))
    entry.pair_id = entry.pair = entry.shared_version = entry.shared_at = None
    return in_time
