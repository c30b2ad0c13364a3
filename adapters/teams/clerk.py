"""The clerk: takes what somebody did, has it done, and sees to it that they get their answer.

What Teams can be told at once is returned; the rest is shown afterwards.
"""

import asyncio
import logging
import secrets
from dataclasses import replace

from adapters.afterwards import Afterwards, Showing
from adapters.desk import Desk
from adapters.teams.counter import Counter
from adapters.teams.files import Files
from adapters.teams.line import Line
from adapters.teams.parse import PLATFORM, Installed, Sent, Upload, read
from adapters.teams.people import People, Standing
from adapters.teams.port import Chat, Json, Told
from adapters.teams.sender import Sender
from bot.adapter import TryLater
from bot.bot import Bot
from bot.directory import is_known, is_written_to_at
from bot.events import (
    Account,
    Commanded,
    Event,
    Gathered,
    Gone,
    HomeOpened,
    Pressed,
    Said,
    Submitted,
    Unsent,
)
from bot.messages import Form, Home, Message, Mistakes, Reply
from bot.prompts import FALLBACK
from bot.text import shorten

log = logging.getLogger(__name__)

STRANGER = "helping.stranger"
LEAST = 200  # characters of what was typed are shown again, so that it is seen what was wrong with them
DONE = Told(200)
NOT_KNOWN = Told(501)  # an invoke that is not for us


