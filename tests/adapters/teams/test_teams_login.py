"""How Cairn gets its own token for Teams, and what it says where there is none."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fake_teams import APP_ID, DROPPED, PASSWORD, SCOPE, TENANT, FakeTeams, Fault, certificate_and_key
from world import World

from adapters.desk import Desk
from adapters.remedy import MendFirst
from adapters.teams import login as module
from adapters.teams.clouds import Cloud
from adapters.teams.login import Login
from adapters.teams.port import NotReached
from adapters.teams.server import Teams
from adapters.teams.settings import TeamsSettings, Way


@pytest.fixture
async def teams(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeTeams]:
    async with FakeTeams() as teams:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(teams.ca))
        yield teams


def login(teams: FakeTeams, way: Way = "password", **more: object) -> Login:
    cloud = Cloud("test", teams.login_url, SCOPE, "", "", ())
    known: dict[str, object] = {"app_id": APP_ID, "tenant": TENANT, "password": PASSWORD}
    return Login(TeamsSettings(way, cloud, **(known | more)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its RSA key, as Entra takes them."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cairn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "cairn.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return path


# A token


async def test_logs_in_with_a_password(teams: FakeTeams) -> None:
    token = await login(teams).token()

    [call] = teams.called("token")
    assert call.path == f"/{TENANT}/oauth2/v2.0/token"
    assert (call.body["grant_type"], call.body["scope"]) == ("client_credentials", SCOPE)
    assert teams.is_good(token)


async def test_logs_in_with_a_certificate(teams: FakeTeams, pem: Path) -> None:
    token = await login(teams, "certificate", password="", certificate=pem).token()

    [call] = teams.called("token")
    certificate = x509.load_pem_x509_certificate(pem.read_bytes())
    claims = jwt.decode(
        call.body["client_assertion"],
        certificate.public_key(),  # type: ignore[arg-type]  # it is an RSA key
        algorithms=["PS256"],
        audience=f"{teams.login_url}/{TENANT}/oauth2/v2.0/token",
    )
    assert claims["iss"] == APP_ID
    assert "client_secret" not in call.body
    assert teams.is_good(token)


async def test_logs_in_as_a_managed_identity(teams: FakeTeams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", teams.identity_endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", "of this container")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    token = await login(teams, "managed identity", password="").token()

    [call] = teams.called("identity")
    assert call.query["resource"] == "https://api.botframework.com"
    assert call.query["client_id"] == APP_ID
    assert teams.is_good(token)


async def test_asks_nobody_where_nobody_signs(teams: FakeTeams) -> None:
    ours = login(teams, "anonymous")

    assert await ours.token() == ""
    ours.check()
    assert teams.logins == []


async def test_keeps_a_token_until_five_minutes_before_its_end(
    teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = login(teams)
    first = await ours.token()
    assert await ours.token() == first

    monkeypatch.setattr(module, "monotonic", lambda: time.monotonic() + 3200)
    assert await ours.token() == first
    assert len(teams.called("token")) == 1


async def test_gets_a_new_one_five_minutes_before_the_end(teams: FakeTeams) -> None:
    teams.lasts = 299
    ours = login(teams)
    first = await ours.token()
    teams.lasts = 3600

    second = await ours.token()

    assert second != first
    assert await ours.token() == second


async def test_one_login_is_for_all_who_wait(teams: FakeTeams) -> None:
    teams.slow_login = 0.05
    ours = login(teams)

    tokens = await asyncio.gather(*(ours.token() for _ in range(50)))

    assert len(set(tokens)) == 1
    assert len(teams.called("token")) == 1


async def test_whoever_gives_up_leaves_the_login_to_the_others(teams: FakeTeams) -> None:
    teams.slow_login = 0.1
    ours = login(teams)
    first, second = (asyncio.create_task(ours.token()) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()

    assert teams.is_good(await second)
    assert len(teams.called("token")) == 1


async def test_the_login_ends_with_the_server(
    world: World, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Login] = []

    def remembered(settings: TeamsSettings) -> Login:
        made.append(Login(settings))
        return made[0]

    monkeypatch.setattr("adapters.teams.server.Login", remembered)
    async with Desk(world.bot) as desk, Teams(login(teams)._settings, world.bot).running(desk):
        assert await made[0].token()
    made[0]._kept = module._Kept("", 0)

    with pytest.raises(RuntimeError, match="after shutdown"):
        await made[0].token()


async def test_others_go_on_during_a_slow_login(teams: FakeTeams) -> None:
    """The first one, in which msal makes its application: the fake answers from this very loop."""
    teams.slow_login = 0.1
    logging_in = asyncio.create_task(login(teams).token())
    turns = 0
    while not logging_in.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert await logging_in
    assert turns > 5


# None


REFUSED = {
    7000215: "TEAMS_APP_PASSWORD is wrong",
    7000222: "TEAMS_APP_PASSWORD has expired",
    700016: "no app TEAMS_APP_ID in the tenant",
    90002: "no tenant TEAMS_TENANT_ID",
    700027: "certificate is not registered",
    53003: "does not log the bot in",
}


@pytest.mark.parametrize("number", REFUSED)
async def test_what_microsoft_refuses_is_told_with_its_number(teams: FakeTeams, number: int) -> None:
    teams.login_error = number
    ours = login(teams)

    with pytest.raises(NotReached) as no:
        await ours.token()

    assert str(no.value) == f"no login: {number}"


@pytest.mark.parametrize("number", REFUSED)
async def test_the_doctor_says_what_to_mend(teams: FakeTeams, number: int) -> None:
    teams.login_error = number

    with pytest.raises(MendFirst) as first:
        await asyncio.to_thread(login(teams).check)

    assert REFUSED[number] in first.value.wrong
    assert f"AADSTS{number}" in first.value.wrong
    assert first.value.mend


async def test_the_doctor_is_content_where_it_logs_in(teams: FakeTeams) -> None:
    await asyncio.to_thread(login(teams).check)

    assert len(teams.called("token")) == 1


async def test_the_wrong_password_is_found_out(teams: FakeTeams) -> None:
    with pytest.raises(MendFirst, match="TEAMS_APP_PASSWORD is wrong"):
        await asyncio.to_thread(login(teams, password="another").check)


async def test_another_tenant_is_found_out(teams: FakeTeams) -> None:
    with pytest.raises(MendFirst, match="no tenant TEAMS_TENANT_ID"):
        await asyncio.to_thread(login(teams, tenant="00000000-2222-4333-8444-555555555555").check)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"", "lacks the certificate or its key"),
        (certificate_and_key()[0], "lacks the certificate or its key"),
        (b"".join(certificate_and_key()), "cannot be used"),  # no RSA
        (
            b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"
            b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n",
            "cannot be used",
        ),
    ],
)
async def test_says_what_is_wrong_with_a_certificate(
    teams: FakeTeams, tmp_path: Path, content: bytes | None, wrong: str
) -> None:
    path = tmp_path / "cairn.pem"
    if content is not None:
        path.write_bytes(content)
    ours = login(teams, "certificate", password="", certificate=path)

    with pytest.raises(MendFirst, match=wrong) as first:
        await asyncio.to_thread(ours.check)
    with pytest.raises(NotReached):
        await ours.token()

    assert "PEM file" in first.value.mend


async def test_a_managed_identity_that_is_not_there(
    teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", teams.identity_endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", "of this container")
    teams.login_error = 1

    with pytest.raises(MendFirst, match="managed identity"):
        await asyncio.to_thread(login(teams, "managed identity", password="").check)


@pytest.mark.parametrize("fault", [DROPPED, Fault(502, html=True), Fault(200, html=True), Fault(503)])
@pytest.mark.parametrize("of", ["metadata", "token"])
async def test_a_login_that_is_out_of_order_is_tried_again_later(
    teams: FakeTeams, fault: Fault, of: str
) -> None:
    teams.next(fault, fault, of=of)  # msal tries a dropped connection twice
    ours = login(teams)

    with pytest.raises(NotReached, match="no login"):
        await ours.token()

    teams.no_faults()
    ours._application = None  # msal itself waits for some seconds after a 5xx
    assert teams.is_good(await ours.token())


async def test_says_that_the_login_does_not_answer(teams: FakeTeams) -> None:
    cloud = Cloud("test", "https://127.0.0.1:9", SCOPE, "", "", ())
    ours = Login(TeamsSettings("password", cloud, APP_ID, TENANT, password=PASSWORD))

    with pytest.raises(MendFirst, match="does not answer: ConnectionError"):
        await asyncio.to_thread(ours.check)


async def test_nobody_waits_for_ever(teams: FakeTeams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    teams.slow_login = 0.5

    with pytest.raises(NotReached, match="no answer"):
        await login(teams).token()


async def test_an_old_token_holds_while_there_is_no_new_one(teams: FakeTeams) -> None:
    teams.lasts = 200
    ours = login(teams)
    first = await ours.token()
    teams.login_error = 53003

    assert await ours.token() == first


# Secrets


async def test_no_secret_is_said_anywhere(
    teams: FakeTeams, pem: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ours = login(teams)
    token = await ours.token()
    said = [repr(ours), repr(vars(ours)), repr(ours._kept)]
    teams.login_error = 7000215
    for way, more in (("password", {}), ("certificate", {"certificate": pem})):
        with pytest.raises(NotReached) as no:
            await login(teams, way, **more).token()  # type: ignore[arg-type]
        said += [repr(no.value), str(no.value.__cause__), str(no.value.__suppress_context__)]

    everything = caplog.text + "".join(said)
    for secret in (PASSWORD, token, "PRIVATE KEY"):
        assert secret not in everything
