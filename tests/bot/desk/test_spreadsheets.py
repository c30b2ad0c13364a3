"""Spreadsheets: nothing in one can run, umlauts stay umlauts, and no column holds what people wrote."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Column, Select, select
from sqlalchemy.sql import visitors
from world import World

from bot.desk.roles import Right
from bot.desk.spreadsheets import EXPORTS, MARK, Export, as_csv
from bot.desk.spreadsheets import Column as Shown
from bot.models import ActionItem, Base, Letter, Pair, Person, Programme, Session
from bot.table_file import harmless
from bot.tables import ELSEWHERE

assert ELSEWHERE

ALLOWED = {"P3", "P4", "P6"}
HOW_SOMEBODY_IS = (  # of the directory, and yet nobody's business
    *("paused", "resume", "absen", "nudges", "digest", "status", "erase", "leave", "tell_partner", "welcome"),
    *("goals", "skills", "wish", "email", "active", "quiet", "asked", "extend", "finish", "suggest"),
)


def columns_in(query: Select[Any]) -> Iterator[Column[Any]]:
    """Every column of a table that a query mentions, also in what it is limited to or counts."""
    for part in visitors.iterate(query):
        for column in getattr(part, "base_columns", ()):
            if isinstance(column, Column):
                yield column


def model_of(column: Column[Any]) -> type[Base]:
    return next(m.class_ for m in Base.registry.mappers if m.local_table is column.table)


def wrong_with(export: Export) -> list[str]:
    """C13: what may be in no file."""
    named = [column.of.property.columns[0] for column in export.columns]
    mentioned = list(columns_in(export.query(Programme(id=1, name="", smallest_group=5))))
    return [
        *(f"{c.table}.{c.name} is sealed" for c in (*named, *mentioned) if c.name.endswith("_sealed")),
        *(
            f"{c.table}.{c.name} is of class {model_of(c).data_class}"
            for c in (*named, *mentioned)
            if model_of(c).data_class not in ALLOWED
        ),
        *(
            f"{c.table}.{c.name} says how somebody is"
            for c in (*named, *mentioned)
            if any(part in c.name for part in HOW_SOMEBODY_IS)
        ),
    ]


@pytest.mark.parametrize("name", EXPORTS)
def test_no_column_of_any_export_holds_what_people_wrote(name: str) -> None:
    """C13."""
    assert wrong_with(EXPORTS[name]) == []


FORBIDDEN = (Person.email_sealed, Letter.written_at, ActionItem.state, Person.paused_at, Pair.active_at)


@pytest.mark.parametrize("column", FORBIDDEN, ids=str)
def test_such_a_column_would_be_found(column: Any) -> None:
    """Shown, or only looked at to choose the rows."""
    shown = Export(Right.NAMES, (Shown("name", column),), lambda _: select(column))
    looked_at = Export(Right.NAMES, (), lambda _: select(Session.id).where(column.is_not(None)))

    assert wrong_with(shown)
    assert wrong_with(looked_at)


def test_every_heading_is_there_in_every_language(world: World) -> None:
    for language in world.bot.prompts.languages:
        labels = world.bot.prompts.entry(language, "export.columns").facts.keys()
        assert {column.name for one in EXPORTS.values() for column in one.columns} <= labels


# G1


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    ";=1",
    '"=1',
    "=cmd|'/C calc'!A0",
    " =1",
    "\u200b=1",
    "\ufeff@A1",
    "\u00a0+1",
    "﹦1",
    "−1",
    "\t",
    "\nAna",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    """G1."""
    [[cell]] = read(as_csv([], [[text]]))[1:]

    assert cell.startswith("'")


@pytest.mark.parametrize("text", ["Ana", "Jürgen Groß", "O'Brien", "3 = 3", "a-b", "李", ""])
def test_an_ordinary_name_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(max_size=60))
@example('a";=1')
@example("a\n=1")
def test_whatever_a_cell_holds_it_is_one_cell_on_one_line(text: str) -> None:
    [_, row] = read(as_csv(["a", "b"], [[text, 7]]))

    assert len(row) == 2
    assert row[1] == "7"
    assert not set("\r\n") & set(row[0])
    assert row[0][:1] not in set("=+-@\t\r\n＝＋－＠")


def test_numbers_stay_numbers_and_words_are_quoted() -> None:
    moment = datetime(2026, 2, 3, 16, tzinfo=UTC)

    file = as_csv(["Name", "n"], [["Jürgen", 3], ["-5", -5], [None, None], [date(2026, 2, 3), moment]])

    assert file.decode("utf-8-sig").split("\r\n") == [
        '"Name","n"',
        '"Jürgen",3',
        '"\'-5",-5',
        '"",""',
        '"2026-02-03","2026-02-03"',
        "",
    ]
    assert file.decode().startswith(MARK)


def read(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
