"""Conversation: what a person saw last, so that typed words can mean what a button means.

A card brings its buttons and, if it asks something, the question. Somebody in the middle of an answer is not
interrupted: what arrives then leaves their question open. A question that has lain there for days is over,
and what they type is no longer taken for an answer to it.
"""

import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session as Transaction

from bot.actions import decode, encode
from bot.messages import Message
from bot.models import Conversation
from bot.understand import Seen, SeenButton

IN_THE_MIDDLE = timedelta(minutes=30)
OVER = timedelta(days=3)


def remember(
    db: Transaction, person_id: int, message: Message, now: datetime, *, is_reply: bool = True
) -> None:
    if message.discreet or (not message.buttons and message.listens is None):
        return
    kept = of(db, person_id)
    if message.buttons:
        kept.buttons = json.dumps(
            [[button.word, button.label, encode(button.action)] for button in message.buttons]
        )
    if message.listens is not None and (is_reply or not _has_question(kept, now, IN_THE_MIDDLE)):
        kept.listens, kept.asked_at = encode(message.listens), now


def _has_question(kept: Conversation, now: datetime, within: timedelta) -> bool:
    return kept.listens is not None and (kept.asked_at is None or now - kept.asked_at < within)


def recall(db: Transaction, person_id: int, now: datetime) -> Seen:
    kept = db.get(Conversation, person_id)
    if kept is None:
        return Seen()
    return Seen(
        tuple(
            SeenButton(word, label, decode(action))
            for word, label, action in json.loads(kept.buttons or "[]")
        ),
        decode(kept.listens) if kept.listens and _has_question(kept, now, OVER) else None,
        _has_question(kept, now, IN_THE_MIDDLE),
    )


def of(db: Transaction, person_id: int) -> Conversation:
    kept = db.get(Conversation, person_id)
    if kept is None:
        kept = Conversation(person_id=person_id)
        db.add(kept)
    return kept


def close_question_about(db: Transaction, person_id: int, session_id: int) -> None:
    """Only if the open question is about this session."""
    kept = db.get(Conversation, person_id)
    question = decode(kept.listens) if kept and kept.listens else None
    if getattr(question, "session", None) == session_id:
        close_question(db, person_id)


def close_question(db: Transaction, person_id: int) -> None:
    """Nothing is being asked any more: the next typed words are not taken for an answer."""
    of(db, person_id).listens = None
