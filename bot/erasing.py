"""Erasing: what somebody wrote goes, wherever it is, also where it waits to be brought to somebody else.

What others wrote stays, and so does that something happened.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot import aims, ledger, outbox
from bot.belongings import OWN, rows, words_in
from bot.desk.lists import PastedList
from bot.desk.models import Desk, EnrolmentRequest, Hand, MailingRecipient
from bot.matching.models import Exclusion, LeftOver, Profile, Seeking, Veto, Wish
from bot.models import (
    Absence,
    AccountRow,
    ActionItem,
    Base,
    Conversation,
    Draft,
    Ending,
    Enrolment,
    Farewell,
    Goal,
    GoalState,
    ItemState,
    JournalEntry,
    JournalVersion,
    Letter,
    Pair,
    Person,
    Post,
    Pulse,
    Review,
    Seat,
    Thread,
    UnsentForm,
)
from bot.rounds.models import CoffeeHabit, NeverAgain
from bot.turn import Turn

NEEDED_TO_TAKE_PART = {(Person, "email")}
TOO_SHORT_TO_QUOTE = {  # a "no", a "3" or an "80" of theirs is in many a sentence of somebody else
    (Seat, "pulse"),
    (Pulse, "moved"),
    (Pulse, "raised"),
    (Pulse, "rhythm"),
    (JournalVersion, "sure"),
    (Review, "rhythm"),
    (Farewell, "in_touch"),
    (Farewell, "recommends"),
    (Profile, "site"),
    (Profile, "group"),
}


def erase_words(turn: Turn, person: Person) -> None:
    """What they wrote, wherever it is, also where it waits to be brought to somebody."""
    erased: set[str] = set()
    for model in OWN:
        for row in rows(turn, person, model):
            erased |= _empty(row)
    for kept in rows(turn, person, Conversation):
        kept.listens = None
    for form in rows(turn, person, UnsentForm):
        turn.db.delete(form)
    for item in rows(turn, person, ActionItem):
        _unlink(turn, item)
    for draft in rows(turn, person, Draft):
        draft.taken_back_at = draft.taken_back_at or turn.now
        _asks_for_nothing(turn, person, draft.thread)
    for letter in rows(turn, person, Letter):
        letter.taken_back_at = letter.taken_back_at or turn.now
        _asks_for_nothing(turn, person, letter.thread)
    for entry in turn.db.scalars(select(JournalEntry).where(JournalEntry.person_id == person.id)):
        turn.db.delete(entry)
    for goal in rows(turn, person, Goal):
        _let_go(turn, goal)
    outbox.take_back(turn.db, person.id, _pairs_of(turn, person), erased, turn.now)


def _asks_for_nothing(turn: Turn, person: Person, thread: Thread | None) -> None:
    """Without its words the partner cannot be expected to answer. What the person owes is still asked."""
    wait = ledger.wait_in(turn, thread) if thread else None
    if wait and wait.person_id != person.id:
        ledger.end(turn, wait, Ending.TAKEN_BACK)


def _empty(row: Base) -> set[str]:
    texts = set()
    for name in words_in(type(row)):
        if (type(row), name) not in NEEDED_TO_TAKE_PART:
            if (type(row), name) not in TOO_SHORT_TO_QUOTE:
                texts.add(getattr(row, name))
            setattr(row, name, "")
    return texts - {""}


def _unlink(turn: Turn, item: ActionItem) -> None:
    """A promise without words is none. That there was one stays."""
    item.remind_at = None
    if item.state == ItemState.OPEN:
        item.state, item.ended_at = ItemState.DROPPED, turn.now
        turn.note("action_ended", pair=item.pair, person=item.owner)


def _let_go(turn: Turn, goal: Goal) -> None:
    """Neither is a goal without words one, and nobody hears of it any more."""
    goal.check_at, goal.news, goal.news_from_id = None, "", None
    aims.ask_no_more(turn, goal)
    if goal.state == GoalState.OPEN:
        goal.state, goal.ended_at = GoalState.LET_GO, turn.now
        turn.note("goal_let_go", pair=goal.pair, person=goal.owner)


def _pairs_of(turn: Turn, person: Person) -> Sequence[int]:
    theirs = (Pair.mentor_id == person.id) | (Pair.mentee_id == person.id)
    return turn.db.scalars(select(Pair.id).where(theirs)).all()


def forget(turn: Turn, person: Person, name: str) -> None:
    """Who they were. A row without a name remains, so that what their partners have stays whole."""
    person.name, person.email, person.email_print = name, "", None
    person.timezone, person.country, person.career_stage = "UTC", "", ""
    person.account_id = person.unreachable_since = None
    turn.db.flush()
    for model in (
        AccountRow,
        Absence,
        Enrolment,
        EnrolmentRequest,
        PastedList,
        Conversation,
        UnsentForm,
        Post,
        CoffeeHabit,
        NeverAgain,
        Desk,
        Hand,
        MailingRecipient,
        Profile,
        Seeking,
        LeftOver,
    ):
        turn.db.execute(delete(model).where(model.person_id == person.id))
    turn.db.execute(delete(NeverAgain).where(NeverAgain.other_id == person.id))
    of_two = (
        (Exclusion.person_id, Exclusion.other_id),
        (Wish.mentee_id, Wish.mentor_id),
        (Veto.mentor_id, Veto.mentee_id),
    )
    for one, other in of_two:
        turn.db.execute(delete(one.class_).where((one == person.id) | (other == person.id)))
