"""All tables, for whoever needs every one of them: `Base.metadata` is whole once this was imported."""

from bot.desk import lists as _lists
from bot.desk import models as _desk
from bot.matching import models as _matching
from bot.models import Base
from bot.rounds import models as _rounds

__all__ = ["Base"]
ELSEWHERE = (_desk, _lists, _matching, _rounds)  # beside models.py
