"""Conversation: what a person saw last, so that typed words can mean what a button means.

A card brings its buttons and, if it asks something, the question. A later card without a question leaves
the open question open: somebody in the middle of an answer is not interrupted by a reminder.
"""

import json

from sqlalchemy.orm import Session as Transaction

from bot.actions import decode, encode
from bot.messages import Message
from bot.models import Conversation
from bot.understand import Seen, SeenButton


def remember(db: Transaction, person_id: int, message: Message) -> None:
    if message.discreet or (not message.buttons and message.listens is None):
        return
    kept = of(db, person_id)
    if message.buttons:
        kept.buttons = json.dumps(
            [[button.word, button.label, encode(button.action)] for button in message.buttons]
        )
    if message.listens is not None:
        kept.listens = encode(message.listens)


def recall(db: Transaction, person_id: int) -> Seen:
    kept = db.get(Conversation, person_id)
    if kept is None:
        return Seen()
    return Seen(
        tuple(
            SeenButton(word, label, decode(action))
            for word, label, action in json.loads(kept.buttons or "[]")
        ),
        decode(kept.listens) if kept.listens else None,
    )


def of(db: Transaction, person_id: int) -> Conversation:
    kept = db.get(Conversation, person_id)
    if kept is None:
        kept = Conversation(person_id=person_id)
        db.add(kept)
    return kept


def close_question(db: Transaction, person_id: int) -> None:
    """Nothing is being asked any more: the next typed words are not taken for an answer."""
    of(db, person_id).listens = None
