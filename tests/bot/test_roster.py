"""Ben is a mentee in Denver, Ana his mentor in Dublin. C to I with a number are the attacks in our list."""

import csv
import io
import tracemalloc
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.calendar import Hours, overlap
from bot.prompts import END_ISOLATE, ISOLATE, read_prompts
from bot.roster import (
    COLUMNS,
    MOST_PROBLEMS,
    MOST_ROWS,
    REQUIRED,
    Finding,
    Roster,
    Row,
    read_pasted,
    read_roster,
)
from bot.spreadsheet import LARGEST_FILE, LONGEST_CELL

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
PROMPTS = read_prompts(ROOT / "prompts")
LANGUAGES = PROMPTS.languages
PLATFORMS = ("here", "there")
HEADER = ",".join(COLUMNS)
BEN = "ben@example.org,Ben Okafor,mentee,America/Denver,en,early,Ask earlier; Write,Python,,ana@example.org,"
ANA = "ana@example.org,Ana Byrne,mentor,Europe/Dublin,en,senior,,code review; writing,2,,"
JUERGEN = "juergen@example.org,Jürgen Groß,mentee,Europe/Berlin,de,mid,,,,,"

Read = Callable[[str | bytes], Roster]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: str | bytes) -> Roster:
        path = tmp_path / "roster.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_roster(path, LANGUAGES, PLATFORMS)

    return read


def lines(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows))


def person(**cells: str) -> str:
    """One row, of Ben unless it says otherwise."""
    ben = dict(zip(COLUMNS, BEN.split(","), strict=True)) | {"mentor": ""}
    row = io.StringIO()
    csv.writer(row).writerow((ben | cells).values())
    return row.getvalue().rstrip()


def said(roster: Roster) -> list[str]:
    return [problem.said(PROMPTS) for problem in roster.problems]


def printable(line: str) -> bool:
    """But for marks around what is written from right to left, and signs newer than this Python."""
    seen = line.replace(ISOLATE, "").replace(END_ISOLATE, "")
    return all(sign.isprintable() or unicodedata.category(sign) == "Cn" for sign in seen)


def noted(roster: Roster) -> tuple[str, ...]:
    return tuple(note.said(PROMPTS) for note in roster.notes)


def test_reads_people_and_the_pairs_they_are_in(read: Read) -> None:
    roster = read(lines(BEN, ANA))

    assert (roster.problems, roster.notes) == ((), ())
    assert roster.rows == (
        Row(
            number=2,
            email="ben@example.org",
            name="Ben Okafor",
            roles=frozenset({"mentee"}),
            timezone="America/Denver",
            language="en",
            career_stage="early",
            goals=("Ask earlier", "Write"),
            skills=("Python",),
            capacity=0,
            mentor="ana@example.org",
        ),
        Row(
            number=3,
            email="ana@example.org",
            name="Ana Byrne",
            roles=frozenset({"mentor"}),
            timezone="Europe/Dublin",
            language="en",
            career_stage="senior",
            goals=(),
            skills=("code review", "writing"),
            capacity=2,
            mentor="",
        ),
    )


def test_needs_only_four_columns(read: Read) -> None:
    roster = read("email,name,role,timezone\nana@example.org,Ana,mentor+coordinator,GMT Standard Time")

    assert roster.problems == ()
    assert [(row.roles, row.timezone, row.language, row.capacity, row.mentor) for row in roster.rows] == [
        (frozenset({"mentor", "coordinator"}), "Europe/London", "", 1, "")
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "mentor+coordinator",
        "Mentor Coordinator",
        " coordinator + MENTOR ",
        "mentor; coordinator",
        "mentor/coordinator",
    ],
)
def test_one_person_can_have_several_roles(read: Read, typed: str) -> None:
    assert read(lines(person(role=typed))).rows[0].roles == {"mentor", "coordinator"}


def test_headers_may_be_written_as_people_write_them(read: Read) -> None:
    roster = read(
        lines(ANA, header="E-Mail,Name,ROLE,Time zone,language,Career stage,goals,skills,capacity,mentor")
    )

    assert (len(roster.rows), roster.problems) == (1, ())


