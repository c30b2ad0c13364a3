"""Files in Teams: the bot asks whether it may put one among somebody's own, and brings it to nobody else."""

import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fake_teams import FakeTeams, Fault
from sqlalchemy import select
from teams_office import Somebody, TeamsOffice, words
from world import Someone

from adapters.teams import store
from adapters.teams.files import CONSENT, INFO
from bot.adapter import TryLater
from bot.directory import address_of
from bot.events import Account
from bot.messages import File, Message, Run
from bot.models import Erasure, Person

Json = dict[str, Any]


@dataclass
class Host:
    """Where Teams says that a file may go."""

    server: Any = None
    answers: list[int] = field(default_factory=list)  # the next ones; then 201
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/upload/1"))

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path, dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 201
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{path:.*}", host.take)
    host.server = TestServer(app)
    await host.server.start_server()
    yield host
    await host.server.close()


@pytest.fixture(autouse=True)
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.files.A_MOMENT", timedelta())


def offers(who: Somebody) -> list[Json]:
    parts = [part for one in who.chat for part in one.activity.get("attachments") or []]
    return [part for part in parts if part["contentType"] == CONSENT]


def info(who: Somebody) -> Json:
    [part] = who.sees.activity["attachments"]
    assert part["contentType"] == INFO
    return dict(part)


async def answers(who: Somebody, offer: Json, action: str, url: str = "", **more: Any) -> Any:
    told = {"uploadUrl": url, "contentUrl": "https://x.sharepoint.com/a", "uniqueId": "u1", "fileType": "ics"}
    value = {"type": "fileUpload", "action": action, "context": offer["content"][f"{action}Context"]}
    upload = {"uploadInfo": told | {"name": offer["name"]} | more} if action == "accept" else {}
    return await who._invokes("fileConsent/invoke", value | upload)


def kept(office: TeamsOffice) -> int:
    with office.world.bot.open_transaction.begin() as db:
        return len(db.execute(select(store._files.c.id)).all())


@pytest.fixture
async def offer(office: TeamsOffice, met: None, ben: Somebody) -> Json:
    """An invitation for a calendar."""
    await ben.says("sessions")
    return offers(ben)[-1]


async def test_it_is_asked_for_and_then_brought(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host
) -> None:
    before = kept(office)

    answer = await answers(ben, offer, "accept", host.url)

    [(path, headers, content)] = host.got
    size = offer["content"]["sizeInBytes"]
    assert answer.status_code == 200
    assert path == "/upload/1"
    assert headers["Content-Range"] == f"bytes 0-{size - 1}/{size}"
    assert int(headers["Content-Length"]) == len(content) == size
    assert "Authorization" not in headers
    assert content.startswith(b"BEGIN:VCALENDAR")
    assert info(ben)["name"] == offer["name"]
    assert info(ben)["contentUrl"] == "https://x.sharepoint.com/a"
    assert kept(office) == before - 1


async def test_the_card_that_asks_holds_nothing_of_the_file(ben: Somebody, offer: Json) -> None:
    assert offer["name"].endswith(".ics")
    assert "VCALENDAR" not in json.dumps(offer)
    assert len(offer["content"]["acceptContext"]["file"]) == 32


async def test_what_they_would_rather_not_have_goes(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host
) -> None:
    before, said = kept(office), len(ben.chat)

    await answers(ben, offer, "decline")
    assert (kept(office), len(ben.chat)) == (before - 1, said)
    await answers(ben, offer, "accept", host.url)

    assert host.got == []
    assert "no longer have that file" in ben.reads


async def test_a_second_press_brings_it_once_and_says_nothing(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host
) -> None:
    await answers(ben, offer, "accept", host.url)
    said = len(ben.chat)

    await answers(ben, offer, "accept", host.url)

    assert len(host.got) == 1
    assert len(ben.chat) == said


async def test_somebody_else_does_not_get_it(
    office: TeamsOffice, ben: Somebody, ana: Somebody, eve: Somebody, offer: Json, host: Host
) -> None:
    for other in (ana, eve):
        await answers(other, offer, "accept", host.url)
        await answers(other, offer, "decline")
    assert host.got == []

    await answers(ben, offer, "accept", host.url)

    assert len(host.got) == 1


