"""The doctor on Teams: each ill is found, and told with where to click."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.remedy import Finding, MendFirst
from adapters.teams import doctor
from adapters.teams import settings as teams_settings
from adapters.teams.clouds import local_cloud
from adapters.teams.doctor import examine_teams
from adapters.teams.settings import TeamsSettings

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "8d9c5b0e-6c1f-4b7a-9a53-0f2a7c1d4e6b"
WELL_KNOWN = f"/{TENANT}/v2.0/.well-known/openid-configuration"
METADATA = "/v1/.well-known/openidconfiguration"
WHO = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": TENANT, "TEAMS_ALLOWED_TENANTS": TENANT}
ANONYMOUS = {"TEAMS_ANONYMOUS": "1", "TEAMS_ALLOWED_TENANTS": TENANT}
NOW = datetime.now(UTC)


class Microsoft:
    """Who has the tenants, the keys and the time; and Cairn's own door. It remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.apart = timedelta()
        self.door = 401
        self.signed_in: list[TeamsSettings] = []
        self.refusal: MendFirst | None = None
        self.answers: dict[str, tuple[int, Any]] = {}

    def begin(self, url: str) -> None:
        self.url = url
        self.answers = {
            WELL_KNOWN: (200, {"issuer": url}),
            METADATA: (200, {"issuer": "https://api.botframework.com", "jwks_uri": f"{url}/keys"}),
            "/keys": (200, {"keys": [{"kid": "a", "endorsements": ["msteams"]}, {"kid": "b"}]}),
        }

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        self.asked.append(f"{method} {path}")
        return (self.door, {}) if method == "POST" else self.answers.get(path, (404, {}))

    def sign_in(self, settings: TeamsSettings) -> None:
        self.signed_in.append(settings)
        if self.refusal:
            raise self.refusal


