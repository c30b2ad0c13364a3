"""What somebody typed in Teams, as they saw it.

Teams sends a message twice: as text, and as HTML beside it, which alone tells a quotation of an earlier
message from the answer to it. Of the HTML only words are taken. It takes time in proportion to what came;
Python's own reader of HTML does not, and takes minutes for some of what fits into one message.
"""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

HTML = "text/html"
REPLY = "messageReference"  # the message that is quoted, once more
LONGEST = 200_000  # characters of HTML; Teams itself takes about 100 kB
MOST_MENTIONS = 50
LONGEST_NAME = 200  # characters

_BLOCKS = frozenset({"blockquote", "div", "h1", "h2", "h3", "li", "ol", "p", "pre", "table", "tr", "ul"})
_PICTURES = frozenset({"emoji", "img"})  # an emoji is a picture with words of its own
_UNSEEN = frozenset({"attachment", "script", "style", "title"})
_QUOTATION = "http://schema.skype.com/Reply"
_MENTION = "http://schema.skype.com/Mention"
_EMOJI = "http://schema.skype.com/Emoji"

# No tag reaches beyond the next "<", so nothing is looked at twice.
_PART = re.compile(
    r"""<(?P<end>/?)(?P<tag>[a-z][\w:-]*+)(?P<more>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>"""
    r"""|<[!?][^<>]*+>|(?P<words>[^<]++|<)""",
    re.IGNORECASE | re.ASCII,
)
_GIVEN = re.compile(r"""([^\s=>"'/]++)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s>"']++)))?+""")
_HUGE_NUMBER = re.compile(r"&#[0-9]{8,}+;?")

Json = Mapping[str, Any]


def said(activity: Json) -> str:
    """Without the name of the bot, where it was called by it, and without what was quoted."""
    written = next((part["content"] for part in attachments(activity) if _is_html(part)), "")
    return _seen(written, _our_names(activity)) if written.strip() else _without_mentions(activity)


def has_more(activity: Json) -> bool:
    """Files, pictures, recordings: more than words."""
    parts = attachments(activity)
    has_pictures = any(
        "<img" in part["content"] and _shows(part["content"]) for part in parts if _is_html(part)
    )
    # In a tuple, since what somebody makes up as a kind may be in no set
    return has_pictures or any(part.get("contentType") not in (HTML, REPLY, None) for part in parts)


def attachments(activity: Json) -> list[dict[str, Any]]:
    parts = activity.get("attachments")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_html(part: Json) -> bool:
    return part.get("contentType") == HTML and isinstance(part.get("content"), str)


# Mentions


def _mentions(activity: Json) -> Iterator[tuple[str, str, bool]]:
    """How each stands in the text, whose name it is, and whether that is us."""
    recipient, entities = activity.get("recipient"), activity.get("entities")
    ours = recipient.get("id") if isinstance(recipient, dict) else None
    for entity in entities[:MOST_MENTIONS] if isinstance(entities, list) else []:
        match entity:
            case {"type": "mention", "text": str(text), "mentioned": {"id": id_, **more}} if text:
                name = more.get("name")
                yield text, name if isinstance(name, str) else "", id_ == ours


def _our_names(activity: Json) -> frozenset[str]:
    """As they stand in a mention: the app may be called otherwise than the bot."""
    recipient = activity.get("recipient")
    own = recipient.get("name") if isinstance(recipient, dict) else ""
    called = (name for _, name, is_ours in _mentions(activity) if is_ours)
    return frozenset(name.strip().casefold() for name in (own, *called) if isinstance(name, str))


def _without_mentions(activity: Json) -> str:
    text = activity.get("text")
    words = text if isinstance(text, str) else ""
    for mention, name, is_ours in _mentions(activity):
        words = words.replace(mention, " " if is_ours else name[:LONGEST_NAME], MOST_MENTIONS)
    return words.replace("\xa0", " ").strip()


# HTML


def _seen(written: str, ours: Collection[str]) -> str:
    words = _Reader(written, ours).text().replace("\xa0", " ")
    return _few_empty_lines(words)


def _few_empty_lines(text: str) -> str:
    lines = [line.rstrip(" \t") for line in text.split("\n")]
    kept = (line for before, line in zip(["", *lines], lines, strict=False) if line or before)
    return "\n".join(kept).strip()


def _shows(written: str) -> bool:
    return _Reader(written, ()).shows_pictures


def _without_comments(written: str) -> str:
    first, *others = written.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in others)


def _given(more: str) -> dict[str, str]:
    found = _GIVEN.findall(more)
    return {name.lower(): _plain(one or other or bare) for name, one, other, bare in found}


def _plain(text: str) -> str:
    """`&amp;` is &. Python refuses numbers of thousands of digits."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text))


class _Reader:
    def __init__(self, written: str, ours: Collection[str]) -> None:
        self.shows_pictures = False
        self._words: list[str] = []
        self._ours = ours
        self._unseen, self._depth = "", 0  # the tag whose content is not for us, and how often it is open
        self._name: list[str] | None = None  # what is read of a mention
        self._link, self._at = "", 0
        for part in _PART.finditer(_without_comments(written[:LONGEST])):
            self._read(part)

    def _read(self, part: re.Match[str]) -> None:
        if part["words"]:
            self._says(_plain(part["words"]))
        elif part["tag"] and part["end"]:
            self._ends(part["tag"].lower())
        elif part["tag"]:
            tag = part["tag"].lower()
            self._begins(tag, _given(part["more"]))
            if part["more"].endswith("/"):
                self._ends(tag)

    def text(self) -> str:
        return "".join([*self._words, *(self._name or ())])

    def _begins(self, tag: str, given: Mapping[str, str]) -> None:
        if self._depth:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN or given.get("itemtype") == _QUOTATION:
            self._unseen, self._depth = tag, 1
        elif tag == "at" or given.get("itemtype") == _MENTION:
            self._end_name()
            self._name = []
        elif tag in _PICTURES:
            self._picture(given)
        elif tag == "a":
            self._link, self._at = given.get("href", ""), len(self._words)
        elif tag == "br":
            self._words.append("\n")
        elif tag in _BLOCKS:
            self._line("• " if tag == "li" else "")

    def _ends(self, tag: str) -> None:
        if self._depth:
            self._depth -= tag == self._unseen
        elif tag in {"at", "span"}:
            self._end_name()
        elif tag == "a" and self._link:
            self._words.append(self._link_beside())
            self._link = ""
        elif tag in _BLOCKS:
            self._line("")

    def _says(self, data: str) -> None:
        if self._depth:
            return
        (self._words if self._name is None else self._name).append(data)

    def _end_name(self) -> None:
        if self._name is not None:
            name, self._name = "".join(self._name), None
            self._words.append(" " if name.strip().casefold() in self._ours else name)

    def _picture(self, given: Mapping[str, str]) -> None:
        is_emoji = given.get("itemtype") == _EMOJI or "emoji" in given.get("class", "")
        if is_emoji or given.get("alt") == "":
            self._words.append(given.get("alt", ""))
        else:
            self.shows_pictures = True

    def _link_beside(self) -> str:
        """The address, where the words of a link are others."""
        shown = "".join(self._words[self._at :]).strip()
        bare = self._link.removeprefix("mailto:").removeprefix("tel:")
        same = {bare, bare.removeprefix("https://"), bare.removeprefix("http://")}
        return "" if not shown or shown.rstrip("/") in {one.rstrip("/") for one in same} else f" ({bare})"

    def _line(self, begin: str) -> None:
        if self._words and not self._words[-1].endswith("\n"):
            self._words.append("\n")
        if begin:
            self._words.append(begin)
