"""Lines: our own text as a platform's lists and paragraphs want it, line by line.

Bullets and numbers are plain characters in it, see bot/messages.Run.
"""

import re
from collections.abc import Sequence
from itertools import dropwhile

from bot.messages import Text
from bot.text import is_blank

Line = list[tuple[str, bool]]  # words, and whether they are bold

BULLET = "• "
NUMBER = re.compile(r"([1-9]\d?)\. ")  # as in a digest, where they are also what one may type


def lines(text: Text) -> list[Line]:
    """Without what is empty before the first and behind the last."""
    found: list[Line] = [[]]
    for run in text:
        first, *others = run.text.split("\n")
        found[-1].append((first, run.bold))
        found += [[(other, run.bold)] for other in others]
    while found and is_gap(found[-1]):
        found.pop()
    return [[run for run in line if run[0]] for line in dropwhile(is_gap, found)]


def plain(line: Line) -> str:
    return "".join(words for words, _ in line)


def is_gap(line: Line) -> bool:
    return is_blank(plain(line))


def mark(line: Line) -> str:
    """The bullet or the number that a line of a list begins with; nothing if there is nothing behind it."""
    if is_gap(line):
        return ""
    number = NUMBER.match(line[0][0])
    found = BULLET if line[0][0].startswith(BULLET) else number[0] if number else ""
    return "" if found == plain(line) else found


def without_mark(line: Line) -> Line:
    (first, bold), *rest = line
    return [run for run in ((first.removeprefix(mark(line)), bold), *rest) if run[0]]


def joined(together: Sequence[Line]) -> Line:
    """With bold ends of lines between bold lines: those are one run."""
    found = [*together[0]]
    for line in together[1:]:
        found += [("\n", bool(found) and found[-1][1]), *line]
    return found
