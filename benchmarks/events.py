"""Events: a prep answer that somebody types, committed, against the same writes in bare SQLAlchemy Core.

The story takes the event once, finds the person, the pair, the session and their seat, keeps the sealed
answer, remembers what was asked next, and finds the words for it. The bare version only writes those rows:
no reading, no sealing, no permission, no words.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from itertools import count, islice

from rich.table import Table
from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session as Transaction

from benchmarks.stage import DATABASES, bot_on, fresh, median, seconds
from bot import planning
from bot.actions import encode
from bot.bot import Bot
from bot.events import Account, Said
from bot.models import AccountRow, Answer, Conversation, Pair, Person, Programme, SeenEvent
from bot.stories.prep import AnswerPrep
from bot.turn import Turn

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
PAIRS = 100
EVENTS = 300  # in one run: three answers of each mentee
RUNS = 5
AT_ONCE = 64  # what the front desk hands over in one commit


def measure() -> Table:
    table = Table(title="A typed prep answer, committed: events a second (median of 5)")
    for heading in ("", "bare Core", "one commit each", "ratio", "shared commits", "ratio"):
        table.add_column(heading, justify="left" if not heading else "right")
    for database in DATABASES:
        bare = median(RUNS, lambda database=database: _bare(database))  # type: ignore[misc]
        each = median(RUNS, lambda database=database: _story(database, 1))  # type: ignore[misc]
        shared = median(RUNS, lambda database=database: _story(database, AT_ONCE))  # type: ignore[misc]
        table.add_row(
            database,
            f"{bare:.0f}",
            f"{each:.0f}",
            f"{each / bare:.2f}",
            f"{shared:.0f}",
            f"{shared / bare:.2f}",
        )
    return table


def _story(database: str, at_once: int) -> float:
    with fresh(database) as engine:
        bot = bot_on(engine, lambda: NOW)
        people(bot, _account)
        events = [
            _answer(person, number) for number in range(EVENTS // PAIRS) for person in range(1, PAIRS + 1)
        ]
        bot.handle(_answer(1, 99))  # statements are compiled once
        groups = [events[i : i + at_once] for i in range(0, len(events), at_once)]
        return EVENTS / seconds(lambda: [bot.handle_all(group) for group in groups])


def _answer(person: int, number: int) -> Said:
    words = "I gave my first demo, and nobody asked anything. I wonder why."
    return Said(id=f"{person}-{number}", who=_account(person), text=words)


def _account(person: int) -> Account:
    return Account("bench", "here", f"{person}")


def people(bot: Bot, account: Callable[[int], Account]) -> None:
    """Mentees 1 to PAIRS, each with a mentor and a session, and asked the first question."""
    with bot.open_transaction.begin() as db:
        db.add(Programme(id=1, name="Bench", made_at=NOW))
        db.add_all(
            Person(id=n, name=f"Person {n}", timezone="Europe/London", started_at=NOW)
            for n in range(1, 2 * PAIRS + 1)
        )
        db.flush()
        for n in range(1, PAIRS + 1):
            who = account(n)
            db.add(
                AccountRow(id=n, person_id=n, platform=who.platform, workspace=who.workspace, user=who.user)
            )
            _pair(db, bot, n)


def _pair(db: Transaction, bot: Bot, n: int) -> None:
    pair = Pair(
        programme_id=1,
        mentee=db.get_one(Person, n),
        mentor=db.get_one(Person, PAIRS + n),
        made_at=NOW,
        settled_at=NOW,
        weekday=1,
        at=time(16),
        zone="Europe/London",
        first_on=date(2026, 2, 10),
        every_weeks=2,
        minutes=60,
        format="live",
    )
    db.add(pair)
    db.flush()
    first, *_ = planning.lay_down(Turn(db, NOW, bot.prompts), pair)
    db.add(Conversation(person_id=n, listens=_listens(first.id)))


def _listens(session: int) -> str:
    return encode(AnswerPrep(session, "win"))


def _bare(database: str) -> float:
    with fresh(database) as engine:
        bot = bot_on(engine, lambda: NOW)
        people(bot, _account)
        numbers = count(10_000)
        _write(engine, next(numbers))
        return EVENTS / seconds(lambda: _write_all(engine, numbers))


def _write_all(engine: Engine, numbers: Iterator[int]) -> None:
    for number in islice(numbers, EVENTS):
        _write(engine, number)


def _write(engine: Engine, number: int) -> None:
    person = number % PAIRS + 1
    with engine.begin() as connection:
        connection.execute(insert(SeenEvent), {"id": f"bench:{number}", "at": NOW})
        answer = {"seat_id": person, "question": f"{number}", "shared": True, "written_at": NOW}
        connection.execute(insert(Answer), answer | {"seal": bytes(16), "text_sealed": bytes(90)})
        seen = {"listens": _listens(person), "buttons_sealed": bytes(300)}
        connection.execute(update(Conversation).where(Conversation.person_id == person), seen)
