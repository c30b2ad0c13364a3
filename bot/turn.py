"""Turn: what a story is handed. The open transaction, one reading of the clock, and the words.

Whatever happens in a turn commits together or not at all. It has no way to send: what it says is returned
as the reply, or posted to the outbox in the same transaction (all at once, when the turn ends).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Self
from uuid import uuid4

from sqlalchemy.orm import Session as Transaction

from bot import conversation, outbox, speech
from bot.actions import Action, Typing
from bot.calendar import local
from bot.courtesy import Kind
from bot.links import Link
from bot.messages import Button, Choice, Fact, File, Form, Message, Mistakes, Part, Picture
from bot.models import Happening, Pair, Person, Session
from bot.prompts import Press, Prompts


class Turn:
    def __init__(self, db: Transaction, now: datetime, prompts: Prompts) -> None:
        self.db = db
        self.now = now
        self.prompts = prompts
        self.said_in = ""  # the platform's name for the typed words that are being heard, if it has one
        self._posts: list[outbox.NewPost] = []
        self._withdrawn: list[tuple[int, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            outbox.withdraw(self.db, self._withdrawn, self.now)
            outbox.post(self.db, self._posts)

    def say(
        self,
        to: Person,
        name: str,
        /,
        *,
        press: Press | None = None,
        facts: Iterable[Fact | tuple[str, str | Link]] = (),
        files: Sequence[File] = (),
        pictures: Sequence[Picture] = (),
        listens: Action | None = None,
        **values: object,
    ) -> Message:
        """A message in the reader's language. `facts` are (name of a label, what somebody wrote)."""
        return self.prompts.say(
            to.language,
            name,
            press=press,
            facts=facts,
            files=files,
            pictures=pictures,
            listens=listens,
            **values,
        )

    def ask(
        self,
        whom: Person,
        name: str,
        action: Action,
        /,
        *,
        given: Mapping[str, str] | None = None,
        choices: Mapping[str, Sequence[Choice]] | None = None,
        only: Sequence[str] | None = None,
        **values: object,
    ) -> Form:
        """A form in the reader's language. `given` is what its fields hold already."""
        return self.prompts.ask(
            whom.language, name, action, given=given or {}, choices=choices or {}, only=only, **values
        )

    def part(self, of: Person, title: str, message: Message) -> Part:
        """A part of somebody's home; `title` is the name of its heading in prompts."""
        return Part(self.prompts.phrase(of.language, title), message)

    def refuse(self, whom: Person, form: str, **mistakes: str) -> Mistakes:
        """What to mend in `form`: field name to the name of a mistake in its prompts."""
        return Mistakes(
            {field: self.prompts.mistake(whom.language, form, name) for field, name in mistakes.items()}
        )

    def post(
        self,
        to: Person,
        message: Message,
        kind: Kind = Kind.APPOINTMENT,
        *,
        once: str = "",
        newest_of: str = "",
        about: Pair | Session | None = None,
        needed_by: datetime | None = None,
        stale_after: datetime | None = None,
    ) -> None:
        """Have a message brought to somebody at the next decent moment.

        `once` names an occasion ("brief:17"): the same person gets one message for it, however often it is
        posted. `newest_of` names a matter: what still waits about it is replaced by this message. Nobody gets
        it after `needed_by` or `stale_after`.
        """
        if newest_of:
            self.recall(to, newest_of)
            once = f"{newest_of}.{uuid4().hex}"
        if kind is Kind.NUDGE:
            message = self._with_its_reason(message)
        if to.left_at is None:
            self._posts.append(
                outbox.NewPost(to.id, message, kind, once, self.now, about, needed_by, stale_after)
            )

    def _with_its_reason(self, message: Message) -> Message:
        """Whoever is nudged can ask why."""
        why = Button(
            self.prompts.phrase(message.language, "why.button"), Typing(f"why {message.name}"), "why"
        )
        return replace(message, buttons=(*message.buttons, why))

    def recall(self, to: Person, once: str) -> bool:
        """Do not bring what an earlier turn posted for this occasion; says whether that was in time."""
        return outbox.recall(self.db, to.id, once, self.now)

    def withdraw(self, to: Person, once: str) -> None:
        """The same for whom it is all one whether it was in time: done when the turn ends."""
        self._withdrawn.append((to.id, once))

    def hush(self, person: Person) -> None:
        """Nothing is being asked any more: what they type next is not taken for an answer."""
        conversation.close_question(self.db, person.id)

    def hush_about(self, person: Person, session: Session) -> None:
        """The session is off: if it is what they were being asked about, nothing is asked any more."""
        conversation.close_question_about(self.db, person.id, session.id)

    def when(self, person: Person, moment: datetime | date, language: str = "") -> str:
        """A moment on the person's own clock, or a day; in their language, or for a reader of another."""
        language = language or person.language
        if isinstance(moment, datetime):
            return speech.moment(local(moment, person.timezone), self.today(person), language)
        return speech.day(moment, self.today(person), language)

    def today(self, person: Person) -> date:
        return local(self.now, person.timezone).date()

    def note(
        self,
        what: str,
        *,
        pair: Pair | None = None,
        session: Session | None = None,
        person: Person | None = None,
        until: datetime | None = None,
    ) -> None:
        """Keep that something happened: ids and times, never words.

        What happened to a person in their pair is something they did: the pair is not quiet.
        """
        whose = pair or (session.pair if session else None)
        if person and whose:
            whose.touch(person, self.now)
        self.db.add(
            Happening(
                at=self.now,
                what=what,
                pair_id=whose and whose.id,
                session_id=session and session.id,
                person_id=person and person.id,
                until=until,
            )
        )
