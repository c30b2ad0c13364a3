"""How long a platform asks us to wait."""

from datetime import timedelta

BUSY = timedelta(seconds=30)  # where it does not say how long


def seconds(retry_after: str | None) -> timedelta:
    """At most an hour: what is not a number of seconds, or is absurd, is not waited for."""
    if retry_after and retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 6:
        return timedelta(seconds=min(max(int(retry_after), 1), 3600))
    return BUSY
