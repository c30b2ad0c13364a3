"""The bot: one transaction for what people do, one for what has become due. It knows no story by name."""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, ScalarSelect, Table, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import sessionmaker

from bot import accounts, conversation, homes, outbox, unsent
from bot.actions import Action, Outdated, Typing, Unplaced
from bot.dates import a_day
from bot.events import (
    Account,
    Arrived,
    Came,
    Changed,
    Commanded,
    Event,
    Gathered,
    Gone,
    HomeOpened,
    Pointed,
    Pressed,
    Said,
    StatusChanged,
    Submitted,
    Unsent,
    WorkspaceBack,
    WorkspaceGone,
)
from bot.messages import Form, Home, Message, Mistakes, Reply
from bot.models import AccountRow, Conversation, Pair, Person, SeenEvent
from bot.prompts import FALLBACK, Prompts
from bot.prompts import LONGEST_TEXT as LONGEST_ANSWER
from bot.quiet_log import log_without_words
from bot.story import Answers, Due, Story
from bot.text import clean, is_blank, key
from bot.turn import Turn
from bot.understand import Command, Seen, button_for, command_for, command_with_words, guess

log = logging.getLogger(__name__)

DUE_AT_ONCE = 200  # rows of one rule in one transaction
LONGEST_TEXT = 40_000  # characters; Slack itself takes no more in one message
MOST_ANSWERS = 100  # of one form; ours ask for fewer
MAY_BE_AN_ANSWER = (  # commands, if nothing follows them
    *("why", "journal", "goals", "drafts", "draft", "status"),
    *("coffee", "hand", "join", "profile", "rematch", "wishes"),
)
NEVER_AN_ANSWER = ("skip", "later", "undo", "edit")  # names of buttons
AFTER_FAILURE = timedelta(minutes=15)
LOOKING_ON = StatusChanged | HomeOpened | Unsent  # which is not speaking to us
FROM_THE_PLATFORM = Arrived | Gone | WorkspaceGone | WorkspaceBack  # and nobody waits for a reply


class Known(NamedTuple):
    account: AccountRow
    seen: Conversation | None  # held here, like the next, so that the transaction need not read it again
    partners: Sequence[Person]  # of all who were asked for


People = Mapping[Account, Known]


