"""Drafting: a draft on its way from whoever shows it to whoever looks at it, and whose turn it is with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import ledger, letters, own
from bot.actions import Action, Typing
from bot.links import Link, https_link
from bot.messages import Message
from bot.models import About, Draft, DraftReply, Ending, Pair, Person
from bot.story import Answers
from bot.text import shorten
from bot.turn import Turn

Buttons = dict[str, Action | Sequence[tuple[str, Action]]]

LABEL = 40  # characters of a draft on its button
WORDS = ("text", "unsure", "thrown", "wanted")
REPLY = ("notice", "attempt", "leave")


@dataclass(frozen=True)
class AskDraft(Action, wire="drafting.ask", opens_form=True):
    pair: int


@dataclass(frozen=True)
class ShowDraft(Action, wire="drafting.show", keeps_card=True):
    draft: int


@dataclass(frozen=True)
class Answer(Action, wire="drafting.answer", opens_form=True):
    draft: int


@dataclass(frozen=True)
class Seen(Action, wire="drafting.seen"):
    draft: int


# Whose it is


def introduced(turn: Turn, person: Person) -> list[Pair]:
    return [pair for pair in own.pairs(turn, person) if pair.introduced_at]


def pair_of(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    pair = own.pair(turn, person, pair_id)
    return pair if pair and pair.introduced_at else None


def gone(turn: Turn, person: Person, answers: Answers | None = None) -> Message:
    """It was taken back, it is not theirs, or its pair has come to an end. What they typed is given back."""
    words = "\n\n".join(
        text for name, text in (answers or {}).items() if text and name not in {"percent", "minutes"}
    )
    facts = [("yours", words)] if words else []
    return turn.say(person, "drafts.gone", facts=facts, press={"drafts": Typing("drafts")})


# How it reads


def called(draft: Draft) -> str:
    """Its first words, or else where its link leads."""
    link = https_link(draft.link)
    return shorten(" ".join(draft.text.split()) or (link.host if link else ""), LABEL)


def about(draft: Draft) -> Iterator[tuple[str, str | Link]]:
    link = https_link(draft.link)
    if link:
        yield "link", link
    for part in WORDS:
        if getattr(draft, part):
            yield part, getattr(draft, part)
    for reply in draft.replies:
        yield from written(reply)


def written(reply: DraftReply) -> Iterator[tuple[str, str]]:
    for part in REPLY:
        if getattr(reply, part):
            yield part, getattr(reply, part)


def for_reader(turn: Turn, draft: Draft, name: str) -> Message:
    return turn.say(
        draft.reader,
        name,
        partner=draft.author.first_name,
        percent=draft.percent,
        minutes=draft.minutes,
        facts=about(draft),
        press=_ways_of_reader(draft),
    )


def _ways_of_reader(draft: Draft) -> Buttons:
    ways: Buttons = {"answer": Answer(draft.id)}
    return ways if draft.seen_at or draft.answered_at else {**ways, "seen": Seen(draft.id)}


# On its way


def bring(turn: Turn, draft: Draft) -> None:
    """To the partner: as something new, or as a change of what they have."""
    draft.version += 1
    draft.taken_back_at = None
    _now_their_turn(turn, draft)
    name = "drafts.updated" if draft.reached_at else "drafts.received"
    turn.post(draft.reader, for_reader(turn, draft, name), once=_occasion(draft), about=draft.pair)


def _occasion(draft: Draft) -> str:
    return f"draft:{draft.id}:{draft.version}"


def recall(turn: Turn, draft: Draft) -> None:
    """Do not bring the newest version, where there is still time for that."""
    if not turn.recall(draft.reader, _occasion(draft)):
        draft.reached_at = draft.reached_at or turn.now


def tell_reader(turn: Turn, draft: Draft) -> None:
    """Whoever may be about to answer it."""
    if draft.reached_at and draft.answered_at is None:
        reader = draft.reader
        message = turn.say(
            reader,
            "drafts.taken_back_by_partner",
            partner=draft.author.first_name,
            press={"drafts": Typing("drafts")},
        )
        turn.post(reader, message, once=f"draft_back:{draft.id}:{draft.version}", about=draft.pair)


# Whose turn it is


def _now_their_turn(turn: Turn, draft: Draft) -> None:
    draft.seen_at = draft.answered_at = None
    draft.thread = draft.thread or letters.open_thread(turn, draft.pair, draft.author, about=About.DRAFT)
    if ledger.wait_in(turn, draft.thread) is None:
        ledger.begin(turn, draft.thread, draft.reader)
    turn.note("draft_sent", pair=draft.pair, person=draft.author)


def is_answered(turn: Turn, draft: Draft) -> None:
    _end_wait(turn, draft, Ending.REPLIED)
    turn.note("draft_answered", pair=draft.pair, person=draft.reader)


def is_taken_back(turn: Turn, draft: Draft) -> None:
    """Nobody has to answer it any more."""
    draft.taken_back_at = turn.now
    _end_wait(turn, draft, Ending.TAKEN_BACK)
    turn.note("draft_taken_back", pair=draft.pair, person=draft.author)


def _end_wait(turn: Turn, draft: Draft, how: Ending) -> None:
    wait = ledger.wait_of(turn, draft.thread, draft.reader) if draft.thread else None
    if wait:
        ledger.end(turn, wait, how)
