"""What somebody typed in Teams is read as they saw it: without quotations, markup and the bot's name."""

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.teams.words import LONGEST, has_more, said

US, OTHER = "28:bot", "29:ana"
REPLY = 'itemscope itemtype="http://schema.skype.com/Reply" itemid="1700000000000"'
MENTION = 'itemscope itemtype="http://schema.skype.com/Mention"'
EMOJI = '<emoji class="ql-emoji" id="smile" title="Smile" alt="🙂"></emoji>'
OLD_EMOJI = '<span><img itemtype="http://schema.skype.com/Emoji" alt="🙂" src="https://x/y.png"></span>'
PICTURE = '<p><img alt="image" src="https://smba.example/1/views/imgo" itemid="1" width="10"></p>'


def wrote(html: str = "", text: str = "", *more: dict[str, Any], entities: Any = ()) -> dict[str, Any]:
    parts = [{"contentType": "text/html", "content": html}] if html else []
    return {
        "type": "message",
        "text": text,
        "recipient": {"id": US, "name": "Cairn"},
        "attachments": [*parts, *more],
        "entities": list(entities),
    }


def mention(id_: str, name: str) -> dict[str, Any]:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": id_, "name": name}}


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>I did it.</p>", "I did it."),
        ("<div><div>I did it.</div></div>", "I did it."),
        ("<p>One</p>\n<p>&nbsp;</p>\n<p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two<br/>Three</p>", "One\nTwo\nThree"),
        ("<p>Mine:</p><ul><li>ask</li><li>listen</li></ul>", "Mine:\n• ask\n• listen"),
        ("<p>Tom &amp; Ana &lt;3 &#128578;</p>", "Tom & Ana <3 🙂"),
        ("<p>&amp;lt;at&amp;gt;</p>", "&lt;at&gt;"),
        (f"<p>Good {EMOJI}</p>", "Good 🙂"),
        (f"<p>Good {OLD_EMOJI}</p>", "Good 🙂"),
        ("<p>I&nbsp;did&nbsp;it.</p>", "I did it."),
        ("<p><strong>Bold</strong> and <em>slanted</em></p>", "Bold and slanted"),
        ("<pre><code>if x:\n  go()</code></pre>", "if x:\n  go()"),
        ("<!-- a <!-- b --><p>Seen</p><!-- not", "Seen"),
        ("<style>p {}</style><script>if (a < b) x()</script><p>Seen</p>", "Seen"),
        ("a < b and c > d", "a < b and c > d"),
    ],
)
def test_words_are_read_as_they_were_seen(html: str, seen: str) -> None:
    assert said(wrote(html, "something else")) == seen


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ('<a href="https://hr.example/x">https://hr.example/x</a>', "https://hr.example/x"),
        ('<a href="https://hr.example/">hr.example</a>', "hr.example"),
        ('<a href="https://evil.example/">HR</a>', "HR (https://evil.example/)"),
        ("<a href='https://a.example/?b=1&amp;c=2'>this</a>", "this (https://a.example/?b=1&c=2)"),
        ('<a href="mailto:ana@example.org">ana@example.org</a>', "ana@example.org"),
        ('<a href="tel:+35312345">+35312345</a>', "+35312345"),
        ('<a href="https://x.example"></a>Hello', "Hello"),
    ],
)
def test_where_a_link_leads_stands_beside_it(html: str, seen: str) -> None:
    assert said(wrote(f"<p>{html}</p>")) == seen


@pytest.mark.parametrize(
    "quoted",
    [
        f"<blockquote {REPLY}><strong>Cairn</strong><p>How was it?</p></blockquote>",
        f"<blockquote {REPLY}><p>A<blockquote>B</blockquote>C</p></blockquote>",
        f"<blockquote {REPLY}>Not closed <b>well</i></p> here</blockquote>",
        '<attachment id="1700000000000"></attachment>',
        '<attachment id="1700000000000"/>',
    ],
)
def test_what_is_quoted_is_not_said_again(quoted: str) -> None:
    html = f"{quoted}<p>It was good.</p>"

    assert said(wrote(html, "Cairn\nHow was it?\n\nIt was good.")) == "It was good."


