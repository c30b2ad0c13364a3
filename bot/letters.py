"""Letters: what two people write to each other between sessions, and how it reaches the other.

A letter opens a thread or goes on in one, and reaches its reader at a decent hour of theirs, with everything
they need to answer from a phone. Its author may change it or take it back; a reader who has not had it yet
gets the latest words and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot import ledger
from bot.actions import Action, Typing
from bot.calendar import local
from bot.links import Link, https_link
from bot.messages import Message
from bot.models import About, Letter, Pair, Person, Session, Thread, Wait
from bot.text import shorten
from bot.turn import Turn

NEXT_SESSION = "next_session"
ONE_TAPS = ("yes", "no", NEXT_SESSION)  # to a question
THANKS = "thanks"
YES_OR_NO = ("yes", "no")
QUESTION_MARKS = ("?", "？", "؟")
REMINDS, GLIMPSE = 200, 80  # characters of a question: above its answer, and in a list
SAYS = {
    "yes": "asks.says_yes",
    "no": "asks.says_no",
    NEXT_SESSION: "asks.says_next_session",
    THANKS: "asks.says_thanks",
}


@dataclass(frozen=True)
class Reply(Action, wire="letters.reply", keeps_card=True):
    thread: int


@dataclass(frozen=True)
class Answer(Action, wire="letters.answer"):
    """The next typed words are the reply."""

    thread: int


@dataclass(frozen=True)
class OneTap(Action, wire="letters.one_tap"):
    """A whole reply in one press: one of ONE_TAPS, or thanks."""

    thread: int
    says: str


@dataclass(frozen=True)
class AnswerBy(Action, wire="letters.answer_by", keeps_card=True):
    thread: int


@dataclass(frozen=True)
class NotMyField(Action, wire="letters.not_my_field"):
    thread: int


@dataclass(frozen=True)
class AskForSmaller(Action, wire="letters.ask_for_smaller"):
    """A smaller question would be easier to answer."""

    thread: int


@dataclass(frozen=True)
class Change(Action, wire="letters.change", opens_form=True):
    letter: int


@dataclass(frozen=True)
class TakeBack(Action, wire="letters.take_back"):
    letter: int


@dataclass(frozen=True)
class AskedBack(Action, wire="letters.asked_back"):
    """What they wrote is a question too: it is the other's turn now."""

    letter: int


def open_thread(
    turn: Turn, pair: Pair, author: Person, about: About = About.QUESTION, session: Session | None = None
) -> Thread:
    thread = Thread(
        pair=pair,
        pair_id=pair.id,
        session_id=session.id if session else None,
        about=about,
        opened_by=author.id,
        opened_at=turn.now,
    )
    turn.db.add(thread)
    turn.db.flush()
    return thread


def thread_of(turn: Turn, session: Session, author: Person) -> Thread:
    """The one of an exchange in writing; the first letter opens it."""
    found = turn.db.scalar(select(Thread).where(Thread.session_id == session.id))
    return found or open_thread(turn, session.pair, author, About.EXCHANGE, session)


def send(
    turn: Turn,
    thread: Thread,
    author: Person,
    text: str,
    link: str = "",
    points: str = "",
    *,
    asks: bool = True,
) -> Letter:
    """`asks`: it waits for an answer, unless it is one."""
    letter = Letter(
        thread=thread,
        session_id=thread.session_id,
        author=author,
        text=text,
        link=link,
        points=points,
        said_in=turn.said_in or None,
        written_at=turn.now,
        asks=asks or ledger.wait_of(turn, thread, author) is not None,
        edits=0,
    )
    turn.db.add(letter)
    turn.db.flush()
    if letter.asks:
        ledger.has_written(turn, letter)
    turn.note("letter", pair=thread.pair, person=author)
    _bring(turn, letter, card(turn, letter))
    return letter


def _bring(turn: Turn, letter: Letter, message: Message) -> None:
    thread = letter.thread
    about = turn.db.get(Session, thread.session_id) if thread.session_id else thread.pair
    turn.post(letter.reader, message, once=_once(letter), about=about)


def _once(letter: Letter) -> str:
    return f"letter:{letter.id}.{letter.edits}"


def card(turn: Turn, letter: Letter) -> Message:
    """As its reader sees it, with all they need to answer if it is their turn."""
    thread, is_asked = letter.thread, _is_asked(turn, letter)
    return turn.say(
        letter.reader,
        _name(letter, is_asked=is_asked),
        partner=letter.author.first_name,
        facts=[*words(letter), *_what_it_answers(turn, letter)],
        listens=Answer(thread.id) if is_asked else None,
        press=_ways(letter, is_asked=is_asked),
    )


def _is_asked(turn: Turn, letter: Letter) -> bool:
    return ledger.wait_of(turn, letter.thread, letter.reader) is not None


def _name(letter: Letter, *, is_asked: bool) -> str:
    if is_asked:
        return "asks.asked" if letter.thread.about == About.QUESTION else "asks.wrote"
    return "asks.answered" if letter.asks else "asks.thanked"


def _ways(letter: Letter, *, is_asked: bool) -> dict[str, Action]:
    thread = letter.thread
    if is_asked:
        ways = ways_to_answer(thread)
        is_question = letter.text.rstrip().endswith(QUESTION_MARKS)
        return ways if is_question else {name: way for name, way in ways.items() if name not in YES_OR_NO}
    thanks = {"thanks": OneTap(thread.id, THANKS)} if letter.asks else {}
    return {**thanks, "reply": Reply(thread.id)}


