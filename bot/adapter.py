"""What the core asks of a platform, and how a platform says no."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Protocol

from bot.events import Account
from bot.messages import Message


class TryLater(Exception):
    """The platform is busy or out of reach. The same message may go through later."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Undeliverable(Exception):
    """The person has left, or has removed the bot. Trying again cannot help."""


class NotNow(Exception):
    """Not before then: the person does not want to be disturbed, or nothing gets in. Nothing has failed."""

    def __init__(self, until: datetime, reason: str = "busy") -> None:
        super().__init__()
        self.until, self.reason = until, reason


class Adapter(Protocol):
    gap: timedelta  # the platform takes no second message to one person within it

    def deliver(self, to: Account, address: str, message: Message) -> Awaitable[str]:
        """Bring a message to a person; returns the platform's name for it. Raises one of the three above."""
