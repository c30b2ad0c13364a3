"""What Slack's short error codes mean for whoever runs the bot, and where to click."""

from adapters.remedy import MendFirst
from adapters.slack.settings import APP_TOKEN_PAGE, APPS, CREDENTIALS_PAGE, TOKEN_PAGE

PAGES = {
    "SLACK_BOT_TOKEN": TOKEN_PAGE,
    "SLACK_APP_TOKEN": APP_TOKEN_PAGE,
    "SLACK_CLIENT_ID": CREDENTIALS_PAGE,
}
UNKNOWN = ("invalid_auth", "not_authed", "bad_client_secret", "invalid_client_id")
REVOKED = ("account_inactive", "token_revoked", "user_removed_from_team")
BUSY = ("ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")
OTHERS = {
    "token_expired": ("it has expired, token rotation is on", "Connect by OAuth (docs/slack.md)."),
    "not_allowed_token_type": ("it is a token of another kind", "Copy the right one from {page}."),
    "missing_scope": ("it may not do that", "Add the scope at {page}."),
}
REINSTALL = f"Install it anew at {APPS} > Install App, and copy the new token."


def mend(setting: str, code: str) -> MendFirst:
    """For a setting that Slack refused."""
    copy = f"Copy it anew from {PAGES[setting]}."
    if code in UNKNOWN:
        return MendFirst(f"Slack does not know {_with_partner(setting)} ({code}).", copy)
    if code in REVOKED:
        return MendFirst(f"{setting} was revoked, or the app was taken out ({code}).", REINSTALL)
    if code in BUSY:
        return MendFirst(f"Slack is busy ({code}).", "Try again in a minute.")
    wrong, remedy = OTHERS.get(
        code, (f"Slack refuses it: {code}", f"docs.slack.dev explains that code. {copy}")
    )
    return MendFirst(f"{setting}: {wrong}.", remedy.format(page=PAGES[setting]))


def _with_partner(setting: str) -> str:
    """Slack does not say which of the two is wrong."""
    return f"{setting} with that SLACK_CLIENT_SECRET" if setting == "SLACK_CLIENT_ID" else setting


def unreachable(place: str, error: Exception) -> MendFirst:
    return MendFirst(
        f"{place} does not answer: {type(error).__name__}.",
        "See that this machine may reach it (firewall, HTTPS_PROXY, DNS), and that SLACK_API_URL is right.",
    )
