"""Errors in the log, without what somebody wrote: an error's own text may quote it."""

import traceback
from logging import Logger


def log_without_words(log: Logger, error: Exception) -> None:
    """Where it went wrong and as what."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s in %s:%s", type(error).__name__, where.name, where.lineno)
