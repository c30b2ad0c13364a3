"""Two processes over one database double nothing, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine
from world import World

ROOT = Path(__file__).parent.parent
PAIRS = 30


def test_two_processes_introduce_everybody_once(engine: Engine, world: World) -> None:
    for n in range(PAIRS):
        mentee = world.add(f"Mentee{n} A", "Europe/London")
        mentor = world.add(f"Mentor{n} B", "Europe/London")
        world.start(mentee, mentor)
        world.pair(mentee, mentor, introduce_at=world.clock())

    delivered = run_two(engine.url.render_as_string(hide_password=False), world)

    assert Counter(delivered).most_common(1)[0][1] == 1, "no message left twice"
    assert len(delivered) == 2 * PAIRS, "and none was left behind"


def run_two(url: str, world: World) -> list[str]:
    """The messages that two processes delivered between them."""
    command = [sys.executable, str(ROOT / "tests" / "two_processes.py"), url, world.clock().isoformat()]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    return [line for output, _ in outputs for line in output.splitlines()]
