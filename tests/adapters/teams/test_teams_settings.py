"""Settings for Teams: three ways to sign in, one for emulators, and everything between them refused."""

import re
from pathlib import Path

import pytest

from adapters.remedy import MendFirst
from adapters.teams.settings import SPEAKS, TeamsSettings, read_teams

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "8d9c5b0e-6c1f-4b7a-9a53-0f2a7c1d4e6b"
OTHER = "0e4f7a52-91d3-4c58-8f6e-b7a2c3d4e5f6"
PEM = """\
-----BEGIN CERTIFICATE-----
Z2VoZWlt
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
Z2VoZWlt
-----END PRIVATE KEY-----
"""
WHO = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": TENANT, "TEAMS_ALLOWED_TENANTS": TENANT}
PASSWORD = WHO | {"TEAMS_APP_PASSWORD": "geheim~1.2_3-4"}
IDENTITY = WHO | {"TEAMS_MANAGED_IDENTITY": "1"}
ANONYMOUS = {"TEAMS_ANONYMOUS": "1", "TEAMS_ALLOWED_TENANTS": TENANT}


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "geheim.pem"
    file.write_text(PEM)
    return file


def read(environment: dict[str, str]) -> TeamsSettings:
    settings = read_teams(environment)
    assert settings
    return settings


@pytest.mark.parametrize(
    "environment", [{}, {"PORT": "8000"}, {"CAIRN_URL": "https://x.example"}, {"TEAMS_SDK": "agents"}]
)
def test_where_nothing_is_said_there_is_no_teams(environment: dict[str, str]) -> None:
    assert read_teams(environment) is None


def test_a_password_signs_in_and_is_never_shown() -> None:
    settings = read(PASSWORD | {"CAIRN_URL": "https://cairn.example.com/"})

    assert (settings.way, settings.password) == ("password", "geheim~1.2_3-4")
    assert (settings.app_id, settings.tenant) == (APP, TENANT)
    assert settings.tenants == {TENANT}
    assert (settings.cloud.name, settings.sdk) == ("public", "botbuilder")
    assert settings.public_url == "https://cairn.example.com"
    assert settings.has_dialogs
    assert "geheim" not in repr(settings) + settings.described
    assert settings.described == "one tenant, signed in with a password (botbuilder)"


def test_a_certificate_signs_in(pem: Path) -> None:
    settings = read(WHO | {"TEAMS_APP_CERTIFICATE": str(pem)})

    assert (settings.way, settings.certificate) == ("certificate", pem)


def test_the_machine_itself_signs_in() -> None:
    assert read(IDENTITY).way == "managed identity"


def test_ids_are_the_same_in_capital_letters() -> None:
    settings = read(PASSWORD | {"TEAMS_APP_ID": APP.upper(), "TEAMS_ALLOWED_TENANTS": f" {TENANT.upper()} ,"})

    assert settings.app_id == APP
    assert settings.tenants == {TENANT}


def test_cloud_sdk_and_tenants_are_chosen() -> None:
    settings = read(
        PASSWORD
        | {"TEAMS_CLOUD": "gcc-high", "TEAMS_SDK": "agents", "TEAMS_ALLOWED_TENANTS": f"{TENANT}, {OTHER}"}
    )

    assert settings.cloud.name == "gcc-high"
    assert settings.described == "2 tenants of gcc-high, signed in with a password (agents)"


@pytest.mark.parametrize("cloud", ["public", "gcc", "gcc-high", "dod", "china"])
def test_every_cloud_is_known(cloud: str) -> None:
    assert read(PASSWORD | {"TEAMS_CLOUD": cloud}).cloud.name == cloud


@pytest.mark.parametrize("host", ["", "127.0.0.1", "localhost", "::1"])
def test_an_emulator_on_this_machine_needs_no_more_than_a_tenant(host: str) -> None:
    settings = read(ANONYMOUS | {"HOST": host})

    assert settings.is_anonymous
    assert settings.cloud.is_local
    assert not settings.has_dialogs
    assert "ANONYMOUS" in settings.described


def test_an_emulator_may_have_odd_ids() -> None:
    odd = "00000000-0000-0000-0000-0000000000001"
    settings = read(ANONYMOUS | {"TEAMS_ALLOWED_TENANTS": odd, "TEAMS_TENANT_ID": odd, "TEAMS_APP_ID": odd})

    assert settings.tenants == {odd}


@pytest.mark.parametrize("environment", [PASSWORD, IDENTITY, ANONYMOUS])
def test_half_of_it_is_refused(environment: dict[str, str]) -> None:
    for name in environment:
        with pytest.raises(MendFirst):
            read_teams({other: value for other, value in environment.items() if other != name})


