"""All tables, for whoever needs every one of them: `Base.metadata` is whole once this was imported."""

from bot.desk import models as _desk
from bot.matching import models as _matching
from bot.models import Base

__all__ = ["Base"]
ELSEWHERE = (_desk, _matching)  # beside models.py
