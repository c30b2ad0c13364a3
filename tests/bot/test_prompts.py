"""Prompts as values. What they say is looked at in tests/test_prompts.py."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Typing
from bot.messages import Run, plain
from bot.prompts import PromptError, Prompts, Template, read_prompts

ENGLISH = """
[hello]
text = \"\"\"
Hello **{name}**,
how are you?

- one
- two
\"\"\"
press.go = "Go to {name}"
press.pick = "{label}"

[days]
text.one = "{count} day"
text.other = "{count} days"
"""


@pytest.fixture
def prompts(tmp_path: Path) -> Prompts:
    _write(tmp_path, "en", ENGLISH)
    _write(
        tmp_path,
        "pl",
        '[days]\ntext.one = "{count} dzień"\ntext.few = "{count} dni"\ntext.other = "{count} dnia"\n',
    )
    return read_prompts(tmp_path)


def _write(folder: Path, language: str, toml: str) -> None:
    (folder / language).mkdir(exist_ok=True)
    (folder / language / "story.toml").write_text(toml, encoding="utf-8")


def test_lines_of_a_paragraph_are_joined_and_lists_stay_lists(prompts: Prompts) -> None:
    message = prompts.say("en", "story.hello", name="Ben")

    assert plain(message.text) == "Hello Ben, how are you?\n\n• one\n• two"
    assert Run("Ben", bold=True) in message.text


@given(st.text(st.characters(codec="utf-8")))
def test_what_fills_a_placeholder_is_never_markup_nor_a_placeholder(value: str) -> None:
    """D4, D8, D18."""
    text = Template("Hello **{name}**, {greeting}.").fill({"name": value, "greeting": "{name}"})

    assert [run.text.strip("\u2068\u2069") for run in text] == [
        "Hello ",
        value.strip("\u2068\u2069"),
        ", ",
        "{name}",
        ".",
    ]


def test_a_name_in_hebrew_does_not_turn_the_sentence_around(prompts: Prompts) -> None:
    assert "\u2068שרה\u2069" in plain(prompts.say("en", "story.hello", name="שרה").text)


@pytest.mark.parametrize(("count", "said"), [(1, "1 dzień"), (2, "2 dni"), (5, "5 dnia")])
def test_the_plural_is_that_of_the_language(prompts: Prompts, count: int, said: str) -> None:
    assert prompts.phrase("pl", "story.days", count=count) == said


def test_a_language_that_lacks_an_entry_says_it_in_english(prompts: Prompts) -> None:
    message = prompts.say("pl", "story.hello", name="Ben")

    assert message.language == "en"


def test_buttons_carry_their_action_and_a_label_that_fits(prompts: Prompts) -> None:
    """D23."""
    pick = [("x" * 300, Typing("long"))]

    go, long = prompts.say("en", "story.hello", name="Ben", press={"go": Typing("go"), "pick": pick}).buttons

    assert (go.label, go.action) == ("Go to Ben", Typing("go"))
    assert len(long.label) == 75
    assert long.label.endswith("…")


def test_another_wording_has_another_fingerprint(tmp_path: Path) -> None:
    _write(tmp_path, "en", ENGLISH)
    before = read_prompts(tmp_path).entry("en", "story.hello").fingerprint
    _write(tmp_path, "en", ENGLISH.replace("how are you", "how do you do"))
    after = read_prompts(tmp_path).entry("en", "story.hello").fingerprint

    assert before.startswith("en/story.hello@")
    assert before != after


LIKE = """
[one]
text = "It stands."
press.go = "Go"
press.edit = "Edit"
facts.what = "What"

[changed]
like = "one"
text = "Changed."
press.edit = "Edit again"
facts.day = "When"

[kept]
like = "changed"
text = "Kept."
"""


def test_an_entry_like_another_has_its_labels_under_its_own(tmp_path: Path) -> None:
    _write(tmp_path, "en", LIKE)
    kept = read_prompts(tmp_path).entry("en", "story.kept")

    assert {name: label.plain({}) for name, label in kept.press.items()} == {"go": "Go", "edit": "Edit again"}
    assert {name: label.plain({}) for name, label in kept.facts.items()} == {"what": "What", "day": "When"}
    assert kept.text["other"].plain({}) == "Kept."
    assert kept.like == "story.changed"


def test_another_label_of_what_it_is_like_is_another_wording(tmp_path: Path) -> None:
    _write(tmp_path, "en", LIKE)
    before = read_prompts(tmp_path).entry("en", "story.kept").fingerprint
    _write(tmp_path, "en", LIKE.replace('"Go"', '"Go on"'))

    assert read_prompts(tmp_path).entry("en", "story.kept").fingerprint != before


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[kept]\nlike = "one"\n', r"story\.toml: \[kept\] is like \[one\], which is not there"),
        ('[kept]\nlike = "kept"\n', r"story\.toml: \[kept\] comes to be like itself: kept < kept"),
        (
            '[a]\nlike = "b"\n[b]\nlike = "a"\n',
            r"story\.toml: \[a\] comes to be like itself: a < b < a",
        ),
    ],
)
def test_an_entry_like_nothing_or_like_itself_is_refused(tmp_path: Path, toml: str, said: str) -> None:
    _write(tmp_path, "en", toml)

    with pytest.raises(PromptError, match=said):
        read_prompts(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "en", "[hello\n")

    with pytest.raises(PromptError, match=r"story\.toml"):
        read_prompts(tmp_path)


def test_bold_that_never_ends_is_refused() -> None:
    with pytest.raises(PromptError, match="without its partner"):
        Template("Hello **Ben")