def test_a_quotation_alone_is_no_words() -> None:
    html = f"<blockquote {REPLY}><p>How was it?</p></blockquote>{PICTURE}"

    activity = wrote(html, "How was it?")

    assert said(activity) == ""
    assert has_more(activity)


def test_the_bot_is_not_called_by_its_name_and_others_are() -> None:
    html = f"<p><span {MENTION} itemid='0'>Cairn</span>&nbsp;ask <span {MENTION} itemid='1'>Ana</span> to</p>"

    assert said(wrote(html, entities=[mention(US, "Cairn"), mention(OTHER, "Ana")])) == "ask Ana to"


def test_the_app_may_be_called_otherwise_than_the_bot() -> None:
    html = f"<p><span {MENTION}>Mentoring</span> help</p>"

    assert said(wrote(html, entities=[mention(US, "Mentoring")])) == "help"
    assert said(wrote(html, entities=[mention(OTHER, "Mentoring")])) == "Mentoring help"


def test_a_mention_that_does_not_end_loses_no_words() -> None:
    assert said(wrote("<p><at>Cairn, I did it")) == "Cairn, I did it"


def test_mentions_in_plain_text_are_names() -> None:
    entities = [mention(US, "Cairn"), mention(OTHER, "Ana Byrne"), {"type": "mention"}, "odd", None]

    assert said(wrote(text="<at>Cairn</at> help <at>Ana Byrne</at>\xa0now", entities=entities)) == (
        "help Ana Byrne now"
    )


@pytest.mark.parametrize(
    "part",
    [
        {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf"},
        {"contentType": "image/*", "contentUrl": "https://x"},
        {"contentType": "audio/mp4"},
        {"contentType": "forwardedMessageReference", "content": "{}"},
        {"contentType": 7},
    ],
)
def test_files_and_pictures_are_more_than_words(part: dict[str, Any]) -> None:
    assert has_more(wrote("<p>Look</p>", "Look", part))
    assert has_more(wrote("", "", part))
    assert said(wrote("<p>Look</p>", "Look", part)) == "Look"


def test_a_picture_among_the_words_is_more_and_an_emoji_is_not() -> None:
    assert has_more(wrote(PICTURE))
    assert not has_more(wrote(f"<p>Good {EMOJI}{OLD_EMOJI}</p>"))
    assert not has_more(wrote("<p>Good</p>", "Good", {"contentType": "messageReference", "content": "{}"}))


BEGINNINGS = ["<", "<!--", "<a ", "</a ", "&", "&#9", "<a b='", "<a b=", "<![CDATA[", "<?", "<p>", "</p>"]
MORE = ["<at>", "<a href='x'>y</a>", "<script></", "<a =", "<li>", " ", "\n ", f"<blockquote {REPLY}>", "<a/"]


@pytest.mark.parametrize("begins", [*BEGINNINGS, *MORE])
def test_takes_time_in_proportion_to_the_text(begins: str) -> None:
    """Python's own reader takes minutes for some of these."""
    most = (begins * LONGEST)[:LONGEST]
    began = time.process_time()

    said(wrote(most))
    has_more(wrote(most))
    said(wrote(text=most, entities=[mention(US, begins)] * 1000))

    assert time.process_time() - began < 5


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["contentType", "content", "type", "text", "mentioned", "id", "name"]),
            inner | st.sampled_from(["text/html", "mention", US]),
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["text", "attachments", "entities", "recipient"]), ODD, max_size=4))
@example({"text": None, "attachments": [{"contentType": []}]})
def test_no_odd_shape_breaks_anything(activity: dict[str, Any]) -> None:
    assert isinstance(said(activity), str)
    assert has_more(activity) in {True, False}


TAGS = ["<p>", "</p>", "<a href='x'>", "</a>", "<at>", "</at>", "<span>", "</span>", "&amp;", "&#99999999;"]


@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=5), max_size=30))
def test_no_odd_html_breaks_anything(parts: list[str]) -> None:
    assert isinstance(said(wrote("".join(parts))), str)


def test_a_number_of_a_thousand_digits_is_no_character() -> None:
    assert said(wrote(f"<p>a &#{'9' * 5000}; b</p>")) == "a \ufffd b"
