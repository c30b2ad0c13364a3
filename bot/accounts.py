"""Accounts: whose they are, where somebody can be reached at present, and what a platform knows about them.

An account stays with its person. An e-mail address finds the person of an account that nobody has heard of;
it never moves an account to somebody else, and never adds a second one beside one that is in use there.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from bot import outbox, vault
from bot.calendar import known_zone
from bot.events import Account, Arrived, Profile
from bot.models import AccountRow, Person, Workspace
from bot.text import clean, key, shorten
from bot.turn import Turn

KEPT_FOR = timedelta(days=30)  # after the bot was taken out of a workspace
FORGOTTEN_AT_ONCE = 100  # people in one transaction
LONGEST_NAME = 80  # characters


def arrive(turn: Turn, event: Arrived, known: AccountRow | None) -> Person | None:
    """Returns the person, if this is their first account."""
    account = known or _new(turn, event)
    if account is None or account.person.left_at:
        return None
    account.address = event.address or account.address
    _take_profile(turn, account, event.profile)
    is_first = account.person.account_id is None
    is_here(turn, account)
    return account.person if is_first else None


def _new(turn: Turn, event: Arrived) -> AccountRow | None:
    if not event.email:
        return None
    print_ = vault.key().fingerprint(key(event.email))
    enrolled = select(Person).where(Person.email_print == print_, Person.left_at.is_(None))
    person = turn.db.scalar(enrolled.with_for_update())
    if person is None or _has_one_there(turn, person, event.who):
        return None
    who = event.who
    account = AccountRow(platform=who.platform, workspace=who.workspace, user=who.user, person=person)
    turn.db.add(account)
    turn.db.flush()
    return account


def _has_one_there(turn: Turn, person: Person, who: Account) -> bool:
    """In use. Whoever gives themselves somebody's address on a platform does not become that person."""
    theirs = (AccountRow.person_id == person.id) & AccountRow.gone_at.is_(None)
    found = select(AccountRow.id).where(theirs, _in_workspace(who)).limit(1)
    return turn.db.scalar(found) is not None


def _in_workspace(who: Account) -> ColumnElement[bool]:
    return (AccountRow.platform == who.platform) & (AccountRow.workspace == who.workspace)


# Where somebody can be reached


def reachable(turn: Turn, person: Person) -> AccountRow | None:
    """Where they are written to now, or else the newest other one."""
    here = (AccountRow.person_id == person.id) & AccountRow.gone_at.is_(None)
    in_order = (AccountRow.id == person.account_id).desc(), AccountRow.id.desc()
    return turn.db.scalars(select(AccountRow).where(here).order_by(*in_order)).first()


def is_here(turn: Turn, account: AccountRow) -> None:
    """The platform says so, or they have just done something there."""
    person = account.person
    written_to = turn.db.get(AccountRow, person.account_id) if person.account_id else None
    was_lost = written_to is not None and written_to.gone_at is not None
    if was_lost or account.gone_at:
        person.check_reach_at = turn.now
    if account.gone_at:
        account.gone_at = None
    if was_lost or written_to is None:
        person.account_id = account.id


def is_gone(turn: Turn, account: AccountRow) -> None:
    if account.gone_at:
        return
    account.gone_at = account.person.check_reach_at = turn.now
    write_where_possible(turn, account.person)


def write_where_possible(turn: Turn, person: Person) -> AccountRow | None:
    """From now on; nowhere, if all their accounts are gone."""
    account = reachable(turn, person)
    if account:
        person.account_id = account.id
    return account


# A whole workspace


def workspace_gone(turn: Turn, who: Account) -> None:
    """Nobody in it can be reached, and the time until they are forgotten begins."""
    workspace = _workspace(turn, who)
    if workspace is None:
        workspace = Workspace(platform=who.platform, workspace=who.workspace)
        turn.db.add(workspace)
    if workspace.gone_at is None:
        workspace.gone_at = workspace.tell_at = turn.now
        workspace.erase_at = turn.now + KEPT_FOR
    _change_all(turn, _in_workspace(who) & AccountRow.gone_at.is_(None), gone_at=workspace.gone_at)


def workspace_back(turn: Turn, who: Account) -> None:
    """Nobody is forgotten, and whoever was lost with it can be reached again."""
    workspace = _workspace(turn, who)
    if workspace and workspace.gone_at:
        lost_with_it = _in_workspace(who) & (AccountRow.gone_at == workspace.gone_at)
        _change_all(turn, lost_with_it, gone_at=None)
        workspace.gone_at = workspace.erase_at = None
        workspace.tell_at = turn.now


def _change_all(turn: Turn, accounts: ColumnElement[bool], gone_at: datetime | None) -> None:
    """In two statements, however many they are, and then what was read before is read again."""
    people = Person.id.in_(select(AccountRow.person_id).where(accounts))
    unseen = {"synchronize_session": False}
    turn.db.execute(update(Person).where(people).values(check_reach_at=turn.now).execution_options(**unseen))
    turn.db.execute(update(AccountRow).where(accounts).values(gone_at=gone_at).execution_options(**unseen))
    turn.db.expire_all()


def _workspace(turn: Turn, who: Account) -> Workspace | None:
    same = (Workspace.platform == who.platform) & (Workspace.workspace == who.workspace)
    return turn.db.scalar(select(Workspace).where(same).with_for_update())


def lost_with_a_workspace(turn: Turn, person: Person) -> bool:
    """And not one by one."""
    same = (Workspace.platform == AccountRow.platform) & (Workspace.workspace == AccountRow.workspace)
    theirs = (AccountRow.person_id == person.id) & Workspace.gone_at.is_not(None)
    found = select(Workspace.id).join(AccountRow, same).where(theirs).limit(1)
    return turn.db.scalar(found) is not None


# What the platform knows


def _take_profile(turn: Turn, account: AccountRow, profile: Profile) -> None:
    """Until they have confirmed their settings, what they set elsewhere counts for more than a roster."""
    person, zone = account.person, known_zone(profile.timezone)
    news = zone if zone != account.timezone else None
    moved = news and account.timezone
    account.timezone = zone or account.timezone
    if not person.name.strip():
        person.name = shorten(clean(profile.name), LONGEST_NAME)
    if person.started_at is None:
        _take_settings(turn, person, news, profile.language)
    elif moved:
        account.moved_at = turn.now


def _take_settings(turn: Turn, person: Person, zone: str | None, language: str) -> None:
    if language in turn.prompts.languages:
        person.language = language
    if zone and zone != person.timezone:
        person.timezone = zone
        outbox.look_again(turn.db, person.id, turn.now)
