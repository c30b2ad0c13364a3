"""German: two who read German read nothing else, and type German."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from world import Someone, World, as_text

from bot.messages import Form
from bot.models import Pair
from bot.prompts import FALLBACK, Prompts
from bot.understand import command_for

A_SENTENCE = 12  # characters; shorter pieces, like "Start", may be the same in both languages


@pytest.fixture
def eva(world: World) -> Someone:
    """A mentee in Berlin."""
    return world.add("Eva Koch", "Europe/Berlin", language="de", career_stage="early", goals="Vorträge")


@pytest.fixture
def jens(world: World) -> Someone:
    """Her mentor in Lisbon."""
    return world.add("Jens Groß", "Europe/Lisbon", language="de", skills="Vorträge")


@pytest.fixture
def asked(world: World, eva: Someone, jens: Someone) -> Pair:
    """They meet tomorrow at four in Berlin, and both have been asked."""
    pair = world.meet(eva, jens, zone="Europe/Berlin")
    world.until(world.session(pair).starts_at - timedelta(hours=23))
    return pair


def _fill(someone: Someone, label: str, **answers: str) -> None:
    form = someone.presses(label)
    assert isinstance(form, Form)
    assert form.language == "de"
    someone.fills(**answers)


def _agree(world: World, eva: Someone, jens: Someone) -> Pair:
    pair = world.pair(eva, jens)
    world.forward(minutes=1)
    for someone, words in ((eva, "Sicher auftreten."), (jens, "überspringen")):
        someone.presses("Start")
        someone.presses("Stimmt so")
        someone.says(words)
    world.forward(days=1)
    _fill(eva, "Vereinbarung ausfüllen", hopes="Sicher auftreten.", minutes="30")
    _fill(jens, "Vereinbarung ausfüllen", hopes="Zuhören lernen.", minutes="60")
    jens.presses("Das Sanftere nehmen")
    world.forward(days=1)
    eva.presses(r"^Dienstag \d")
    world.forward(hours=1)
    jens.presses("Passt mir")
    world.forward(days=1)
    return pair


def _meet(world: World, pair: Pair, eva: Someone, jens: Someone) -> None:
    starts_at = world.session(pair).starts_at
    world.until(starts_at - timedelta(hours=20))
    eva.says("Der erste Vortrag.")
    eva.presses("Antwort für mich behalten")
    _fill(jens, "Alle auf einmal", noticed="Du fragst mehr.")
    world.until(starts_at + timedelta(hours=4))
    _fill(eva, "Ja, abschließen", mine="Entwurf an Jens schicken bis Freitag", theirs="Buch leihen")
    world.forward(days=5)


def _go_on(world: World, eva: Someone, jens: Someone) -> None:
    for words in ("vorhaben", "fertig", "ziele", "puls", "treffen", "meine daten"):
        eva.says(words)
    eva.presses("Ansehen")
    for words in ("hilfe", "vereinbarng", "Und die Konferenz?"):
        eva.says(words)
    eva.says("pause bis 4. Mai")
    world.forward(days=3)
    eva.says("zurück")
    world.forward(days=3)
    eva.says("aussteigen")
    eva.presses("^Aussteigen$")
    world.forward(days=3)
    jens.says("treffen")


def test_a_german_pair_never_reads_english(world: World, eva: Someone, jens: Someone) -> None:
    _meet(world, _agree(world, eva, jens), eva, jens)
    _go_on(world, eva, jens)

    read = eva.chat + jens.chat
    stories = {message.name.partition(".")[0] for message in read}
    assert stories >= {"welcome", "intro", "agreement", "sessions", "prep", "closing", "actions"}
    assert stories >= {"goals", "pulse", "pause", "mydata", "helping"}
    assert [message.name for message in read if message.language != "de"] == []
    sentences = english_sentences(world.bot.prompts)
    assert [said for message in read for said in sentences if said in as_text(message)] == []


def english_sentences(prompts: Prompts) -> set[str]:
    """Everything that is said in English, without what fills it."""
    entries = [prompts.entry(FALLBACK, name) for name in prompts.names(FALLBACK)]
    texts = (text for entry in entries for text in _texts(entry.source))
    pieces = (piece.strip() for text in texts for piece in re.split(r"\{\w+\}|\*\*|\n", text))
    return {piece for piece in pieces if len(piece) > A_SENTENCE}


def _texts(source: object) -> Iterator[str]:
    if isinstance(source, str):
        yield source
    elif isinstance(source, Mapping):
        for value in source.values():
            yield from _texts(value)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("überspringen", "prep.skipped"),
        ("Ueberspringen", "prep.skipped"),
        ("später", "prep.later"),
        ("SPÄTER", "prep.later"),
        ("Hilfe", "helping.menu"),
        ("Was kannst du?", "helping.menu"),
        ("pause bis 4. Mai", "pause.until"),
        ("stopp", "pause.for_now"),
        ("Zurück", "pause.not_away"),
        ("Meine Daten", "mydata.overview"),
        ("abschließen", "closing.still_ahead"),
        ("skip", "prep.skipped"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_german_words_work_like_buttons_and_commands(eva: Someone, typed: str, name: str) -> None:
    eva.says(typed)

    assert eva.sees.name == name


@pytest.mark.usefixtures("asked")
def test_done_is_said_in_german_too(eva: Someone) -> None:
    eva.says("vorhaben")
    _fill(eva, "Etwas hinzufügen", what="Entwurf schicken", day="nächsten Freitag")

    eva.says("fertig")

    assert eva.sees.name == "actions.done"


def test_every_word_that_help_names_can_be_typed(world: World, eva: Someone) -> None:
    world.start(eva)
    eva.says("hilfe")

    words, commands = world.bot.prompts.words, sorted(world.bot.story.commands)
    named = [run.text for run in eva.sees.text if run.bold]
    assert "treffen" in named
    assert [word for word in named if command_for(word, words, commands) is None] == []


@pytest.mark.usefixtures("asked")
def test_days_and_times_read_as_they_do_in_german(eva: Someone, jens: Someone) -> None:
    assert "am Dienstag, 10. Februar, 16:00 Uhr" in eva.reads
    assert "am Dienstag, 10. Februar, 15:00 Uhr" in jens.reads
    eva.says("pause bis 4. Mai")
    assert "Pause bis Montag, 4. Mai" in eva.reads
