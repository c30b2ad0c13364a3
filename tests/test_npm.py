"""Programs of others are fetched once, and only as they were when somebody read them."""

from contextlib import suppress
from pathlib import Path

import pytest
from npm import free_port, npm_package


def test_a_package_that_is_not_what_it_was_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm.PEERS", tmp_path)
    program = tmp_path / "teapot@1.0.0/node_modules/teapot/bin/teapot"
    program.parent.mkdir(parents=True)
    program.write_text("short and stout", encoding="utf-8")

    with pytest.raises(pytest.fail.Exception, match="checksum"):
        npm_package("teapot", "1.0.0", sha256="0" * 64)


def test_without_npm_the_tests_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm.PEERS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.skip.Exception, match="no npm"):
        npm_package("teapot", "1.0.0")
    with suppress(FileNotFoundError):
        assert not any(tmp_path.glob("teapot@*/"))


def test_a_free_port_is_free() -> None:
    assert 1024 < free_port() < 65536
