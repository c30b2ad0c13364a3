"""Files: a bot in Teams asks whether it may put one among somebody's own, and does so when they agree.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Self

import aiohttp
from cachetools import TTLCache
from yarl import URL

from adapters.teams.parse import Upload
from adapters.teams.port import Json
from adapters.teams.store import Store
from adapters.teams.wire import proxy
from bot.adapter import TryLater
from bot.events import Account
from bot.messages import File

log = logging.getLogger(__name__)

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
PATIENCE = timedelta(seconds=30)
TRIES = 3
A_MOMENT = timedelta(seconds=1)
A_DOUBLE_CLICK = timedelta(minutes=1)
MOST_BROUGHT = 10_000

Run = Callable[..., Awaitable[Any]]


class Files:
    """`async with Files(store, desk.run, cloud.takes_file) as files`"""

    def __init__(self, store: Store, run: Run, takes: Callable[[str], bool]) -> None:
        """`takes` says whether a file may go to that address."""
        self._store = store
        self._run = run
        self._takes = takes
        self._brought: TTLCache[str, bool] = TTLCache(MOST_BROUGHT, A_DOUBLE_CLICK.total_seconds())

    async def __aenter__(self) -> Self:
        patience = aiohttp.ClientTimeout(total=PATIENCE.total_seconds())
        self._session = aiohttp.ClientSession(timeout=patience, auto_decompress=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def offer(self, to: Account, file: File) -> Json:
        """The card that asks."""
        return _offered(file, await self._run(self._store.offer, to, file))

    async def offer_again(self, to: Account, id_: str) -> Json | None:
        file = await self._run(self._store.offered, to, id_)
        return _offered(file, id_) if file else None

    async def bring(self, wanted: Upload) -> Json | None:
        """Puts it where they said, and returns the card that shows it there. None: it is no longer on offer;
        empty: they have it by now.

        Raises TryLater where it did not arrive: it is still on offer.
        """
        file = await self._run(self._store.offered, wanted.who, wanted.file)
        if file is None:
            return {} if wanted.file in self._brought else None
        if not self._takes(wanted.url):
            log.warning("a file was to go to a place that is not Microsoft's")
            return None
        await self._put(wanted.url, file)
        await self._run(self._store.settle, wanted.file)
        self._brought[wanted.file] = True
        told = wanted.told
        content = {name: str(told.get(name, "")) for name in ("uniqueId", "fileType")}
        shown = {"contentType": INFO, "contentUrl": str(told.get("contentUrl", "")), "name": file.name}
        return {"type": "message", "attachments": [shown | {"content": content}]}

    async def decline(self, unwanted: Upload) -> None:
        if await self._run(self._store.offered, unwanted.who, unwanted.file):
            await self._run(self._store.settle, unwanted.file)

    async def _put(self, url: str, file: File) -> None:
        last = len(file.content) - 1
        headers = {
            "Content-Range": f"bytes 0-{last}/{len(file.content)}",
            "Content-Type": "application/octet-stream",
        }
        for once_more in reversed(range(TRIES)):
            try:
                return await self._put_once(url, file.content, headers)
            except TryLater:
                if not once_more:
                    raise
            await asyncio.sleep(A_MOMENT.total_seconds())
        raise AssertionError("the last try returns or raises")

    async def _put_once(self, url: str, content: bytes, headers: Json) -> None:
        try:
            to = URL(url, encoded=True)  # as it was signed
            put = self._session.put(to, data=content, headers=headers, allow_redirects=False, proxy=proxy(to))
            async with put as answer:
                if answer.status not in {200, 201}:
                    raise TryLater(f"upload {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(type(error).__name__) from None


def _offered(file: File, id_: str) -> Json:
    known = {"file": id_}
    content = {"sizeInBytes": len(file.content), "acceptContext": known, "declineContext": known}
    card = {"contentType": CONSENT, "name": file.name, "content": content}
    return {"type": "message", "attachments": [card]}
