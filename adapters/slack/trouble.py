"""Trouble: what Slack's error codes mean for a message. From the reference of chat.postMessage and others.

Three kinds have a remedy: come back later, this person cannot be reached, nobody in this workspace can.
"""

from adapters.retry_after import seconds
from bot.adapter import TryLater, Undeliverable

PERSON_IS_OUT_OF_REACH = frozenset(
    {
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
WORKSPACE_IS_CLOSED = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
REMOVED_FROM_WORKSPACE = frozenset({"account_inactive", "token_revoked"})
SLACK_IS_BUSY = frozenset(
    {
        "fatal_error",
        "internal_error",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_quota_exceeded",
    }
)
TOO_MUCH_FOR_SLACK = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"}
)


class Closed(Exception):
    """Nothing can be sent to this workspace until somebody mends it: a token, a scope, an administrator."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotTaken(Exception):
    """Slack refuses this, and would again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def trouble(code: str, retry_after: str | None) -> Exception:
    """What to raise for an error code, with what the header Retry-After said."""
    if code in SLACK_IS_BUSY:
        return TryLater(code, seconds(retry_after))
    if code in PERSON_IS_OUT_OF_REACH or code.startswith("restricted_action"):
        return Undeliverable(code)
    if code in WORKSPACE_IS_CLOSED:
        return Closed(code)
    return NotTaken(code)
