"""All tables, for whoever needs every one of them: `Base.metadata` is whole once this was imported."""

from bot.desk import models as _desk
from bot.desk import undoable as _undoable
from bot.models import Base

__all__ = ["Base"]
ELSEWHERE = (_desk, _undoable)  # beside models.py