def test_goals_stay_out_of_logs(read: Read) -> None:
    """H9"""
    roster = read(lines(person(goals="SECRET-CANARY-123")))

    assert roster.rows[0].goals == ("SECRET-CANARY-123",)
    assert "SECRET-CANARY-123" not in repr(roster)


def test_markup_and_formulas_in_names_are_plain_text(read: Read) -> None:
    """D1, G1"""
    roster = read(lines(person(name="=cmd|'/C calc'!A0\u202e <!channel>\n*Ben*")))

    assert roster.rows[0].name == "=cmd|'/C calc'!A0 <!channel> *Ben*"
    assert roster.problems == ()


# What spreadsheets write


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        pytest.param(lines(JUERGEN).encode(), (), id="G2-utf-8"),
        pytest.param(lines(JUERGEN).encode("utf-8-sig"), (), id="G2-byte-order-mark"),
        pytest.param(lines(JUERGEN).encode("utf-16"), ("Read as UTF-16 with commas.",), id="G2-utf-16"),
        pytest.param(
            lines(JUERGEN).replace(",", ";").encode("latin-1"),
            ("Read as Windows-1252 with semicolons.", "If a name looks wrong, save the file as CSV UTF-8."),
            id="G2-latin-1-semicolons",
        ),
        pytest.param(lines(JUERGEN).replace(",", "\t").encode(), ("Read as UTF-8 with tabs.",), id="G2-tabs"),
        pytest.param(
            ("sep=;\r\n" + lines(JUERGEN).replace(",", ";")).encode(),
            ("Read as UTF-8 with semicolons.",),
            id="G2-separator-announced",
        ),
        pytest.param(lines("", JUERGEN, ",,,,,,,,,", "").encode(), (), id="G2-blank-rows"),
        pytest.param(
            lines(JUERGEN.replace(",", ' , "', 1).replace(",m", '",m', 1)).encode(),
            (),
            id="G2-spaces-and-quotes",
        ),
    ],
)
def test_reads_what_spreadsheets_write(read: Read, content: bytes, notes: tuple[str, ...]) -> None:
    roster = read(content)

    assert (roster.problems, noted(roster)) == ((), notes)
    assert [(row.name, row.language) for row in roster.rows] == [("Jürgen Groß", "de")]


def test_line_ends_may_be_mixed_and_cells_may_hold_some(read: Read) -> None:
    """G2: and a spreadsheet counts rows, not lines."""
    kai = 'kai@example.org,Kai,mentee,Pacific/Honolulu,en,,"One\r\ntwo, ""three"""'
    roster = read(f"{HEADER}\r\n{kai}\r{BEN}\n{person(email='')}\r\n{ANA}")

    assert roster.rows[0].goals == ('One\ntwo, "three"',)
    assert [row.number for row in roster.rows] == [2, 3, 5]
    assert [problem.row for problem in roster.problems] == [4]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        pytest.param(
            b"PK\x03\x04\x14\x00",
            "This is an Excel workbook. Save it as CSV UTF-8 and try again.",
            id="G3-xlsx",
        ),
        pytest.param(b"%PDF-1.7", "This is a PDF. Save it as CSV UTF-8 and try again.", id="pdf"),
        pytest.param(b"email,\x00\x01", "This is not plain text. Open it in a spreadsheet.", id="D15-NUL"),
        pytest.param(
            lines(BEN).encode("utf-16-le"), "This is not plain text.", id="G2-utf-16-without-its-mark"
        ),
        pytest.param(b"", "The file is empty. Its first row has to be: email, name, role,", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n\n", "The file is empty.", id="blank"),
    ],
)
def test_says_what_the_file_is_when_it_is_no_roster(read: Read, content: bytes, answer: str) -> None:
    roster = read(content)

    assert roster.rows == ()
    assert len(roster.problems) == 1
    assert said(roster)[0].startswith(answer)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("absent.csv", 'There is no file "absent.csv". Look at its name and its folder.'),
        ("..", '".." is not a file. Give the CSV file itself.'),
        ("a\0b", 'There is no file "ab". Look at its name and its folder.'),
        ("a" * 300, f'"{"a" * 59}…" cannot be opened: File name too long.'),
    ],
)
def test_says_when_there_is_nothing_to_read(tmp_path: Path, name: str, answer: str) -> None:
    assert said(read_roster(tmp_path / name, LANGUAGES, PLATFORMS)) == [answer]


