"""What every door in front of a platform's requests does with them, before it is known who sent them.

Anybody can write to a public address. So the cheap things are looked at before the dear ones, nothing is read
without an end, and whoever is refused gets a number.
"""

import asyncio
import re
from collections.abc import Sequence

from starlette.types import Message, Receive, Scope, Send

_LENGTH = re.compile(rb"[0-9]{1,15}")


class Refused(Exception):
    """`why` is ours, and says nothing of what was sent."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Gone(Exception):
    """Whoever was sending has hung up."""


class Headers:
    def __init__(self, scope: Scope) -> None:
        self._all: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            self._all.setdefault(name.lower(), []).append(value)

    def all(self, name: bytes) -> list[bytes]:
        return self._all.get(name, [])

    def only(self, name: bytes) -> bytes:
        """The value of a header that stands there once. Where it is twice, who knows which one is meant."""
        values = self.all(name)
        return values[0] if len(values) == 1 else b""


def check_length(headers: Headers, most: int) -> None:
    lengths = headers.all(b"content-length")
    if not all(_LENGTH.fullmatch(length) for length in lengths):
        raise Refused(400, "length")
    if any(int(length) > most for length in lengths):
        raise Refused(413, "too large")


async def read(receive: Receive, most: int, within: float) -> bytes:
    """The whole body, of at most so many bytes and within so many seconds."""
    try:
        async with asyncio.timeout(within):
            return await _read_all(receive, most)
    except TimeoutError:
        raise Refused(408, "too slow") from None


async def _read_all(receive: Receive, most: int) -> bytes:
    raw, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        raw += message.get("body", b"")
        if len(raw) > most:
            raise Refused(413, "too large")
        more = message.get("more_body", False)
    return bytes(raw)


def again(raw: bytes, receive: Receive) -> Receive:
    """The body once more, for whoever reads it next; after it, whatever comes."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": raw, "more_body": False}

    return receive_again


async def answer(
    send: Send, status: int, body: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """A refused connection is closed too: the rest of what it was sending is not wanted."""
    all_headers = [(b"content-length", b"%d" % len(body)), *headers]
    all_headers += [(b"content-type", b"application/json")] if body else []
    all_headers += [(b"connection", b"close")] if status >= 400 else []
    all_headers += [(b"allow", b"POST")] if status == 405 else []
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
