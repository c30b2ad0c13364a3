"""The part of Slack that hands out tokens: it remembers what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.slack.manifest import OPTIONAL, REQUIRED

Json = dict[str, Any]

WHO = {
    "ok": True,
    "url": "https://teahouse.slack.com/",
    "team": "Teahouse",
    "team_id": "T01",
    "user": "cairn",
    "user_id": "U0CAIRN",
    "bot_id": "B01",
}


class TokenOffice:
    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, Json] = {
            "auth.test": WHO,
            "auth.revoke": {"ok": True, "revoked": True},
            "bots.info": {"ok": True, "bot": {"id": "B01", "app_id": "A01", "name": "cairn"}},
            "apps.connections.open": {"ok": True, "url": "wss://example.com"},
        }
        self.scopes = {*REQUIRED, *OPTIONAL}
        self.refresh_token = "xoxe-1"
        self.asked: list[str] = []
        self.events_status = 401
        self._lock = Lock()

    def refuses(self, method: str, error: str) -> None:
        self.answers[method] = {"ok": False, "error": error}

    def answer(self, method: str, given: dict[str, str]) -> Json:
        with self._lock:
            self.asked.append(method)
            if method == "oauth.v2.access" and method not in self.answers:
                return self._exchange(given)
            return self.answers.get(method, {"ok": False, "error": "unknown_method"})

    def _exchange(self, given: dict[str, str]) -> Json:
        if "code" in given:
            return {"ok": False, "error": "invalid_code"}
        if given.get("refresh_token") != self.refresh_token:
            return {"ok": False, "error": "invalid_refresh_token"}
        number = int(self.refresh_token.rpartition("-")[2]) + 1
        self.refresh_token = f"xoxe-{number}"
        return {
            "ok": True,
            "access_token": f"xoxe.xoxb-{number}",
            "refresh_token": self.refresh_token,
            "token_type": "bot",
            "expires_in": 43200,
        }


@contextmanager
def token_office() -> Iterator[TokenOffice]:
    slack = TokenOffice()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            written = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            address = urlsplit(self.path)
            if address.path == "/slack/events":
                self._say(slack.events_status, {})
                return
            given = dict(parse_qsl(written)) | dict(parse_qsl(address.query))
            self._say(200, slack.answer(address.path.removeprefix("/api/"), given))

        do_GET = do_POST  # noqa: N815 - some methods of the SDK ask so

        def _say(self, status: int, answer: Json) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-oauth-scopes", ",".join(sorted(slack.scopes)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        slack.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield slack
        server.shutdown()