# What is wrong


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ({"timezone": "Mars/Phobos"}, 'Row 2, timezone: "Mars/Phobos" is not a time zone. Use a name like'),
        ({"timezone": ""}, "Row 2, timezone: There is no time zone."),
        ({"email": " "}, "Row 2, email: There is no e-mail address."),
        ({"name": "\u3164\u200b"}, "Row 2, name: There is no name."),
        ({"role": ""}, "Row 2, role: There is no role. Choose among mentor, mentee, coordinator,"),
        ({"role": "mentro"}, 'Row 2, role: "mentro" is not a role. Did you mean "mentor"?'),
        ({"role": "mentee+boss"}, 'Row 2, role: "boss" is not a role. Choose among'),
        ({"language": "fr"}, 'Row 2, language: "fr" is not a language here. Choose among de, en,'),
        ({"platform": "Fax"}, 'Row 2, platform: "fax" is not a platform here. Choose among here, there, or'),
        ({"career_stage": "boss"}, 'Row 2, career_stage: "boss" is not a career stage. Choose among'),
        ({"capacity": "two"}, 'Row 2, capacity: "two" is not a number of mentees. Write one from 0 to 20.'),
        ({"capacity": "21"}, 'Row 2, capacity: "21" is not'),
        ({"capacity": "-1"}, 'Row 2, capacity: "-1" is not'),
        ({"capacity": "9" * 5_000}, 'Row 2, capacity: "99999'),
        ({"name": "Andr\ufffd"}, "Row 2, name: Letters were lost on the way here."),
    ],
)  # fmt: skip
def test_tells_what_is_wrong_and_what_to_do(read: Read, cells: dict[str, str], answer: str) -> None:
    """F1, G4"""
    roster = read(lines(person(**cells)))

    assert roster.rows == ()
    assert len(roster.problems) == 1
    assert said(roster)[0].startswith(answer)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "W. Europe Standard Time", " europe/berlin "])
def test_time_zones_may_have_their_windows_names(read: Read, zone: str) -> None:
    """F1"""
    assert read(lines(person(timezone=zone))).rows[0].timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    "typed",
    [
        *("ben", "ben@", "@example.org", "ben@example", "ben@@example.org", "ben@ex@ample.org", "ben@.org"),
        *("ben@example..org", "be n@example.org", ".ben@example.org", "ben@-example.org"),
        *("Ben <ben@example.org>", "ben@example.org, ana@example.org"),
        pytest.param("a" * 50_000 + "!", id="I1-letters"),
        pytest.param("a" * 5_000 + "@" + "a." * 2_000, id="I1-dots"),
        pytest.param("a@" + "a-" * 100, id="I1-hyphens"),
        pytest.param("\ufdfa" * 20 + "@example.org", id="I6-long-after-normalisation"),
    ],
)  # fmt: skip
def test_refuses_impossible_addresses(read: Read, typed: str) -> None:
    """I1"""
    assert any("is not an e-mail address" in line for line in said(read(lines(person(email=typed)))))


@pytest.mark.parametrize(
    "typed",
    ["o'neil@example.org", "ben+tag@mail.example.co.uk", "käthe@müller.example", "b_1-2.c@ex-ample.org"],
)
def test_accepts_unusual_addresses(read: Read, typed: str) -> None:
    assert read(lines(person(email=typed))).problems == ()


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param("ZOË@Example.org", id="G4-case"),
        pytest.param("zoe\u0308@example.org", id="G4-composed"),
        pytest.param("ｚｏë@example.org", id="D12-full-width"),
        pytest.param(" zo\u200bë@example.org ", id="D11-unseen"),
    ],
)
def test_finds_the_same_person_twice(read: Read, twin: str) -> None:
    roster = read(lines(person(email="zoë@example.org"), ANA, person(email=twin)))

    assert said(roster)[0].startswith('Row 4, email: "zoë@example.org" is in row 2 already.')
    assert [row.number for row in roster.rows] == [2, 3]


