"""The command line, as somebody meets it: on the first day, on a bad day, and with the wrong key."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import ColumnElement, func, literal, select, text
from sqlalchemy.exc import OperationalError
from token_office import token_office
from typer.testing import CliRunner

import app
from adapters.slack.settings import SECRETS as SLACK_SECRETS
from adapters.slack.token_store import Installed, Kept, TokenStore
from adapters.teams.settings import SECRETS as TEAMS_SECRETS
from adapters.teams.settings import SPEAKS
from adapters.terminal import doctor
from bot import vault
from bot.database import connect, sessions
from bot.enrol import enrol
from bot.models import Enrolment, Pair, Person

ROOT = Path(__file__).parent.parent
ROSTER = ROOT / "examples/roster.csv"
BROKEN = ROOT / "examples/broken-roster.csv"
ADDRESSES = ("CAIRN_URL", "SLACK_API_URL", "SLACK_WORKSPACES")
OURS = ("DATABASE_URL", "PORT", "CAIRN_KEY", "CAIRN_KEY_FILE")
SETTINGS = (*OURS, *SLACK_SECRETS, *SPEAKS, *ADDRESSES)
COMMANDS = (
    *("migrate", "import", "serve", "rehearse", "match", "nudges", "lottery", "outcomes"),
    *("doctor", "slack"),
)

Cairn = Callable[..., Any]


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, and nothing of this machine's own settings."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(vault, "_in_use", None)
    mask = os.umask(0o022)
    yield tmp_path
    os.umask(mask)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    _in_another_process("migrate", cwd=folder).communicate()
    return folder


@pytest.fixture
def home(new: Path, migrated: Path) -> Path:
    """A folder in which `migrate` was said."""
    for name in ("cairn.db", "cairn.key"):
        shutil.copy(migrated / name, new / name)
    return new


@pytest.fixture
def cairn() -> Cairn:
    """`cairn("import", "roster.csv")` says it on the command line."""
    return lambda *words: CliRunner().invoke(app.cli, [str(word) for word in words])


def _in_another_process(*words: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), *words],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name not in SETTINGS} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _rows(model: Any) -> int:
    engine = connect("sqlite:///cairn.db")
    with engine.connect() as db:
        count = db.scalar(select(func.count()).select_from(model))
    engine.dispose()
    return count or 0


def _in_database(statement: str) -> None:
    engine = connect("sqlite:///cairn.db")
    with engine.begin() as db:
        db.execute(text(statement))
    engine.dispose()


# Help


def test_without_a_word_it_says_what_it_can_do(cairn: Cairn) -> None:
    said = cairn().output

    assert all(command in said for command in COMMANDS)
    assert "DATABASE_URL" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cairn: Cairn, command: str) -> None:
    result = cairn(command, "--help")

    assert result.exit_code == 0
    assert len(result.output.split()) > 15


# The first day


def test_migrate_makes_a_database_and_a_key_for_this_user_alone(cairn: Cairn, new: Path) -> None:
    result = cairn("migrate")

    assert result.exit_code == 0
    assert "cairn.key" in result.output
    for name in ("cairn.db", "cairn.key"):
        assert stat.S_IMODE((new / name).stat().st_mode) == 0o600


def test_the_key_is_never_printed(cairn: Cairn, new: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = [cairn("migrate"), cairn("migrate"), cairn("doctor"), cairn("import", ROSTER, "--yes")]

    key = (new / "cairn.key").read_text().strip()
    assert len(key) == 64
    assert key not in "".join(result.output for result in said) + caplog.text


def test_the_key_is_beside_the_database_wherever_that_is(
    cairn: Cairn, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (new / "data").mkdir()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data/ours.db")

    cairn("migrate")

    assert (new / "data/cairn.key").exists()


def test_migrate_twice_is_the_same_as_once(cairn: Cairn, home: Path) -> None:
    key = (home / "cairn.key").read_text()

    assert cairn("migrate").output == "The database is up to date.\n"
    assert (home / "cairn.key").read_text() == key


def test_all_of_it_works_on_postgresql(
    cairn: Cairn, new: Path, empty_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_postgresql.replace("+psycopg", ""))

    for words in (["migrate"], ["import", ROSTER, "--yes"], ["nudges"], ["doctor"]):
        result = cairn(*words)
        assert result.exit_code == 0, result.output


# A roster


@pytest.mark.usefixtures("new")
def test_a_dry_run_says_what_would_come_in_and_needs_no_database(cairn: Cairn) -> None:
    result = cairn("import", ROSTER)

    assert result.exit_code == 0
    assert "24 people" in result.output
    assert "10 pairs" in result.output
    assert "America/Denver" in result.output
    assert "Nothing was imported yet" in result.output
    assert not Path("cairn.db").exists()


@pytest.mark.usefixtures("home")
def test_yes_brings_everybody_in(cairn: Cairn) -> None:
    result = cairn("import", ROSTER, "--yes")

    assert "Imported 24 people and 10 pairs" in result.output
    assert (_rows(Person), _rows(Pair)) == (24, 10)


@pytest.mark.usefixtures("home")
def test_saying_it_twice_doubles_nobody(cairn: Cairn) -> None:
    cairn("import", ROSTER, "--yes")
    result = cairn("import", ROSTER, "--yes")

    assert "24 people were there before" in result.output
    assert (_rows(Person), _rows(Pair)) == (24, 10)


@pytest.mark.usefixtures("home")
def test_if_empty_is_quiet_when_people_are_there(cairn: Cairn) -> None:
    cairn("import", ROSTER, "--yes", "--if-empty")
    again = cairn("import", BROKEN, "--yes", "--if-empty")

    assert (again.exit_code, again.output) == (0, "")
    assert _rows(Person) == 24


@pytest.mark.usefixtures("home")
def test_a_broken_roster_is_told_whole_and_not_taken_in_part(cairn: Cairn) -> None:
    result = cairn("import", BROKEN, "--yes")

    assert result.exit_code == 1
    assert "Row 9, timezone:" in result.output
    assert len([line for line in result.output.splitlines() if line.startswith("Row ")]) > 10
    assert "Traceback" not in result.output
    assert (_rows(Person), _rows(Enrolment)) == (0, 0)


@pytest.mark.usefixtures("home")
def test_what_fails_half_way_leaves_nothing_behind(cairn: Cairn, monkeypatch: pytest.MonkeyPatch) -> None:
    def enrol_and_fail(*given: Any) -> None:
        enrol(*given)
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr("bot.enrol.enrol", enrol_and_fail)
    result = cairn("import", ROSTER, "--yes")

    assert result.exit_code == 2
    assert "disk is full" in result.output
    assert _rows(Person) == 0


@pytest.mark.usefixtures("home")
def test_a_roster_that_is_not_there_is_told_in_a_sentence(cairn: Cairn) -> None:
    result = cairn("import", "nobody.csv")

    assert result.exit_code == 1
    assert 'There is no file "nobody.csv"' in result.output


@pytest.mark.usefixtures("home")
def test_people_join_the_programme_that_was_named(cairn: Cairn) -> None:
    cairn("import", ROSTER, "--yes", "--programme", "Spring 2026")

    engine = connect("sqlite:///cairn.db")
    with engine.connect() as db:
        assert db.scalar(text("SELECT name FROM programmes")) == "Spring 2026"
    engine.dispose()


# A bad day


def _mended(result: Any, *parts: str) -> None:
    """One sentence on what is wrong and how to mend it, and no traceback."""
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert all(part in result.stderr for part in parts), result.stderr


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("nonsense", "not the address of a database"),
        ("mysql://root@localhost/cairn", "mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:////no/such/folder/cairn.db", "no database"),
        ("postgresql://ana:geheim@127.0.0.1:1/cairn", "does not answer"),
        ("postgres://ana:geheim@127.0.0.1:1/cairn", "does not answer"),
    ],
)
@pytest.mark.usefixtures("new")
def test_a_wrong_address_of_the_database(
    cairn: Cairn, monkeypatch: pytest.MonkeyPatch, url: str, part: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    result = cairn("serve")

    _mended(result, part)
    assert "geheim" not in result.output


@pytest.mark.usefixtures("new")
def test_a_folder_that_is_not_there(cairn: Cairn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////no/such/folder/cairn.db")

    _mended(cairn("migrate"), "folder")


def test_a_file_that_is_no_database(cairn: Cairn, new: Path) -> None:
    (new / "cairn.db").write_text("Dear diary, " * 100)

    _mended(cairn("migrate"), "file is not a database")


@pytest.mark.usefixtures("new")
def test_serve_before_migrate(cairn: Cairn) -> None:
    _mended(cairn("serve"), "no database", "python app.py migrate")
    connect("sqlite:///cairn.db").connect().close()
    _mended(cairn("serve"), "not up to date", "python app.py migrate")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_of_a_newer_release_is_left_alone(cairn: Cairn, command: str) -> None:
    _in_database("UPDATE alembic_version SET version_num = 'from_tomorrow'")

    _mended(cairn(command), "newer than this release")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("port", ["eighty", "70000", "-1"])
def test_a_port_that_is_none(cairn: Cairn, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    _mended(cairn("serve"), "PORT")


@pytest.mark.usefixtures("home")
def test_a_port_that_somebody_else_has(cairn: Cairn, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))

        _mended(cairn("serve"), "already in use", "PORT=")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", [*SLACK_SECRETS, *TEAMS_SECRETS])
def test_the_playground_does_not_open_beside_real_credentials(
    cairn: Cairn, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "xoxb-geheim")

    result = cairn("serve")

    _mended(result, name)
    assert "geheim" not in result.output


# On two platforms


def test_an_import_says_that_it_does_not_need_the_platform(cairn: Cairn, tmp_path: Path) -> None:
    roster = tmp_path / "two.csv"
    roster.write_text(
        "email,name,role,timezone,platform\nana@example.org,Ana Byrne,mentor,Europe/Dublin,teams\n"
    )

    result = cairn("import", str(roster))

    assert result.exit_code == 0
    assert "Note: The column platform is for rehearsals" in result.output


@pytest.mark.parametrize("command", [["import"], ["rehearse", "--start", "2026-02-02", "--roster"]])
def test_a_platform_that_there_is_not_is_a_problem(cairn: Cairn, tmp_path: Path, command: list[str]) -> None:
    roster = tmp_path / "fax.csv"
    roster.write_text(
        "email,name,role,timezone,platform\nana@example.org,Ana Byrne,mentor,Europe/Dublin,fax\n"
    )

    result = cairn(*command, str(roster))

    assert result.exit_code == 1
    assert '"fax" is not a platform here. Choose among slack, teams, or leave it empty.' in result.output


# The wrong key


def test_another_key_is_refused(cairn: Cairn, home: Path) -> None:
    (home / "cairn.key").write_text("ab" * 32)

    _mended(cairn("serve"), "cairn.key", "not the one")


def test_another_key_in_the_environment_is_refused(
    cairn: Cairn, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_KEY", "ab" * 32)

    result = cairn("import", ROSTER, "--yes")

    _mended(result, "CAIRN_KEY", "not the one")
    assert "abab" not in result.output


def test_the_right_key_may_come_from_the_environment(
    cairn: Cairn, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_KEY", (home / "cairn.key").read_text())
    (home / "cairn.key").unlink()

    assert cairn("import", ROSTER, "--yes").exit_code == 0
    assert not (home / "cairn.key").exists()


@pytest.mark.parametrize("key", ["", "ab" * 31, "zz" * 32, "é" * 64])
def test_a_damaged_key_is_refused(cairn: Cairn, home: Path, key: str) -> None:
    (home / "cairn.key").write_text(key)

    result = cairn("serve")

    _mended(result, "cairn.key")
    assert not key or key not in result.output


def test_a_lost_key_is_not_replaced_by_a_new_one(cairn: Cairn, home: Path) -> None:
    (home / "cairn.key").unlink()

    _mended(cairn("migrate"), "cairn.key", "backup")
    assert not (home / "cairn.key").exists()


def test_a_key_that_cannot_be_read(cairn: Cairn, home: Path) -> None:
    (home / "cairn.key").unlink()
    (home / "cairn.key").mkdir()

    _mended(cairn("serve"), "cannot be read")


@pytest.mark.usefixtures("new")
def test_a_key_that_cannot_be_kept(cairn: Cairn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIRN_KEY_FILE", "/no/such/folder/cairn.key")

    _mended(cairn("migrate"), "cannot be written", "CAIRN_KEY_FILE")


# Nudges


@pytest.mark.usefixtures("home")
def test_of_fewer_than_five_people_the_report_on_nudges_says_so(cairn: Cairn) -> None:
    result = cairn("nudges")

    assert result.exit_code == 0
    assert result.output == (
        "Answers: fewer than 5 people\nNudges towards an answer or an action: fewer than 5 people\n"
    )


# The doctor


@pytest.mark.usefixtures("home")
def test_the_doctor_finds_nothing_where_all_is_well(cairn: Cairn) -> None:
    result = cairn("doctor")

    assert result.exit_code == 0
    assert result.output.count("ok ") == 9
    assert "serve opens the playground" in result.output
    assert "\x1b" not in result.output


def _no_room(_folder: Path) -> SimpleNamespace:
    return SimpleNamespace(free=1_000_000)


def _forbid_writing(patch: pytest.MonkeyPatch, _home: Path) -> None:
    patch.setattr(os, "access", lambda _path, mode: mode == os.F_OK)


def _spoil_a_language(patch: pytest.MonkeyPatch, _home: Path) -> None:
    shutil.copytree(ROOT / "prompts/en", "prompts/en")
    shutil.copytree(ROOT / "prompts/en", "prompts/fr")
    Path("prompts/fr/helping.toml").unlink()
    patch.setattr(app, "PROMPTS", Path("prompts"))


def _spoil_a_prompt_file(patch: pytest.MonkeyPatch, _home: Path) -> None:
    Path("prompts/en").mkdir(parents=True)
    Path("prompts/en/prep.toml").write_text("[ask")
    patch.setattr(app, "PROMPTS", Path("prompts"))


def _in_1970(_dialect: str) -> ColumnElement[float]:
    return literal(0.0)


ILLS: dict[str, tuple[Callable[[pytest.MonkeyPatch, Path], Any], str, str]] = {
    "a bad setting": (lambda patch, home: patch.setenv("PORT", "x"), "Settings", "PORT"),
    "half of Slack": (
        lambda patch, home: patch.setenv("SLACK_BOT_TOKEN", "xoxb-1"),
        "Slack",
        "Add SLACK_APP_TOKEN",
    ),
    "half a language": (_spoil_a_language, "Prompts", "prompts/fr"),
    "a broken prompt": (_spoil_a_prompt_file, "Prompts", "prep.toml"),
    "no room": (lambda patch, home: patch.setattr(shutil, "disk_usage", _no_room), "Disk", "Make room"),
    "no right to write": (_forbid_writing, "Disk", "owner"),
    "no database": (lambda patch, home: (home / "cairn.db").unlink(), "Database", "migrate"),
    "half a database": (lambda patch, home: _in_database("DROP TABLE canary"), "Key", "canary"),
    "an old database": (
        lambda patch, home: _in_database("DELETE FROM alembic_version"),
        "Migrations",
        "migrate",
    ),
    "another key": (lambda patch, home: (home / "cairn.key").write_text("ab" * 32), "Key", "backup"),
    "an open key": (lambda patch, home: (home / "cairn.key").chmod(0o644), "Key", "chmod 600"),
    "an audit that somebody wrote into": (
        lambda patch, home: _in_database(
            "INSERT INTO audit (at, what, detail, chain) VALUES ('2026-02-03 16:00:00', 'a', '', '')"
        ),
        "Audit",
        "backup",
    ),
    "another time": (
        lambda patch, home: patch.setattr(doctor, "clock", _in_1970),
        "Clock",
        "NTP",
    ),
}


@pytest.mark.parametrize("ill", ILLS)
def test_the_doctor_finds_each_ill_and_says_how_to_mend_it(
    cairn: Cairn, home: Path, monkeypatch: pytest.MonkeyPatch, ill: str
) -> None:
    cause, about, mend = ILLS[ill]
    cause(monkeypatch, home)

    result = cairn("doctor")

    [found] = [line for line in result.output.splitlines() if line.startswith("mend")]
    assert result.exit_code == 1
    assert about in found
    assert mend in result.output


@pytest.mark.usefixtures("home")
def test_the_doctor_looks_at_each_workspace_that_installed_it(
    cairn: Cairn, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect("sqlite:///cairn.db")
    vault.use(vault.Key.from_text(Path("cairn.key").read_text()))
    installed = Installed("T01", "", "xoxb-geheim", "U0CAIRN", "B01", "A01", frozenset(), False)
    TokenStore(sessions(engine), lambda: datetime.now(UTC)).keep(Kept(installed))
    engine.dispose()

    with token_office() as slack:
        for name, value in {
            "SLACK_CLIENT_ID": "12345.67890",
            "SLACK_CLIENT_SECRET": "geheim",
            "SLACK_SIGNING_SECRET": "ab" * 16,
            "SLACK_WORKSPACES": "T01",
            "SLACK_API_URL": f"{slack.url}/api/",
            "CAIRN_URL": slack.url,
        }.items():
            monkeypatch.setenv(name, value)
        result = cairn("doctor")

    assert result.exit_code == 0, result.output
    assert "Slack T01" in result.output
    assert "cairn in Teahouse" in result.output
    assert "geheim" not in result.output


# The server


@pytest.fixture
def server(home: Path) -> Iterator[subprocess.Popen[str]]:
    server = _in_another_process("serve", cwd=home, PORT="0")
    yield server
    with suppress(ProcessLookupError):
        server.kill()
    server.communicate()


def test_serve_says_where_to_look_and_there_is_something_to_see(server: subprocess.Popen[str]) -> None:
    assert server.stdout
    line = server.stdout.readline()

    assert line.startswith("Cairn is at http://127.0.0.1:")
    with urlopen(line.split()[3]) as page:  # noqa: S310
        assert b"<html" in page.read()


def test_ctrl_c_is_a_quiet_goodbye(server: subprocess.Popen[str]) -> None:
    assert server.stdout
    urlopen(server.stdout.readline().split()[3]).close()  # noqa: S310
    server.send_signal(signal.SIGINT)

    assert server.wait(timeout=10) == 0
    assert server.stderr
    assert server.stderr.read() == ""


def test_a_roster_may_name_every_platform_there_is_and_no_other() -> None:
    venues = app._venues(app._prompts())

    assert tuple(venue.platform for venue in venues) == app.PLATFORMS


async def test_the_metronome_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TICK_EVERY", timedelta(seconds=0.01))
    ticked = asyncio.Event()

    async def tick() -> int:
        ticked.set()
        return 0

    async with app.ticking(tick):
        await asyncio.wait_for(ticked.wait(), timeout=5)


def test_the_log_does_not_repeat_what_somebody_wrote() -> None:
    try:
        raise ValueError("my manager must not read this")
    except ValueError:
        record = logging.LogRecord("bot", logging.ERROR, "", 0, "in %s", ("prep",), sys.exc_info())

    said = app.WithoutWords("%(message)s").format(record)

    assert "ValueError in test_the_log_does_not_repeat" in said
    assert "manager" not in said


def test_an_answer_in_two_parts_does_not_wait_for_the_other_side() -> None:
    """asyncio turns that off only for ports that it opens itself."""
    with (
        app.listening("127.0.0.1", 0) as door,
        socket.create_connection(door.getsockname()),
        door.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# Programmes and cohorts


ONE = "email,name,role,timezone\nana@example.org,Ana Byrne,mentor,Europe/Dublin\n"


def test_an_import_says_which_cohort_its_people_are_in(cairn: Cairn, home: Path) -> None:
    (home / "one.csv").write_text(ONE)

    result = cairn("import", "one.csv", "--yes", "--cohort", " Spring\n2027 ")

    assert result.exit_code == 0
    engine = connect("sqlite:///cairn.db")
    with engine.connect() as db:
        assert db.scalars(select(Enrolment.cohort)).all() == ["Spring 2027"]
    engine.dispose()


def test_nobody_is_imported_into_a_programme_that_is_over(cairn: Cairn, home: Path) -> None:
    (home / "one.csv").write_text(ONE)
    _in_database(
        "INSERT INTO programmes (name, made_at, closed_at) VALUES ('Over', '2026-01-01', '2026-06-01')"
    )

    result = cairn("import", "one.csv", "--yes", "--programme", "Over")

    assert result.exit_code == 2
    assert "Over is over, and nobody joins it any more." in result.output
    assert _rows(Person) == 0
