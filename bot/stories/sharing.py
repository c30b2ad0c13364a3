"""Sharing: one entry of a journal is shown to a partner, as it stands and no further.

Whoever wrote it sees first what would be shown, word for word. What they change later stays with them until
they show that too, and they can stop showing it at any time.
"""

from dataclasses import dataclass

from bot import decisions, own
from bot.actions import Action, Typing
from bot.decisions import AskShare, Unshare
from bot.messages import Message
from bot.models import JournalEntry, Pair, Person
from bot.story import Story
from bot.turn import Turn

sharing = Story()


@dataclass(frozen=True)
class Share(Action, wire="sharing.share"):
    entry: int
    pair: int
    number: int  # the version that they saw when they were asked


@dataclass(frozen=True)
class RatherNot(Action, wire="sharing.rather_not"):
    entry: int


@dataclass(frozen=True)
class OpenShared(Action, wire="sharing.open_shared", keeps_card=True):
    """For the partner, as long as it is shown to them."""

    entry: int


@sharing.on_press(AskShare)
def ask_share(turn: Turn, person: Person, press: AskShare) -> Message:
    entry, pair = decisions.mine(turn, person, press.entry), own.pair(turn, person, press.pair)
    if entry is None:
        return decisions.gone(turn, person)
    if pair is None or pair.introduced_at is None:
        return decisions.as_it_stands(turn, person, entry, "journal.nobody_to_share_with")
    return turn.say(
        person,
        "sharing.ask_share",
        partner=pair.partner_of(person).first_name,
        facts=decisions.written(turn, person, entry.newest),
        press={"share": Share(entry.id, pair.id, entry.version), "no": RatherNot(entry.id)},
    )


@sharing.on_press(RatherNot)
def rather_not(turn: Turn, person: Person, press: RatherNot) -> Message:
    entry = decisions.mine(turn, person, press.entry)
    return decisions.as_it_stands(turn, person, entry) if entry else decisions.gone(turn, person)


@sharing.on_press(Share)
def share(turn: Turn, person: Person, press: Share) -> Message:
    entry, pair = decisions.mine(turn, person, press.entry), own.pair(turn, person, press.pair)
    if entry is None:
        return decisions.gone(turn, person)
    if pair is None or pair.introduced_at is None or press.number != entry.version:
        return ask_share(turn, person, AskShare(press.entry, press.pair))  # it is not what they saw
    partner = pair.partner_of(person)
    if (entry.pair_id, entry.shared_version) != (pair.id, entry.version):
        decisions.stop_sharing(turn, entry)
        _share(turn, entry, pair)
        turn.post(partner, _shown(turn, entry, partner), once=decisions.once_shown(entry), about=pair)
    return decisions.as_it_stands(turn, person, entry, "journal.shared", partner=partner.first_name)


def _share(turn: Turn, entry: JournalEntry, pair: Pair) -> None:
    entry.pair_id, entry.pair = pair.id, pair
    entry.shared_version, entry.shared_at = entry.version, turn.now
    entry.shares += 1


def _shown(turn: Turn, entry: JournalEntry, reader: Person) -> Message:
    version = decisions.version_of(entry, entry.shared_version)
    return turn.say(
        reader,
        "sharing.shown",
        partner=entry.person.first_name,
        facts=decisions.written(turn, reader, version) if version else [],
        press={"open": OpenShared(entry.id)},
    )


@sharing.on_press(OpenShared)
def open_shared(turn: Turn, person: Person, press: OpenShared) -> Message:
    entry = own.entry_shown_to(turn, person, press.entry)
    if entry is None:
        return turn.say(person, "sharing.not_shown", press={"help": Typing("help")})
    return _shown(turn, entry, person)


@sharing.on_press(Unshare)
def unshare(turn: Turn, person: Person, press: Unshare) -> Message:
    entry = decisions.mine(turn, person, press.entry)
    if entry is None:
        return decisions.gone(turn, person)
    pair = decisions.shown_in(entry)
    if pair is None:
        return decisions.as_it_stands(turn, person, entry)
    in_time = decisions.stop_sharing(turn, entry)
    return decisions.as_it_stands(
        turn,
        person,
        entry,
        "journal.unshared_in_time" if in_time else "journal.unshared",
        partner=pair.partner_of(person).first_name,
    )
