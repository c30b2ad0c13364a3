"""What a browser shows at the end of an installation. Nothing of Slack's answer is repeated there."""

from collections.abc import Mapping

INSTALLED = (
    "Cairn is installed",
    "Open Slack, find Cairn under Apps and write help to it. You can close this window.",
)
REFUSED: Mapping[str, tuple[str, str]] = {
    "access_denied": (
        "Nothing was installed",
        "You stopped half-way, or may not install apps here. If that was not meant, begin again.",
    ),
    "not_welcome": (
        "This workspace is not on the list",
        "Whoever runs this server chooses which workspaces may install Cairn. Nothing was kept. "
        "Ask them to add the id of yours to SLACK_WORKSPACES, then begin again.",
    ),
    "invalid_browser": (
        "Please begin again",
        "An installation has to end in the browser in which it began, within ten minutes.",
    ),
    "invalid_state": (
        "Please begin again",
        "This link was used already, or is older than ten minutes.",
    ),
}
OTHERWISE = (
    "That did not work",
    "Nothing was installed. Begin again; if it happens twice, whoever runs this server can say why: "
    "python app.py doctor",
)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}
</style>
<h1>{title}</h1>
<p>{text}</p>
</html>
"""
HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def installed_page() -> str:
    return _page(INSTALLED)


def refused_page(reason: str) -> str:
    """For one of Bolt's reasons, or `not_welcome`."""
    return _page(REFUSED.get(reason, OTHERWISE))


def _page(words: tuple[str, str]) -> str:
    title, text = words
    return PAGE.format(title=title, text=text)
