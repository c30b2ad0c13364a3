"""Rehearsal: twelve weeks of a thousand pairs, in a process of its own: how long, and how much memory."""

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.table import Table

PAIRS = 1_000
ZONES = (
    "America/Denver",
    "Europe/Dublin",
    "Europe/Berlin",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Asia/Kolkata",
)


def measure() -> Table:
    table = Table(title="Twelve rehearsed weeks of 1,000 pairs (one run)")
    for heading in ("seconds", "peak memory, MB"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        took, memory = _rehearse(Path(folder))
    table.add_row(f"{took:.0f}", f"{memory:.0f}")
    return table


def _rehearse(folder: Path) -> tuple[float, float]:
    roster = folder / "roster.csv"
    _write(roster)
    command = [sys.executable, "app.py", "rehearse", "--roster", str(roster), "--start", "2026-02-02"]
    command += ["--weeks", "12", "--seed", "7", "--transcript", str(folder / "out.jsonl")]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.2)
    return time.perf_counter() - begin, peak


def _resident(pid: int) -> float:
    """Megabytes in memory at this moment."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0.0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / 1024


def _write(roster: Path) -> None:
    with roster.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["email", "name", "role", "timezone", "language", "career_stage", "mentor"])
        for n in range(PAIRS):
            zone, other = ZONES[n % len(ZONES)], ZONES[(n // 3) % len(ZONES)]
            out.writerow([f"mentor{n}@example.org", f"Mentor{n} Bench", "mentor", other, "en", "senior", ""])
            mentor = f"mentor{n}@example.org"
            out.writerow(
                [f"mentee{n}@example.org", f"Mentee{n} Bench", "mentee", zone, "en", "early", mentor]
            )
