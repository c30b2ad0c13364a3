"""Proof: everybody who may take part in a round is in a group, or it says why not; nobody was forgotten.

It looks at the result alone and shares no code with what made it. It can be written down as CSV or JSON and
checked again by anybody. People are in it by a code that each finds on their own page, and by nothing else.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import combinations

SMALLEST, LARGEST = 2, 3  # people in a group


class State(StrEnum):
    GROUPED = "grouped"
    OPTED_OUT = "opted out"  # said no, or nothing, or does not want to be asked
    AWAY = "away"
    CAPACITY = "capacity"  # nobody was left for them; they come first in the next round
    NOT_THIS_TIME = "not this time"  # one of the last three, where so few are not told apart


@dataclass(frozen=True)
class Line:
    person: str
    state: str
    group: int | None = None


def faults(
    roster: Collection[str],
    lines: Sequence[Line],
    never: Collection[frozenset[str]] = (),
    elsewhere: Collection[str] = (),
) -> list[str]:
    """What is wrong with a round, or nothing.

    `roster`: everybody who may take part. `elsewhere`: those who have a coffee in another programme, and
    could not have had one here.
    """
    found = [*_accounted_for(roster, lines), *_of_groups(lines), *_kept_apart(lines, never)]
    if not found:
        found = [*_left_out(lines, never, elsewhere)]
    return found


def _accounted_for(roster: Collection[str], lines: Sequence[Line]) -> Iterator[str]:
    times = Counter(line.person for line in lines)
    yield from (f"{person} is missing" for person in sorted(set(roster) - times.keys()))
    yield from (f"{person} may not take part" for person in sorted(times.keys() - set(roster)))
    yield from (f"{person} is there {count} times" for person, count in times.items() if count > 1)
    known = {state.value for state in State}
    yield from (f"{line.person} has no known state" for line in lines if line.state not in known)


def _groups(lines: Sequence[Line]) -> Mapping[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for line in lines:
        if line.group is not None:
            groups[line.group].append(line.person)
    return groups


def _of_groups(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if (line.state == State.GROUPED) != (line.group is not None):
            yield f"{line.person} is {line.state} and in group {line.group}"
    for number, people in _groups(lines).items():
        if not SMALLEST <= len(people) <= LARGEST:
            yield f"group {number} has {len(people)} people"


def _kept_apart(lines: Sequence[Line], never: Collection[frozenset[str]]) -> Iterator[str]:
    for number, people in _groups(lines).items():
        if any(frozenset(two) in never for two in combinations(people, 2)):
            yield f"group {number} has two who do not meet"


def _left_out(
    lines: Sequence[Line], never: Collection[frozenset[str]], elsewhere: Collection[str]
) -> Iterator[str]:
    """Whoever is without company could not have joined anybody, as things stand."""
    alone = [line.person for line in lines if line.state == State.CAPACITY and line.person not in elsewhere]
    for one in alone:
        can_meet = {line.person for line in lines if frozenset((one, line.person)) not in never} - {one}
        if any(other in can_meet for other in alone):
            yield f"{one} could have met another who is alone"
        for number, people in _groups(lines).items():
            others = [person for person in people if person in can_meet]
            if len(others) == len(people) == SMALLEST or (others and len(people) == LARGEST):
                yield f"{one} could have met group {number}"


# Written down


def to_csv(lines: Sequence[Line]) -> str:
    """Codes and states are ours: no cell begins with what a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("person", "state", "group"))
    writer.writerows((line.person, line.state, "" if line.group is None else line.group) for line in lines)
    return out.getvalue()


def from_csv(text: str) -> list[Line]:
    rows = csv.DictReader(io.StringIO(text))
    return [Line(row["person"], row["state"], int(row["group"]) if row["group"] else None) for row in rows]


def to_json(lines: Sequence[Line]) -> str:
    return json.dumps([asdict(line) for line in lines], indent=1)


def from_json(text: str) -> list[Line]:
    return [Line(**line) for line in json.loads(text)]
