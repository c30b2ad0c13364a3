"""Side by side: what may be told of groups, so that nobody in a small one can be made out.

A group is told of a metric where everything that follows from telling it is about enough people: those who
did, those who did not, and what is left over when one metric is subtracted from another about the same people
(whoever has dropped out did nothing lately, and has or had a partner). Else it is among "all others", and
where those would be too few, the next smallest with it. Of those the sum is told: it is what the programme's
own number leaves, once the groups that are told are taken away.

The programme's own numbers are of mentees and mentors. Where the two may not be told apart, mentors are
hidden in each facet, and with them one group of mentees at least; then the sum of the others is not told.

With fewer than two groups there is nothing to compare, and nothing is told. Facets are margins: nowhere are
two of them crossed, nor one with a cohort. (Not reckoned with: somebody who knows by name that a group of one
facet and a group of another are the same people but for a few.)
"""

from collections.abc import Mapping, Sequence

from bot.desk.groups import METRICS, NONE, OF_MENTEES, Facet, Name, name_of
from bot.desk.metrics import Metric, Number
from bot.models import Role
from bot.suppression import hidden_counts

OTHERS = ""  # in place of a group
Line = tuple[str, Number]
Numbers = Mapping[str, Number]
Cells = Mapping[Name, Number]

MENTEES, MENTORS = Role.MENTEE.value, Role.MENTOR.value


def told(numbers: Numbers, k: int) -> Mapping[tuple[Facet, Metric], Sequence[Line]]:
    """By facet and metric the groups, the largest first and the others last; nothing of fewer than two."""
    cells = {name: number for text, number in numbers.items() if (name := name_of(text))}
    if not cells:
        return {}
    # The programme's own number is that of all mentees
    cells[Name(Facet.ROLE, MENTEES, Metric.MATCHED)] = numbers.get(Metric.MATCHED.value, NONE)
    lines = {(Facet.ROLE, metric): _lines(cells, Facet.ROLE, metric, k) for metric in METRICS[Facet.ROLE]}
    there_are_mentors = cells.get(Name(Facet.ROLE, MENTORS, Metric.ACTIVE), NONE).whole > 0
    for facet in OF_MENTEES:
        for metric in METRICS[facet]:
            are_apart = not there_are_mentors or lines.get((Facet.ROLE, metric), True)
            lines[facet, metric] = _lines(cells, facet, metric, k, beside_mentors=not are_apart)
    return {which: found for which, found in lines.items() if found}


def names_told(numbers: Numbers, k: int) -> frozenset[str]:
    """The names of the numbers that may be told as they are."""
    return frozenset(
        str(Name(facet, group, metric))
        for (facet, metric), lines in told(numbers, k).items()
        for group, _ in lines
        if group != OTHERS
    )


def _lines(
    cells: Cells, facet: Facet, metric: Metric, k: int, *, beside_mentors: bool = False
) -> Sequence[Line]:
    numbers = {name.group: number for name, number in cells.items() if name[::2] == (facet, metric)}
    counts = {group: _counts(cells, Name(facet, group, metric)) for group in numbers}
    together = max if metric is Metric.SESSIONS else sum
    hidden = hidden_counts(counts, k, beside_hidden=beside_mentors, together=together)
    lines = [(group, number) for group, number in numbers.items() if group not in hidden]
    lines.sort(key=lambda line: (-line[1].whole, line[0]))
    if hidden and lines and not beside_mentors:
        lines.append((OTHERS, _all_together([numbers[group] for group in hidden], metric)))
    return lines if len(lines) > 1 else ()


def _counts(cells: Cells, name: Name) -> Sequence[int]:
    """What would be known of a group by telling this metric, beside the others.

    Of those who have dropped out the last two are those who have or had a partner and are not looked at (who
    are away, new, or at an end; of mentors all the others), and those who did nothing lately and have not.
    """
    part, whole, people = cells[name]
    if name.metric is Metric.SESSIONS:
        return (people,)
    if name.metric is not Metric.DROPPED_OUT:
        return part, whole - part
    started = cells.get(name._replace(metric=Metric.ACTIVE), NONE)
    matched = cells.get(name._replace(metric=Metric.MATCHED))
    paired = started.whole if matched is None else matched.part
    return part, whole - part, paired - whole, started.whole - started.part - part


def _all_together(numbers: Sequence[Number], metric: Metric) -> Number:
    """The mentors of some sessions may be those of others."""
    parts, wholes, people = zip(*numbers, strict=True)
    return Number(sum(parts), sum(wholes), max(people) if metric is Metric.SESSIONS else sum(people))