async def test_after_three_days_it_is_no_longer_on_offer(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host
) -> None:
    office.world.clock.move_to(office.world.clock() + timedelta(days=3))

    await answers(ben, offer, "accept", host.url)

    assert host.got == []
    assert "no longer have that file" in ben.reads


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/1",
        "https://evil.sharepoint.com.evil.example/1",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
        "https://user@x.sharepoint.com/1",
    ],
)
async def test_it_goes_to_microsoft_and_to_nobody_else(
    office: TeamsOffice,
    ben: Somebody,
    offer: Json,
    host: Host,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[str] = []
    monkeypatch.setattr("aiohttp.ClientSession.put", lambda *args, **more: called.append(str(args)))
    before = kept(office)

    await answers(ben, offer, "accept", url)

    assert called == []
    assert kept(office) == before


async def test_it_goes_through_the_proxy_of_the_house_to_the_address_as_it_was_signed(
    office: TeamsOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[str, str]] = []

    def put(_: Any, url: Any, **more: Any) -> Any:
        called.append((str(url), str(more["proxy"])))
        raise TimeoutError

    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:8080")
    monkeypatch.setattr("aiohttp.ClientSession.put", put)
    url = "https://x.sharepoint.com/a%7Eb/~c?tempauth=v1%2Fx%2By"

    with pytest.raises(TryLater):
        await office.sender._files._put_once(url, b"x", {})

    assert called == [(url, "http://proxy.example.com:8080")]


@pytest.mark.parametrize("failed", [[500], [500, 503]])
async def test_what_does_not_arrive_is_tried_again(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host, failed: list[int]
) -> None:
    host.answers += failed

    await answers(ben, offer, "accept", host.url)

    assert len(host.got) == len(failed) + 1
    assert info(ben)["name"] == offer["name"]


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_what_still_does_not_arrive_is_offered_once_more(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    host.answers += [status] * 3
    before = len(offers(ben))

    await answers(ben, offer, "accept", host.url)

    assert {path for path, _, _ in host.got} == {"/upload/1"}  # no redirect is followed
    assert "did not reach you" in "".join(words(one.card) for one in ben.chat)
    assert host.url not in caplog.text
    again = offers(ben)[before]
    await answers(ben, again, "accept", host.url)
    assert info(ben)["name"] == offer["name"]


async def test_a_host_that_is_not_there_is_tried_again_later(
    office: TeamsOffice, ben: Somebody, offer: Json, host: Host
) -> None:
    url = host.url
    await host.server.close()

    await answers(ben, offer, "accept", url)

    assert len(offers(ben)) > 1
    assert kept(office) >= 1


async def test_my_data_comes_as_files(office: TeamsOffice, met: None, ben: Somebody, host: Host) -> None:
    before = len(offers(ben))
    await ben.says("my data")
    await ben.presses("Export")

    for one in offers(ben)[before:]:
        await answers(ben, one, "accept", host.url)

    assert host.got
    texts = b"".join(content for _, _, content in host.got)
    if texts.startswith(b"PK"):
        texts = b"".join(
            map(zipfile.ZipFile(BytesIO(texts)).read, zipfile.ZipFile(BytesIO(texts)).namelist())
        )
    assert b"ben@example.org" in texts


async def test_a_file_lies_sealed(office: TeamsOffice, ben: Somebody, offer: Json) -> None:
    with office.world.bot.open_transaction.begin() as db:
        [row, *_] = db.execute(select(store._files)).all()

    assert b"VCALENDAR" not in row.content_sealed


async def test_erasing_removes_what_is_on_offer(
    office: TeamsOffice,
    ben: Somebody,
    ana: Somebody,
    offer: Json,
    host: Host,
    enrolled: tuple[Someone, Someone],
) -> None:
    await ana.says("sessions")
    with office.world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, enrolled[0].row.id)
        person.erasure, person.erase_at = Erasure.EVERYTHING, office.world.clock()
        person.left_at = office.world.clock()
    await office.settle()

    await office.server._clerk._people.go_round()
    await answers(ben, offer, "accept", host.url)

    assert host.got == []
    with office.world.bot.open_transaction.begin() as db:
        assert {row.user for row in db.execute(select(store._files.c.user))} == {ana.person.aad}


async def test_taking_the_app_out_removes_what_is_on_offer(
    office: TeamsOffice, teams: FakeTeams, ben: Somebody, offer: Json
) -> None:
    await ben.removes()

    with office.world.bot.open_transaction.begin() as db:
        assert ben.person.aad not in {row.user for row in db.execute(select(store._files.c.user))}


async def test_a_file_that_was_posted_stands_in_no_line_of_answers(
    office: TeamsOffice, met: None, ben: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, are_answers = office.sender.line.send, list[bool]()

    async def noted(*of: Any, is_answer: bool, **more: Any) -> str:
        are_answers.append(is_answer)
        return await send(*of, is_answer=is_answer, **more)

    monkeypatch.setattr(office.sender.line, "send", noted)
    who = Account("teams", ben.person.tenant, ben.person.aad)
    address = await office.desk.run(address_of, office.world.bot, who)
    file = File("session.ics", "text/calendar", b"BEGIN:VCALENDAR")

    await office.sender.deliver(who, address, Message(name="x", text=(Run("Soon"),), files=(file,)))

    assert are_answers == [False, False]


async def test_whoever_is_recognised_keeps_what_is_on_offer(
    office: TeamsOffice, ben: Somebody, offer: Json
) -> None:
    """It may have been offered in the same moment."""
    before = kept(office)

    who = Account("teams", ben.person.tenant, ben.person.aad)
    await office.desk.run(office.server._clerk._people._store.enrolled, who)

    assert kept(office) == before


@pytest.mark.parametrize("fault", [Fault(429, "Throttled", retry_after="60"), Fault(401)])
async def test_what_could_not_be_offered_is_offered_later(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody, monkeypatch: Any, fault: Fault
) -> None:
    """What it came with is not said again."""
    call, offered = office.sender.line.send, list[Json]()

    async def send(chat: Any, activity: Json, **more: Any) -> str:
        if CONSENT in json.dumps(activity) and not offered:
            offered.append(activity)
            teams.next(fault, of="send")
        return await call(chat, activity, **more)

    monkeypatch.setattr(office.sender.line, "send", send)
    await ben.says("sessions")
    before = len(offers(ben))
    office.world.clock.move_to(office.world.clock() + timedelta(minutes=2))
    await office.courier.deliver_once()

    assert offered
    assert len(offers(ben)) == before + 1
    assert sum("did not reach you" in words(one.card) for one in ben.chat) == 1


@pytest.mark.usefixtures("met")
async def test_where_bots_may_send_no_files_that_is_said_and_an_invitation_is_left_out(
    office: TeamsOffice, ben: Somebody
) -> None:
    office.sender._cloud = replace(office.sender._cloud, has_files=False)

    before = len(offers(ben))

    await ben.says("sessions")
    assert "bots may not send" not in ben.reads

    await ben.says("my data")
    await ben.presses("Export")
    assert len(offers(ben)) == before
    assert "bots may not send" in ben.reads
