"""D, E, G, H and I with a number are the attacks in our list."""

import json
from collections.abc import Callable
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import NAME, clean, clean_name, is_blank, key, quotes, shorten

FAMILY = "👨‍👩‍👧‍👦"
SPACES = " \t\n\r\u2028\u200b\u200c\u200d\u2060\ufeff"
ODD = "aA1\u0301\u0316\u0345\u202e\u2066\u2069\ufe0f🇮🇪👩🏽\U000e0041\ud800ﾞﷺﬃŉ´“" + SPACES
anything = st.text(st.characters() | st.sampled_from(ODD), max_size=60)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("a\r\nb\rc\u2028d\u2029e\x0bf\x85g", "a\nb\nc\nd\ne\nf\ng", id="D15-line-ends"),
        pytest.param("a\x00b\x01c\x1b[31md\x7fe\x9ff", "abc[31mdef", id="D15-H12-control-characters"),
        pytest.param("list:\n\tone", "list:\n\tone", id="tabs-and-lines-stay"),
        pytest.param("half \ud83d an emoji", "half  an emoji", id="D15-lone-surrogate"),
        pytest.param("invoice\u202egpj.exe", "invoicegpj.exe", id="D10-override"),
        pytest.param("\u2066\u2067open isolates", "open isolates", id="D10-isolates"),
        pytest.param("hi\U000e0068\U000e0069", "hi", id="D11-tags"),
        pytest.param("\ufeffza\u200bp", "zap", id="D11-byte-order-mark-and-zero-width-space"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian-needs-its-joiners"),
        pytest.param(FAMILY, FAMILY, id="emoji-need-their-joiners"),
        pytest.param("e\u0301", "é", id="G4-composed"),
        pytest.param("  \n words \u3000\n", "words", id="outer-space"),
        pytest.param("<!channel> *b* {x}", "<!channel> *b* {x}", id="D1-D18-markup-is-not-ours-to-judge"),
    ],
)
def test_keeps_the_words_and_drops_what_does_harm(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_keeps_eight_marks_on_a_letter_and_no_thousand() -> None:
    """D13"""
    zalgo = "Z" + "\u0335" * 1_000 + "algo"

    assert clean(zalgo) == "Z" + "\u0335" * 8 + "algo"


def test_is_not_fooled_by_marks_with_joiners_between_them() -> None:
    """D13"""
    assert len(clean("Z" + "\u0335\u200d" * 1_000)) == 9


def test_keeps_the_marks_that_languages_need() -> None:
    for word in ("Việt Nam", "हिन्दी", "ภาษาไทยนี้", "שָׁלוֹם", "བསྒྲུབས"):
        assert clean(word) == normalize("NFC", word)


@given(anything)
def test_what_is_clean_can_be_stored_and_stays_as_it_is(typed: str) -> None:
    """D15"""
    text = clean(typed)

    assert clean(text) == text
    assert "\x00" not in text
    assert json.loads(json.dumps(text).encode("utf-8")) == text


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \t\n",
        "\u00a0\u3000",
        "\u200b\u200d\ufeff\u2060",
        "\u3164",
        "\u2800",
        "\x00\x1f",
        "\ufe0f\U000e0041",
    ],
)
def test_nothing_to_see_is_blank(typed: str) -> None:
    """D17"""
    assert is_blank(typed)


@pytest.mark.parametrize("typed", ["👍", "❤️", FAMILY, "🇩🇪", ".", "0", "\u200b a"])
def test_one_sign_is_an_answer(typed: str) -> None:
    """D17"""
    assert not is_blank(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("  Ana \n\t Ferreira ", "Ana Ferreira", id="one-line"),
        pytest.param("Ana\u2028ERROR root logged in", "Ana ERROR root logged in", id="H12-fake-log-line"),
        pytest.param("A\u200bn\u200ca\ufe0f\U000e0041", "Ana", id="D11-unseen"),
        pytest.param("\u3164\u2800", "", id="D17-blank-name"),
        pytest.param("<@U123> *Ben*", "<@U123> *Ben*", id="D3-markup-stays-plain"),
        pytest.param("=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0", id="G1-formula-stays-plain"),
        pytest.param("Ben " * 40, "Ben " * 19 + "Ben…", id="long"),
        pytest.param("👍🏽" * 40, "👍🏽" * 19 + "…", id="D14-long-and-not-cut-in-two"),
    ],
)
def test_a_name_is_one_visible_line(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@given(anything)
def test_a_clean_name_is_short_and_clean(typed: str) -> None:
    name = clean_name(typed * 3)

    assert clean_name(name) == name
    assert units(name) <= NAME
    assert len(name.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        pytest.param("Take part", 9, "Take part", id="fits"),
        pytest.param("Take part!", 9, "Take par…", id="ellipsis"),
        pytest.param("Take part", 6, "Take…", id="no-space-before-it"),
        pytest.param("ab😀cd", 4, "ab…", id="D14-surrogate-pair"),
        pytest.param("a" + FAMILY + "b", 8, "a…", id="D14-family"),
        pytest.param("🇮🇪🇩🇪🇳🇿", 9, "🇮🇪🇩🇪…", id="D14-flags-in-pairs"),
        pytest.param("👍🏽👍🏽", 5, "👍🏽…", id="D14-skin-tone"),
        pytest.param("❤️❤️❤️", 4, "❤️…", id="D14-variation"),
        pytest.param("e\u0301e\u0301e\u0301", 4, "e\u0301…", id="D14-combining-mark"),
        pytest.param(FAMILY, 5, "…", id="one-character-too-large"),
        pytest.param("words", 1, "…", id="room-for-one"),
        pytest.param("words", 0, "", id="no-room"),
    ],
)
def test_shortens_between_two_characters(text: str, limit: int, shown: str) -> None:
    assert shorten(text, limit) == shown