def test_a_tag_makes_another_person_and_a_note(read: Read) -> None:
    """G4"""
    roster = read(lines(person(), person(email="ben+test@example.org")))

    assert (len(roster.rows), roster.problems) == (2, ())
    assert noted(roster) == (
        "The addresses in rows 2 and 3 differ only after a plus sign and are read as different people.",
    )


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ([person(mentor="mia@example.org")], 'Row 2, mentor: "mia@example.org" is not in this roster.'),
        ([person(mentor="BEN@example.org")], "Row 2, mentor: Nobody is their own mentor."),
        (
            [BEN, ANA.replace(",mentor,", ",mentee,")],
            'Row 2, mentor: "ana@example.org" is not a mentor. Add the role mentor in row 3.',
        ),
        (
            [BEN.replace("mentee", "coordinator"), ANA],
            "Row 2, mentor: A mentor is named for somebody who is not a mentee.",
        ),
        (
            [ANA, *(person(email=f"p{n}@example.org", mentor="Ana@example.org") for n in range(3))],
            "Row 2, capacity: There is room for 2, and this mentor is named in rows 3, 4 and 5. Raise",
        ),
        (
            [*(person(email=f"p{n}@example.org", mentor="ana@example.org") for n in range(30)), ANA],
            "Row 32, capacity: There is room for 2, and this mentor is named in "
            "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 20 more.",
        ),
    ],
)  # fmt: skip
def test_looks_at_the_pairs_as_well(read: Read, rows: list[str], answer: str) -> None:
    """C17"""
    roster = read(lines(*rows))

    assert len(roster.problems) == 1
    assert said(roster)[0].startswith(answer)


def test_a_mentor_with_another_problem_is_still_a_mentor(read: Read) -> None:
    roster = read(lines(BEN, ANA.replace("Europe/Dublin", "Dublin")))

    assert [(problem.row, problem.column) for problem in roster.problems] == [(3, "timezone")]


def test_lists_everything_at_once(read: Read) -> None:
    roster = read(
        lines("ben,,boss,Mars,fr,boss,,,many,nobody,fax", header=HEADER.replace("capacity", "capcity"))
    )

    assert [problem.row for problem in roster.problems] == [1, *[2] * 9]
    assert {problem.column for problem in roster.problems} == {'"capcity"', *COLUMNS} - {"goals", "skills"}


def test_says_on_which_platform_somebody_is(read: Read) -> None:
    roster = read(lines(person(platform=" There "), ANA))

    assert (roster.problems, [row.platform for row in roster.rows]) == ((), ["there", ""])


def test_needs_no_platform(read: Read) -> None:
    roster = read(lines(ANA.removesuffix(","), header=HEADER.removesuffix(",platform")))

    assert (roster.problems, [row.platform for row in roster.rows]) == ((), [""])


def test_names_the_header_that_was_meant(read: Read) -> None:
    roster = read(lines(ANA, header=HEADER.replace("timezone", "timezon").replace("skills", "skils")))

    assert said(roster) == [
        'Row 1, "timezon": This column is not known. Did you mean "timezone"?',
        'Row 1, "skils": This column is not known. Did you mean "skills"?',
    ]


def test_names_the_columns_that_are_missing(read: Read) -> None:
    roster = read("name;department\nBen;Sales")

    assert [problem.column for problem in roster.problems] == [name for name in REQUIRED if name != "name"]
    assert roster.rows == ()


def test_does_not_read_what_nobody_asked_for(read: Read) -> None:
    roster = read(lines(ANA + ",51000", header=HEADER + ",salary"))

    assert (len(roster.rows), roster.problems) == (1, ())
    assert noted(roster) == ('The column "salary" is not used and was not read.',)


def test_refuses_two_headers_of_one_name(read: Read) -> None:
    """G4"""
    roster = read(lines(ANA + ",ana2@example.org", header=HEADER + ",E-mail"))

    assert said(roster) == ["Row 1, email: There are two columns of this name. Keep one of them."]


def test_tells_a_comma_too_many(read: Read) -> None:
    roster = read(lines(ANA + ",and more"))

    assert said(roster) == [
        'Row 2: This row has more cells than the header. Put a cell that contains "," in quotes.'
    ]


