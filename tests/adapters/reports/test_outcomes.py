"""From files to a report, on the command line: as it should go, on a bad day, with a secret in every cell."""

import csv
import re
import shutil
import stat
import subprocess
import zlib
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

import app
from adapters.reports.lottery import Call, hold_lottery
from bot.outcomes.joining import Outcome
from bot.outcomes.lottery import Arm, from_csv

Cairn = Callable[..., Any]
Row = dict[str, str]

ROOT = Path(__file__).parent.parent.parent.parent
CANARY = "canary.person"
DRAWN_ON, END = date(2025, 1, 13), date(2025, 12, 31)
SITES = ("Denver", "Dublin", "Graz")


@pytest.fixture
def cairn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cairn:
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app.cli, [str(word) for word in words])


def write(file: str, rows: list[Row]) -> Path:
    with Path(file).open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return Path(file)


def read(file: str) -> list[Row]:
    with Path(file).open(newline="", encoding="utf-8") as content:
        return list(csv.DictReader(content))


def address(number: int) -> str:
    return f"{CANARY}.{number}@example.org"


def applicants(people: int = 120) -> list[Row]:
    return [
        {
            "email": address(number),
            "name": f"Canary Person {number}",
            "role": "mentee",
            "level": "L3" if number % 3 else "L4",
            "site": SITES[number % 3],
        }
        for number in range(people)
    ]


def held(people: int = 120, places: int = 60) -> list[Arm]:
    """A lottery that was held at the beginning of last year; the arms in the order of the roster.

    Its key is always the same one, and so is what it draws.
    """
    roster = write("roster.csv", applicants(people))
    Path("study.key").write_text("5e" * 32)
    call = Call(
        roster,
        places,
        7,
        ["level", "site"],
        Outcome.RETAINED,
        END,
        Path("study.key"),
        Path("a.csv"),
        Path("b.csv"),
    )
    list(hold_lottery(call, app._prompts(), DRAWN_ON))
    begin = {row["email"] for row in read("b.csv")}
    return [Arm.BEGIN if address(number) in begin else Arm.WAIT for number in range(people)]


def from_hr(arms: list[Arm], begin: float = 0.9, wait: float = 0.6, **cells: str) -> list[Row]:
    dice = Random(5)
    return [
        {
            "email": address(number),
            "left_on": "" if dice.random() < (begin if arm is Arm.BEGIN else wait) else _a_day(dice),
            "level_before": "L3",
            "level_now": "L4" if dice.random() < 0.2 else "L3",
            "group": SITES[number % 3],
            **cells,
        }
        for number, arm in enumerate(arms)
    ]


def _a_day(dice: Random) -> str:
    return date.fromordinal(DRAWN_ON.toordinal() + dice.randrange(20, 340)).isoformat()


ASK = ("outcomes", "--hr", "hr.csv", "--outcome", "retained", "--by", END)
BY_LOT = (*ASK, "--assignment", "a.csv", "--key-file", "study.key")
INTO = ("--out", "report.html", "--pdf", "report.pdf")