@contextmanager
def at_work(microsoft: Microsoft) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = microsoft.answer(self.command, self.path)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(datetime.now(UTC) + microsoft.apart, usegmt=True))
            self.send_header("Location", f"{microsoft.url}/keys")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        microsoft.begin(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield
        server.shutdown()


@pytest.fixture
def microsoft(monkeypatch: pytest.MonkeyPatch) -> Iterator[Microsoft]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    office = Microsoft()
    with at_work(office):
        monkeypatch.setattr(teams_settings, "CLOUDS", {"public": local_cloud(office.url)})
        yield office


def by_password(microsoft: Microsoft) -> dict[str, str]:
    return WHO | {"TEAMS_APP_PASSWORD": "geheim~1", "CAIRN_URL": microsoft.url}


def look(microsoft: Microsoft, environment: dict[str, str]) -> list[Finding]:
    return list(examine_teams(environment, microsoft.sign_in))


def told(findings: list[Finding]) -> str:
    return " ".join(f"{finding.seen} {finding.mend}" for finding in findings)


def ills(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.is_well]


def test_says_nothing_where_teams_is_not_set_up() -> None:
    assert list(examine_teams({})) == []


def test_finds_nothing_where_all_is_well(microsoft: Microsoft) -> None:
    findings = look(microsoft, by_password(microsoft))

    assert [finding.about for finding in findings] == [
        "Teams",
        "Teams SDK",
        "Teams clock",
        "Teams login",
        "Teams keys",
        "Teams address",
    ]
    assert not ills(findings), told(findings)
    assert "botbuilder-core 4" in findings[1].seen
    assert "2 of 127.0.0.1" in findings[4].seen
    assert "geheim" not in told(findings) + " ".join(microsoft.asked)
    assert [settings.password for settings in microsoft.signed_in] == ["geheim~1"]
    assert microsoft.asked == [f"GET {WELL_KNOWN}", f"GET {METADATA}", "GET /keys", "POST /api/messages"]


def test_half_of_the_settings(microsoft: Microsoft) -> None:
    [finding] = look(microsoft, WHO)

    assert not finding.is_well
    assert "TEAMS_APP_PASSWORD" in finding.mend
    assert microsoft.asked == []


def test_an_emulator_is_named_loudly_and_nobody_is_asked(microsoft: Microsoft) -> None:
    findings = look(microsoft, ANONYMOUS)

    assert [finding.about for finding in findings] == ["Teams", "Teams SDK"]
    assert "ANONYMOUS" in findings[0].seen
    assert "anybody" in findings[0].mend
    assert microsoft.asked == []
    assert microsoft.signed_in == []


def test_a_login_that_is_refused(microsoft: Microsoft) -> None:
    microsoft.refusal = MendFirst("Microsoft does not know this secret.", "Copy it anew.")

    [ill] = ills(look(microsoft, by_password(microsoft)))

    assert (ill.about, ill.seen, ill.mend) == (
        "Teams login",
        "Microsoft does not know this secret.",
        "Copy it anew.",
    )


def answering(path: str, body: Any, status: int = 200) -> Callable[[Microsoft], None]:
    return lambda microsoft: microsoft.answers.__setitem__(path, (status, body))


def _five_minutes_off(microsoft: Microsoft) -> None:
    microsoft.apart = timedelta(minutes=-5)


def _somebody_else_at_the_door(microsoft: Microsoft) -> None:
    microsoft.door = 404


ILLS: dict[str, tuple[Callable[[Microsoft], None], str, str]] = {
    "a clock that is off": (_five_minutes_off, "Teams clock", "(NTP)"),
    "no keys named": (answering(METADATA, {}), "Teams keys", "names no place"),
    "keys elsewhere": (
        answering(METADATA, {"jwks_uri": "http://evil.example/keys"}),
        "Teams keys",
        "names no place",
    ),
    "no keys": (answering("/keys", {"keys": []}), "Teams keys", "holds no key"),
    "keys of another channel": (
        answering("/keys", {"keys": [{"kid": "a", "endorsements": ["webchat"]}]}),
        "Teams keys",
        "holds no key",
    ),
    "a page of a proxy": (answering(METADATA, b"<html>Sign in</html>"), "Teams keys", "proxy"),
    "keys that are no list": (answering("/keys", {"keys": 7}), "Teams keys", "holds no key"),
    "a bad day": (answering(METADATA, {}, 503), "Teams keys", "answers with 503"),
    "sent elsewhere": (answering(METADATA, {}, 302), "Teams keys", "answers with 302"),
    "somebody else at the door": (_somebody_else_at_the_door, "Teams address", "reverse proxy"),
}


@pytest.mark.parametrize(("make_ill", "about", "part"), ILLS.values(), ids=ILLS)
def test_each_ill_is_found_and_told_with_what_to_do(
    microsoft: Microsoft, make_ill: Callable[[Microsoft], None], about: str, part: str
) -> None:
    make_ill(microsoft)

    findings = look(microsoft, by_password(microsoft))

    [ill] = ills(findings)
    assert ill.about == about
    assert part in f"{ill.seen} {ill.mend}"
    assert ill.mend
    assert "geheim" not in told(findings)


def test_a_minute_off_is_well(microsoft: Microsoft) -> None:
    microsoft.apart = timedelta(seconds=50)

    assert not ills(look(microsoft, by_password(microsoft)))


def test_nobody_answers(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setattr(teams_settings, "CLOUDS", {"public": local_cloud(nowhere)})

    findings = ills(look(microsoft, by_password(microsoft) | {"CAIRN_URL": nowhere}))

    assert [finding.about for finding in findings] == ["Teams clock", "Teams keys", "Teams address"]
    assert all("does not answer" in finding.seen for finding in findings)


@pytest.mark.parametrize("sdk", ["botbuilder", "agents"])
def test_an_sdk_that_is_not_there(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch, sdk: str) -> None:
    def nothing(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(doctor, "version", nothing)

    [ill] = ills(look(microsoft, by_password(microsoft) | {"TEAMS_SDK": sdk}))

    assert ill.about == "Teams SDK"
    assert f"TEAMS_SDK={sdk}" in ill.seen
    assert "pip install" in ill.mend


# The certificate


def a_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, OTHER = a_key(), a_key()


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY, days: float = 365, since: float = -1
) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cairn")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW + timedelta(days=since))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def with_certificate(microsoft: Microsoft, tmp_path: Path, held: bytes, mode: int = 0o600) -> list[Finding]:
    file = tmp_path / "geheim.pem"
    file.write_bytes(held)
    file.chmod(mode)
    return look(microsoft, WHO | {"TEAMS_APP_CERTIFICATE": str(file)})


@pytest.mark.parametrize(
    "held",
    [certificate() + pem(), pem() + certificate(), certificate() + certificate(OTHER) + pem()],
    ids=["certificate first", "key first", "with who issued it"],
)
def test_a_certificate_and_its_key(microsoft: Microsoft, tmp_path: Path, held: bytes) -> None:
    findings = with_certificate(microsoft, tmp_path, held)

    assert not ills(findings), told(findings)
    assert f"valid until {NOW + timedelta(days=365):%Y-%m-%d}" in told(findings)


EC = ec.generate_private_key(ec.SECP256R1())
BROKEN = b"-----BEGIN CERTIFICATE-----\nZ2VoZWlt\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("held", "mode", "part"),
    [
        (certificate(days=-0.5) + pem(), 0o600, "ran out on"),
        (certificate(days=29) + pem(), 0o600, "runs out on"),
        (certificate(since=1) + pem(), 0o600, "valid only from"),
        (certificate(OTHER) + pem(), 0o600, "not the one of the first"),
        (certificate(OTHER) + certificate() + pem(), 0o600, "not the one of the first"),
        (certificate(EC) + pem(EC), 0o600, "RSA"),
        (BROKEN + pem(), 0o600, "not whole"),
        (certificate() + pem().replace(b"MII", b"XXX"), 0o600, "not whole"),
        (certificate() + pem(), 0o640, "chmod 600"),
    ],
    ids=[
        "ran out",
        "runs out",
        "too early",
        "of another key",
        "issuer first",
        "no RSA",
        "broken",
        "broken key",
        "open to others",
    ],
)
def test_a_certificate_that_will_not_do(
    microsoft: Microsoft, tmp_path: Path, held: bytes, mode: int, part: str
) -> None:
    findings = with_certificate(microsoft, tmp_path, held, mode)

    [ill] = ills(findings)
    assert ill.about == "Teams certificate"
    assert part in f"{ill.seen} {ill.mend}"
    assert "geheim" not in told(findings)


def test_a_certificate_that_runs_out_in_a_month_is_well(microsoft: Microsoft, tmp_path: Path) -> None:
    assert not ills(with_certificate(microsoft, tmp_path, certificate(days=31) + pem()))
