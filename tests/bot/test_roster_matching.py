"""What a roster says for the matching. Ben is a mentee in Denver, Ana a mentor in Dublin."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import roster_matching
from bot.matching.from_roster import participants
from bot.prompts import read_prompts
from bot.roster import COLUMNS, Roster, read_roster

PROMPTS = read_prompts(Path(__file__).parent.parent.parent / "prompts")
EVERY = (*COLUMNS, *roster_matching.COLUMNS)
BEN = {"email": "ben@example.org", "name": "Ben Okafor", "role": "mentee", "timezone": "America/Denver"}
ANA = {"email": "ana@example.org", "name": "Ana Byrne", "role": "mentor", "timezone": "Europe/Dublin"}

Read = Callable[..., Roster]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*people: dict[str, str], header: str = "") -> Roster:
        columns = list(dict.fromkeys(name for person in people for name in person))
        file = io.StringIO()
        writer = csv.DictWriter(file, columns)
        if header:
            file.write(header + "\n")
        else:
            writer.writeheader()
        writer.writerows(people)
        (tmp_path / "roster.csv").write_text(file.getvalue(), encoding="utf-8")
        return read_roster(tmp_path / "roster.csv", frozenset({"en", "de"}))

    return read


def said(roster: Roster) -> list[str]:
    return [problem.said(PROMPTS) for problem in roster.problems]


def noted(roster: Roster) -> tuple[str, ...]:
    return tuple(note.said(PROMPTS) for note in roster.notes)


def test_everything_is_read(read: Read) -> None:
    roster = read(
        BEN
        | {
            "languages": "en; Deutsch; German",
            "style": "Hands on; direct",
            "contact": "In person, writing",
            "site": "  North  Wing ",
            "manager": "ANA@example.org",
            "not_with": "ana@example.org",
            "past": "ana@example.org; ana@example.org",
            "wishes": "ana@example.org",
            "vetoes": "",
            "group": "Nights",
        },
        ANA,
    )

    ben = roster.rows[0]
    assert (roster.problems, roster.notes) == ((), ())
    assert ben.languages == ("en", "de")
    assert (ben.style, ben.contact) == (("hands-on", "direct"), ("in-person", "writing"))
    assert (ben.site, ben.group, ben.manager) == ("north wing", "Nights", "ana@example.org")
    assert ben.not_with == ben.past == ben.wishes == ("ana@example.org",)


def test_none_of_it_is_needed(read: Read) -> None:
    (person,) = participants(read(ANA).rows)

    assert (person.is_mentor, person.is_mentee, person.places) == (True, False, 1)
    assert (person.languages, person.style, person.site, person.wishes) == (frozenset(), frozenset(), "", ())


def test_wants_and_offers_are_other_names_for_goals_and_skills(read: Read) -> None:
    (row,) = read(BEN | {"Wants": "hiring; Python", "Offers": "SQL"}).rows

    assert (row.goals, row.skills) == (("hiring", "Python"), ("SQL",))


@pytest.mark.parametrize(
    ("header", "column"),
    [("Line manager", "manager"), ("Wish list", "wishes"), ("Not with", "not_with"), ("Veto", "vetoes")],
)
def test_headers_may_be_written_as_people_write_them(read: Read, header: str, column: str) -> None:
    (ben, _) = read(BEN | {header: "ana@example.org"}, ANA).rows

    assert getattr(ben, column) in {"ana@example.org", ("ana@example.org",)}


def test_a_misspelt_rule_is_refused_because_it_would_be_lost(read: Read) -> None:
    assert said(read(BEN | {"managr": "ana@example.org"})) == [
        'Row 1, "managr": This column is not known. Did you mean "manager"?'
    ]


@pytest.mark.parametrize("header", ["post", "state", "notes", "phone", "team", "office"])
def test_a_column_of_another_kind_is_not_mistaken_for_one_of_ours(read: Read, header: str) -> None:
    roster = read(BEN | {header: "something"})

    assert roster.problems == ()
    assert noted(roster) == (f'The column "{header}" is not used and was not read.',)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"languages": "en; Klingonese"}, '"Klingonese" is not a language. Write languages like en; de,'),
        ({"style": "structurd"}, '"structurd" is not one of the choices. Did you mean "structured"?'),
        (
            {"contact": "pigeon"},
            '"pigeon" is not one of the choices. Choose among writing, voice, video, in-',
        ),
        ({"manager": "Ana Byrne"}, '"Ana Byrne" is not a list of e-mail addresses. Write addresses like'),
        (
            {"manager": "a@b.org; c@d.org"},
            "There are several managers. Name the one whom this person reports",
        ),
        ({"vetoes": "ben"}, '"ben" is not a list of e-mail addresses.'),
        (
            {"wishes": "; ".join(f"m{n}@example.org" for n in range(6))},
            "These are 6 wishes. There is room for 5, the dearest first.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_and_its_remedy(
    read: Read, cells: dict[str, str], problem: str
) -> None:
    (told,) = said(read(BEN | cells))

    assert told.startswith(f"Row 2, {next(iter(cells))}: {problem}")


def test_who_is_not_in_the_roster_is_a_note_and_no_error(read: Read) -> None:
    roster = read(BEN | {"manager": "zoe@example.org", "wishes": "ana@example.org; kim@example.org"}, ANA)

    assert roster.problems == ()
    assert noted(roster) == (
        "Somebody who is not in this roster is named in manager of row 2.",
        "Somebody who is not in this roster is named in wishes of row 2.",
    )


def test_private_wishes_stay_out_of_logs(read: Read) -> None:
    private = {
        "not_with": "secret@example.org",
        "vetoes": "secret@example.org",
        "wishes": "secret@example.org",
    }

    roster = read(BEN | private | {"group": "SECRET-CANARY"})

    assert "secret" not in repr(roster.rows).lower()
    assert "secret" not in repr(participants(roster.rows)).lower()


def test_who_has_a_mentor_keeps_that_mentor_and_takes_a_place(read: Read) -> None:
    lena = BEN | {"email": "lena@example.org"}

    people = participants(read(BEN | {"mentor": "ana@example.org"}, lena, ANA | {"capacity": "2"}).rows)

    assert [(one.is_mentee, one.places) for one in people] == [(False, 0), (True, 0), (False, 1)]


def test_the_language_of_the_bot_stands_in_for_languages_that_nobody_named(read: Read) -> None:
    first, second = participants(
        read(BEN | {"language": "de", "languages": ""}, ANA | {"language": "de", "languages": "en; fr"}).rows
    )

    assert (first.languages, second.languages) == (frozenset({"de"}), frozenset({"en", "fr"}))


@given(cells=st.dictionaries(st.sampled_from(roster_matching.COLUMNS), st.text(max_size=30)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there_is_read_or_refused(read: Read, cells: dict[str, str]) -> None:
    roster = read(BEN | cells)

    assert len(roster.rows) == 1 or roster.problems
