"""Published numbers are those of Freireich (1963), as Stata prints them, and of Newcombe (1998)."""

from datetime import timedelta
from itertools import pairwise
from math import comb, exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.nudges import Programme, looks
from bot.statistics import (
    FEWEST,
    Observation,
    Share,
    Verdict,
    balance,
    nudge_effect,
    proportion,
    replied_within,
    waits,
)

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
NOTHING = timedelta(0)
LONG = 1000 * HOUR


def replied(*times: int, unit: timedelta = WEEK) -> list[Observation]:
    return [Observation(time * unit, replied=True) for time in times]


def waited(*times: int, unit: timedelta = WEEK) -> list[Observation]:
    return [Observation(time * unit, replied=False) for time in times]


# Weeks of remission of 42 children with leukaemia, the example in which Kaplan-Meier is taught
TREATED = replied(6, 6, 6, 7, 10, 13, 16, 22, 23) + waited(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = replied(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def sides(share: Share | None) -> tuple[float, float, float]:
    assert share is not None
    return round(share.value, 4), round(share.low, 4), round(share.high, 4)


@pytest.mark.parametrize(
    ("part", "whole", "published"),
    [
        (81, 263, (0.3080, 0.2553, 0.3662)),
        (15, 148, (0.1014, 0.0624, 0.1605)),
        (0, 20, (0.0, 0.0, 0.1611)),
        (1, 29, (0.0345, 0.0061, 0.1718)),
        (20, 20, (1.0, 0.8389, 1.0)),
    ],
)
def test_a_proportion_comes_with_the_interval_of_wilson(
    part: int, whole: int, published: tuple[float, float, float]
) -> None:
    assert sides(proportion(part, whole)) == published


@pytest.mark.parametrize("n", [20, 31, 60])
@pytest.mark.parametrize(
    ("favour", "against"),
    [(0.5, 0.5), (0.5, 0.2), (0.6, 0.1), (0.8, 0.05), (0.3, 0.3), (0.2, 0.1), (0.9, 0.1)],
)
def test_the_interval_of_a_balance_holds_the_truth_whatever_the_share_of_those_who_are_neither(
    n: int, favour: float, against: float
) -> None:
    """Over every sample there can be. Without anybody in the middle it is Wilson's, which dips to 0.92."""
    neither = 1 - favour - against
    held = 0.0
    for ups in range(n + 1):
        for downs in range(n + 1 - ups):
            interval = balance(ups - downs, n)
            if interval.low <= favour - against <= interval.high:
                ways = comb(n, ups) * comb(n - ups, downs)
                held += ways * favour**ups * against**downs * max(neither, 0.0) ** (n - ups - downs)

    assert held > (0.92 if neither < 0.06 else 0.95)


def test_a_balance_of_only_two_sides_is_twice_a_share_less_one() -> None:
    for part in (0, 12, 20, 31):
        share, found = proportion(part, 31), balance(2 * part - 31, 31)
        assert share
        assert (found.value, found.low, found.high) == pytest.approx(
            (2 * share.value - 1, 2 * share.low - 1, 2 * share.high - 1)
        )


def test_nothing_can_be_said_about_nobody() -> None:
    assert proportion(0, 0) is None
    assert waits([]) is None
    assert replied_within([], WEEK) is None
    assert nudge_effect([], []).verdict is Verdict.TOO_FEW


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 60), st.floats(0.05, 0.95))
def test_wilsons_interval_holds_the_truth_about_as_often_as_it_says(n: int, truth: float) -> None:
    """Worked out exactly, over all results that n people can have."""
    held = 0.0
    for k in range(n + 1):
        share = proportion(k, n)
        if share is not None and share.low <= truth <= share.high:
            held += comb(n, k) * truth**k * (1 - truth) ** (n - k)

    assert held > 0.82


