"""Side by side: what may be told of groups, so that nobody in a small one can be made out.

A group is told of a metric where everything that follows from telling it is about enough people: those who
did, those who did not, and what is left over when one metric is subtracted from another about the same people
(whoever has dropped out did nothing lately, and has or had a partner). Else it is among "all others", and
where those would be too few, the next smallest with it. Of those the sum is told: it is what the programme's
own number leaves, once the groups that are told are taken away.

The programme's own numbers are of mentees and mentors. Where the two may not be told apart, mentors are
hidden in each facet, and with them one group of mentees at least; then the sum of the others is not told.

With fewer than two groups there is nothing to compare, and nothing is told. Facets are margins: nowhere are
two of them crossed, nor one with a cohort.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.desk.groups import METRICS, OF_MENTEES, Facet, Name, name_of
from bot.desk.metrics import Metric, Number
from bot.models import Role
from bot.suppression import hidden_counts

OTHERS = ""  # in place of a group
Line = tuple[str, Number]
Numbers = Mapping[str, Number]

NONE = Number(0, 0, 0)


def told(numbers: Numbers, k: int) -> Mapping[tuple[Facet, Metric], Sequence[Line]]:
    """By facet and metric the groups, the largest first and the others last; nothing of fewer than two."""
    by_role = {metric: _by_role(numbers, metric, k) for metric in METRICS[Facet.ROLE]}
    lines = {(Facet.ROLE, metric): found for metric, found in by_role.items()}
    mentors = _group(numbers, Facet.ROLE, Role.MENTOR.value)
    for facet in OF_MENTEES:
        for metric in METRICS[facet]:
            is_of_both = metric in by_role and mentors(Metric.ACTIVE).whole > 0
            lines[facet, metric] = _lines(numbers, facet, metric, k, is_of_both and not by_role[metric])
    return {
        which: lines[which] for facet in Facet for metric in METRICS[facet] if lines[which := (facet, metric)]
    }


def names_told(numbers: Numbers, k: int) -> frozenset[str]:
    """The names of the numbers that may be told as they are."""
    return frozenset(
        str(Name(facet, group, metric))
        for (facet, metric), lines in told(numbers, k).items()
        for group, _ in lines
        if group != OTHERS
    )


def _by_role(numbers: Numbers, metric: Metric, k: int) -> Sequence[Line]:
    return _lines(numbers, Facet.ROLE, metric, k, False)


def _lines(numbers: Numbers, facet: Facet, metric: Metric, k: int, beside_hidden: bool) -> Sequence[Line]:
    groups = {group: _group(numbers, facet, group) for group in _groups(numbers, facet)}
    counts = {group: counts for group, of in groups.items() if (counts := _counts(of, metric))}
    together = max if metric is Metric.SESSIONS else sum
    hidden = hidden_counts(counts, k, beside_hidden=beside_hidden, together=together)
    lines = [(group, groups[group](metric)) for group in counts.keys() - hidden]
    lines.sort(key=lambda line: (-line[1].whole, line[0]))
    if hidden and lines and not beside_hidden:
        lines.append((OTHERS, _sum([groups[group](metric) for group in hidden], metric)))
    return lines if len(lines) > 1 else ()


def _groups(numbers: Numbers, facet: Facet) -> Sequence[str]:
    names = filter(None, map(name_of, numbers))
    return sorted({name.group for name in names if name.facet is facet})


Group = partial[Number]


def _group(numbers: Numbers, facet: Facet, group: str) -> Group:
    """Its number, by the metric."""
    return partial(_number, numbers, facet, group)


def _number(numbers: Numbers, facet: Facet, group: str, metric: Metric) -> Number:
    if (facet, group, metric) == (Facet.ROLE, Role.MENTEE.value, Metric.MATCHED):
        return numbers.get(metric.value, NONE)  # the programme's own is that of all mentees
    return numbers.get(str(Name(facet, group, metric)), NONE)


def _counts(group: Group, metric: Metric) -> Sequence[int]:
    """What would be known of a group by telling this metric, beside the others; nothing where it has nobody.

    The last two are those who have or had a partner and are not looked at (away, new, at an end), and those
    who did nothing lately and have not dropped out. Mentors who have started stand for the former.
    """
    part, whole, people = group(metric)
    started, matched = group(Metric.ACTIVE), group(Metric.MATCHED)
    if metric is Metric.SESSIONS:
        return (people,)
    if not started.whole:
        return ()
    if metric is not Metric.DROPPED_OUT:
        return part, whole - part
    paired = matched.part if matched.whole else started.whole
    return part, whole - part, paired - whole, started.whole - started.part - part


def _sum(numbers: Sequence[Number], metric: Metric) -> Number:
    people = max if metric is Metric.SESSIONS else sum
    return Number(
        sum(number.part for number in numbers),
        sum(number.whole for number in numbers),
        people([number.people for number in numbers]),
    )
