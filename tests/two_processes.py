"""One of two processes over one database: ticks, claims and delivers until nothing is left.

python tests/two_processes.py URL NOW     prints the id and person of each message it delivered
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from bot import outbox, vault
from bot.bot import Bot
from bot.database import connect, sessions
from bot.prompts import read_prompts
from bot.stories import STORIES
from bot.story import together

IDLE_ROUNDS = 20


def main(url: str, now: datetime) -> None:
    vault.use(vault.Key(bytes(range(32))))
    prompts = read_prompts(Path(__file__).parent.parent / "prompts")
    bot = Bot(sessions(connect(url)), prompts, together(STORIES), lambda: now)
    idle = 0
    while idle < IDLE_ROUNDS:
        busy = bot.tick() + deliver(bot, now)
        idle = 0 if busy else idle + 1
        if not busy:
            time.sleep(0.02)


def deliver(bot: Bot, now: datetime) -> int:
    with bot.open_transaction.begin() as db:
        parcels = outbox.claim(db.connection(), now, "one of two", {"test"}, bot.prompts)
    for parcel in parcels:
        print(parcel.id, parcel.person_id, parcel.name, flush=True)  # noqa: T201 - this is its output
        with bot.open_transaction.begin() as db:
            outbox.sent(db, parcel, now, f"message {parcel.id}")
    return len(parcels)


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
