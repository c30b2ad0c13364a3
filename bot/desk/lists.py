"""Lists: who is to be enrolled, as a coordinator has pasted it, between the preview and their word for it.

Names and addresses of people who have not been asked yet: they lie sealed, for a day at most, and go as soon
as they are enrolled.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.models import Base, due
from bot.roster import Row
from bot.vault import HoldsWords, Words

KEPT_FOR = timedelta(days=1)


class PastedList(HoldsWords, Base):
    __tablename__ = "pasted_lists"
    data_class = "P4"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), index=True
    )  # who pasted
    people_sealed: Mapped[bytes | None]  # JSON: one object for each row
    made_at: Mapped[datetime]
    forget_at: Mapped[datetime | None] = due()

    people = Words("people_sealed")

    @property
    def rows(self) -> Sequence[Row]:
        return [_row(values) for values in json.loads(self.people or "[]")]


def to_json(rows: Iterable[Row]) -> str:
    return json.dumps([asdict(row) | {"roles": sorted(row.roles)} for row in rows], ensure_ascii=False)


def _row(values: dict[str, Any]) -> Row:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Row(**(values | lists | {"roles": frozenset(values["roles"])}))
