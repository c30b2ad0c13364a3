"""`app.py match`, as a coordinator meets it, and the check that docs/matching.md offers."""

import csv
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

import app

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/matching.csv"
BROKEN = ROOT / "examples/broken-roster.csv"
PAGE = (ROOT / "docs/matching.md").read_text(encoding="utf-8")

Match = Callable[..., Any]


@pytest.fixture
def match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Match:
    """`match("--seed", 1)` says it on the command line, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    mask = os.umask(0o022)
    os.umask(mask)

    def match(*words: object, roster: Path = EXAMPLE) -> Any:
        said = ["match", "--roster", str(roster), *map(str, words)]
        result = CliRunner().invoke(app.cli, said)
        os.umask(mask)
        return result

    return match


def table(name: str) -> list[dict[str, str]]:
    with Path(name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_says_what_came_of_it(match: Match) -> None:
    result = match("--seed", 1, "--out", "pairs.csv", "--scores", "scores.csv", "--left", "left.csv")

    assert result.exit_code == 0, result.output
    assert "38 of 40 mentees have a mentor in this proposal." in result.output
    assert "this is proved" in result.output
    assert [len(table(name)) for name in ("pairs.csv", "left.csv")] == [38, 2]
    assert list(table("pairs.csv")[0]) == ["mentee", "mentor", "score", "why"]
    assert list(table("scores.csv")[0]) == ["mentee", "mentor", "score"]
    assert all(row["why"] for row in (*table("pairs.csv"), *table("left.csv")))


def test_the_check_in_the_docs_agrees(match: Match) -> None:
    match("--seed", 1, "--out", "pairs.csv", "--scores", "scores.csv")
    shutil.copy(EXAMPLE, "roster.csv")
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found

    exec(found[1], {})  # noqa: S102 - our own words, as a reader would run them


def test_the_check_in_the_docs_can_fail(match: Match) -> None:
    match("--seed", 1, "--out", "pairs.csv", "--scores", "scores.csv")
    shutil.copy(EXAMPLE, "roster.csv")
    lines = Path("pairs.csv").read_text(encoding="utf-8").splitlines()
    Path("pairs.csv").write_text("\n".join(lines[:-1]), encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found

    with pytest.raises(AssertionError):
        exec(found[1], {})  # noqa: S102 - our own words, as a reader would run them


def test_the_order_of_the_rows_changes_no_byte(match: Match, tmp_path: Path) -> None:
    header, *rows = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join((header, *Random(3).sample(rows, len(rows)))), encoding="utf-8")

    match("--seed", 5, "--out", "one.csv", "--scores", "one-scores.csv")
    match("--seed", 5, "--out", "two.csv", "--scores", "two-scores.csv", roster=shuffled)

    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert Path("one-scores.csv").read_bytes() == Path("two-scores.csv").read_bytes()


def test_a_rule_about_sites_can_be_set(match: Match) -> None:
    match("--sites", "same", "--out", "pairs.csv", "--left", "left.csv")

    site = {row["email"]: row["site"] for row in table(str(EXAMPLE))}
    assert all(site[row["mentee"]] == site[row["mentor"]] for row in table("pairs.csv"))
    assert "The rule about sites leaves nobody." in Path("left.csv").read_text(encoding="utf-8")


def test_a_roster_with_problems_is_told_as_by_import(match: Match) -> None:
    result = match("--out", "pairs.csv", roster=BROKEN)

    assert result.exit_code == 1
    assert 'Row 1, "capcity": This column is not known.' in result.output
    assert "Nothing was matched. Mend this and try again." in result.output
    assert not Path("pairs.csv").exists()


def test_a_place_that_cannot_be_written_is_said(match: Match) -> None:
    result = match("--out", "no-such-folder/pairs.csv")

    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_import_takes_the_same_file(match: Match) -> None:
    result = CliRunner().invoke(app.cli, ["import", str(EXAMPLE)])

    assert result.exit_code == 0, result.output
    assert "56 people" in result.output


def test_nobody_to_match_is_an_answer(match: Match, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("email,name,role,timezone\nana@example.org,Ana,mentor,Europe/Dublin", encoding="utf-8")

    result = match("--out", "pairs.csv", "--scores", "scores.csv", roster=roster)

    assert result.exit_code == 0, result.output
    assert "0 of 0 mentees" in result.output
    assert table("pairs.csv") == table("scores.csv") == []