class Bot:
    def __init__(
        self,
        open_transaction: sessionmaker[Transaction],
        prompts: Prompts,
        story: Story,
        now: Callable[[], datetime],
    ) -> None:
        self.open_transaction = open_transaction
        self.prompts = prompts
        self.story = story
        self.now = now
        self._commands = sorted(story.commands)
        self._earliest = select(*(_earliest(due) for due in story.dues))

    def handle(self, event: Event) -> Reply:
        """What one person did, committed when this returns."""
        [reply] = self.handle_all([event])
        return reply

    def handle_all(self, events: Sequence[Event]) -> list[Reply]:
        """Several events in one commit. If one of them fails, each is tried again alone."""
        try:
            return self._commit(events)
        except Exception:
            return [self._handle_alone(event) for event in events]

    def _handle_alone(self, event: Event) -> Reply:
        try:
            [reply] = self._commit([event])
        except Exception as error:
            log_without_words(log, error)
            return self._sorry(event)
        return reply

    def _commit(self, events: Sequence[Event]) -> list[Reply]:
        with self.open_transaction.begin() as db, Turn(db, self.now(), self.prompts) as turn:
            return self._take_all(turn, events)

    def bring_later(self, who: Account, reply: Message) -> None:
        """An answer that could not be shown is brought like any other message."""
        with self.open_transaction.begin() as db, Turn(db, self.now(), self.prompts) as turn:
            known = _people(db, {who}).get(who)
            if known:
                turn.post(known.account.person, reply)

    def home(self, account: Account) -> Home:
        """Their page as it is now. This is no event: whoever shows it may ask as often as they like."""
        try:
            with self.open_transaction.begin() as db, Turn(db, self.now(), self.prompts) as turn:
                known = _people(db, {account}).get(account)
                return self._home(turn, known.account.person if known else None)
        except Exception as error:
            log_without_words(log, error)
            return self._sorry_at_home(account)

    def language_of(self, account: Account) -> str:
        with self.open_transaction() as db:
            known = _people(db, {account}).get(account)
            return known.account.person.language if known else FALLBACK

    def tick(self) -> int:
        """Do what has become due, and say how many rows that was."""
        return sum(self._do_due(due) for due in self._rules_with_something_due())

    def next_due(self) -> datetime | None:
        """When something will be due next, in a story or in the outbox."""
        with self.open_transaction.begin() as db:
            times = [*db.execute(self._earliest).one(), outbox.next_due(db.connection())]
        return min((time for time in times if time is not None), default=None)

    # What people do

    def _take_all(self, turn: Turn, events: Sequence[Event]) -> list[Reply]:
        new = list(_are_new(turn, events))
        people = _people(turn.db, {event.who for event in events})
        replies = [
            self._take(turn, event, people) if is_new else None
            for event, is_new in zip(events, new, strict=True)
        ]
        _may_come_again(turn, events, replies)
        return replies

    def _take(self, turn: Turn, event: Event, people: People) -> Reply:
        if isinstance(event, FROM_THE_PLATFORM):
            self._note(turn, event, people)
            return None
        known = people.get(event.who) or _people(turn.db, {event.who}).get(event.who)
        if known is None:
            return self._answer_a_stranger(turn, event)
        account = known.account
        if event.address and event.address != account.address:
            account.address = event.address
        person = account.person
        if not isinstance(event, StatusChanged):
            accounts.is_here(turn, account)
        elif account.gone_at:
            return None
        if person.account_id != account.id and not (person.account_id and isinstance(event, LOOKING_ON)):
            person.account_id = account.id  # they are written to where they spoke last
        turn.said_in = ""
        reply = self._answer(turn, person, event)
        if isinstance(event, Submitted) and not _did_nothing(reply):
            unsent.is_sent(turn, person, event.action)
        if isinstance(reply, Form) and not isinstance(event, Pointed):  # it holds what they point at
            return unsent.restore(turn, person, reply)
        if isinstance(reply, Message):
            conversation.remember(turn.db, person.id, reply, turn.now)
        return reply

    def _answer_a_stranger(self, turn: Turn, event: Event) -> Reply:
        if isinstance(event, Changed | Gathered | StatusChanged | Unsent):
            return None
        if isinstance(event, HomeOpened):
            return self._home(turn, None)
        replies = (handler(turn, event) for handler in self.story.strangers if isinstance(event, Came))
        answer = next((reply for reply in replies if reply is not None), None)
        return answer or self.prompts.say(FALLBACK, "helping.stranger")

    def _answer(self, turn: Turn, person: Person, event: Event) -> Reply:
        match event:
            case Pressed(action=action):
                return self._press(turn, person, action)
            case Submitted(action=action, answers=answers):
                return self._submit(turn, person, action, answers)
            case Pointed(command=command, text=text):
                return self._point(turn, person, command, clean(text))
            case HomeOpened() | Gathered():
                return self._come_by(turn, person, event)
            case Unsent() | StatusChanged():
                self._take_note(turn, person, event)
                return None
        return self._answer_words(turn, person, event)

    def _answer_words(self, turn: Turn, person: Person, event: Event) -> Reply:
        match event:
            case Said(text=text, said_in=said_in):
                turn.said_in = said_in
                return self._hear(turn, person, clean(text))
            case Changed(said_in=said_in, text=new):
                return self._hear_change(turn, person, said_in, None if new is None else clean(new))
            case Commanded(text=text):
                return self._command(turn, person, clean(text))
            case Came(did=did):  # they have joined a moment ago
                return self._answer(turn, person, did)
        raise TypeError(f"nobody takes {type(event).__name__}")

    def _take_note(self, turn: Turn, person: Person, event: Unsent | StatusChanged) -> None:
        """What is only to be known, and is answered by nothing."""
        match event:
            case StatusChanged(away=away, until=until):
                for handler in self.story.statuses:
                    handler(turn, person, away, until)
            case Unsent(action=action, answers=answers) if type(action) in self.story.submits:
                unsent.keep(turn, person, action, _cleaned(answers))

    def _press(self, turn: Turn, person: Person, action: Action) -> Reply:
        if isinstance(action, Typing):
            return self._command(turn, person, action.words)
        handler = self.story.presses.get(type(action)) or self.story.presses[Outdated]
        return _asked_by(action, handler(turn, person, action))

    def _submit(self, turn: Turn, person: Person, action: Action, answers: Answers) -> Reply:
        handler = self.story.submits.get(type(action))
        if handler is None:
            return self._press(turn, person, Outdated())
        too_long = self._too_long(person, answers)
        return Mistakes(too_long) if too_long else handler(turn, person, action, _cleaned(answers))

    def _too_long(self, person: Person, answers: Answers) -> Mapping[str, str]:
        """No field of ours takes that much. A client may hold people to it, or may not."""
        long = [name for name, text in answers.items() if len(str(text)) > LONGEST_ANSWER]
        phrase = self.prompts.phrase(person.language, "helping.long_answer", limit=LONGEST_ANSWER)
        return dict.fromkeys(long, phrase)

    def _point(self, turn: Turn, person: Person, command: str, text: str) -> Reply:
        """Whoever has not started yet learns first what this is."""
        handler = self.story.points.get(command)
        if handler is None:
            return self._press(turn, person, Outdated())
        if person.started_at is None:
            return self._command(turn, person, "help")
        return _asked_by(Typing(command), handler(turn, person, text))

    def _come_by(self, turn: Turn, person: Person, event: HomeOpened | Gathered) -> Reply:
        """They look at their page, or have us in a chat with others."""
        if isinstance(event, Gathered):
            return self._gather(turn, person, event.others)
        return self._home(turn, person)

    def _gather(self, turn: Turn, person: Person, others: Collection[Account]) -> Reply:
        """Where somebody is among them whom we do not know, nothing is said of anybody."""
        known = _people(turn.db, set(others))
        theirs = {one.account.person.id: one.account.person for one in known.values()}
        everybody = theirs.values() if len(known) == len(set(others)) else ()
        replies = (handler(turn, person, everybody) for handler in self.story.gatherings)
        return next((reply for reply in replies if reply is not None), None)

    def _home(self, turn: Turn, person: Person | None) -> Home:
        if person is None:
            return homes.alone(self.prompts, FALLBACK, "helping.stranger")
        return homes.home_of(turn, person, self.story.homes)

    def _hear(self, turn: Turn, person: Person, text: str) -> Reply:
        """Typed words: a button, a command, an answer, or something to find a place for."""
        seen = conversation.recall(turn.db, person.id, turn.now)
        pressed = button_for(text, seen, self.prompts.words)
        if pressed is not None:
            return _settling(pressed, self._press(turn, person, pressed))
        command = self._with_words(text) or command_for(text, self.prompts.words, self._commands)
        if command is not None and self._means_it(turn, person, command, seen):
            return self._do(turn, person, command)
        if len(text) > LONGEST_TEXT:
            return turn.say(person, "helping.too_long", limit=LONGEST_TEXT)
        if seen.question is None or is_blank(text) or self._is_a_button_elsewhere(text):
            return self._find_a_place(turn, person, text)
        handler = self.story.words.get(type(seen.question))
        if handler is None:
            return self._find_a_place(turn, person, text)
        return _settling(seen.question, handler(turn, person, seen.question, text))

    def _is_a_button_elsewhere(self, text: str) -> bool:
        """ "skip", where nothing can be skipped: nobody means it for their partner to read."""
        return any(key(text) in self.prompts.words.get(name, ()) for name in NEVER_AN_ANSWER)

    def _means_it(self, turn: Turn, person: Person, command: Command, seen: Seen) -> bool:
        """Whether a command was meant, as in "pause until 4 May", or it only begins what somebody wrote."""
        if command.name in self.story.at_desk:
            return seen.question is None
        if not command.rest:
            may_be_an_answer = seen.question and seen.is_fresh and command.name in MAY_BE_AN_ANSWER
            return not may_be_an_answer
        if command.name in self.story.raw:
            return seen.question is None or self._is_for_the_partner(command)
        if command.name not in self.story.detailed:
            return False
        return seen.question is None or a_day(command.rest, person.language, turn.today(person)) is not None

    def _is_for_the_partner(self, command: Command) -> bool:
        """ "ask: …" and "ask how …?" are; "ask my manager" and "Question: how …?" may be answers."""
        named = {self.prompts.typed(language, command.name) for language in self.prompts.languages}
        return command.said in named and (command.explicit or command.rest.endswith("?"))

    def _with_words(self, text: str) -> Command | None:
        return command_with_words(text, self.prompts.words, sorted(self.story.raw))

    def _hear_change(self, turn: Turn, person: Person, said_in: str, text: str | None) -> Reply:
        replies = (handler(turn, person, said_in, text) for handler in self.story.changes)
        return next((reply for reply in replies if reply is not None), None)

    def _command(self, turn: Turn, person: Person, text: str) -> Reply:
        command = self._with_words(text) or command_for(text or "help", self.prompts.words, self._commands)
        if command is not None:
            return self._do(turn, person, command)
        pressed = button_for(text, conversation.recall(turn.db, person.id, turn.now), self.prompts.words)
        if pressed is None or pressed == Typing(text):  # of a release that knew this word
            return self._find_a_place(turn, person, text)
        return self._press(turn, person, pressed)

    def _do(self, turn: Turn, person: Person, command: Command) -> Reply:
        reply = self.story.commands[command.name](turn, person, command.rest)
        return _asked_by(Typing(f"{command.name} {command.rest}".strip()), reply)

    def _find_a_place(self, turn: Turn, person: Person, text: str) -> Reply:
        meant = guess(text, self.prompts.words, self._commands) or ""
        return self.story.words[Unplaced](turn, person, Unplaced(meant), text)

    def _note(self, turn: Turn, event: Event, people: People) -> None:
        """What a platform says about accounts."""
        known = people.get(event.who) or _people(turn.db, {event.who}).get(event.who)
        account = known and known.account
        match event:
            case Arrived():
                self._greet(turn, accounts.arrive(turn, event, account))
            case Gone() if account:
                accounts.is_gone(turn, account)
            case WorkspaceGone(who=who):
                accounts.workspace_gone(turn, who)
            case WorkspaceBack(who=who):
                accounts.workspace_back(turn, who)

    def _greet(self, turn: Turn, newcomer: Person | None) -> None:
        if newcomer:
            for handler in self.story.arrivals:
                handler(turn, newcomer)

    def _sorry(self, event: Event) -> Reply:
        if isinstance(event, FROM_THE_PLATFORM | Unsent):
            return None
        if isinstance(event, HomeOpened):
            return self._sorry_at_home(event.who)
        language = self.language_of(event.who)
        if isinstance(event, Submitted):
            return Mistakes({"": self.prompts.phrase(language, "helping.failed")})
        return replace(self.prompts.say(language, "helping.failed"), aside=True)

    def _sorry_at_home(self, account: Account) -> Home:
        language = self.language_of(account)
        return homes.alone(self.prompts, language, "helping.home_failed")

    # What has become due

    def _rules_with_something_due(self) -> list[Due]:
        """Found in one round trip, since most ticks find none."""
        with self.open_transaction.begin() as db:
            earliest = db.execute(self._earliest).one()
        now = self.now()
        return [due for due, at in zip(self.story.dues, earliest, strict=True) if at and at <= now]

    def _do_due(self, due: Due) -> int:
        ids = self._due_ids(due)
        try:
            return self._run(due, ids)
        except Exception:
            return sum(self._run_alone(due, id_) for id_ in ids)

    def _due_ids(self, due: Due) -> Sequence[int]:
        id_ = due.model.__table__.c.id
        waiting = select(id_).where(due.column <= self.now()).order_by(due.column).limit(DUE_AT_ONCE)
        with self.open_transaction.begin() as db:
            return db.scalars(waiting).all()

    def _run_alone(self, due: Due, id_: int) -> int:
        try:
            return self._run(due, [id_])
        except Exception as error:
            log_without_words(log, error)
            self._try_again_later(due, id_)
            return 0

    def _try_again_later(self, due: Due, id_: int) -> None:
        later = {due.column.key: self.now() + AFTER_FAILURE}
        with self.open_transaction.begin() as db:
            db.execute(update(due.model).where(due.model.id == id_).values(later))  # type: ignore[attr-defined]

    def _run(self, due: Due, ids: Sequence[int]) -> int:
        """Claim the rows that are still due, and that no other process has claimed, and tell their story."""
        with self.open_transaction.begin() as db, Turn(db, self.now(), self.prompts) as turn:
            rows = db.scalars(
                select(due.model)
                .where(due.model.id.in_(ids), due.column <= turn.now)  # type: ignore[attr-defined]
                .order_by(due.column, due.model.id)  # type: ignore[attr-defined]
                .with_for_update(of=due.model, skip_locked=True)
            ).all()
            for row in rows:
                setattr(row, due.column.key, None)
                due.then(turn, row)
            return len(rows)


