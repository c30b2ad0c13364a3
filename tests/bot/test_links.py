"""Links."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import LONGEST, https_link

HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,8}){1,3}", fullmatch=True)
PATHS = st.from_regex(r"(/[A-Za-z0-9@:%._~!$&'()*+,;=-]{0,20}){0,4}(\?[a-z0-9=&/?]{0,20})?", fullmatch=True)
PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "//",
        "@",
        ":",
        "/",
        "\\",
        ".",
        "#",
        "?",
        "hr.example",
        "evil",
        " ",
        "\u202e",
        "%40",
    ]
)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://docs.example.org/d/1?tab=2#top", "docs.example.org"),
        ("  https://docs.example.org/d/1\n", "docs.example.org"),
        ("HTTPS://Docs.Example.org/Path", "docs.example.org"),
        ("https://wiki/page", "wiki"),
        ("https://example.org:8443/x", "example.org"),
        ("https://example.org?q=a@b", "example.org"),
        ("https://example.org/@ana/notes", "example.org"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://bücher.example/ä", "bücher.example"),
        ("https://my_team.example.org", "my_team.example.org"),
        ("https://192.0.2.7/report", "192.0.2.7"),
    ],
)
def test_says_where_a_link_leads(text: str, host: str) -> None:
    link = https_link(text)

    assert link is not None
    assert link.host == host


def test_keeps_everything_behind_the_host_as_it_was_typed() -> None:
    link = https_link("HTTPS://Docs.Example.org:8443/Path?Q=1#Top")

    assert link is not None
    assert link.url == "https://docs.example.org:8443/Path?Q=1#Top"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the notes are on my desk",
        "docs.example.org/d/1",
        "http://docs.example.org",
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "slack://open",
        "msteams://teams.example.org/l",
        "ftp://example.org",
        "https:",
        "https://",
        "https:///example.org",
        "https:example.org",
        "https:/example.org",
        "https://hr.example@evil.example",
        "https://hr.example:pw@evil.example/",
        "https://hr.example\\@evil.example",
        "https:\\\\evil.example",
        "https://hr.example%40evil.example",
        "https://example.org/a b",
        "https://example.org/\nhttps://evil.example",
        "https://exam\tple.org/",
        "https://example.org/\u202egpj.exe",
        "https://exam\u00adple.org/",
        "https://exam\u200bple.org/",
        "https://ｅxample.org/",
        "https://example。org/",
        "https://example.org\u2044.evil.example/",
        "https://hr.example℀evil.example/",
        "https://-example.org",
        "https://example..org",
        "https://.org",
        "https://[::1]/",
        "https://example.org:port/",
        "https://example.org/<b>",
        'https://example.org/"onclick',
        "https://example.org and https://example.org",
        "\ud800https://example.org",
    ],
)
def test_refuses_what_is_no_link_or_hides_where_it_leads(text: str) -> None:
    assert https_link(text) is None


def test_refuses_what_is_too_long() -> None:
    start = "https://example.org/"
    fits = start + "a" * (LONGEST - len(start))

    assert https_link(fits) is not None
    assert https_link(fits + "a") is None
    assert https_link("https://" + ".".join(["a" * 63] * 4)) is None


def test_a_link_does_not_reach_a_log() -> None:
    assert "salary" not in repr(https_link("https://salary.example/salary"))


@given(HOSTS, PATHS)
def test_takes_every_plain_link_and_changes_nothing(host: str, path: str) -> None:
    link = https_link(f"https://{host}{path}")

    assert link is not None
    assert (link.host, link.url) == (host, f"https://{host}{path}")


@given(st.one_of(st.text(), st.text().map("https://{}".format), st.lists(PIECES).map("".join)))
def test_whatever_is_taken_leads_where_it_says(text: str) -> None:
    link = https_link(text)

    if link is None:
        return
    authority, behind = link.url.removeprefix("https://"), ""
    for end in "/?#":
        authority, _, rest = authority.partition(end)
        behind += rest
    assert link.url.startswith("https://")
    assert authority.partition(":")[0] == link.host
    assert not set("@\\%[]") & set(authority)
    assert not any(unicodedata.category(letter)[0] in "CZ" for letter in link.url)
    assert len(link.url) <= LONGEST + len(text)
    assert https_link(link.url) == link


@given(HOSTS, HOSTS, PATHS, st.sampled_from(["@", ":x@", "\\@", "%40", " ", "\t", "\u3002@", "\\"]))
def test_no_second_host_is_ever_taken(said: str, meant: str, path: str, between: str) -> None:
    assert https_link(f"https://{said}{between}{meant}{path}") is None


@given(st.from_regex(r"[a-z][a-z0-9+.-]{0,12}", fullmatch=True), HOSTS)
def test_no_other_scheme_is_taken(scheme: str, host: str) -> None:
    for text in (f"{scheme}:{host}", f"{scheme}://{host}"):
        assert (https_link(text) is not None) == (text == f"https://{host}")
