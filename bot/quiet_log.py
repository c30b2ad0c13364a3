"""Errors in the log, without what somebody wrote: an error's own text may quote it."""

import traceback
from logging import Logger

FRAMES = 6  # the innermost


def log_without_words(log: Logger, error: Exception) -> None:
    """Where it went wrong and as what."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    log.error("%s in %s", type(error).__name__, where)
