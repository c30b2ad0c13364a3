"""A table that a spreadsheet opens as what it is. G1."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.table_file import safe, write_table

ATTACKS = [
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
    "＠1",
    ";=1",
    '"=1',
    "=cmd|'/C calc'!A0",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_would_be_a_formula_is_text(attack: str) -> None:
    assert safe(attack) == f"'{attack}"


@pytest.mark.parametrize("plain", ["ana@example.org", "Ana - Byrne", "1 = 1", "", "'quoted'"])
def test_what_is_none_stays_as_it_is(plain: str) -> None:
    assert safe(plain) == plain


def test_numbers_stay_numbers_and_text_is_quoted() -> None:
    file = io.StringIO()

    write_table(file, ("who", "score"), [("ana", -5), ('"x", y', 7)])

    assert file.getvalue() == '"who","score"\n"ana",-5\n"""x"", y",7\n'


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_cell_comes_back(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    write_table(file, cells, [cells])
    file.seek(0)

    _, row = csv.reader(file)

    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
