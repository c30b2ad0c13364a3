"""The Dockerfile, without Docker: its steps in a clean folder, its command started, its health asked for.

The packages are borrowed from the environment of these tests, but only those that requirements.txt names:
pip then finds them installed, and what is missing in that file is missing here.
"""

import importlib.metadata
import os
import re
import shlex
import shutil
import socket
import subprocess
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STEPS = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "HEALTHCHECK", "CMD"}


@dataclass(frozen=True)
class Step:
    what: str
    how: str


def read(dockerfile: str) -> list[Step]:
    lines = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ")
    return [Step(*line.strip().split(maxsplit=1)) for line in lines.splitlines() if line.strip()]


DOCKERFILE = read((ROOT / "Dockerfile").read_text())


def step(what: str) -> str:
    return next(step.how for step in DOCKERFILE if step.what == what)


class Image:
    """A folder in which the steps are done. Its /app and /data are inside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workdir = folder
        self.environment = {
            "PATH": f"{folder}/bin:{folder}/venv/bin:{os.environ['PATH']}",
            "HOME": str(folder),
        }
        self._make_python()
        self._make_commands_that_need_root()

    def do(self, step: Step) -> None:
        match step.what:
            case "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(self._inside(step.how)))
            case "WORKDIR":
                self.workdir = Path(self._inside(step.how))
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = step.how.split()
                for source in sources:
                    self._copy(ROOT / source, (self.workdir / target))
            case "RUN":
                self.run(step.how).check_returncode()

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S602
            self._inside(command),
            shell=True,
            check=False,
            cwd=self.workdir,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S602
            f"exec sh -c {shlex.quote(self._inside(command))}",
            shell=True,
            cwd=self.workdir,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _inside(self, text: str) -> str:
        return re.sub(r"(?<![\w.])/(app|data)\b", rf"{self.folder}/\1", text)

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    def _make_python(self) -> None:
        venv.create(self.folder / "venv", with_pip=False, symlinks=True)
        [site] = (self.folder / "venv").glob("lib/python*/site-packages")
        for name in ("pip", *locked()):
            borrow(name, site)

    def _make_commands_that_need_root(self) -> None:
        (self.folder / "bin").mkdir()
        (self.folder / "bin/chown").write_text("#!/bin/sh\n")
        (self.folder / "bin/chown").chmod(0o755)


def locked() -> Iterator[str]:
    """What requirements.txt installs on this machine."""
    installed = {name_of(package.metadata["Name"]) for package in importlib.metadata.distributions()}
    named = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    return (name for name in named if name_of(name) in installed)


def name_of(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def borrow(package: str, site: Path) -> None:
    found = importlib.metadata.distribution(package)
    for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
        link = site / top
        if not link.exists():
            link.symlink_to(str(found.locate_file(top)))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    image = Image(tmp_path_factory.mktemp("image"))
    for one in DOCKERFILE:
        image.do(one)
    return image


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def until(process: subprocess.Popen[str], word: str) -> list[str]:
    """What it says up to the line with this word, or to its end."""
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if word in line:
            break
    return said


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.slow
def test_its_command_opens_the_playground_and_its_health_can_be_asked_for(image: Image) -> None:
    shipped = files(image.folder / "app")
    image.environment["PORT"] = str(free_port())
    started = image.start(step("CMD"))
    try:
        said = until(started, "Cairn is at")
        assert "Cairn is at" in said[-1], "".join(said)
        health = image.run(step("HEALTHCHECK").partition("CMD ")[2])
        assert health.returncode == 0, health.stderr
    finally:
        started.terminate()
        started.communicate()

    assert image.run(step("HEALTHCHECK").partition("CMD ")[2]).returncode != 0
    assert {path.name for path in (image.folder / "data").iterdir()} >= {"cairn.db", "cairn.key"}
    assert files(image.folder / "app") == shipped  # it may write nowhere but in its volume


def test_it_does_nothing_that_this_test_does_not_know() -> None:
    assert {step.what for step in DOCKERFILE} <= STEPS


def test_it_runs_as_nobody_in_particular() -> None:
    user = step("USER").partition(":")[0]

    assert user.isdecimal()
    assert user != "0"


def test_it_takes_what_is_named_and_docker_is_shown_no_more() -> None:
    copied = {source for step in DOCKERFILE if step.what == "COPY" for source in step.how.split()[:-1]}
    shown = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"
    }

    assert copied == shown
    assert all((ROOT / source).exists() for source in copied)


def test_its_python_is_one_that_we_support() -> None:
    version = re.match(r"python:3\.(\d+)-slim$", step("FROM"))

    assert version
    assert int(version[1]) >= 11