@pytest.mark.parametrize("cell", ['"Ben', '"Ben" Okafor', '"' + "Ben\n" * 50_000])
def test_tells_where_the_quotes_do_not_match(read: Read, cell: str) -> None:
    """G2: what a quote swallows would else be lost in silence."""
    roster = read(lines(ANA, BEN.replace("Ben Okafor", cell), ANA))

    assert roster.rows == ()
    assert [problem[:36] for problem in said(roster)] == ["Row 3: The quotes do not match, or t"]


def test_one_damaged_letter_does_not_damage_the_others(read: Read) -> None:
    rows = lines(JUERGEN, person(name="Zoë")).encode()
    roster = read(rows.replace("Zoë".encode(), b"Zo\xeb"))

    assert [row.name for row in roster.rows] == ["Jürgen Groß"]
    assert [(problem.row, problem.column) for problem in roster.problems] == [(3, "name")]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Łukasz", "cp1250"), ("Jürgen", "cp850"), ("Sørén", "mac_roman"), ("Иван ў", "cp1251")],
)
def test_refuses_names_that_came_out_wrong(read: Read, name: str, encoding: str) -> None:
    """G2: a name in an old encoding that is not ours is a problem, not another name."""
    roster = read(lines(person(name=name)).encode(encoding))

    assert [(problem.row, problem.column) for problem in roster.problems] == [(2, "name")]


# Too much


def test_refuses_a_long_file_before_it_is_in_memory(tmp_path: Path) -> None:
    """G3"""
    path = tmp_path / "roster.csv"
    with path.open("w") as file:
        print(HEADER, file=file)
        file.writelines(f"{person(email=f'p{number}@example.org')}\n" for number in range(50_000))

    tracemalloc.start()
    roster = read_roster(path, LANGUAGES, PLATFORMS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said(roster) == [f"There are more than {MOST_ROWS:,} people in this file. Split it by cohort."]
    assert peak < 2_000_000
    assert path.stat().st_size > 4_000_000


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        pytest.param(b"a" * (LARGEST_FILE + 1), "The file is larger than 20 MB.", id="G3-bytes"),
        pytest.param(
            b"a" * 9_000_000, "Row 1: The quotes do not match, or the row is very long.", id="G3-one-cell"
        ),
        pytest.param(b"a," * 10_000, "There are more than 50 columns.", id="G3-columns"),
        pytest.param(
            b"," * 9_000_000, "Row 1: The quotes do not match, or the row is very long.", id="G3-commas"
        ),
        pytest.param(
            f"{HEADER}\n".encode() + b'"\n",a,b,"\n"' * 100_000,
            "Row 2: The quotes do not",
            id="G3-row-without-end",
        ),
    ],
)
def test_refuses_too_much_in_little_memory(read: Read, content: bytes, answer: str) -> None:
    tracemalloc.start()
    roster = read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(roster.problems) == 1
    assert said(roster)[0].startswith(answer)
    assert peak < 3_000_000


def test_refuses_a_cell_that_is_too_long(read: Read) -> None:
    """G3"""
    roster = read(lines(person(goals="a" * (LONGEST_CELL + 1))))

    assert said(roster) == ["Row 2, goals: These are 10,001 characters. There is room for 10,000."]


def test_does_not_list_problems_without_end(read: Read) -> None:
    roster = read(lines(*[person(email="ben")] * 160))

    assert len(roster.problems) == MOST_PROBLEMS + 1
    assert roster.problems[0] == Finding("roster.not_an_email", {"typed": "ben"}, 2, "email")
    assert said(roster)[0] == ('Row 2, email: "ben" is not an e-mail address. Write it like ana@example.org.')
    assert said(roster)[-1] == "And 219 more."


PIECES = [
    b",",
    b";",
    b"\t",
    b'"',
    b"\n",
    b"\r",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xe9",
    b"\0",
    b"mentee",
]
anything = st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=30).map(b"".join)


@pytest.mark.parametrize(
    "start", [b"", b"\xff\xfe", b"sep=;\n", HEADER.encode() + b"\n", HEADER.encode() + b"\n" + BEN.encode()]
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=anything)
def test_whatever_the_bytes_there_is_an_answer(read: Read, start: bytes, content: bytes) -> None:
    """G2"""
    roster = read(start + content)

    assert all(problem and printable(problem) for problem in said(roster))
    assert all(row.email and row.name and row.roles and row.timezone for row in roster.rows)


