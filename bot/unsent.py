"""Unsent: what somebody has typed in a form and not sent is there again when they open the form anew.

It is theirs alone, lies sealed, and goes when the form is sent, or by itself after two weeks; after a day, if
it is about other people.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.actions import Action, encode
from bot.calendar import local
from bot.messages import Field, Form, Run
from bot.models import Person, UnsentForm
from bot.prompts import LONGEST_TEXT
from bot.text import is_blank
from bot.turn import Turn

KEPT_FOR = timedelta(days=14)
KEPT_ABOUT_OTHERS = timedelta(days=1)
LATE = timedelta(minutes=1)  # what was typed before the form was sent may still arrive after it
LONGEST_ACTION = 1000  # characters; our own hold ids


def keep(turn: Turn, person: Person, action: Action, answers: Mapping[str, str]) -> None:
    """In place of what they had typed before."""
    typed = {name: text for name, text in answers.items() if not is_blank(text) and len(text) <= LONGEST_TEXT}
    kept = _of(turn, person, action)
    if kept is not None and not kept.answers:
        return  # the form was sent a moment ago
    if not typed:
        _drop(turn, kept)
    elif kept is not None or _may_begin(person, action):
        span = KEPT_ABOUT_OTHERS if action.about_others else KEPT_FOR
        _write(turn, kept or UnsentForm(person_id=person.id, action=encode(action)), typed, span)


def _may_begin(person: Person, action: Action) -> bool:
    return person.left_at is None and len(encode(action)) <= LONGEST_ACTION


def _write(turn: Turn, kept: UnsentForm, typed: Mapping[str, str], span: timedelta) -> None:
    kept.answers = json.dumps(typed, ensure_ascii=False)
    kept.typed_at, kept.forget_at = turn.now, turn.now + span
    turn.db.add(kept)
    turn.db.flush()


def _drop(turn: Turn, kept: UnsentForm | None) -> None:
    if kept is not None:
        turn.db.delete(kept)


def is_sent(turn: Turn, person: Person, action: Action) -> None:
    """The words go at once; that there were some stays for a moment, so that what comes late is not kept."""
    kept = _of(turn, person, action)
    if kept is not None:
        kept.answers, kept.forget_at = "", turn.now + LATE


def restore(turn: Turn, person: Person, form: Form) -> Form:
    """The form with what they had typed in it, and a sentence that says so."""
    kept = _of(turn, person, form.action)
    if kept is None or not kept.answers:
        return form
    typed = answers_of(kept)
    fields = tuple(_as_typed(field, typed.get(field.name, "")) for field in form.fields)
    if fields == form.fields:
        return form
    day = turn.when(person, local(kept.typed_at, person.timezone).date())
    said = turn.prompts.phrase(person.language, "helping.still_here", day=day)
    above = (*form.intro, Run("\n\n")) if form.intro else ()
    return replace(form, intro=(*above, Run(said)), fields=fields)


def _as_typed(field: Field, typed: str) -> Field:
    return replace(field, value=typed) if typed and _fits(field, typed) else field


def _fits(field: Field, typed: str) -> bool:
    """A later release may ask something else under the same name."""
    if field.kind in {"choice", "choices"}:
        return set(typed.split(",")) <= {choice.value for choice in field.choices}
    return len(typed) <= field.limit


def answers_of(kept: UnsentForm) -> Mapping[str, str]:
    answers: dict[str, str] = json.loads(kept.answers or "{}")
    return answers


def _of(turn: Turn, person: Person, action: Action) -> UnsentForm | None:
    theirs = (UnsentForm.person_id == person.id) & (UnsentForm.action == encode(action))
    return turn.db.scalar(select(UnsentForm).where(theirs))
