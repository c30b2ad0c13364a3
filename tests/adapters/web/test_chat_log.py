"""The chat log, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from adapters.web.chat_log import Card, ChatLog, Line, Note, Place, Words, kept_clock
from bot.database import sessions
from bot.messages import Message, Run

AT = datetime(2026, 2, 3, 16, 0, tzinfo=UTC)
BEN, ANA = 1, 2


@pytest.fixture
def log(engine: Engine) -> ChatLog:
    return ChatLog(sessions(engine))


def says(words: str) -> Message:
    return Message(name="note", text=(Run(words),))


def shown(line: Line) -> str:
    match line.content:
        case Words(words):
            return words
        case Note(pressed):
            return f"[{pressed}]"
        case Card(message):
            return message.text[0].text


def test_keeps_everybodys_lines_in_order(log: ChatLog) -> None:
    log.add(BEN, "1", AT, Words("help"))
    log.add(ANA, "1", AT, Card(says("Hello Ana")))
    log.add(BEN, "2", AT, Note("Skip"), Card(says("Skipped")))

    assert [shown(line) for line in log.lines(BEN)] == ["help", "[Skip]", "Skipped"]
    assert [shown(line) for line in log.lines(ANA)] == ["Hello Ana"]
    assert log.lines(BEN)[0].at == AT


def test_the_same_line_is_added_once(log: ChatLog) -> None:
    for _ in range(2):
        log.add(BEN, "post:7", AT, Card(says("Brief")))

    assert len(log.lines(BEN)) == 1


def test_a_card_is_replaced_where_it_stands_and_that_is_news(log: ChatLog) -> None:
    log.add(BEN, "1", AT, Card(says("Ready?")))
    log.add(BEN, "2", AT, Card(says("Still warm?")))
    first, last = log.lines(BEN)

    later = AT + timedelta(hours=2)
    done = log.replace(BEN, Place(first.id, first.change, "Yes"), later, says("Good."))

    assert done
    assert [shown(line) for line in log.lines(BEN)] == ["Good.", "Still warm?"]
    [news] = log.lines(BEN, after=last.change)
    assert news.content == Card(says("Good."), "Yes", later)
    assert news.at == AT


@pytest.mark.parametrize("place", [Place(1, 99, "Yes"), Place(99, 1, "Yes")])
def test_a_card_that_has_changed_or_is_not_there_is_left_alone(log: ChatLog, place: Place) -> None:
    log.add(BEN, "1", AT, Card(says("Ready?")))

    assert not log.replace(BEN, place, AT, says("Good."))
    assert [shown(line) for line in log.lines(BEN)] == ["Ready?"]


def test_nobody_replaces_the_card_of_somebody_else(log: ChatLog) -> None:
    log.add(BEN, "1", AT, Card(says("Ready?")))
    [line] = log.lines(BEN)

    assert not log.replace(ANA, Place(line.id, line.change, "Yes"), AT, says("Good."))


def test_counts_what_the_bot_has_said_to_each(log: ChatLog) -> None:
    log.add(BEN, "1", AT, Words("help"), Card(says("Menu")), Card(says("More")))
    log.add(ANA, "1", AT, Words("hi"))

    assert log.received() == {BEN: 2}


def test_a_line_that_cannot_be_opened_is_left_out(log: ChatLog, engine: Engine) -> None:
    log.add(BEN, "1", AT, Words("mine"), Words("moved"))
    with engine.begin() as db:
        db.execute(text("UPDATE playground_messages SET once = 'x' WHERE id = 2"))
        db.execute(
            text(
                "UPDATE playground_messages SET content_sealed ="
                " (SELECT content_sealed FROM playground_messages WHERE id = 1) WHERE id = 2"
            )
        )

    assert [shown(line) for line in log.lines(BEN)] == ["mine"]


def test_the_clock_stands_where_it_stood(log: ChatLog, engine: Engine) -> None:
    assert kept_clock(sessions(engine), AT)() == AT

    for days in (1, 2):
        log.keep_time(AT + timedelta(days=days))

    assert kept_clock(sessions(engine), AT)() == AT + timedelta(days=2)


def test_forgets_those_who_are_gone(log: ChatLog) -> None:
    log.add(BEN, "1", AT, Words("mine"))
    log.add(ANA, "1", AT, Words("hers"))

    log.forget_all_but([ANA])

    assert (log.lines(BEN), len(log.lines(ANA))) == ([], 1)
