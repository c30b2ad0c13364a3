"""The guard at the door of the playground: only this machine, and only our own page, may come in.

Anybody who could send a request could be anybody in the programme. So it listens on loopback alone, takes
no request under another name (a page elsewhere could point its own name at this machine), and no change
from another page.
"""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.loopback import is_loopback
from bot.quiet_log import log_without_words

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024  # of one request

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",  # nothing that somebody wrote can become markup
            "trusted-types 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = False

        async def send_guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                _add_headers(MutableHeaders(scope=message))
            await send(message)

        try:
            _check(scope)
            await self._app(scope, receive, send_guarded)
        except Refused as refused:
            await refuse(refused.status, refused.why)(scope, receive, send_guarded)
        except ClientDisconnect:
            pass
        except Exception as error:
            log_without_words(log, error)
            if began:
                raise
            await refuse(500, "something went wrong on the server")(scope, receive, send_guarded)


def refuse(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status)


async def body_of(request: Request) -> bytes:
    """The body, which is not read to its end if it is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, f"that is more than {MOST_BYTES // 1024} kB in one piece")
    return body


def _check(scope: Scope) -> None:
    headers = Headers(scope=scope)
    client = scope.get("client")
    if client and not is_loopback(client[0]):
        raise Refused(403, "the playground is for this machine only")
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_our_name(hosts[0]):
        raise Refused(421, "the playground answers to 127.0.0.1 and localhost only")
    if scope["method"] not in ("GET", "HEAD"):
        _check_change(headers, hosts[0])


def _is_our_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name in ("127.0.0.1", "localhost", "::1")


def _check_change(headers: Headers, host: str) -> None:
    """A form of another page sends no JSON, and its script cannot hide where it comes from."""
    if headers.getlist("origin") != [f"http://{host}"]:
        raise Refused(403, "only the playground's own page may do this")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "only JSON can be sent")


def _add_headers(headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-cache")