def _what_it_answers(turn: Turn, letter: Letter) -> Iterator[tuple[str, str]]:
    """A yes says little to somebody who has three questions open."""
    asked = select(Letter).join(Wait, Wait.opened_with == Letter.id).where(Wait.answered_with == letter.id)
    question = turn.db.scalars(asked).first()
    if question and question.text:
        yield "asked", shorten(question.text, REMINDS)


def ways_to_answer(thread: Thread) -> dict[str, Action]:
    """A draft has a form of its own, an exchange wants words, a question may be answered with a tap."""
    if thread.about == About.DRAFT:
        return {"drafts": Typing("drafts"), "by": AnswerBy(thread.id)}
    in_words: dict[str, Action] = {"reply": Reply(thread.id), "by": AnswerBy(thread.id)}
    if thread.about == About.EXCHANGE:
        return in_words
    taps = {says: OneTap(thread.id, says) for says in ONE_TAPS}
    return {**in_words, **taps, "not_mine": NotMyField(thread.id)}


def way_to_reply(thread: Thread) -> Action:
    return Typing("drafts") if thread.about == About.DRAFT else Reply(thread.id)


def words(letter: Letter, label: str = "theirs") -> Iterator[tuple[str, str | Link]]:
    link = https_link(letter.link)
    if letter.text:
        yield label, letter.text
    if link:
        yield "link", link
    if letter.points:
        yield "points", letter.points


def sent(turn: Turn, letter: Letter, name: str = "") -> Message:
    """What its author sees."""
    is_asked = _is_asked(turn, letter)
    reader = letter.reader
    ways: dict[str, Action] = {"edit": Change(letter.id), "take_back": TakeBack(letter.id)}
    return turn.say(
        letter.author,
        name or _name_of_sent(reader, is_asked=is_asked),
        partner=reader.first_name,
        until=turn.when(letter.author, local(reader.paused_until, reader.timezone).date())
        if reader.paused_until
        else "",
        count=letter.thread.pair.response_days,
        facts=words(letter, "yours"),
        press=ways if is_asked else {**ways, "asked_back": AskedBack(letter.id)},
    )


def _name_of_sent(reader: Person, *, is_asked: bool) -> str:
    """Whoever asks somebody who is away should not wait for an answer."""
    if reader.paused_at:
        return "asks.sent_to_wait_until" if reader.paused_until else "asks.sent_to_wait"
    return "asks.sent" if is_asked else "asks.replied"


def of_thread(turn: Turn, thread: Thread) -> Sequence[Letter]:
    """What still stands, in order."""
    stands = (Letter.thread_id == thread.id) & Letter.taken_back_at.is_(None)
    return turn.db.scalars(select(Letter).where(stands).order_by(Letter.id)).all()


def begins(turn: Turn, wait: Wait) -> str:
    """How the words begin that wait for an answer, so that one question can be told from another."""
    letter = turn.db.get(Letter, wait.opened_with) if wait.opened_with else None
    return shorten(letter.text, GLIMPSE) if letter else ""


def newest_of(turn: Turn, pair: Pair, author: Person) -> Letter | None:
    theirs = (Thread.pair_id == pair.id) & (Letter.author_id == author.id) & Letter.taken_back_at.is_(None)
    return turn.db.scalars(
        select(Letter).join(Letter.thread).where(theirs).order_by(Letter.id.desc())
    ).first()


def waiting_for(turn: Turn, thread: Thread, reader: Person) -> Sequence[Letter]:
    """What the partner wrote since the reader last did, but for thanks."""
    letters = of_thread(turn, thread)
    last = max((letter.id for letter in letters if letter.author_id == reader.id), default=0)
    return [letter for letter in letters if letter.id > last and letter.asks]


# Changed by its author


def change(turn: Turn, letter: Letter, text: str, link: str, points: str) -> None:
    if (letter.text, letter.link, letter.points) == (text, link, points):
        return
    had_it = _has_arrived(turn, letter)
    letter.text, letter.link, letter.points = text, link, points
    letter.edits += 1
    _bring(turn, letter, _changed(turn, letter) if had_it else card(turn, letter))


def take_back(turn: Turn, letter: Letter) -> bool:
    """Returns whether the reader had it before."""
    had_it = _has_arrived(turn, letter)
    letter.taken_back_at = turn.now
    letter.edits += 1
    turn.db.flush()
    ledger.take_back(turn, letter)
    if had_it:
        _bring(turn, letter, _about_what_they_had(turn, letter, "asks.partner_took_back"))
    return had_it


def send_again(turn: Turn, letter: Letter) -> None:
    """What was taken back stands after all."""
    letter.taken_back_at, letter.written_at = None, turn.now
    letter.edits += 1
    turn.db.flush()
    ledger.has_written(turn, letter)
    _bring(turn, letter, card(turn, letter))


def _has_arrived(turn: Turn, letter: Letter) -> bool:
    """In these words or in earlier ones."""
    came_in_time = turn.recall(letter.reader, _once(letter))
    if not came_in_time:
        letter.reached_at = letter.reached_at or turn.now
    return letter.reached_at is not None


def _changed(turn: Turn, letter: Letter) -> Message:
    ways = _ways(letter, is_asked=_is_asked(turn, letter))
    return _about_what_they_had(turn, letter, "asks.changed", words(letter), ways)


def _about_what_they_had(
    turn: Turn,
    letter: Letter,
    name: str,
    facts: Iterable[tuple[str, str | Link]] = (),
    ways: Mapping[str, Action] | None = None,
) -> Message:
    return turn.say(
        letter.reader,
        name,
        partner=letter.author.first_name,
        when=turn.when(letter.reader, letter.written_at),
        facts=facts,
        press={"reply": Reply(letter.thread.id)} if ways is None else ways,
    )
