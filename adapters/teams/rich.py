"""Rich text: our words as paragraphs and lists, what people wrote as a quotation, exactly as they wrote it.

All of it stands in runs of text, in which Teams reads no Markdown. There is one thing it would read: a date
in double braces, which it shows as that date in the reader's language. So no run holds both braces.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from adapters.fit import Json, Piece, parts
from adapters.lines import Line, is_gap, joined, lines, mark, plain, without_mark
from adapters.teams.fit import ROOM, cost
from bot.links import https_link
from bot.messages import Fact, Text
from bot.text import is_blank, shorten

LONGEST_LABEL = 100  # units; the whole label stands above it then
ONE_RUN = 80  # units of JSON around each run
DATE_IN_BRACES = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\(\d{4}-\d\d-\d\dT[^)]*\)\}\})")
TITLE = re.compile(r"[^\W\d_][^\W_]*(?:[ ,’'?]+[^\W_]+)*[?]?")  # Markdown or not, it says the same

Look = Literal["", "small", "mistake"]
LOOKS: dict[Look, Json] = {
    "": {},
    "small": {"size": "Small", "isSubtle": True},
    "mistake": {"color": "Attention", "weight": "Bolder"},
}


def paragraphs(text: Text, *, hangs: bool = True) -> Iterator[Piece]:
    """One piece for each paragraph and for each line of a list, which may hang beside its bullet."""
    above = "Small"  # how far it is from what stands above it
    for nothing, group in groupby(lines(text), key=is_gap):
        if nothing:
            above = "Medium"
            continue
        for is_listed, together in groupby(group, key=lambda line: bool(mark(line))):
            listed = list(together)
            yield from _listed(listed, above, hangs) if is_listed else _parted(joined(listed), above)
            above = "Small"


def fact(fact: Fact) -> Iterator[Piece]:
    label = shorten(fact.label, LONGEST_LABEL)
    if label != fact.label:
        yield from _parted([(fact.label, True)], "Medium")
    for number, value in enumerate(_values(fact)):
        shown = f"{label} …" if number else label
        heading = [_block([(shown, True)])] if shown else []
        quote = [] if is_blank(value) else [_value(fact, value) | {"spacing": "None"}]
        if heading or quote:
            yield Piece((_quoted(heading + quote),), ": ".join(filter(None, (shown, value))))


def line(words: str, look: Look = "", spacing: str = "Small") -> Json:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": _runs(words, LOOKS[look])}


def heading(title: str, *, apart: bool = False) -> Iterator[Piece]:
    """Who listens can jump to it, but only where Markdown could make nothing else of it."""
    look: Json = {"size": "Large", "weight": "Bolder"}
    above = {"separator": True, "spacing": "Large"} if apart else {}
    if TITLE.fullmatch(title) and cost(title) <= ROOM:
        block = {"type": "TextBlock", "style": "heading", "wrap": True, "text": title}
        yield Piece((block | look | above,), title)
        return
    for number, part in enumerate(parts(title, ROOM, cost)):
        block = {"type": "RichTextBlock", "inlines": _runs(part, look)} | ({} if number else above)
        yield Piece((block,), part)


def unbraced(words: str) -> str:
    """The same to look at, where there is only one run: a label, or the title of a choice."""
    return DATE_IN_BRACES.sub("\u2060", words)


def _listed(items: Sequence[Line], above: str, hangs: bool) -> Iterator[Piece]:
    """To hang takes twice the room. An item that is too long goes on as a paragraph."""
    for number, item in enumerate(items):
        spacing = "Small" if number else above
        if not hangs or cost(plain(item)) > ROOM:
            yield from _parted(item, spacing)
            continue
        columns = [_column("auto", [(mark(item).strip(), False)]), _column("stretch", without_mark(item))]
        yield Piece(({"type": "ColumnSet", "spacing": spacing, "columns": columns},), plain(item))


def _column(width: str, line: Line) -> Json:
    return {"type": "Column", "width": width, "spacing": "Small", "items": [_block(line)]}


def _parted(line: Line, above: str) -> Iterator[Piece]:
    """In as many pieces as it takes."""
    for number, runs in enumerate(_shares(line)):
        yield Piece((_block(runs) | {"spacing": "None" if number else above},), plain(runs))


def _shares(line: Line) -> Iterator[Line]:
    runs, left = list[tuple[str, bool]](), ROOM
    for words, bold in line:
        for part in parts(words, ROOM - ONE_RUN, cost):
            price = cost(part) + ONE_RUN
            if price > left:
                yield runs
                runs, left = [], ROOM
            runs = [*runs, (part, bold)]
            left -= price
    if runs:
        yield runs


def _values(fact: Fact) -> list[str]:
    return [fact.value] if _link(fact) else list(parts(fact.value, ROOM, cost)) or [""]


def _value(fact: Fact, value: str) -> Json:
    """A link shows where it leads. What is none after all is shown as text."""
    url = _link(fact)
    if not url:
        return _block([(value, False)])
    opens = {"type": "Action.OpenUrl", "url": url}
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": url, "selectAction": opens}]}


def _link(fact: Fact) -> str:
    link = https_link(fact.value) if fact.is_link and cost(fact.value) <= ROOM else None
    return link.url if link else ""


def _quoted(items: list[Json]) -> Json:
    return {"type": "Container", "style": "emphasis", "spacing": "Small", "items": items}


def _block(line: Line) -> Json:
    alike = groupby(line, key=lambda run: run[1])
    runs = [_runs(plain(list(group)), {"weight": "Bolder"} if bold else {}) for bold, group in alike]
    return {"type": "RichTextBlock", "inlines": [run for together in runs for run in together]}


def _runs(words: str, look: Json) -> list[Json]:
    return [{"type": "TextRun", "text": part} | look for part in _unread(words)]


def _unread(words: str) -> Iterable[str]:
    return DATE_IN_BRACES.split(words)
