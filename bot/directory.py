"""Directory: who takes part, as plain values, for those who may not know the tables."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from bot import speech, vault
from bot.bot import Bot
from bot.courtesy import Kind, Recipient, Send, may_send
from bot.events import Account
from bot.models import AccountRow, Enrolment, Pair, Person, Role
from bot.text import key


@dataclass(frozen=True, kw_only=True)
class Listed:
    id: int
    name: str
    email: str = field(repr=False)
    roles: tuple[str, ...]
    timezone: str
    city: str
    language: str
    partners: tuple[int, ...]  # whom they are paired with, and at the end whom they were
    accounts: tuple[Account, ...]
    quiet: str  # why nothing would be brought to them at this moment, see courtesy.Reason; or nothing


def everyone(bot: Bot) -> list[Listed]:
    """All who can be found by an e-mail address, in the order of their names."""
    with bot.open_transaction.begin() as db:
        roles, partners, accounts = _roles(db), _partners(db), _accounts(db)
        people = db.scalars(select(Person).where(Person.email_sealed.is_not(None)).order_by(Person.name))
        return [
            Listed(
                id=person.id,
                name=person.name,
                email=person.email,
                roles=tuple(sorted(roles[person.id])),
                timezone=person.timezone,
                city=speech.zone(person.timezone),
                language=person.language,
                partners=tuple(partners[person.id]),
                accounts=tuple(accounts[person.id]),
                quiet=_quiet(bot, person),
            )
            for person in people
        ]


def _roles(db: Transaction) -> Mapping[int, set[str]]:
    roles: defaultdict[int, set[str]] = defaultdict(set)
    for person_id, role in db.execute(select(Enrolment.person_id, Enrolment.role)):
        roles[person_id].add(role)
    for mentor_id, mentee_id in db.execute(select(Pair.mentor_id, Pair.mentee_id)):
        roles[mentor_id].add(Role.MENTOR)
        roles[mentee_id].add(Role.MENTEE)
    return roles


def _partners(db: Transaction) -> Mapping[int, list[int]]:
    partners: defaultdict[int, list[int]] = defaultdict(list)
    pairs = select(Pair.mentor_id, Pair.mentee_id).order_by(Pair.ended_at.is_not(None), Pair.id)
    for mentor_id, mentee_id in db.execute(pairs):
        partners[mentor_id].append(mentee_id)
        partners[mentee_id].append(mentor_id)
    return partners


def _accounts(db: Transaction) -> Mapping[int, list[Account]]:
    accounts: defaultdict[int, list[Account]] = defaultdict(list)
    for row in db.scalars(select(AccountRow).order_by(AccountRow.id)):
        accounts[row.person_id].append(Account(row.platform, row.workspace, row.user))
    return accounts


# What an adapter needs that looks for people, or says again who they are


def unannounced(bot: Bot, platform: str) -> list[tuple[int, str]]:
    """Id and e-mail of everybody who takes part and has never had an account on this platform."""
    here = select(AccountRow.person_id).where(AccountRow.platform == platform)
    missing = (
        select(Person)
        .where(Person.id.in_(select(Enrolment.person_id)), Person.left_at.is_(None))
        .where(Person.id.not_in(here), Person.email_sealed.is_not(None))
    )
    with bot.open_transaction.begin() as db:
        return [(person.id, person.email) for person in db.scalars(missing.order_by(Person.id))]


def accounts(bot: Bot, platform: str) -> list[Account]:
    """All that are in use there."""
    columns = AccountRow.platform, AccountRow.workspace, AccountRow.user
    there = (AccountRow.platform == platform) & AccountRow.gone_at.is_(None)
    known = select(*columns).where(there).order_by(AccountRow.id)
    with bot.open_transaction.begin() as db:
        return [Account(*row) for row in db.execute(known)]


def address_of(bot: Bot, account: Account) -> str:
    """Where to write to them, as their adapter has said it; empty, if it never has, or they are gone."""
    same = (AccountRow.workspace == account.workspace) & (AccountRow.user == account.user)
    here = (AccountRow.platform == account.platform) & AccountRow.gone_at.is_(None)
    with bot.open_transaction.begin() as db:
        return db.scalar(select(AccountRow.address).where(here, same)) or ""


def is_written_to_at(bot: Bot, account: Account) -> bool:
    """Somebody with several accounts is written to where they spoke last."""
    same = (AccountRow.workspace == account.workspace) & (AccountRow.user == account.user)
    chosen = (AccountRow.platform == account.platform) & (Person.account_id == AccountRow.id)
    with bot.open_transaction.begin() as db:
        found = select(Person.id).join(AccountRow, AccountRow.person_id == Person.id).where(chosen, same)
        return db.scalar(found) is not None


def is_known(bot: Bot, account: Account) -> bool:
    same = (AccountRow.workspace == account.workspace) & (AccountRow.user == account.user)
    with bot.open_transaction.begin() as db:
        found = select(AccountRow.id).where(AccountRow.platform == account.platform, same)
        return db.scalar(found) is not None


def concerns(bot: Bot, account: Account, email: str) -> bool:
    """Whether it is the account of somebody who takes part, or might become it."""
    if is_known(bot, account):
        return True
    print_ = vault.key().fingerprint(key(email))
    with bot.open_transaction.begin() as db:
        return db.scalar(select(Person.id).where(Person.email_print == print_)) is not None


def _quiet(bot: Bot, person: Person) -> str:
    recipient = Recipient(
        hours=person.hours,
        paused_from=person.paused_at,
        paused_until=person.paused_until,
        left=person.left_at is not None,
    )
    verdict = may_send(recipient, Kind.APPOINTMENT, bot.now())
    return "" if isinstance(verdict, Send) else verdict.reason