# A list that somebody pastes


def test_a_pasted_list_is_read_like_a_file() -> None:
    roster = read_pasted(lines(BEN, ANA), LANGUAGES)

    assert (roster.problems, roster.notes) == ((), ())
    assert [(row.number, row.name, row.mentor) for row in roster.rows] == [
        (2, "Ben Okafor", "ana@example.org"),
        (3, "Ana Byrne", ""),
    ]


@pytest.mark.parametrize("delimiter", [", ", ";", "\t"])
def test_a_pasted_list_may_lack_its_header(delimiter: str) -> None:
    rows = [
        ["ana@example.org", "Ana Byrne", "mentor", "Europe/Dublin"],
        ["ben@example.org", "Ben", "boss", ""],
    ]

    roster = read_pasted("\n".join(map(delimiter.join, rows)), LANGUAGES)

    assert [(row.number, row.email, row.roles) for row in roster.rows] == [
        (1, "ana@example.org", frozenset({"mentor"}))
    ]
    assert [(problem.row, problem.column) for problem in roster.problems] == [(2, "role"), (2, "timezone")]


def test_a_pasted_list_is_told_in_the_language_of_whoever_pasted_it() -> None:
    roster = read_pasted("ana@example.org,Ana,mentor,Mars/Phobos", LANGUAGES)

    assert [problem.said(PROMPTS, "de") for problem in roster.problems] == [
        "Zeile 1, timezone: „Mars/Phobos“ ist keine Zeitzone. Nimm einen Namen wie Europe/Dublin "
        "(die Region und eine große Stadt)."
    ]


@settings(max_examples=200)
@given(
    text=st.text(max_size=200)
    | st.lists(st.sampled_from(["@", ",", ";", "\t", '"', "\n", "a", "email"])).map("".join)
)
@example("@\u0bce")
@example("\t\t\t\t@")
def test_whatever_is_pasted_there_is_an_answer(text: str) -> None:
    """G2"""
    roster = read_pasted(text, LANGUAGES)

    assert roster.problems
    assert all(printable(problem) for problem in said(roster))


# The examples


def test_the_example_is_a_small_believable_programme() -> None:
    roster = read_roster(EXAMPLES / "roster.csv", LANGUAGES, PLATFORMS)
    pairs = [row for row in roster.rows if row.mentor]
    people = {row.email: row for row in roster.rows}
    ben, ana = roster.rows[:2]

    assert (roster.problems, roster.notes, len(people)) == ((), (), 24)
    assert (ben.name, ben.timezone, ben.career_stage, ben.mentor) == (
        "Ben Okafor",
        "America/Denver",
        "early",
        ana.email,
    )
    assert (ana.email, ana.timezone) == ("ana@example.org", "Europe/Dublin")
    assert len(pairs) == 10
    assert len({row.mentor for row in pairs}) == 9
    assert len({row.timezone for row in people.values()}) >= 9
    assert {row.career_stage for row in people.values()} >= {"early", "mid", "senior"}
    assert any(row.language == people[row.mentor].language == "de" for row in pairs)
    assert [row.roles for row in people.values()].count(frozenset({"coordinator"})) == 1
    assert len([row for row in people.values() if "mentee" in row.roles and not row.mentor]) == 2


def test_one_pair_of_the_example_never_shares_a_working_hour() -> None:
    people = {row.email: row for row in read_roster(EXAMPLES / "roster.csv", LANGUAGES, PLATFORMS).rows}
    year = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

    apart = [
        row.name
        for row in people.values()
        if row.mentor and not any(overlap(Hours(row.timezone), Hours(people[row.mentor].timezone), *year))
    ]

    assert apart == ["Aroha Ngata"]


def test_the_broken_example_shows_how_problems_are_told() -> None:
    roster = read_roster(EXAMPLES / "broken-roster.csv", LANGUAGES, PLATFORMS)

    assert {problem.column for problem in roster.problems} >= {
        "email",
        "name",
        "role",
        "timezone",
        "language",
        "mentor",
    }
    assert len(roster.notes) == 2
