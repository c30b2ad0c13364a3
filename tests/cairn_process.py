"""`python app.py …`, as an administrator says it: a process of its own, with the given settings alone."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent
OTHERS = ("SLACK_", "TEAMS_", "CAIRN_", "HOST", "PORT")
ROSTER = "email,name,timezone,role,mentor\nben@example.org,Ben Okafor,America/Denver,mentee,ana@example.org\n\
ana@example.org,Ana Byrne,Europe/Dublin,mentor,\n"
PATIENCE = 20  # seconds


@dataclass
class Said:
    code: int
    told: str
    wrong: str


async def begin(folder: Path, settings: Mapping[str, str], *words: str) -> Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
    kept |= {"DATABASE_URL": f"sqlite:///{folder}/cairn.db", "COLUMNS": "200"}
    return await asyncio.create_subprocess_exec(
        sys.executable, ROOT / "app.py", *words, env={**kept, **settings}, stdout=PIPE, stderr=PIPE
    )


async def cairn(folder: Path, settings: Mapping[str, str], *words: str) -> Said:
    """Until it has ended."""
    process = await begin(folder, settings, *words)
    told, wrong = await asyncio.wait_for(process.communicate(), PATIENCE)
    return Said(process.returncode or 0, told.decode(), wrong.decode())


@asynccontextmanager
async def at_work(folder: Path, settings: Mapping[str, str], *platforms: str) -> AsyncIterator[list[str]]:
    """`serve`, with Ben and Ana on the roster. It ends cleanly; what it says on the way is in the list."""
    (folder / "roster.csv").write_text(ROSTER)
    for words in (("migrate",), ("import", str(folder / "roster.csv"), "--yes")):
        done = await cairn(folder, {}, *words)
        assert done.code == 0, done
    server = await begin(folder, settings, "serve")
    assert server.stdout
    said: list[str] = []
    try:
        for platform in platforms:
            said.append((await server.stdout.readline()).decode())
            assert f"at work in {platform}" in said[-1]
        await is_well(int(settings["PORT"]))
        yield said
    finally:
        server.terminate()
        _, wrong = await asyncio.wait_for(server.communicate(), PATIENCE)
        said += wrong.decode().splitlines()
    assert not [line for line in said if "Traceback" in line or "ERROR" in line], said
    assert server.returncode in {0, -15}


async def is_well(port: int) -> None:
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/health") as answer:
                    assert await answer.text() == "well"
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
