"""All tables, for whoever needs every one of them: `Base.metadata` is whole once this was imported."""

from bot.desk import lists as _lists
from bot.desk import models as _desk
from bot.models import Base

__all__ = ["Base"]
ELSEWHERE = (_desk, _lists)  # beside models.py
