"""Meeting: a conversation of those who have just been introduced, where a platform knows them all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from bot import speech
from bot.events import Account
from bot.messages import Meet, Text
from bot.models import AccountRow, Person
from bot.turn import Turn

Accounts = Mapping[int, Sequence[AccountRow]]
"""By the id of their person, the oldest first: those that are in use."""


def accounts_of(turn: Turn, people: Iterable[Person]) -> Accounts:
    ids = {person.id for person in people}
    theirs = select(AccountRow).where(AccountRow.person_id.in_(ids), AccountRow.gone_at.is_(None))
    found: dict[int, list[AccountRow]] = defaultdict(list)
    for account in turn.db.scalars(theirs.order_by(AccountRow.id)):
        found[account.person_id].append(account)
    return found


def way_to(
    turn: Turn,
    others: Sequence[Person],
    reader: Person,
    opening: Text = (),
    accounts: Accounts | None = None,
) -> Meet | None:
    """To those of the others who have an account where the reader is written to."""
    known = accounts_of(turn, [reader, *others]) if accounts is None else accounts
    here = next((one for one in known.get(reader.id, ()) if one.id == reader.account_id), None)
    if here is None:
        return None
    beside = [(other, there) for other in others if (there := _beside(here, known.get(other.id, ())))]
    if not beside:
        return None
    names = speech.listed([other.first_name for other, _ in beside], reader.language)
    label = turn.prompts.phrase(reader.language, "intro.write_to", partner=names)
    first, *rest = [Account(there.platform, there.workspace, there.user) for _, there in beside]
    return Meet(first, label, opening, tuple(rest))


def _beside(here: AccountRow, theirs: Iterable[AccountRow]) -> AccountRow | None:
    place = (here.platform, here.workspace)
    return next((one for one in theirs if (one.platform, one.workspace) == place), None)