@pytest.mark.parametrize(
    ("weeks", "published"),
    [
        (6, (0.1429, 0.0484, 0.3803)),
        (7, (0.1933, 0.0772, 0.4369)),
        (10, (0.2471, 0.1106, 0.4968)),
        (13, (0.3098, 0.1509, 0.5684)),
        (16, (0.3725, 0.1951, 0.6325)),
        (22, (0.4622, 0.2532, 0.7322)),
        (23, (0.5518, 0.3199, 0.8119)),
        (35, (0.5518, 0.3199, 0.8119)),
    ],
)
def test_the_share_replied_is_kaplan_meiers(weeks: int, published: tuple[float, float, float]) -> None:
    assert sides(replied_within(TREATED, weeks * WEEK)) == published


def test_nothing_is_said_beyond_the_last_look() -> None:
    assert replied_within(TREATED, 36 * WEEK) is None
    assert sides(replied_within(PLACEBO, 36 * WEEK)) == (1.0, 0.8389, 1.0)


@pytest.mark.parametrize(
    ("group", "typical"), [(TREATED, (23, 13, None)), (PLACEBO, (8, 4, 11))], ids=["treated", "placebo"]
)
def test_the_median_is_where_the_curve_reaches_half(
    group: list[Observation], typical: tuple[int, int, int | None]
) -> None:
    seen = waits(group)

    assert seen is not None
    median, low, high = typical
    assert (seen.median.time, seen.median.low) == (median * WEEK, low * WEEK)
    assert seen.median.high == (None if high is None else high * WEEK)


def test_nine_in_ten_have_a_reply_when_the_curve_reaches_a_tenth() -> None:
    placebo, treated = waits(PLACEBO), waits(TREATED)

    assert placebo is not None
    assert treated is not None
    assert placebo.p90.time == 17 * WEEK
    assert (placebo.n, placebo.replied) == (21, 21)
    assert treated.p90.time is None
    assert treated.p90.low == 35 * WEEK  # at least as long as anybody was followed


def test_leaving_out_who_still_waits_would_make_it_look_quick() -> None:
    ghosts = replied(1, 2, 3) + waited(50, 50, 50, 50)
    seen, naive = waits(ghosts), waits(replied(1, 2, 3))

    assert seen is not None
    assert naive is not None
    assert naive.median.time == 2 * WEEK
    assert seen.median.time is None


def test_of_people_who_all_replied_at_once_everything_is_known() -> None:
    seen = waits(replied(*[1] * 40))

    assert seen is not None
    assert (seen.median.time, seen.median.low, seen.median.high) == (WEEK, WEEK, WEEK)
    assert sides(replied_within(replied(*[1] * 40), WEEK)) == (1.0, 0.9119, 1.0)


def test_of_people_who_never_replied_only_a_bound_is_known() -> None:
    silent = waited(*[4] * 40)
    seen = waits(silent)

    assert seen is not None
    assert (seen.median.time, seen.median.low, seen.median.high) == (None, 4 * WEEK, None)
    assert sides(replied_within(silent, 4 * WEEK)) == (0.0, 0.0, 0.0881)
    assert replied_within(silent, 5 * WEEK) is None


@pytest.mark.parametrize("one", [replied(2), waited(2)], ids=["replied", "waits"])
def test_one_person_says_next_to_nothing(one: list[Observation]) -> None:
    seen, share = waits(one), replied_within(one, 2 * WEEK)

    assert seen is not None
    assert share is not None
    assert (seen.median.low, seen.median.high) == (NOTHING, None)
    assert share.high - share.low == pytest.approx(0.975)


OBSERVATIONS = st.builds(Observation, st.timedeltas(NOTHING, LONG), st.booleans())
GROUPS = st.lists(OBSERVATIONS, min_size=1, max_size=60)
TIMES = st.timedeltas(NOTHING, LONG)


