"""What HR's file says of somebody, and what it must not say twice, or of nobody knows whom."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outcomes.joining import HR_COLUMNS, Outcome, Study, join
from bot.outcomes.keys import StudyKey, is_key
from bot.outcomes.lottery import Arm, Drawn
from bot.outcomes.reading import People, Problem, Refused, number_in, rank, read_people

STUDY = StudyKey("ab" * 32)
BY = date(2025, 12, 31)
START = date(2025, 1, 13)


def hr(folder: Path, *lines: str, study: StudyKey | None = STUDY) -> People:
    file = folder / "hr.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_people(file, study, HR_COLUMNS)


def joined(folder: Path, *lines: str) -> Study:
    people = hr(folder, *lines)
    return join(people, BY, start=START, drawn=[Drawn(row.key, Arm.BEGIN, "") for row in people.rows])


def outcome(folder: Path, which: Outcome, header: str, cells: str) -> bool | None:
    return joined(folder, f"email,{header}", f"ana@example.org,{cells}").people[0].outcomes[which]


def problem(folder: Path, *lines: str) -> Problem:
    with pytest.raises(Refused) as refusal:
        joined(folder, *lines)
    return refusal.value.problems[0]


@pytest.mark.parametrize(
    ("header", "cells", "stays"),
    [
        ("retained", "yes", True),
        ("retained", "Nein", False),
        ("retained", "", None),
        ("left_on", "", True),
        ("left_on", "2025-12-31", False),
        ("left_on", "31.12.2025", False),
        ("left_on", "2026-01-01", True),
        ("Left on", "2025-06-30 00:00:00", False),
        ("retained,left_on", "no,2026-02-01", True),
        ("retained,left_on", ",", None),
        ("retained,left_on", "no,", False),
    ],
)
def test_somebody_is_retained_whose_last_day_comes_later(
    tmp_path: Path, header: str, cells: str, stays: bool | None
) -> None:
    assert outcome(tmp_path, Outcome.RETAINED, header, cells) is stays


@pytest.mark.parametrize(
    ("header", "cells", "promoted"),
    [
        ("promoted", "ja", True),
        ("level_before,level_now", "L3,L4", True),
        ("level_before,level_now", "L3,l 3", False),
        ("level_before,level_now", "4,3", False),
        ("level_before,level_now", "L9,L10", True),
        ("level_before,level_now", "Principal,principal", False),
        ("level_before,level_now", "L3,", None),
        ("level_before,level_now,left_on", "L3,,2025-05-01", False),
        ("level_before,level_now,reorganisation", "L3,L4,R25", False),
        ("level_before,level_now,reorganisation", "L3,L4,no", True),
    ],
)
def test_somebody_is_promoted_who_is_higher_on_the_same_ladder(
    tmp_path: Path, header: str, cells: str, promoted: bool | None
) -> None:
    assert outcome(tmp_path, Outcome.PROMOTED, header, cells) is promoted


@pytest.mark.parametrize(
    ("header", "cells", "moved"),
    [
        ("function_before,function_now", "Sales,Support", True),
        ("function_before,function_now", "Sales,SALES", False),
        ("function_before,function_now", "Sales,", None),
        ("function_before,function_now,reorganisation", "Sales,Support,R25", False),
        ("function_before,function_now,left_on", "Sales,,2025-05-01", False),
    ],
)
def test_a_reorganisation_is_no_move(tmp_path: Path, header: str, cells: str, moved: bool | None) -> None:
    assert outcome(tmp_path, Outcome.MOVED, header, cells) is moved


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("retained", "perhaps", "retained"),
        ("left_on", "03/04/2025", "left_on"),
        ("left_on", "2025-02-30", "left_on"),
        ("left_on", "soon", "left_on"),
        ("level_before,level_now", "L3,M1", "level_now"),
        ("level_before,level_now", "junior,senior", "level_now"),
        ("retained,left_on", "yes,2025-05-01", "retained"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_row_and_never_by_the_person(
    tmp_path: Path, header: str, cells: str, column: str
) -> None:
    found = problem(tmp_path, f"email,{header}", f"ana@example.org,{cells}")

    assert (found.row, found.column) == (2, column)
    assert "ana" not in str(found)


def test_the_same_person_twice_is_a_mistake_however_the_address_is_written(tmp_path: Path) -> None:
    found = problem(tmp_path, "email,retained", "ana@example.org,yes", " ANA@Example.org ,no")

    assert str(found).startswith("Row 3: This is the same person as in row 2.")
    assert "example" not in str(found).casefold()


@pytest.mark.parametrize("header", ["name,retained", "email,retained,Retained", ""])
def test_a_file_that_does_not_say_who_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(Refused):
        hr(tmp_path, header, "ana@example.org,yes,no")


def test_a_row_about_nobody_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, "email,retained", "Ana Byrne,yes").row == 2


def test_an_address_without_a_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        hr(tmp_path, "email,retained", "ana@example.org,yes", study=None)

    assert "key file" in str(refusal.value.problems[0])


def test_a_key_is_taken_as_it_is(tmp_path: Path) -> None:
    who = STUDY.of("ana@example.org")

    assert hr(tmp_path, "key,retained", f"{who},yes", study=None).rows[0].key == who


def test_no_address_and_no_name_comes_through_the_door(tmp_path: Path) -> None:
    people = hr(tmp_path, "email,retained,group", "ana@example.org,yes,Dublin")

    assert "ana" not in repr(people)
    assert "email" not in people.columns


def test_everybody_who_was_drawn_stays_in(tmp_path: Path) -> None:
    people = hr(tmp_path, "email,retained", "ana@example.org,yes", "cleo@example.org,no")
    drawn = [Drawn(STUDY.of(f"{name}@example.org"), Arm.WAIT, "") for name in ("ana", "ben")]

    found = join(people, BY, drawn=drawn)

    assert sorted(map(str, (one.outcomes[Outcome.RETAINED] for one in found.people))) == ["None", "True"]
    assert (found.joined, found.in_neither) == (1, 1)


@given(st.text(max_size=40))
def test_a_key_is_a_key_whatever_the_address(address: str) -> None:
    assert is_key(STUDY.of(address))
    assert STUDY.of(address) != StudyKey("cd" * 32).of(address)


@given(st.text(max_size=30))
def test_levels_and_numbers_are_read_out_of_anything(text: str) -> None:
    assert rank(text) is None or rank(text) == rank(text.upper())
    assert number_in(text) is None or isinstance(number_in(text), float)
