"""What docs/measuring.md shows works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs/measuring.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    return [shlex.split(block.replace("\\\n", " "))[2:] for block in blocks]


def test_the_lottery_draws_what_the_example_says() -> None:
    said = CliRunner().invoke(app.cli, commands()[0])

    assert said.exit_code == 0, said.output
    assert Path("assignment.csv").read_bytes() == (ROOT / "examples/assignment.csv").read_bytes()
    assert len(Path("begin.csv").read_text().splitlines()) == 81


def test_the_report_says_what_the_guide_says() -> None:
    said = CliRunner().invoke(app.cli, commands()[1])

    shown = re.search(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    assert said.exit_code == 0, said.output
    assert shown
    for line in shown[1].splitlines():
        assert line.strip().removesuffix(" […]") in said.output
    assert Path("report.html").stat().st_size > 10_000
    assert Path("report.pdf").stat().st_size > 10_000
