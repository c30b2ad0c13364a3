"""What somebody typed in Teams, as they saw it.

Teams sends a message twice: as text, and as HTML beside it, which alone tells a quotation of an earlier
message from the answer to it. Of the HTML only words are taken.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

HTML = "text/html"
LONGEST = 200_000  # characters of HTML; Teams itself takes about 100 kB

_BLOCKS = frozenset({"blockquote", "div", "h1", "h2", "h3", "li", "ol", "p", "pre", "table", "tr", "ul"})
_PICTURES = frozenset({"emoji", "img"})  # an emoji is a picture with words of its own
_UNSEEN = frozenset({"attachment", "script", "style", "title"})
_EMPTY = frozenset({"br", "hr", "img"})
_QUOTATION = "http://schema.skype.com/Reply"
_MENTION = "http://schema.skype.com/Mention"
_EMOJI = "http://schema.skype.com/Emoji"
_MANY_LINES = re.compile(r"[ \t]*\n[ \t]*(?:\n[ \t]*)+")

Json = Mapping[str, Any]


def said(activity: Json) -> str:
    """Without the name of the bot, where it was called by it, and without what was quoted."""
    html = next((part["content"] for part in attachments(activity) if _is_html(part)), "")
    words = _seen(html, bot_name(activity)) if html else ""
    return words or _without_mentions(activity)


def has_more(activity: Json) -> bool:
    """Files, pictures, recordings: more than words."""
    parts = attachments(activity)
    has_pictures = any(
        "<img" in part["content"] and _shows(part["content"]) for part in parts if _is_html(part)
    )
    return has_pictures or any(part.get("contentType") not in {HTML, None} for part in parts)


def attachments(activity: Json) -> list[dict[str, Any]]:
    parts = activity.get("attachments")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def bot_name(activity: Json) -> str:
    recipient = activity.get("recipient")
    return str(recipient.get("name") or "") if isinstance(recipient, dict) else ""


def _is_html(part: Json) -> bool:
    return part.get("contentType") == HTML and isinstance(part.get("content"), str)


def _without_mentions(activity: Json) -> str:
    text = activity.get("text")
    words = text if isinstance(text, str) else ""
    recipient = activity.get("recipient")
    ours = recipient.get("id") if isinstance(recipient, dict) else None
    entities = activity.get("entities")
    for entity in entities if isinstance(entities, list) else []:
        match entity:
            case {"type": "mention", "text": str(name), "mentioned": {"id": id_}} if name and id_ == ours:
                words = words.replace(name, " ")
    return words.replace("\xa0", " ").strip()


def _seen(html: str, bot: str) -> str:
    reader = _Reader(bot)
    reader.feed(html[:LONGEST])
    reader.close()
    return _MANY_LINES.sub("\n\n", "".join(reader.words).replace("\xa0", " ")).strip()


def _shows(html: str) -> bool:
    reader = _Reader("")
    reader.feed(html[:LONGEST])
    return reader.shows_pictures


class _Reader(HTMLParser):
    def __init__(self, bot: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.shows_pictures = False
        self._bot = bot.strip().casefold()
        self._unseen: list[str] = []  # open tags from the one on whose content is not for us
        self._name: list[str] | None = None  # what is read of a mention
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._unseen:
            if tag not in _EMPTY:
                self._unseen.append(tag)
        elif tag in _UNSEEN or given.get("itemtype") == _QUOTATION:
            self._unseen = [tag]
        elif tag == "at" or given.get("itemtype") == _MENTION:
            self._name = []
        elif tag in _PICTURES:
            self._picture(given)
        elif tag == "a":
            self._link = given.get("href") or ""
            self._at = len(self.words)
        elif tag == "br":
            self.words.append("\n")
        elif tag in _BLOCKS:
            self._line("• " if tag == "li" else "")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            while self._unseen and self._unseen.pop() != tag:
                pass
        elif self._name is not None and tag in {"at", "span"}:
            name, self._name = "".join(self._name), None
            self.words.append(" " if name.strip().casefold() == self._bot else name)
        elif tag == "a" and self._link:
            self.words.append(self._link_beside())
            self._link = ""
        elif tag in _BLOCKS:
            self._line("")

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._name.append(data)
        elif not self._unseen:
            self.words.append(data)

    def _picture(self, given: Mapping[str, str | None]) -> None:
        if (
            given.get("itemtype") == _EMOJI
            or "emoji" in (given.get("class") or "")
            or given.get("alt", "") == ""
        ):
            self.words.append(given.get("alt") or "")
        else:
            self.shows_pictures = True

    def _link_beside(self) -> str:
        """The address, where the words of a link are others."""
        shown = "".join(self.words[self._at :]).strip()
        bare = self._link.removeprefix("mailto:").removeprefix("tel:")
        same = {
            bare,
            bare.rstrip("/"),
            bare.removeprefix("https://").rstrip("/"),
            bare.removeprefix("http://").rstrip("/"),
        }
        return "" if not shown or shown.rstrip("/") in same else f" ({bare})"

    def _line(self, begin: str) -> None:
        if self.words and not self.words[-1].endswith("\n"):
            self.words.append("\n")
        if begin:
            self.words.append(begin)
