"""From `make run` in a clean clone to the first answer of the playground, and again when all is there."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from rich.table import Table

from benchmarks.stage import ROOT


def measure() -> Table:
    table = Table(title="From `make run` to the first answer, in seconds (one run)")
    for heading in ("clean clone", "second time"):
        table.add_column(heading, justify="right")
    folder = Path(tempfile.mkdtemp())
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "cairn")], check=True)  # noqa: S603, S607
    first = _run(folder / "cairn")
    second = _run(folder / "cairn")
    shutil.rmtree(folder)
    table.add_row(f"{first:.1f}", f"{second:.1f}")
    return table


def _run(clone: Path) -> float:
    port = _free_port()
    begin = time.perf_counter()
    server = subprocess.Popen(
        ["make", "run"],  # noqa: S607
        cwd=clone,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    _wait_for_answer(f"http://127.0.0.1:{port}/")
    took = time.perf_counter() - begin
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
    return took


def _wait_for_answer(url: str) -> None:
    while True:
        try:
            urllib.request.urlopen(url)  # noqa: S310 - our own, on this machine
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
