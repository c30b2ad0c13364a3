"""What somebody who runs a programme has decided and may still undo: it happens when its moment has come.

Until then nobody else sees anything of it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models import Base, Pair, Person, Programme, due


class Removal(Base):
    """Somebody is to be taken out of a programme, in which their pairs come to an end."""

    __tablename__ = "removals"
    __table_args__ = (UniqueConstraint("programme_id", "person_id"),)
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    happen_at: Mapped[datetime | None] = due()

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class PairEnding(Base):
    """A pair is to end. Both read the words that everybody reads at an end."""

    __tablename__ = "pair_endings"
    data_class = "P3"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pairs.id"), unique=True)
    happen_at: Mapped[datetime | None] = due()

    pair: Mapped[Pair] = relationship(lazy="joined", innerjoin=True)
