"""`make bench`: what things cost, as ratios to the bare minimum, all from one run on one machine.

python -m benchmarks                     everything (an hour, most of it the rehearsal)
python -m benchmarks events ticks        some of it
"""

import sys

from rich.console import Console

from benchmarks import (
    desk,
    events,
    first_answer,
    health,
    matching,
    nudges,
    policies,
    rehearsal,
    rounds,
    slack,
    teams,
    teams_port,
    ticks,
    working_time,
)

PARTS = {
    "events": events,
    "ticks": ticks,
    "working_time": working_time,
    "slack": slack,
    "teams": teams,
    "teams_port": teams_port,
    "desk": desk,
    "health": health,
    "nudges": nudges,
    "policies": policies,
    "matching": matching,
    "rounds": rounds,
    "rehearsal": rehearsal,
    "first_answer": first_answer,
}


def main(chosen: list[str]) -> None:
    console = Console(width=110)
    for name in chosen or PARTS:
        console.print(PARTS[name].measure())


main(sys.argv[1:])
