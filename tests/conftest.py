"""A fresh database for every test, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from world import Someone, World

from bot import vault
from bot.database import connect
from bot.models import Base
from bot.prompts import Prompts, read_prompts

ROOT = Path(__file__).parent.parent

vault.use(vault.Key(bytes(range(32))))


@pytest.fixture(scope="session")
def prompts() -> Prompts:
    return read_prompts(ROOT / "prompts")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'cairn.db'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def world(engine: Engine, prompts: Prompts) -> World:
    return World(engine, prompts)


@pytest.fixture
def ben(world: World) -> Someone:
    """A mentee in Denver."""
    return world.add("Ben Okafor", "America/Denver", career_stage="early")


@pytest.fixture
def ana(world: World) -> Someone:
    """His mentor in Dublin."""
    return world.add("Ana Byrne", "Europe/Dublin")