@pytest.mark.parametrize(
    ("environment", "part"),
    [
        (WHO, "how Cairn signs in"),
        (PASSWORD | {"TEAMS_MANAGED_IDENTITY": "1"}, "TEAMS_APP_PASSWORD and TEAMS_MANAGED_IDENTITY"),
        (PASSWORD | {"TEAMS_APP_CERTIFICATE": "/geheim.pem"}, "TEAMS_APP_PASSWORD and TEAMS_APP_CERTIFICATE"),
        (WHO | {"TEAMS_MANAGED_IDENTITY": "geheim"}, "neither 1 nor left out"),
        (PASSWORD | {"TEAMS_APP_ID": "geheim"}, "TEAMS_APP_ID is not an id"),
        (PASSWORD | {"TEAMS_APP_ID": ""}, "TEAMS_APP_ID is missing"),
        (PASSWORD | {"TEAMS_TENANT_ID": "geheim.onmicrosoft.com"}, "Directory (tenant) ID"),
        (PASSWORD | {"TEAMS_ALLOWED_TENANTS": ""}, "TEAMS_ALLOWED_TENANTS is empty"),
        (PASSWORD | {"TEAMS_ALLOWED_TENANTS": " , "}, "TEAMS_ALLOWED_TENANTS is empty"),
        (PASSWORD | {"TEAMS_ALLOWED_TENANTS": f"{TENANT},geheim"}, "Number 2"),
        (PASSWORD | {"TEAMS_ALLOWED_TENANTS": "*"}, "Number 1"),
        (PASSWORD | {"TEAMS_APP_PASSWORD": OTHER}, "the id of a client secret"),
        (PASSWORD | {"TEAMS_APP_PASSWORD": "geheim…"}, "not a whole client secret"),
        (PASSWORD | {"TEAMS_APP_PASSWORD": "geheim geheim"}, "not a whole client secret"),
        (PASSWORD | {"TEAMS_CLOUD": "geheim"}, "public, gcc, gcc-high, dod, china"),
        (PASSWORD | {"TEAMS_SDK": "geheim"}, "botbuilder or agents"),
        (PASSWORD | {"CAIRN_URL": "http://cairn.example.com"}, "https://"),
        (PASSWORD | {"TEAMS_ANONYMOUS": "1"}, "TEAMS_ANONYMOUS is for an emulator"),
        (IDENTITY | {"TEAMS_ANONYMOUS": "1"}, "TEAMS_ANONYMOUS is for an emulator"),
        (ANONYMOUS | {"TEAMS_ANONYMOUS": "geheim"}, "neither 1 nor left out"),
        (ANONYMOUS | {"HOST": "0.0.0.0"}, "HOST"),  # noqa: S104 - it is refused
        (ANONYMOUS | {"HOST": "127.0.0.1.evil.example"}, "HOST"),
        (ANONYMOUS | {"CAIRN_URL": "https://cairn.example.com"}, "CAIRN_URL"),
        (ANONYMOUS | {"TEAMS_CLOUD": "gcc"}, "TEAMS_CLOUD"),
        (ANONYMOUS | {"TEAMS_ALLOWED_TENANTS": ""}, "TEAMS_ALLOWED_TENANTS is empty"),
        (ANONYMOUS | {"TEAMS_APP_ID": "geheim"}, "TEAMS_APP_ID is not an id"),
    ],
)
def test_a_contradiction_or_a_mix_up_is_told_and_nothing_secret_with_it(
    environment: dict[str, str], part: str
) -> None:
    with pytest.raises(MendFirst) as refused:
        read_teams(environment)

    assert part in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("held", "part"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"\x30\x82geheim", "is no PEM file"),
        (PEM[: PEM.index("-----BEGIN PRIVATE")].encode(), "there is no key"),
        (PEM[PEM.index("-----BEGIN PRIVATE") :].encode(), "there is no certificate"),
        (PEM.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY").encode(), "has a passphrase"),
    ],
)
def test_a_certificate_without_which_nobody_signs_in(tmp_path: Path, held: bytes | None, part: str) -> None:
    file = tmp_path / "geheim.pem"
    if held is not None:
        file.write_bytes(held)

    with pytest.raises(MendFirst) as refused:
        read_teams(WHO | {"TEAMS_APP_CERTIFICATE": str(file)})

    assert part in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_a_certificate_itself_is_no_name_of_a_file() -> None:
    with pytest.raises(MendFirst, match="instead of a file's name") as refused:
        read_teams(WHO | {"TEAMS_APP_CERTIFICATE": PEM})

    assert "Z2VoZWlt" not in str(refused.value)


def test_the_guide_names_every_setting_and_no_other() -> None:
    guide = (Path(__file__).parents[3] / "docs/teams.md").read_text(encoding="utf-8")
    table = re.search(r"## Settings\n(.*?)\n## ", guide, re.DOTALL)
    assert table

    assert {*re.findall(r"^\| `([A-Z_]+)` \|", table[1], re.MULTILINE)} == {
        *SPEAKS,
        "TEAMS_CLOUD",
        "TEAMS_SDK",
        "CAIRN_URL",
    }