def _settling(action: Action, reply: Reply) -> Reply:
    """By typed words. A card that is kept when it is pressed is kept now, too."""
    if isinstance(reply, Message) and not (reply.aside or action.keeps_card):
        return replace(reply, settles=action)
    return reply


def _asked_by(action: Action, reply: Reply) -> Reply:
    return replace(reply, again=action) if isinstance(reply, Form) else reply


def _earliest(due: Due) -> ScalarSelect[datetime | None]:
    """Read off the end of the index. Asked with a comparison, PostgreSQL's plans come to scan the table."""
    return select(func.min(due.column)).where(due.column.is_not(None)).scalar_subquery()


_seen_events = cast(Table, SeenEvent.__table__)
_TAKE = {
    database: make(_seen_events).on_conflict_do_nothing().returning(_seen_events.c.id)
    for database, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def _are_new(turn: Turn, events: Sequence[Event]) -> Iterator[bool]:
    """Which are new. Of two deliveries at the same time one waits for the other's commit."""
    rows = {_seen_id(event): {"id": _seen_id(event), "at": turn.now} for event in events}
    new = set(turn.db.scalars(_TAKE[turn.db.get_bind().dialect.name], list(rows.values())))
    for event in events:
        yield _seen_id(event) in new
        new.discard(_seen_id(event))  # both deliveries may be among these


def _seen_id(event: Event) -> str:
    return f"{event.who.platform}:{event.id}"


def _may_come_again(turn: Turn, events: Sequence[Event], replies: Sequence[Reply]) -> None:
    """The same click may open a form again, and a form that was mended may be sent again."""
    again = {
        _seen_id(event)
        for event, reply in zip(events, replies, strict=True)
        if isinstance(event, Pressed | Submitted) and _did_nothing(reply)
    }
    if again:
        turn.db.execute(delete(SeenEvent).where(SeenEvent.id.in_(again)))


def _did_nothing(reply: Reply) -> bool:
    return isinstance(reply, Form | Mistakes) or (isinstance(reply, Message) and reply.aside)


def _cleaned(answers: Answers) -> Answers:
    """Some platforms leave out what was left empty."""
    some = islice(answers.items(), MOST_ANSWERS)
    return defaultdict(str, {name: clean(str(value)) for name, value in some})


_THEIRS: BindParameter[Sequence[int]] = bindparam("theirs", expanding=True)
_PARTNERS = select(Person).where(
    Person.id.in_(
        select(Pair.mentor_id)
        .where(Pair.mentee_id.in_(_THEIRS), Pair.ended_at.is_(None))
        .union_all(select(Pair.mentee_id).where(Pair.mentor_id.in_(_THEIRS), Pair.ended_at.is_(None)))
    )
)


def _people(db: Transaction, accounts: Collection[Account]) -> People:
    """Whose accounts they are, what each of them saw last, and their partners: two round trips for all."""
    three = tuple_(AccountRow.platform, AccountRow.workspace, AccountRow.user)
    wanted = [(who.platform, who.workspace, who.user) for who in accounts]
    rows = db.execute(
        select(AccountRow, Conversation)
        .outerjoin(Conversation, Conversation.person_id == AccountRow.person_id)
        .where(three.in_(wanted))
    ).all()
    partners = db.scalars(_PARTNERS, {"theirs": [account.person_id for account, _ in rows]}).all()
    return {
        Account(account.platform, account.workspace, account.user): Known(account, seen, partners)
        for account, seen in rows
    }
