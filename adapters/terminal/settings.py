"""Settings: what the environment says, checked, with a remedy for whatever is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters.remedy import MendFirst

DRIVERS = {"sqlite": "sqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


@dataclass(frozen=True)
class Settings:
    database: URL
    host: str  # where the server listens, once it is connected to a platform
    port: int
    key_file: Path
    key: str = field(repr=False)

    @property
    def database_file(self) -> Path | None:
        is_file = self.database.get_backend_name() == "sqlite" and self.database.database
        return Path(str(self.database.database)) if is_file else None

    @property
    def key_place(self) -> str:
        return "CAIRN_KEY" if self.key else str(self.key_file)


def read_settings(environment: Mapping[str, str]) -> Settings:
    url = _database_url(environment.get("DATABASE_URL") or "sqlite:///cairn.db")
    folder = Path(str(url.database)).parent if url.get_backend_name() == "sqlite" else Path()
    return Settings(
        database=url,
        host=environment.get("HOST") or "127.0.0.1",
        port=_port(environment.get("PORT") or "8000"),
        key_file=Path(environment.get("CAIRN_KEY_FILE") or folder / "cairn.key"),
        key=environment.get("CAIRN_KEY", ""),
    )


def _database_url(written: str) -> URL:
    examples = "Write it like sqlite:///cairn.db or postgresql://name:password@host/database."
    try:
        url = make_url(written)
    except ArgumentError:
        raise MendFirst("DATABASE_URL is not the address of a database.", examples) from None
    driver = DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise MendFirst(
            f"DATABASE_URL asks for {url.get_backend_name()}, which Cairn does not know.", examples
        )
    if driver == "sqlite" and url.database in (None, "", ":memory:"):
        raise MendFirst("DATABASE_URL names no file.", examples)
    return url.set(drivername=driver)


def _port(written: str) -> int:
    if written.isdecimal() and int(written) < 65536:
        return int(written)
    raise MendFirst(f"PORT is {written!r}, which is not the number of a port.", "Leave it out for 8000.")
