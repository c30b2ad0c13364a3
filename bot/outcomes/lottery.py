"""Lottery: who begins now and who waits, where more people want a place than there are.

It is the fairest way to give out places, and the only one after which the two groups can be compared.
Places are shared out over the strata by their size; within each, whoever has drawn the smallest lots
begins. A lot is the SHA-256 of the seed and a person's key, so that anybody with the file can draw it
again, without this program.
"""

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum

from bot.outcomes.keys import is_key

COLUMNS = ("key", "arm", "stratum")
HOW = (
    "lot = SHA-256 of 'seed:key'. Places go to the strata by size (largest remainder; equal ones by the lot "
    "of 'seed:stratum'). In each stratum the smallest lots begin. Keys are fingerprints of addresses."
)


class Arm(StrEnum):
    BEGIN = "begin"
    WAIT = "wait"


@dataclass(frozen=True)
class Drawn:
    key: str
    arm: Arm
    stratum: str


@dataclass(frozen=True)
class Record:
    """What is put on record before anything has happened."""

    drawn_on: str
    primary_outcome: str
    end: str
    seed: int
    by: Sequence[str]
    people: int
    places: int
    input_sha256: str
    assignment_sha256: str
    how: str = HOW

    def as_json(self) -> str:
        return json.dumps({"study": "waitlist lottery", **asdict(self)}, indent=2, ensure_ascii=False) + "\n"


class NotARecord(Exception):
    pass


class NotAnAssignment(Exception):
    """Say what is wrong with it."""


def draw(strata: Mapping[str, str], places: int, seed: int) -> list[Drawn]:
    """`strata` by person. The order in which they come does not matter."""
    members = defaultdict(list)
    for person in sorted(strata, key=lambda person: _lot(seed, person)):
        members[strata[person]].append(person)
    shares = _places({stratum: len(people) for stratum, people in members.items()}, places, seed)
    begin = {person for stratum, people in members.items() for person in people[: shares[stratum]]}
    return [
        Drawn(person, Arm.BEGIN if person in begin else Arm.WAIT, strata[person]) for person in sorted(strata)
    ]


def _lot(seed: int, what: str) -> str:
    return hashlib.sha256(f"{seed}:{what}".encode()).hexdigest()


def _places(sizes: Mapping[str, int], places: int, seed: int) -> dict[str, int]:
    everybody = sum(sizes.values())
    shares = {stratum: places * size // everybody for stratum, size in sizes.items()}
    by_remainder = sorted(
        sizes, key=lambda stratum: (-(places * sizes[stratum] % everybody), _lot(seed, stratum))
    )
    for stratum in by_remainder[: places - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def follows_from(drawn: Sequence[Drawn], seed: int, places: int) -> bool:
    """Whether this is what the lottery gives for these people."""
    return draw({one.key: one.stratum for one in drawn}, places, seed) == list(drawn)


# On paper


def as_csv(drawn: Iterable[Drawn]) -> bytes:
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows((one.key, one.arm, one.stratum) for one in drawn)
    return file.getvalue().encode()


def from_csv(content: bytes) -> list[Drawn]:
    """In the order in which they are written down, whatever a spreadsheet has made of the file."""
    try:
        text = content.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        header, *rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except (ValueError, csv.Error):
        raise NotAnAssignment("It is not a table.") from None
    if tuple(header) != COLUMNS:
        raise NotAnAssignment(f"Its columns are not {', '.join(COLUMNS)}.")
    drawn = [_drawn(number, row) for number, row in enumerate(rows, start=2)]
    twice = [who for who, count in Counter(one.key for one in drawn).items() if count > 1]
    if twice:
        raise NotAnAssignment(f"{len(twice)} people are in it more than once.")
    return sorted(drawn, key=lambda one: one.key)


def _drawn(number: int, row: Sequence[str]) -> Drawn:
    if len(row) != len(COLUMNS) or not is_key(row[0]) or row[1] not in tuple(Arm):
        raise NotAnAssignment(f"Row {number} is not one of an assignment.")
    return Drawn(row[0], Arm(row[1]), row[2])


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_record(content: bytes) -> Record:
    try:
        written = json.loads(content)
        record = Record(**{field.name: written[field.name] for field in fields(Record)})
        days = date.fromisoformat(record.drawn_on), date.fromisoformat(record.end)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotARecord from None
    numbers = (record.seed, record.people, record.places)
    texts = (record.primary_outcome, record.input_sha256, record.assignment_sha256, record.how)
    are_numbers = all(type(number) is int for number in numbers)
    are_texts = isinstance(record.by, list) and all(isinstance(text, str) for text in (*texts, *record.by))
    if not are_numbers or not are_texts or days[0] >= days[1] or not 0 < record.places < record.people:
        raise NotARecord
    return record
