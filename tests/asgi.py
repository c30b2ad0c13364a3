"""What a server hands to an ASGI application, as a test brings it."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from starlette.types import Message, Receive


def receiving(raw: bytes | Iterable[bytes] | AsyncIterator[bytes]) -> Receive:
    """The body as a server brings it, in pieces; then the news that nobody is there any more."""
    pieces = raw if isinstance(raw, AsyncIterator) else _pieces([raw] if isinstance(raw, bytes) else raw)
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if ended:
            return {"type": "http.disconnect"}
        piece = await anext(pieces, None)
        ended = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": not ended}

    return receive


async def _pieces(raw: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in raw:
        await asyncio.sleep(0)
        yield piece