def test_a_button_label_keeps_to_the_limit() -> None:
    """D23"""
    assert units(shorten("🧭" * 300, 75)) == 75


@given(anything, st.integers(0, 40))
def test_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert units(short) <= limit
    assert short == text or (text.startswith(short.removesuffix("…")) and units(text) > limit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Pause\u00a0until “4 May”", 'pause until "4 May"', id="E2-smart-quotes-and-hard-spaces"),
        pytest.param("don’t", "don't", id="E2-apostrophe"),
        pytest.param("ana‑maria", "ana-maria", id="hyphens"),
        pytest.param("ＨＥＬＰ", "help", id="D12-full-width"),
        pytest.param("STRASSE", "straße", id="I6-case-folding"),
        pytest.param("BEN@Example.org ", "ben@example.org", id="G4-e-mail"),
        pytest.param("zoe\u0308@example.org", "zo\u00eb@example.org", id="G4-two-ways-of-writing"),
        pytest.param("st\u00adop\u200b", "stop", id="D11-unseen"),
        pytest.param("  in   two\nweeks ", "in two weeks", id="inner-spaces"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("ana", "аna"), ("ana@example.org", "ana+x@example.org")])
def test_what_is_different_stays_different(one: str, other: str) -> None:
    """D12, G4: the first а of the second is Cyrillic."""
    assert key(one) != key(other)


def test_a_key_can_be_longer_than_its_text() -> None:
    """I6: so a limit is one on the key."""
    assert len(key("\ufdfa")) == 18
    assert key("ŉ") == "ʼn"


@given(anything)
def test_the_key_of_a_key_is_itself(typed: str) -> None:
    """I6"""
    assert key(key(typed)) == key(typed)


@pytest.mark.parametrize("does", [clean, is_blank, clean_name, key, lambda text: shorten(text, 40_000)])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 50_000 + "!", id="I1-letters"),
        pytest.param(" " * 50_000 + "!", id="I1-spaces"),
        pytest.param("a" + "\u0301\u0316" * 100_000, id="D13-marks-that-normalising-would-sort"),
        pytest.param("a" + "\u0301\u2060\u0316\u200d" * 50_000, id="D13-marks-with-others-between"),
        pytest.param("ｶ" + "ﾞ\u0301" * 50_000, id="I6-marks-in-disguise"),
        pytest.param("🇩" * 50_000, id="D14-flags-without-end"),
        pytest.param("👩\u200d" * 50_000, id="D14-one-endless-character"),
        pytest.param("\ufdfa" * 20_000, id="I6-one-letter-becomes-eighteen"),
    ],
)
def test_takes_long_attacks_in_its_stride(does: Callable[[str], object], text: str) -> None:
    """I1: where the time grew with the square of the length, this test would take minutes."""
    does(text)


@pytest.mark.parametrize(
    ("value", "text", "does"),
    [
        ("Ja", "Ja", True),
        ("Im Januar", "Ja", False),
        ("Nein\nJa\nVielleicht", "Ja", True),
        ("Ja, gern", "Ja", False),
        ("She said: I would rather not.", "I would rather not.", True),
        ("One\nTwo\nThree", "One\nTwo", True),
        ("One\nTwofold", "One\nTwo", False),
    ],
)
def test_a_short_text_is_quoted_by_a_whole_line_only(value: str, text: str, does: bool) -> None:
    assert quotes(value, text) is does
