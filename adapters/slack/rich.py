"""Rich text: our words as paragraphs and lists, what people wrote as a quotation, exactly as they wrote it.

There is no markup in it. A star, a code for an emoji or for a person is shown as it was typed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, groupby

from adapters.fit import Json, Piece, parts
from adapters.slack.fit import ROOM, cost, fits
from bot.links import https_link
from bot.messages import Fact, Text
from bot.text import is_blank, shorten

Line = list[tuple[str, bool]]  # words, and whether they are bold

BULLET = "• "
NUMBER = re.compile(r"([1-9]\d?)\. ")  # as in a digest, where they are also what one may type
LONGEST_LABEL = 100  # units; the whole label stands above it then
ONE_RUN = 80  # units of JSON around each run


def paragraphs(text: Text) -> Iterator[Piece]:
    """One piece; or if it is too long one for each paragraph, or else parts of it."""
    lines = _lines(text)
    while lines and _is_gap(lines[-1]):
        lines.pop()
    lines = list(dropwhile(_is_gap, lines))
    whole = _piece(lines, _elements(lines))
    yield from ([whole] if fits([whole]) else _apart(lines)) if lines else []


def _apart(lines: Sequence[Line]) -> Iterator[Piece]:
    for is_gap, group in groupby(lines, key=_is_gap):
        if not is_gap:
            together = list(group)
            whole = _piece(together, _elements(together))
            yield from [whole] if fits([whole]) else _parted(_joined(together))


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


def _lines(text: Text) -> list[Line]:
    lines: list[Line] = [[]]
    for run in text:
        first, *others = run.text.split("\n")
        lines[-1].append((first, run.bold))
        lines += [[(other, run.bold)] for other in others]
    return [[run for run in line if run[0]] for line in lines]


def _is_gap(line: Line) -> bool:
    return is_blank(_plain(line))


def _kind(line: Line) -> str:
    if _is_gap(line):
        return "paragraph"  # it goes on, or else there is a gap between it and a list
    mark = _mark(line)
    return "paragraph" if not mark or mark == _plain(line) else "bullet" if mark == BULLET else "ordered"


def _mark(line: Line) -> str:
    number = NUMBER.match(line[0][0])
    return BULLET if line[0][0].startswith(BULLET) else number[0] if number else ""


def _elements(lines: Iterable[Line]) -> list[Json]:
    return [element for kind, group in groupby(lines, key=_kind) for element in _group(kind, list(group))]


def _group(kind: str, lines: Sequence[Line]) -> list[Json]:
    """Slack counts from one. Numbers that do not, stay as they are."""
    counted = [f"{number}. " for number in range(1, len(lines) + 1)]
    if kind == "paragraph" or (kind == "ordered" and counted != [_mark(line) for line in lines]):
        return [] if all(map(_is_gap, lines)) else [_section(_joined(lines))]
    return [_list(kind, [_without_mark(line) for line in lines])]


def _without_mark(line: Line) -> Line:
    (first, bold), *rest = line
    return [run for run in ((first.removeprefix(_mark(line)), bold), *rest) if run[0]]


def _joined(lines: Sequence[Line]) -> Line:
    """With bold ends of lines between bold lines: those are one run."""
    joined = [*lines[0]]
    for line in lines[1:]:
        joined += [("\n", bool(joined) and joined[-1][1]), *line]
    return joined


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
    return Piece((_rich(elements),), "\n".join(map(_plain, lines)))


def _plain(line: Line) -> str:
    return "".join(words for words, _ in line)


def _rich(elements: list[Json]) -> Json:
    return {"type": "rich_text", "elements": elements}


def _list(style: str, items: Iterable[Line]) -> Json:
    return {"type": "rich_text_list", "style": style, "elements": [_section(item) for item in items]}


def _section(line: Line) -> Json:
    runs = groupby(line, key=lambda run: run[1])
    return {
        "type": "rich_text_section",
        "elements": [_run(_plain(list(group)), bold=bold) for bold, group in runs],
    }


def _run(words: str, *, bold: bool) -> Json:
    return {"type": "text", "text": words} | ({"style": {"bold": True}} if bold else {})