class Page(HTMLParser):
    """What a screen reader would go by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


# The lottery


def test_the_lottery_knows_nobodys_address_and_its_key_is_nobody_elses(cairn: Cairn) -> None:
    write("roster.csv", applicants())

    said = cairn(
        "lottery",
        "--roster",
        "roster.csv",
        "--places",
        60,
        "--seed",
        7,
        "--by",
        "level, Site",
        "--out",
        "a.csv",
    )

    assert said.exit_code == 0
    assert "120 people in 3 strata (by level, site): 60 begin and 60 wait. Seed 7." in said.output
    written = Path("a.csv").read_text() + Path("a.json").read_text() + said.output
    assert CANARY not in written.casefold()
    assert "L4" not in written
    assert "Dublin" not in written
    assert stat.S_IMODE(Path("study.key").stat().st_mode) == 0o600
    assert Path("study.key").read_text().strip() not in written


def test_the_same_file_in_another_order_draws_the_same(cairn: Cairn) -> None:
    write("one.csv", applicants())
    write("two.csv", applicants()[::-1])

    for name in ("one", "two"):
        assert (
            cairn(
                "lottery", "--roster", f"{name}.csv", "--places", 50, "--seed", 7, "--out", f"{name}-a.csv"
            ).exit_code
            == 0
        )

    assert Path("one-a.csv").read_bytes() == Path("two-a.csv").read_bytes()


def test_whoever_waits_is_not_in_the_roster_of_those_who_begin(cairn: Cairn) -> None:
    """H15: nobody who waits is imported, so nobody who waits is ever written to."""
    rows = [*applicants(40), {**applicants(1)[0], "email": "ana@example.org", "role": "mentor"}]
    write("roster.csv", rows)

    cairn(
        "lottery", "--roster", "roster.csv", "--places", 10, "--seed", 7, "--out", "a.csv", "--begin", "b.csv"
    )

    begin = read("b.csv")
    assert len(begin) == 11
    assert begin[-1]["email"] == "ana@example.org"
    drawn = from_csv(Path("a.csv").read_bytes())
    assert len(drawn) == 40
    assert sum(one.arm is Arm.BEGIN for one in drawn) == 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--places", 120), "nothing to draw"),
        (("--places", 60, "--by", "shoe_size"), "no column shoe_size"),
        (("--places", 60, "--by", "group"), "no column group"),
        (("--places", 60, "--end", "2020-01-01"), "not ahead"),
        (("--places", 60, "--roster", "nowhere.csv"), "no file"),
        (("--places", 60, "--out", "nowhere/a.csv"), "no folder"),
    ],
)
def test_a_lottery_that_cannot_be_held_is_not_half_held(
    cairn: Cairn, words: tuple[Any, ...], said: str
) -> None:
    write("roster.csv", applicants())

    result = cairn("lottery", "--roster", "roster.csv", "--seed", 7, "--out", "a.csv", *words)

    assert result.exit_code == 2
    assert said in result.output
    assert not Path("a.csv").exists()


def test_nobody_draws_twice_into_one_file(cairn: Cairn) -> None:
    held()
    before = Path("a.csv").read_bytes()

    result = cairn("lottery", "--roster", "roster.csv", "--places", 60, "--seed", 8, "--out", "a.csv")

    assert result.exit_code == 2
    assert "A lottery is held once." in result.output
    assert Path("a.csv").read_bytes() == before


# A report


def test_a_planted_effect_is_reported_as_one(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held()))

    said = cairn(*BY_LOT, *INTO)

    assert said.exit_code == 0, said.output
    assert "How the groups were made: randomised." in said.output
    assert "the programme raised it" in said.output
    assert re.search(r"\+\d+ points \(95% interval from \+\d+ to \+\d+\)", said.output)
    assert Path("report.pdf").read_bytes().startswith(b"%PDF")


def test_every_result_has_a_sentence_a_number_and_a_caution_and_every_picture_its_words(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held()))
    cairn(*BY_LOT, *INTO)

    page = Page(Path("report.html").read_text(encoding="utf-8"))

    results = len(page.all("section")) - 1  # the last says how it was made
    assert sum(one.get("class") == "number" for one in page.all("p")) == results
    assert sum(one.get("class") == "caution" for one in page.all("p")) == results
    assert len(page.all("h1")) == 1
    assert len(page.all("h2")) == results + 2
    pictures = page.all("img")
    assert len(pictures) == 2
    assert all((one["src"] or "").startswith("data:image/svg+xml") for one in pictures)
    words = " ".join(page.words)
    difference = re.search(r"\+(\d+) points", words)
    assert difference
    assert f"+{difference[1]}," in (pictures[0]["alt"] or "")
    assert len(page.all("table")) >= len(pictures)
    assert all(one.get("scope") for one in page.all("th"))


def test_a_report_needs_nothing_from_anywhere(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held()))
    cairn(*BY_LOT, *INTO)

    page = Path("report.html").read_text(encoding="utf-8")

    assert not re.search(r"(src|href)=[\"'](?!data:)", page)
    assert "<script" not in page


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_is_written_in_either_language(cairn: Cairn, language: str) -> None:
    write("hr.csv", from_hr(held()))

    said = cairn(*BY_LOT, *INTO, "--language", language)

    page = Path("report.html").read_text(encoding="utf-8")
    assert said.exit_code == 0
    assert f'<html lang="{language}">' in page
    assert ("Das Hauptergebnis" in page) == (language == "de")
    assert not re.search(r"\{\w+\}", said.output + page)


def test_volunteers_are_described_after_a_warning_that_stands_first(cairn: Cairn) -> None:
    arms = [Arm.BEGIN if number % 2 else Arm.WAIT for number in range(120)]
    write("hr.csv", from_hr(arms))
    write("took.csv", [{"email": address(number)} for number in range(1, 120, 2)])

    said = cairn(*ASK, "--participants", "took.csv", *INTO)

    page = Path("report.html").read_text(encoding="utf-8")
    assert said.output.startswith("Read this first: Nobody was drawn by lot here")
    assert "603 people" in said.output
    assert "descriptive" in said.output
    assert "This does not show what the programme did." in said.output
    assert "the programme raised it" not in said.output + page
    assert page.index("Read this first") < page.index("<h1>")


def test_matched_people_are_called_so_only_if_they_are_alike(cairn: Cairn) -> None:
    arms = [Arm.BEGIN if number % 3 == 0 else Arm.WAIT for number in range(240)]
    rows = [
        {**row, "tenure": str(number % 10), "group": SITES[number // 3 % 3]}
        for number, row in enumerate(from_hr(arms))
    ]
    write("hr.csv", rows)
    write("took.csv", [{"email": address(number)} for number in range(0, 240, 3)])
    asked = (*ASK, "--participants", "took.csv", "--match")

    matched = cairn(*asked, "group,tenure")
    few = cairn(*asked, "group,tenure,left_on")
    write("took.csv", [{"email": address(number)} for number in range(0, 60, 3)])
    too_few = cairn(*asked, "group,tenure")

    assert "quasi-experimental" in matched.output
    assert "Read this first" not in matched.output
    assert "known only afterwards" in few.output
    assert "descriptive. A match in “group”, “tenure” was found for fewer than 30 people." in too_few.output
    assert too_few.output.startswith("Read this first")


# Bad days


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda text: text.replace("begin", "wait", 1), "Somebody has changed it since the draw."),
        (lambda text: "\n".join(text.split("\n")[:-2]) + "\n", "Somebody has changed it since the draw."),
    ],
)
def test_an_assignment_that_was_changed_is_not_called_a_lottery(
    cairn: Cairn, change: Callable[[str], str], because: str
) -> None:
    write("hr.csv", from_hr(held()))
    Path("a.csv").write_text(change(Path("a.csv").read_text()))

    said = cairn(*BY_LOT, *INTO)

    assert said.output.startswith("Read this first: How these two groups were made cannot be told any more")
    assert (
        f"descriptive. The assignment is not the one on record: its fingerprint is another. {because}"
        in said.output
    )
    assert "randomised" not in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("record", [None, "{}", "nonsense", '{"seed": 7}'])
def test_without_a_record_it_is_not_called_a_lottery(cairn: Cairn, record: str | None) -> None:
    write("hr.csv", from_hr(held()))
    Path("a.json").unlink() if record is None else Path("a.json").write_text(record)

    assert "descriptive. Beside the assignment there is no record" in cairn(*BY_LOT).output


def test_with_another_key_nobody_is_joined_and_nothing_is_written(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held()))
    Path("study.key").write_text("ef" * 32)

    said = cairn(*BY_LOT, *INTO)

    assert said.exit_code == 2
    assert "Nobody could be joined; nothing was written." in said.output
    assert not Path("report.html").exists()
    assert not Path("report.pdf").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "2999-01-01"), "is still ahead"),
        (("--by", "2025-01-13"), "not after the beginning"),
        (("--by", "31 December"), "Invalid value"),
        (("--outcome", "happy"), "Invalid value"),
        (("--language", "tlh"), "There is no language tlh"),
        (("--hr", "nowhere.csv"), "There is no file"),
        (("--assignment", "nowhere.csv"), "cannot be read"),
        (("--assignment", "hr.csv"), "is not an assignment"),
        (("--key-file", "nowhere.key"), "cannot be read"),
        (("--key-file", "hr.csv"), "there is no key"),
        (("--out", "nowhere/report.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cairn: Cairn, words: tuple[str, str], said: str) -> None:
    write("hr.csv", from_hr(held()))

    result = cairn(*BY_LOT, *INTO, *words)

    assert result.exit_code == 2
    assert said in " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())
    assert CANARY not in result.output
    assert not Path("report.html").exists()


def test_hr_may_not_tell_the_outcome(cairn: Cairn) -> None:
    rows = [{"email": row["email"], "retained": "yes"} for row in from_hr(held())]
    write("hr.csv", rows)

    assert "does not tell who was promoted" in cairn(*BY_LOT, "--outcome", "promoted").output


def test_somebody_twice_is_a_row_to_mend(cairn: Cairn) -> None:
    rows = from_hr(held())
    write("hr.csv", [*rows, rows[3]])

    said = cairn(*BY_LOT, *INTO).output

    assert "Row 122: This is the same person as in row 5." in said
    assert CANARY not in said


def test_without_anybody_on_one_side_there_is_nothing_to_compare(cairn: Cairn) -> None:
    write("hr.csv", from_hr([Arm.BEGIN] * 40))
    write("took.csv", [{"email": address(number)} for number in range(40)])

    said = cairn(*ASK, "--participants", "took.csv", *INTO)

    assert said.exit_code == 2
    assert "nothing can be compared" in said.output


def test_of_four_people_nothing_is_shown(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held(people=30, places=4)))

    said = cairn(*BY_LOT, *INTO)

    page = Path("report.html").read_text(encoding="utf-8")
    assert said.exit_code == 0
    assert "Nothing is shown here" in said.output
    assert "points" not in " ".join(Page(page).words)


def test_people_who_are_missing_are_said_to_be(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held())[:100])

    said = cairn(*BY_LOT).output

    assert "Of 20 people the outcome is not known." in said


# Confidence


NASTY = '=HYPERLINK("x")<script>alert(1)</script>{{ 7 * 7 }}'


def test_a_group_with_a_formula_or_markup_for_a_name_is_only_text(cairn: Cairn) -> None:
    rows = from_hr(held(people=200, places=100))
    write("hr.csv", [{**row, "group": NASTY if number % 2 else "Dublin"} for number, row in enumerate(rows)])

    assert cairn(*BY_LOT, *INTO).exit_code == 0

    page = Path("report.html").read_text(encoding="utf-8")
    assert "=HYPERLINK" in page
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page


def test_an_address_for_a_group_is_refused(cairn: Cairn) -> None:
    write("hr.csv", from_hr(held(), group="boss@example.org"))

    said = cairn(*BY_LOT, *INTO)

    assert said.exit_code == 2
    assert "boss" not in said.output


def test_nobodys_address_or_name_is_in_any_file(cairn: Cairn, tmp_path: Path) -> None:
    """H9: a secret in every address and every name, and in no byte of what is written."""
    arms = held()
    write(
        "hr.csv",
        [{**row, "name": f"Canary Person {n}", "manager": address(n)} for n, row in enumerate(from_hr(arms))],
    )
    write(
        "took.csv",
        [{"email": address(n), "mentor": address(n // 3)} for n, arm in enumerate(arms) if arm is Arm.BEGIN],
    )
    ours = {*tmp_path.iterdir()} - {tmp_path / "a.csv", tmp_path / "a.json"}

    said = cairn(*BY_LOT, "--participants", "took.csv", *INTO).output

    written = {*tmp_path.iterdir()} - ours
    assert {file.name for file in written} == {"a.csv", "a.json", "report.html", "report.pdf"}
    for content in (said.encode(), *(file.read_bytes() for file in written)):
        assert b"canary" not in _opened(content).lower()
    assert "canary" not in _text_of(tmp_path / "report.pdf").casefold()


def _opened(content: bytes) -> bytes:
    """With the streams of a PDF unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    unpacked = []
    for stream in streams:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return content + b"".join(unpacked)


def _text_of(pdf: Path) -> str:
    """As a reader sees it; letters are numbers of shapes in the file itself."""
    if not shutil.which("pdftotext"):
        return ""
    said = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "How the groups were made" in said
    return said


def test_a_small_group_is_in_no_number(cairn: Cairn) -> None:
    rows = from_hr(held(people=200, places=100))
    for number, row in enumerate(rows):
        row["group"] = "Graz" if number in {1, 2, 3} else SITES[number % 2]
    write("hr.csv", rows)

    cairn(*BY_LOT, *INTO)

    words = " ".join(Page(Path("report.html").read_text(encoding="utf-8")).words)
    assert "Graz" not in words
    assert "2 groups are not shown." in words
