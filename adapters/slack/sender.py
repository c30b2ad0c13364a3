"""The sender: what the bot says becomes cards in a chat. Couriers deliver by it, the clerk answers by it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from cachetools import LRUCache

from adapters.cards import Card, Cards
from adapters.fit import by_words
from adapters.pace import MOST_CHATS
from adapters.slack import render
from adapters.slack.fit import escaped
from adapters.slack.line import CLOSED_FOR, Line
from adapters.slack.render import Hung, Sheet
from adapters.slack.trouble import TOO_MUCH_FOR_SLACK, Closed, NotTaken
from bot.actions import Action
from bot.adapter import NotNow, TryLater, Undeliverable
from bot.events import Account
from bot.messages import File, Meet, Message, Picture, plain

log = logging.getLogger(__name__)

Put = Callable[..., Awaitable[Mapping[str, Any]]]

AS_IT_IS = {"mrkdwn": False, "parse": "none", "link_names": False}
FILES_AGAIN = timedelta(seconds=3)
PICTURES_WITHIN = timedelta(seconds=15)  # or their words go alone: who brings a message has a minute for it
LONGEST_ALT = 1000  # units: what Slack takes with an upload; the card has all of it
SOON_SEEN = (1, 2, 4)  # seconds: Slack looks at what was uploaded before it shows it on a card
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}  # nobody has asked Slack to look


def token() -> str:
    """Stands in one drawing of a card, so that a double click on it is known for one."""
    return secrets.token_hex(8)


class Sender:
    gap = timedelta(seconds=1)  # between two messages to one person

    def __init__(
        self, line: Line, now: Callable[[], datetime], tell: Callable[[Account], None] = lambda _: None
    ) -> None:
        """`tell` hears of everybody to whom something was brought."""
        self.line = line
        self.cards = Cards()
        self._now = now
        self._tell = tell
        self._chats: LRUCache[Account, str] = LRUCache(MOST_CHATS)
        self._opened: LRUCache[str, bool] = LRUCache(MOST_CHATS)  # where an opening stands already

    async def deliver(self, to: Account, address: str, message: Message) -> str:
        try:
            if message.can_wait:
                await self._mind_do_not_disturb(to)
            return await self._deliver(to, address, message)
        except Closed:
            raise NotNow(self._now() + CLOSED_FOR, "closed") from None
        except NotTaken as refused:
            raise TryLater(refused.code) from None

    async def _deliver(self, to: Account, address: str, message: Message) -> str:
        self._tell(to)
        try:
            return await self._say(to, address or await self.chat_with(to), message, is_answer=False)
        except Undeliverable:
            if not address:
                raise
        self._chats.pop(to, None)
        chat = await self.chat_with(to)  # it may have another name now
        return await self._say(to, chat, message, is_answer=False)

    async def _mind_do_not_disturb(self, to: Account) -> None:
        if not await self.line.allows(to.workspace, "dnd:read"):
            return
        try:
            answer = await self.line.call(to.workspace, "dnd_info", user=to.user)
        except Closed:
            raise
        except Exception:
            return  # nobody knows, and it may be brought
        until = quiet_until(answer, self._now())
        if until:
            raise NotNow(until, "do_not_disturb")

    async def chat_with(self, to: Account) -> str:
        """The channel in which they and the bot are alone."""
        if to not in self._chats:
            self._chats[to] = await self._open(to.workspace, to.user)
        return self._chats[to]

    def known_chat(self, to: Account) -> str:
        return self._chats.get(to, "")

    async def _open(self, workspace: str, *users: str) -> str:
        try:
            answer = await self.line.call(workspace, "conversations_open", users=list(users))
        except (Closed, NotTaken, TryLater, Undeliverable):
            raise
        except Exception as error:  # nothing was said yet, so it is safe to come back
            raise TryLater(type(error).__name__) from None
        return str(answer["channel"]["id"])

    async def say(self, to: Account, channel: str, message: Message, thread: str = "") -> str:
        """An answer: a new card, with its files; returns what names it."""
        below = {"thread_ts": thread} if thread else {}
        return await self._say(to, channel, message, is_answer=True, **below)

    async def _say(self, to: Account, channel: str, message: Message, **way: Any) -> str:
        hung = await self._hang(to.workspace, message.pictures)
        named, sheets = "", await self._sheets(to, message, hung)
        for sheet in sheets:
            named = await self._post(to.workspace, channel, sheet, **way)
        self.cards.remember(to, Card(channel, named.partition(":")[2], len(sheets), message))
        await self.attach(to.workspace, channel, [*_not_on(hung, message), *message.files])
        return named

    async def settle(self, to: Account, by: Action, line: str) -> None:
        """The card that asked was answered by typing: its buttons go, a line stays. If we still know it."""
        card = self.cards.take(to, by)
        if card is None:
            return
        *above, last = render.done(replace(card.said, buttons=(), meet=None), token(), line)
        if len(above) + 1 == card.messages:  # what stands above the last one stays
            await self._change(to.workspace, card.chat, card.named, last)

    async def replace(self, to: Account, channel: str, card: str, message: Message, line: str) -> None:
        """Put a message where a card stood, on every device, with a line that says what was done."""
        hung = await self._hang(to.workspace, message.pictures)
        drawn = render.done(message, token(), line, hung) if line else await self._sheets(to, message, hung)
        first, *others = drawn
        await self._change(to.workspace, channel, card, first)
        for sheet in others:
            await self._post(to.workspace, channel, sheet, is_answer=True)
        await self.attach(to.workspace, channel, [*_not_on(hung, message), *message.files])

    async def _sheets(self, to: Account, message: Message, hung: Hung) -> Sequence[Sheet]:
        link = await self._way_to(to, message.meet) if message.meet else None
        return render.message(message, token(), link=link, hung=hung)

    async def _post(self, workspace: str, channel: str, sheet: Sheet, **way: Any) -> str:
        post = partial(self.line.post, workspace, channel, **way, **NO_PREVIEWS)
        answer = await self._draw(workspace, channel, sheet, post)
        return f"{answer.get('channel', channel)}:{answer.get('ts', '')}"

    async def _change(self, workspace: str, channel: str, card: str, sheet: Sheet) -> None:
        change = partial(self.line.call, workspace, "chat_update", channel=channel, ts=card)
        await self._draw(workspace, channel, sheet, change)

    async def _draw(self, workspace: str, channel: str, sheet: Sheet, put: Put) -> Mapping[str, Any]:
        """If Slack does not take the card, the words alone: nobody is left without."""
        try:
            if sheet.hung:
                return await self._draw_pictures(workspace, channel, sheet, put)
            return await put(blocks=sheet.blocks, text=sheet.text, **AS_IT_IS)
        except NotTaken as refused:
            if refused.code not in TOO_MUCH_FOR_SLACK:
                raise
            log.error("%s does not take a card: %s", workspace, refused.code)
            return await put(blocks=[], text=sheet.text, **AS_IT_IS)

    async def _draw_pictures(self, workspace: str, channel: str, sheet: Sheet, put: Put) -> Mapping[str, Any]:
        """If Slack does not show them on the card, they follow it, which says them in words."""
        for seconds in SOON_SEEN:
            try:
                return await put(blocks=sheet.blocks, text=sheet.text, **AS_IT_IS)
            except NotTaken as refused:
                if refused.code not in TOO_MUCH_FOR_SLACK:
                    raise
            await asyncio.sleep(seconds)
        log.warning("%s shows no picture on a card", workspace)
        answer = await put(blocks=sheet.without_pictures, text=sheet.text, **AS_IT_IS)
        await self.attach(workspace, channel, tuple(sheet.hung))
        return answer

    async def _hang(self, workspace: str, pictures: Sequence[Picture]) -> Hung:
        """Brings pictures to Slack, where nobody sees them before they stand on a card."""
        if not pictures:
            return {}
        try:
            async with asyncio.timeout(PICTURES_WITHIN.total_seconds()):
                return await self._kept(workspace, pictures)
        except Exception as error:
            log.error("%s takes no pictures: %s", workspace, type(error).__name__)
            return {}

    async def _kept(self, workspace: str, pictures: Sequence[Picture]) -> Hung:
        try:
            answer = await self._upload(workspace, pictures)
        except Closed:
            raise
        except Exception:
            await asyncio.sleep(FILES_AGAIN.total_seconds())
            answer = await self._upload(workspace, pictures)
        ids = [str(file["id"]) for file in answer["files"]]
        return dict(zip(pictures, ids, strict=True))

    async def attach(self, workspace: str, channel: str, files: Sequence[File | Picture]) -> None:
        """Files follow their card, which stands alone if they cannot: it is not said again for them."""
        if not files:
            return
        try:
            await self._upload(workspace, files, channel)
        except Exception as error:
            if isinstance(error, Closed):  # that does not change in a moment
                log.error("%s takes no files: %s", workspace, error.code)
                return
            await asyncio.sleep(FILES_AGAIN.total_seconds())
            try:
                await self._upload(workspace, files, channel)
            except Exception as error:
                log.error("%s takes no files: %s", workspace, type(error).__name__)

    async def _upload(
        self, workspace: str, files: Sequence[File | Picture], channel: str | None = None
    ) -> Mapping[str, Any]:
        """Without a channel it is ours alone."""
        uploads = [_as_upload(file) for file in files]
        return await self.line.call(workspace, "files_upload_v2", channel=channel, file_uploads=uploads)

    async def _way_to(self, to: Account, meet: Meet) -> tuple[str, str]:
        """A conversation of all of them and the bot where that is possible, or the partner's own chat."""
        workspace = to.workspace
        if await self.line.allows(workspace, "mpim:write"):
            try:
                channel = await self._bring_together(to, meet)
                return meet.label, f"https://slack.com/app_redirect?team={workspace}&channel={channel}"
            except (Closed, NotTaken, Undeliverable) as problem:  # that says nothing about the reader
                log.warning("%s opens no chat of three: %s", workspace, problem)
        return render.chat_with(meet)

    async def _bring_together(self, to: Account, meet: Meet) -> str:
        everybody = (to.user, meet.who.user, *(other.user for other in meet.others))
        channel = await self._open(to.workspace, *everybody)
        if meet.opening and channel not in self._opened:
            text = escaped(plain(meet.opening))
            await self.line.post(to.workspace, channel, is_answer=False, text=text, **AS_IT_IS, **NO_PREVIEWS)
            self._opened[channel] = True
        return channel


def _not_on(hung: Hung, message: Message) -> Sequence[Picture]:
    """They follow the card, which says them in words."""
    return [picture for picture in message.pictures if picture not in hung]


def _as_upload(file: File | Picture) -> dict[str, Any]:
    known = {"content": file.content, "filename": file.name}
    if isinstance(file, Picture):
        return known | {"title": file.title, "alt_txt": by_words(file.alt, LONGEST_ALT)}
    return known | {"title": file.name}


def quiet_until(answer: Mapping[str, Any], now: datetime) -> datetime | None:
    """When do-not-disturb ends, by what dnd.info says; nothing where it is not on."""
    snoozes = answer.get("snooze_endtime") if answer.get("snooze_enabled") else None
    begins, ends = answer.get("next_dnd_start_ts"), answer.get("next_dnd_end_ts")
    in_hours = answer.get("dnd_enabled") and isinstance(begins, int) and begins <= now.timestamp()
    times = [time for time in (snoozes, ends if in_hours else None) if isinstance(time, int)]
    until = datetime.fromtimestamp(max(times), UTC) if times else now
    return until if until > now else None