class Clerk:
    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        line: Line,
        sender: Sender,
        people: People,
        files: Files,
        showing: Afterwards,
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._line = line
        self._sender = sender
        self._people = people
        self._files = files
        self._showing = showing
        self._counter = Counter(bot.prompts, sender)

    async def take(self, activity: Json) -> Told:
        """What came in, done and committed when this returns."""
        sent = read(activity)
        match sent:
            case Sent(event=Gone()):
                await self._desk.handle(sent.event)
                await self._people.left(sent.event.who)
                return DONE
            case Installed():
                self._people.news(activity, sent.who)  # it is remembered until they are recognised
                self._showing.show(sent.who, await self._greeting(sent))
                return DONE
            case Upload():
                self._showing.show(sent.who, self._bring_file(sent))
                return Told(200, {})
            case Sent():
                return await self._take(self._as_meant(sent), activity)
        return NOT_KNOWN if activity.get("type") == "invoke" else DONE

    def _as_meant(self, sent: Sent) -> Sent:
        """Where there are no pages, somebody's own page comes when they ask for it."""
        event = sent.event
        words = self._bot.prompts.words["home"]
        if isinstance(event, Said | Commanded) and event.text.strip().casefold() in words:
            return replace(sent, event=HomeOpened(id=event.id, who=event.who, address=event.address))
        return sent

    async def _take(self, sent: Sent, activity: Json) -> Told:
        who = sent.event.who
        if sent.has_more and await self._desk.run(is_known, self._bot, who):
            self._showing.show(who, self._say_what_is_not_read(sent))
            if sent.has_no_words:
                return DONE
        reply = await self._done(sent.event, self._people.news(activity, who))
        if _is_for_a_stranger(reply):
            return await self._ask_who_it_is(sent, reply)
        return await self._answer(sent, reply)

    async def _done(self, event: Event, news: Event | None) -> Reply:
        if news is None:
            return await self._desk.handle(event)
        try:
            _, reply = await asyncio.gather(self._desk.handle(news), self._desk.handle(event))
        except Exception:
            self._people.not_heard(news.who)
            raise
        return reply

    async def _answer(self, sent: Sent, reply: Reply) -> Told:
        form = await self._form_again(sent) if isinstance(reply, Mistakes) else None
        told, show = await self._counter.answer(sent, reply, form)
        if show:
            self._showing.show(sent.event.who, show, self._brought_later(form or reply))
        return told

    def _brought_later(self, answer: Reply) -> Message | None:
        """If it cannot be shown now."""
        waits = self._counter.way_to(answer) if isinstance(answer, Form) else answer
        return waits if isinstance(waits, Message) else None

    async def _form_again(self, sent: Sent) -> Form | None:
        """With what was typed, since Teams empties a form that is sent. It is kept, should they close it."""
        event = sent.event
        if not isinstance(event, Submitted) or sent.again is None:
            return None
        asked = Pressed(id=f"{event.id}:again", who=event.who, action=sent.again)
        typed = Unsent(id=f"{event.id}:kept", who=event.who, action=event.action, answers=event.answers)
        form, _ = await asyncio.gather(self._desk.handle(asked), self._desk.handle(typed))
        return _filled(form, event) if isinstance(form, Form) else None

    # Who it is

    async def _ask_who_it_is(self, sent: Sent, reply: Reply) -> Told:
        """Somebody whom we have not met: maybe they were enrolled a minute ago."""
        standing = await self._people.recognise(sent.event.who, sent.place)
        if standing is Standing.UNKNOWN:
            reply = self._bot.prompts.say(FALLBACK, "helping.failed")
        if standing is Standing.KNOWN:
            again = replace(sent.event, id=f"{sent.event.id}:again")
            return await self._answer(sent, await self._desk.handle(again))
        if came := self._people.vouched_for(sent.event, sent.place):
            reply = await self._desk.handle(came)
        return await self._answer(sent, reply)

    async def _greeting(self, installed: Installed) -> Showing:
        """What is said afterwards. Who has come is written down by then."""
        if installed.place.is_shared:
            return self._greet_all(installed)
        return self._greet(installed, await self._people.came(installed))

    async def _greet(self, installed: Installed, standing: Standing) -> None:
        """Whoever takes part is welcomed by the bot itself. Whoever does not, hears how that could be."""
        who = installed.who
        if standing is Standing.STRANGER:
            await self._sender.say(who, installed.place.chat, await self._for_a_stranger(installed))
        elif standing is Standing.KNOWN and not await self._desk.run(is_written_to_at, self._bot, who):
            language = await self._desk.run(self._bot.language_of, who)
            elsewhere = self._bot.prompts.say(language, "chat.known_elsewhere")
            await self._sender.say(who, installed.place.chat, elsewhere)

    async def _for_a_stranger(self, installed: Installed) -> Message:
        """What is open to them, or how that could be."""
        looks = HomeOpened(id=f"installed:{installed.who.user}:{secrets.token_hex(8)}", who=installed.who)
        came = self._people.vouched_for(looks, installed.place)
        reply = await self._desk.handle(came) if came else None
        return reply if isinstance(reply, Message) else self._bot.prompts.say(FALLBACK, STRANGER)

    async def _greet_all(self, installed: Installed) -> None:
        chat = installed.place.chat
        members = () if installed.place.is_channel else await self._line.members(chat)
        others = tuple(_account(member, chat) for member in members if member.get("id") != chat.bot)
        said = await self._desk.handle(Gathered(id=f"gathered:{chat.id}", who=installed.who, others=others))
        if isinstance(said, Message):
            await self._sender.tell(chat, said)

    # Files

    async def _say_what_is_not_read(self, sent: Sent) -> None:
        language = await self._desk.run(self._bot.language_of, sent.event.who)
        await self._counter.say_what_is_not_read(sent, language)

    async def _bring_file(self, wanted: Upload) -> None:
        if not wanted.accepts:
            await self._files.decline(wanted)
            return
        chat, who = wanted.place.chat, wanted.who
        try:
            shown = await self._files.bring(wanted)
        except TryLater as problem:
            log.warning("a file did not arrive: %s", problem)
            await self._say_of_file(wanted, "chat.file_waits")
            await self._sender.offer_again(who, chat, wanted.file)
            return
        if shown:
            await self._line.send(chat, shown, is_answer=True)
        elif shown is None:
            await self._say_of_file(wanted, "chat.file_gone")

    async def _say_of_file(self, wanted: Upload, name: str) -> None:
        language = await self._desk.run(self._bot.language_of, wanted.who)
        said = self._bot.prompts.say(language, name)
        await self._sender.show(wanted.place.chat, await self._sender.sheets(wanted.who, said))


def _is_for_a_stranger(reply: Reply) -> bool:
    said = reply.parts[0].message if isinstance(reply, Home) and reply.parts else reply
    return isinstance(said, Message) and said.name == STRANGER


def _account(member: Json, chat: Chat) -> Account:
    """Whoever is not in a directory is nobody whom we know."""
    tenant = str(member.get("tenantId") or chat.tenant).lower()
    return Account(PLATFORM, tenant, str(member.get("aadObjectId") or member.get("id")).lower())


def _filled(form: Form, sent: Submitted) -> Form:
    """Teams leaves out what was left empty. More than a field takes was not typed there."""
    typed = sent.answers
    fields = (
        replace(field, value=shorten(typed.get(field.name, ""), max(field.limit, LEAST)))
        for field in form.fields
    )
    return replace(form, fields=tuple(fields))