@settings(max_examples=80, deadline=None)
@given(GROUPS, st.lists(TIMES, min_size=2, max_size=6))
def test_the_share_grows_with_the_time_and_lies_in_its_interval(
    group: list[Observation], times: list[timedelta]
) -> None:
    shares = [share for share in (replied_within(group, time) for time in sorted(times)) if share]

    assert all(0 <= share.low <= share.value <= share.high <= 1 for share in shares)
    assert all(one.value <= two.value for one, two in pairwise(shares))


@settings(max_examples=80, deadline=None)
@given(GROUPS)
def test_the_typical_wait_lies_in_its_interval(group: list[Observation]) -> None:
    seen = waits(group)

    assert seen is not None
    for wait in (seen.median, seen.p90):
        assert wait.time is None or wait.low <= wait.time
        assert wait.high is None or (wait.time is not None and wait.time <= wait.high)
        share = replied_within(group, wait.time) if wait.time is not None else None
        assert wait.time is None or (share is not None and share.value >= 0.5 - 1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.timedeltas(NOTHING, LONG), min_size=1, max_size=50), TIMES)
def test_if_everybody_replied_it_is_plain_counting(times: list[timedelta], within: timedelta) -> None:
    share = replied_within([Observation(time, replied=True) for time in times], within)

    assert share is not None
    assert share.value == pytest.approx(sum(time <= within for time in times) / len(times))


@settings(max_examples=60, deadline=None)
@given(GROUPS, TIMES)
def test_the_curve_is_the_product_of_those_who_did_not_reply(
    group: list[Observation], within: timedelta
) -> None:
    """Kaplan-Meier by its definition."""
    share = replied_within(group, within)

    still = 1.0
    for time in {seen.after for seen in group if seen.replied and seen.after <= within}:
        at_risk = sum(seen.after >= time for seen in group)
        still *= 1 - sum(seen.replied and seen.after == time for seen in group) / at_risk
    assert share is None or share.value == pytest.approx(1 - still, abs=1e-9)
    assert share is not None or within > max(seen.after for seen in group)


# Nudges


def group(n: int, soon: int) -> list[Observation]:
    return replied(*[10] * soon, unit=HOUR) + waited(*[100] * (n - soon), unit=HOUR)


def log_log(share: float, n: int) -> tuple[float, float]:
    """By hand: Greenwood's variance of a curve with one step, on the scale of log(-log)."""
    waits_on = 1 - share
    width = 1.959964 * sqrt(share / (n * waits_on)) / log(waits_on)
    return 1 - waits_on ** exp(width), 1 - waits_on ** exp(-width)


def test_the_interval_is_worked_out_from_both_sides() -> None:
    effect = nudge_effect(group(400, 200), group(100, 30))

    (low_one, high_one), (low_two, high_two) = sorted(log_log(0.5, 400)), sorted(log_log(0.3, 100))
    half_a_reply = 1 / 800 + 1 / 200
    below = sqrt((0.5 - low_one) ** 2 + (high_two - 0.3) ** 2) + half_a_reply
    above = sqrt((high_one - 0.5) ** 2 + (0.3 - low_two) ** 2) + half_a_reply
    assert effect.difference == pytest.approx(0.2)
    assert effect.low == pytest.approx(0.2 - below)
    assert effect.high == pytest.approx(0.2 + above)
    assert (effect.treated_n, effect.held_out_n, effect.verdict) == (400, 100, Verdict.HELPS)


