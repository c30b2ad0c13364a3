"""Rich text: our words as paragraphs and lists, what people wrote as a quotation, exactly as they wrote it.

There is no markup in it. A star, a code for an emoji or for a person is shown as it was typed.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from adapters.fit import Json, Piece, parts
from adapters.lines import BULLET, Line, is_gap, joined, lines, mark, plain, without_mark
from adapters.slack.fit import ROOM, cost, fits
from bot.links import https_link
from bot.messages import Fact, Text
from bot.text import is_blank, shorten

LONGEST_LABEL = 100  # units; the whole label stands above it then
ONE_RUN = 80  # units of JSON around each run


def paragraphs(text: Text) -> Iterator[Piece]:
    """One piece; or if it is too long one for each paragraph, or else parts of it."""
    there = lines(text)
    whole = _piece(there, _elements(there))
    yield from ([whole] if fits([whole]) else _apart(there)) if there else []


def _apart(lines: Sequence[Line]) -> Iterator[Piece]:
    for nothing, group in groupby(lines, key=is_gap):
        if not nothing:
            together = list(group)
            whole = _piece(together, _elements(together))
            yield from [whole] if fits([whole]) else _parted(joined(together))


def fact(fact: Fact) -> Iterator[Piece]:
    label = shorten(fact.label, LONGEST_LABEL)
    if label != fact.label:
        yield from _parted([(fact.label, True)])
    for number, value in enumerate(_values(fact)):
        shown = f"{label} …" if number else label
        heading = [_section([(shown, True)])] if shown else []
        quote = [] if is_blank(value) else [{"type": "rich_text_quote", "elements": [_value(fact, value)]}]
        if heading or quote:
            yield Piece((_rich(heading + quote),), ": ".join(filter(None, (shown, value))))


def line(words: str, *, bold: bool = False) -> Json:
    return _rich([_section([(words, bold)])])


def bullets(items: Iterable[str]) -> Json:
    return _rich([_list("bullet", [[(item, False)] for item in items])])


def _values(fact: Fact) -> list[str]:
    return [fact.value] if _link(fact) else list(parts(fact.value, ROOM, cost)) or [""]


def _value(fact: Fact, value: str) -> Json:
    """A link shows where it leads. What is none after all is shown as text."""
    url = _link(fact)
    return {"type": "link", "url": url, "text": url} if url else _run(value, bold=False)


def _link(fact: Fact) -> str:
    link = https_link(fact.value) if fact.is_link and cost(fact.value) <= ROOM else None
    return link.url if link else ""


def _kind(line: Line) -> str:
    """A gap goes with a paragraph, or else is one before or behind a list."""
    begins_with = mark(line)
    return "paragraph" if not begins_with else "bullet" if begins_with == BULLET else "ordered"


def _elements(lines: Iterable[Line]) -> list[Json]:
    return [element for kind, group in groupby(lines, key=_kind) for element in _group(kind, list(group))]


def _group(kind: str, lines: Sequence[Line]) -> list[Json]:
    """Slack counts from one. Numbers that do not, stay as they are."""
    counted = [f"{number}. " for number in range(1, len(lines) + 1)]
    if kind == "paragraph" or (kind == "ordered" and counted != [mark(line) for line in lines]):
        return [] if all(map(is_gap, lines)) else [_section(joined(lines))]
    return [_list(kind, [without_mark(line) for line in lines])]


def _parted(line: Line) -> Iterator[Piece]:
    """In as many pieces as it takes, with its marks as they were typed."""
    runs, left = list[tuple[str, bool]](), ROOM
    for words, bold in line:
        for part in parts(words, ROOM - ONE_RUN, cost):
            price = cost(part) + ONE_RUN
            if price > left:
                yield _piece([runs], [_section(runs)])
                runs, left = [], ROOM
            runs = [*runs, (part, bold)]
            left -= price
    if runs:
        yield _piece([runs], [_section(runs)])


def _piece(lines: Iterable[Line], elements: list[Json]) -> Piece:
    return Piece((_rich(elements),), "\n".join(map(plain, lines)))


def _rich(elements: list[Json]) -> Json:
    return {"type": "rich_text", "elements": elements}


def _list(style: str, items: Iterable[Line]) -> Json:
    return {"type": "rich_text_list", "style": style, "elements": [_section(item) for item in items]}


def _section(line: Line) -> Json:
    runs = groupby(line, key=lambda run: run[1])
    return {
        "type": "rich_text_section",
        "elements": [_run(plain(list(group)), bold=bold) for bold, group in runs],
    }


def _run(words: str, *, bold: bool) -> Json:
    return {"type": "text", "text": words} | ({"style": {"bold": True}} if bold else {})
