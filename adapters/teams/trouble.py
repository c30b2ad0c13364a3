"""Trouble: what the connector's refusals mean for a message, from Microsoft's documentation of its errors.

Three kinds have a remedy: come back later, this person cannot be reached, nobody in this tenant can.
https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
"""

from adapters.retry_after import seconds
from adapters.teams.port import Refused
from bot.adapter import TryLater, Undeliverable

AGAIN = frozenset({412, 429, 502, 503, 504})

NOBODY_IS_REACHED = frozenset({"BotDisabledByAdmin", "BotNotRegistered", "TenantDisabled"})
NOT_REACHED = frozenset(  # they have blocked or removed the app, never had it, or have left
    {
        "MessageWritesBlocked",
        "ConversationBlockedByUser",
        "BotNotInConversationRoster",
        "ConversationNotFound",
        "MemberNotFoundInConversation",
    }
)
THE_CARD = frozenset({400, 413, 415, 422})  # maybe: words alone may be taken


class Closed(Exception):
    """Nothing can be sent until somebody mends it: our own credentials, or an administrator."""


class NotTaken(Exception):
    """Teams refuses this, and would again."""

    def __init__(self, code: str, *, is_the_card: bool = False) -> None:
        super().__init__(code)
        self.code, self.is_the_card = code, is_the_card


def trouble(refused: Refused) -> Exception:
    """What to raise. Each says the code of the connector, which holds nothing of anybody."""
    status, code = refused.status, str(refused)
    if status in AGAIN:
        return TryLater(code, seconds(refused.retry_after))
    if status in {0, 401} or any(known in code for known in NOBODY_IS_REACHED):
        return Closed(code)
    if status in {403, 404} and not NOT_REACHED.isdisjoint(refused.code.split("/")):
        return Undeliverable(code)
    return NotTaken(code, is_the_card=status in THE_CARD)