@pytest.mark.parametrize(
    ("treated", "held_out", "verdict"),
    [
        ((900, 500), (100, 30), Verdict.HELPS),
        ((900, 300), (100, 60), Verdict.HURTS),
        ((900, 350), (100, 35), Verdict.CANNOT_TELL),
        ((900, 900), (100, 100), Verdict.CANNOT_TELL),
        ((900, 0), (100, 0), Verdict.CANNOT_TELL),
        ((900, 900), (100, 0), Verdict.HELPS),
        ((900, 500), (FEWEST - 1, 0), Verdict.TOO_FEW),
        ((FEWEST - 1, 0), (900, 500), Verdict.TOO_FEW),
        ((FEWEST, FEWEST), (FEWEST, 0), Verdict.HELPS),
    ],
)
def test_says_what_can_be_said(treated: tuple[int, int], held_out: tuple[int, int], verdict: Verdict) -> None:
    effect = nudge_effect(group(*treated), group(*held_out))

    assert effect.verdict is verdict
    assert (effect.treated_n, effect.held_out_n) == (treated[0], held_out[0])
    assert (effect.difference is None) == (verdict is Verdict.TOO_FEW)


def test_waits_that_nobody_followed_for_long_enough_do_not_make_a_number() -> None:
    """All are in, and none is known to the end."""
    short = waited(*[10] * 500, unit=HOUR)

    assert nudge_effect(group(900, 500), short).verdict is Verdict.TOO_FEW


def test_a_few_who_were_followed_to_the_end_do_not_speak_for_many_who_were_not() -> None:
    mostly_broken_off = group(FEWEST - 1, 0) + waited(*[10] * 500, unit=HOUR)

    assert nudge_effect(group(900, 500), mostly_broken_off).verdict is Verdict.TOO_FEW


def test_a_reply_after_the_time_is_none_within_it() -> None:
    late = replied(*[73] * 100, unit=HOUR)

    effect = nudge_effect(late, group(100, 40))

    assert sides(effect.treated) == (0.0, 0.0, 0.0362)
    assert effect.verdict is Verdict.HURTS


def test_who_was_followed_for_less_counts_for_what_was_seen() -> None:
    """Half of the held-out waits are broken off at once. Counted as no reply they would halve the share."""
    broken_off = group(200, 80) + waited(*[1] * 200, unit=HOUR)

    effect = nudge_effect(group(1800, 720), broken_off)

    assert effect.held_out is not None
    assert effect.held_out.value == pytest.approx(0.4)
    assert effect.verdict is Verdict.CANNOT_TELL


LARGE = st.lists(OBSERVATIONS, min_size=60, max_size=90)


@settings(max_examples=50, deadline=None)
@given(LARGE, LARGE)
def test_the_two_sides_mirror_each_other(one: list[Observation], two: list[Observation]) -> None:
    there, back = nudge_effect(one, two), nudge_effect(two, one)

    mirrored = {Verdict.HELPS: Verdict.HURTS, Verdict.HURTS: Verdict.HELPS}
    assert back.verdict is mirrored.get(there.verdict, there.verdict)
    if there.difference is not None and there.low is not None and there.high is not None:
        assert back.difference == -there.difference
        assert back.low == pytest.approx(-there.high)
        assert back.high == pytest.approx(-there.low)
        assert -1 <= there.low <= there.difference <= there.high <= 1


def rate(programme: Programme, seeds: int, *verdicts: Verdict) -> float:
    return sum(effect.verdict in verdicts for effect in looks(programme, seeds)) / seeds


@pytest.mark.parametrize(
    "programme",
    [Programme("people differ"), Programme("few have most", uneven=True)],
    ids=lambda programme: programme.title,
)
def test_sees_no_effect_where_there_is_none(programme: Programme) -> None:
    """The long version is benchmarks/nudges.py."""
    assert rate(programme, 250, Verdict.HELPS, Verdict.HURTS) <= 0.05


def test_recovers_an_effect_that_is_there() -> None:
    effects = looks(Programme("fifteen points", 0.15), 200)

    covered = [e.low <= 0.15 <= e.high for e in effects if e.low is not None and e.high is not None]
    assert sum(covered) / len(effects) >= 0.92
    assert sum(effect.verdict is Verdict.HELPS for effect in effects) / len(effects) >= 0.8
    told = [effect.difference for effect in effects if effect.difference is not None]
    assert sum(told) / len(effects) == pytest.approx(0.15, abs=0.015)
