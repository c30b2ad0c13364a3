"""Where messages and files may be sent. A number such as B6 is one in our list of attacks."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.loopback import is_loopback
from adapters.teams.clouds import CLOUDS, Cloud, local_cloud

PUBLIC = CLOUDS["public"]

OURS = {
    "public": "https://smba.trafficmanager.net/emea/11111111-2222-4333-8444-555555555555/",
    "gcc": "https://smba.infra.gcc.teams.microsoft.com/teams",
    "gcc-high": "https://smba.infra.gov.teams.microsoft.us/gcch/",
    "dod": "https://smba.infra.dod.teams.microsoft.us/teams",
    "china": "https://frontend.botapi.msg.infra.teams.microsoftonline.cn/",
}

NOT_OURS = [
    "",
    "smba.trafficmanager.net",
    "//smba.trafficmanager.net/emea/",
    "http://smba.trafficmanager.net/emea/",
    "ftp://smba.trafficmanager.net/",
    "HTTPS://SMBA.TRAFFICMANAGER.NET/",
    "https://smba.trafficmanager.net.evil.com/",
    "https://smba.trafficmanager.net@evil.com/",
    "https://user:word@smba.trafficmanager.net/",
    "https://@smba.trafficmanager.net/",
    "https://evil.com#smba.trafficmanager.net",
    "https://evil.com?smba.trafficmanager.net",
    "https://evil.com/smba.trafficmanager.net",
    "https://evil.com\\@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\\.evil.com/",
    "https://evil.trafficmanager.net/",
    "https://emea.smba.trafficmanager.net/",
    "https://xsmba.trafficmanager.net/",
    "https://trafficmanager.net/",
    "https://169.254.169.254/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://2852039166/",
    "https://127.0.0.1/",
    "https://localhost/",
    "http://127.0.0.1:3978/",
    "https://smba.trafficmanager.net./emea/",
    "https://smba.trafficmanager.net:8443/emea/",
    "https://smba.trafficmanager.net:443/emea/",
    "https://smba.trafficmanager.net:/emea/",
    "https://smbа.trafficmanager.net/",  # the a is Cyrillic
    "https://xn--smb-6cd.trafficmanager.net/",
    "https://smba。trafficmanager。net/",
    "https://smba.trafficmanager.ｎet/",
    "https://smba.trafficmanager.net/?a=b",
    "https://smba.trafficmanager.net/#a",
    "https://smba.trafficmanager.net/emea/../../admin",
    "https://smba.trafficmanager.net/emea/..",
    "https://smba.trafficmanager.net/./emea",
    "https://smba.trafficmanager.net//evil.com/",
    "https://smba.trafficmanager.net/%2e%2e/",
    "https://smba.trafficmanager.net/emea/\n",
    "https://smba.trafficmanager.net/ emea/",
    " https://smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\t/",
    "https:/smba.trafficmanager.net/",
    "https:smba.trafficmanager.net/",
    "https://smba.trafficmanager.net/" + "a" * 2000,
    "https://" + "a." * 1_000_000,
]


@pytest.mark.parametrize("name", CLOUDS)
def test_each_cloud_takes_its_own_addresses(name: str) -> None:
    cloud = CLOUDS[name]

    assert cloud.name == name
    assert cloud.takes(OURS[name])
    assert all(cloud.takes(f"https://{host}{path}") for host in cloud.hosts for path in ("", "/", "/a/b-c/"))


@pytest.mark.parametrize("name", CLOUDS)
def test_no_cloud_takes_those_of_another(name: str) -> None:
    """But for GCC, which is the public cloud with a door of its own."""
    taken = {other for other in CLOUDS if CLOUDS[name].takes(OURS[other])}

    assert taken == {name} | ({"public"} if name == "gcc" else set())


@pytest.mark.parametrize("url", NOT_OURS, ids=lambda url: ascii(url[:50]))
def test_b6_no_cloud_takes_an_address_of_somebody_else(url: str) -> None:
    assert not any(cloud.takes(url) for cloud in CLOUDS.values())


@pytest.mark.parametrize("name", CLOUDS)
def test_b6_nor_one_that_only_looks_like_its_own(name: str) -> None:
    cloud = CLOUDS[name]
    host = cloud.hosts[0]

    for url in (
        f"http://{host}/",
        f"https://{host}.evil.com/",
        f"https://{host}@evil.com/",
        f"https://evil.com#{host}",
        f"https://{host}:8443/",
        f"https://{host}./",
        f"https://{host.upper()}/",
        f"https://{host.replace('.', '-')}/",
    ):
        assert not cloud.takes(url)


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=CLOUDS)
def test_where_a_cloud_signs_and_logs_in_is_encrypted_and_its_own(cloud: Cloud) -> None:
    for url in (cloud.login, cloud.scope, cloud.issuer, cloud.metadata, cloud.web):
        assert urlsplit(url).scheme == "https"
        assert not url.endswith("/")
    assert cloud.scope == f"{cloud.issuer}/.default"
    assert not cloud.is_local


def test_the_public_cloud_is_that_of_the_sdk() -> None:
    assert PUBLIC.issuer == "https://api.botframework.com"
    assert PUBLIC.metadata == "https://login.botframework.com/v1/.well-known/openidconfiguration"


parts = st.sampled_from(
    [
        "https://",
        "http://",
        "smba.trafficmanager.net",
        "evil.com",
        "@",
        ":",
        "443",
        "/",
        "\\",
        "#",
        "?",
        ".",
        "-",
        "emea",
        "%2e",
        "[::1]",
        "127.0.0.1",
        "\n",
        "\t",
        " ",
        "а",
        "。",
        "xn--",
        "..",
        ";",
        "&",
        "_",
        "~",
    ]
)


@given(st.lists(parts, max_size=8).map("".join))
@example("https://smba.trafficmanager.net/emea/")
def test_b6_whatever_is_taken_every_reader_takes_for_the_same_host(url: str) -> None:
    if PUBLIC.takes(url):
        read = urlsplit(url)
        assert (read.scheme, read.netloc, read.query, read.fragment) == ("https", PUBLIC.hosts[0], "", "")


@given(st.lists(parts, max_size=8).map("".join))
@example("http://127.0.0.1:443/_connector")
def test_what_an_emulator_names_is_on_this_machine(url: str) -> None:
    if local_cloud().takes(url):
        read = urlsplit(url)
        assert (read.scheme, read.username) == ("http", None)
        assert is_loopback(read.hostname or "")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:56150/_connector",
        "http://127.0.0.1:9/",
        "http://127.0.0.53",
        "http://[::1]:8080/amer/",
        "http://localhost",
    ],
)
def test_an_emulator_may_use_any_port_of_this_machine(url: str) -> None:
    assert local_cloud().takes(url)
    assert not PUBLIC.takes(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "http://smba.trafficmanager.net/emea/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://169.254.169.254/",
        "http://localhost.evil.com/",
        "http://localhost@evil.com/",
        "http://127.0.0.1.evil.com/",
        "http://evil.com#localhost",
        "http://localhost:1/?a",
        "http://[::2]/",
        "http://[::1/",
        "http://2130706433/",
        "http://127.1/",
        "http://localhost./",
        "http://localhost:123456/",
        "https://localhost/",
        "",
    ],
)
def test_an_emulator_is_nowhere_else(url: str) -> None:
    assert not local_cloud().takes(url)


def test_a_local_cloud_may_sign_and_log_in_somewhere_on_this_machine() -> None:
    cloud = local_cloud("http://127.0.0.1:8000/", issuer="https://example.org")

    assert cloud.login == "http://127.0.0.1:8000"
    assert cloud.metadata == "http://127.0.0.1:8000/v1/.well-known/openidconfiguration"
    assert cloud.issuer == "https://example.org"
    assert local_cloud().metadata == ""


@pytest.mark.parametrize(
    ("name", "url"),
    [
        (
            "public",
            "https://contoso-my.sharepoint.com/personal/ana/_api/v2.0/drive/items/01X/uploadSession?guid='a'",
        ),
        ("gcc", "https://contoso.sharepoint.com/x"),
        ("gcc-high", "https://contoso-my.sharepoint.us/x"),
        ("dod", "https://contoso.sharepoint-mil.us/x"),
        ("china", "https://contoso.sharepoint.cn/x"),
    ],
)
def test_a_file_may_go_to_a_sharepoint_of_the_cloud(name: str, url: str) -> None:
    assert [cloud.name for cloud in CLOUDS.values() if cloud.takes_file(url)] == (
        ["public", "gcc"] if name in ("public", "gcc") else [name]
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://sharepoint.com/x",
        "https://.sharepoint.com/x",
        "https://-.sharepoint.com/x",
        "https://evilsharepoint.com/x",
        "https://contoso.sharepoint.com.evil.com/x",
        "https://contoso.sharepoint.com@evil.com/x",
        "https://evil.com/.sharepoint.com",
        "https://evil.com#.sharepoint.com/x",
        "https://evil.com\\.sharepoint.com/x",
        "https://evil.com?.sharepoint.com/x",
        "https://contoso.sharepoint.com:8443/x",
        "https://contoso.sharepoint.com./x",
        "https://a.b.sharepoint.com/x",
        "http://contoso.sharepoint.com/x",
        "https://cоntoso.sharepoint.com/x",
        "https://contoso.sharepoint.com/x y",
        "https://contoso.sharepoint.com/x\r\nHost: evil",
        "https://169.254.169.254/x",
        "http://127.0.0.1/x",
    ],
)
def test_a_file_goes_nowhere_else(url: str) -> None:
    assert not any(cloud.takes_file(url) for cloud in CLOUDS.values())


def test_an_emulator_takes_files_on_this_machine() -> None:
    assert local_cloud().takes_file("http://127.0.0.1:5000/upload?id=1")
    assert not local_cloud().takes_file("http://example.org/upload")
