"""A proposal: whom, why, what it cost, and why not. Ben and Lena are mentees, Ana, Eva and Jo are mentors."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matchmaking import RULES, ana, ben, breaches, crowds, second_opinion

from bot.calendar import Hours
from bot.matching import propose
from bot.matching.barring import Bar
from bot.matching.explaining import Change, Cost, Left, Reason, Why, WhyNot, WouldChange
from bot.matching.fairness import FEWEST, parity
from bot.matching.people import Clash, Conflict, Participant, Rules, Sites
from bot.matching.proposal import Proposal

DENVER = Hours("America/Denver")


def named(proposal: Proposal) -> list[tuple[str, str]]:
    return [(pair.mentee, pair.mentor) for pair in proposal.pairs]


def only_left(proposal: Proposal) -> Left:
    (left,) = (one for one in proposal.left if not one.is_mentor)
    return left


def why_not(*people: Participant, rules: Rules = RULES) -> WhyNot:
    return only_left(propose(people, rules, 1)).why


# Any crowd


@given(crowds(), st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_no_promise_is_broken(people: Sequence[Participant], seed: int) -> None:
    assert list(breaches(people, named(propose(people, RULES, seed)))) == []


@given(crowds(), st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_no_other_proposal_would_be_better(people: Sequence[Participant], seed: int) -> None:
    proposal = propose(people, RULES, seed)

    expected = second_opinion(proposal.grid.scores, proposal.grid.places)
    assert (len(proposal.pairs), proposal.worst, proposal.total) == expected
    assert proposal.at_most == proposal.total


@given(crowds(), st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_rows_changes_nothing(people: list[Participant], seed: int, random: Random) -> None:
    shuffled = random.sample(people, len(people))

    assert propose(people, RULES, seed) == propose(shuffled, RULES, seed)


@given(crowds(), st.data())
@settings(max_examples=100, deadline=None)
def test_one_more_place_never_leaves_more_people_alone(
    people: list[Participant], data: st.DataObject
) -> None:
    before = propose(people, RULES, 1)
    if people:
        n = data.draw(st.integers(0, len(people) - 1))
        people[n] = replace(people[n], places=people[n].places + 1)

    assert len(propose(people, RULES, 1).pairs) >= len(before.pairs)


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_everybody_has_a_mentor_or_a_reason(people: list[Participant]) -> None:
    proposal = propose(people, RULES, 1)

    told = [one.person for one in proposal.left if not one.is_mentor]
    assert sorted(told + [mentee for mentee, _ in named(proposal)]) == sorted(
        person.id for person in people if person.is_mentee
    )
    assert all(pair.reasons for pair in proposal.pairs)


@given(crowds(), st.data())
@settings(max_examples=100, deadline=None)
def test_locked_pairs_stay_whatever_the_seed(people: list[Participant], data: st.DataObject) -> None:
    first = named(propose(people, RULES, 1))
    locked = data.draw(st.lists(st.sampled_from(first), unique=True)) if first else []

    again = propose(people, RULES, 2, locked=locked)

    assert set(locked) <= set(named(again))
    assert {(pair.mentee, pair.mentor) for pair in again.pairs if pair.is_locked} == set(locked)
    assert list(breaches(people, named(again))) == []
    assert len(again.pairs) == len(first)  # those that were locked were part of as many


@given(crowds(), st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_left_out_stays_out(people: list[Participant], data: st.DataObject) -> None:
    first = named(propose(people, RULES, 1))
    left_out = data.draw(st.lists(st.sampled_from(first), unique=True)) if first else []

    assert not set(left_out) & set(named(propose(people, RULES, 1, left_out=left_out)))


@given(crowds())
@settings(max_examples=100, deadline=None)
def test_pairs_who_would_rather_have_each_other_are_counted(people: list[Participant]) -> None:
    proposal = propose(people, RULES, 1)

    scores = {(mentee, mentor): score for mentee, mentor, score in proposal.scores()}
    own = dict(named(proposal))
    theirs = {person.id: [m for m, mentor in own.items() if mentor == person.id] for person in people}
    places = {person.id: person.places for person in people}
    expected = 0
    for (mentee, mentor), score in scores.items():
        is_better = mentee not in own or score > scores[mentee, own[mentee]]
        has_room = len(theirs[mentor]) < places[mentor]
        expected += is_better and (has_room or score > min(scores[m, mentor] for m in theirs[mentor]))
    assert proposal.blocking == expected


# Rules


@pytest.mark.parametrize(
    ("mentee", "mentor"),
    [
        (ben(manager="ana"), ana()),
        (ben(), ana(manager="ben")),
        (ben(past=frozenset({"ana"})), ana()),
        (ben(), ana(past=frozenset({"ben"}))),
        (ben(never=frozenset({"ana"})), ana()),
        (ben(), ana(never=frozenset({"ben"}))),
        (ben(languages=frozenset({"de"})), ana(languages=frozenset({"en"}))),
    ],
)
def test_a_hard_rule_is_never_outweighed(mentee: Participant, mentor: Participant) -> None:
    suits = {"wants": ("hiring",), "offers": ("hiring",), "wishes": ("ana",)}

    assert named(propose([replace(mentee, **suits), replace(mentor, **suits)], RULES, 1)) == []  # type: ignore[arg-type]


def test_the_managers_manager_is_in_the_line_even_if_the_manager_takes_no_part() -> None:
    eva = Participant(id="eva", manager="ana")

    assert why_not(ben(manager="eva"), eva, ana()) is WhyNot.LINE


def test_three_steps_away_is_no_line() -> None:
    eva, jo = Participant(id="eva", manager="jo"), Participant(id="jo", manager="ana")

    assert named(propose([ben(manager="eva"), eva, jo, ana()], RULES, 1)) == [("ben", "ana")]


def test_people_who_report_to_each_other_in_a_circle_are_no_problem() -> None:
    """E22"""
    people = [ben(manager="ana"), ana(manager="eva"), ana("eva", manager="ben"), ana("jo", manager="jo")]

    assert named(propose(people, RULES, 1)) == [("ben", "jo")]


def test_what_nobody_said_bars_nobody() -> None:
    mentor = ana(languages=frozenset({"de"}), site="north")

    assert named(propose([ben(), mentor], replace(RULES, sites=Sites.SAME), 1)) == [("ben", "ana")]


@pytest.mark.parametrize(
    ("sites", "expected"), [(Sites.SAME, "ana"), (Sites.OTHER, "eva"), (Sites.ANY, "eva")]
)
def test_a_programme_may_have_a_rule_about_sites(sites: Sites, expected: str) -> None:
    people = [ben(site="north", wishes=("eva",)), ana(site="north"), ana("eva", site="south")]

    assert named(propose(people, replace(RULES, sites=sites), 1)) == [("ben", expected)]


def test_nobody_is_their_own_mentor() -> None:
    both = Participant(id="kim", is_mentee=True, is_mentor=True, places=2)

    assert named(propose([both], RULES, 1)) == []


# Why, and what it cost


def test_a_pair_says_what_speaks_for_it_strongest_first() -> None:
    mentee = ben(
        wants=("code review", "hiring"), wishes=("eva", "ana"), style=frozenset({"direct", "gentle"})
    )
    mentor = ana(offers=("Code reviews",), style=frozenset({"direct"}), hours=DENVER, stage="senior")

    (pair,) = propose([mentee, mentor], RULES, 1).pairs

    assert pair.reasons == (
        Reason(Why.MET, ("code review",)),
        Reason(Why.HOURS, number=45 * 60),
        Reason(Why.WISHED, number=2),
    )
    assert (pair.cost, pair.changes) == (None, ())


def test_where_nothing_speaks_for_it_that_is_said() -> None:
    (pair,) = propose([ben(), ana(hours=Hours("Asia/Kolkata"))], RULES, 1).pairs

    assert pair.reasons == (Reason(Why.POSSIBLE),)
    assert pair.changes == (WouldChange(Change.HOURS, points=150),)


def test_a_pair_says_what_it_cost_and_who_has_that_mentor_instead() -> None:
    wanted = ana(offers=("hiring",), hours=DENVER)
    people = [
        ben(wants=("hiring",)),
        ben("lena", wants=("hiring",), wishes=("ana",)),
        wanted,
        ana("eva", hours=DENVER),
    ]

    first, second = propose(people, RULES, 1).pairs

    assert (first.mentor, second.mentor) == ("eva", "ana")
    assert first.cost == Cost(400, "ana", ("lena",))
    assert first.changes == (WouldChange(Change.PLACE, "ana", 400),)


def test_a_rule_that_keeps_a_better_mentor_away_is_named() -> None:
    people = [
        ben(site="north", wants=("hiring",)),
        ana(site="south", offers=("hiring",), hours=DENVER),
        ana("eva", site="north", hours=DENVER),
    ]

    (pair,) = propose(people, replace(RULES, sites=Sites.SAME), 1).pairs

    assert pair.changes == (WouldChange(Change.SITE, "ana", 400),)


# Why not


def test_where_there_are_no_mentors_that_is_the_reason() -> None:
    assert why_not(ben()) is WhyNot.NOBODY


def test_where_everybody_is_full_that_is_the_reason() -> None:
    assert why_not(ben(), ana(places=0)) is WhyNot.FULL


def test_a_rule_that_leaves_nobody_is_the_reason() -> None:
    german = frozenset({"de"})
    english = frozenset({"en"})

    assert why_not(ben(languages=german), ana(languages=english)) is WhyNot.LANGUAGE
    assert why_not(ben(manager="ana"), ana()) is WhyNot.LINE
    assert why_not(ben(past=frozenset({"ana"})), ana()) is WhyNot.PERSONAL
    assert why_not(ben(site="a"), ana(site="b"), rules=replace(RULES, sites=Sites.SAME)) is WhyNot.SITE
    assert only_left(propose([ben(), ana()], RULES, 1, left_out=[("ben", "ana")])).why is WhyNot.LEFT_OUT


def test_several_rules_are_told_with_their_counts_each_mentor_once() -> None:
    mentee = ben(manager="ana", languages=frozenset({"de"}))
    others = [ana(name, languages=frozenset({"en"})) for name in ("eva", "jo")]

    left = only_left(propose([mentee, ana(languages=frozenset({"en"})), *others], RULES, 1))

    assert (left.why, left.barred) == (WhyNot.SEVERAL, ((Bar.LINE, 1), (Bar.LANGUAGE, 2)))


def test_a_private_wish_is_named_only_where_nothing_else_is_in_the_way() -> None:
    mentor = ana(languages=frozenset({"en"}), never=frozenset({"ben"}))

    assert why_not(ben(languages=frozenset({"de"})), mentor) is WhyNot.LANGUAGE


def test_who_asked_for_it_is_told_to_nobody() -> None:
    by_one, by_other, before = (
        propose(people, RULES, 1).left
        for people in (
            [ben(never=frozenset({"ana"})), ana()],
            [ben(), ana(never=frozenset({"ben"}))],
            [ben(past=frozenset({"ana"})), ana()],
        )
    )

    assert by_one == by_other == before


def test_a_mentor_whom_nobody_needs_hears_so() -> None:
    (left,) = propose([ben(wishes=("ana",)), ana(), ana("eva")], RULES, 1).left

    assert (left.person, left.is_mentor, left.why) == ("eva", True, WhyNot.NOT_NEEDED)


def test_each_place_that_becomes_free_is_promised_to_one() -> None:
    soon, later = date(2026, 3, 1), date(2026, 9, 1)
    mentor = ana(places=0, ends=(later, soon))

    left = propose([ben("a"), ben("b"), ben("c"), mentor], RULES, 1).left

    assert sorted((one.until for one in left if one.until), key=str) == [soon, later]
    assert [one.until for one in left].count(None) == 1


def test_everybody_who_blocks_everybody_gets_an_answer() -> None:
    """E21"""
    names = [f"p{n}" for n in range(60)]
    people = [
        Participant(id=name, is_mentee=n % 2 == 0, is_mentor=n % 2 == 1, places=3, never=frozenset(names))
        for n, name in enumerate(names)
    ]

    proposal = propose(people, RULES, 1)

    assert (proposal.pairs, proposal.mean) == ((), 0)
    assert {left.why for left in proposal.left} == {WhyNot.PERSONAL}


@pytest.mark.parametrize("people", [[], [ben()], [ana()]])
def test_a_side_without_anybody_is_no_problem(people: list[Participant]) -> None:
    """E21"""
    proposal = propose(people, RULES, 1)

    assert proposal.pairs == ()
    assert [left.why for left in proposal.left] == [WhyNot.NOBODY] * len(people)


def test_a_score_is_always_a_number() -> None:
    """E22"""
    empty = ben(wants=("", " ", "?!"), wishes=("nobody",), manager="nobody")

    (pair,) = propose([empty, ana(offers=("", "—"))], RULES, 1).pairs

    assert isinstance(pair.score, int)


# Locks


@pytest.mark.parametrize(
    ("locked", "why"),
    [
        ([("ben", "zoe")], Clash.UNKNOWN),
        ([("ana", "ben")], Clash.UNKNOWN),
        ([("ben", "ana"), ("ben", "eva")], Clash.TWICE),
        ([("ben", "ana"), ("lena", "ana")], Clash.FULL),
        ([("lena", "eva")], Clash.BARRED),
    ],
)
def test_locks_that_cannot_be_are_refused_with_a_reason(locked: list[tuple[str, str]], why: Clash) -> None:
    people = [ben(), ben("lena", manager="eva"), ana(), ana("eva")]

    with pytest.raises(Conflict) as refusal:
        propose(people, RULES, 1, locked=locked)

    assert refusal.value.why is why


def test_a_lock_may_be_a_worse_pair_and_the_others_are_as_good_as_can_be() -> None:
    people = [ben(wishes=("ana",)), ben("lena"), ana(), ana("eva")]

    assert named(propose(people, RULES, 1, locked=[("ben", "eva")])) == [("ben", "eva"), ("lena", "ana")]


def test_a_lock_is_told_what_it_costs() -> None:
    (pair,) = propose([ben(wishes=("ana",)), ana(), ana("eva")], RULES, 1, locked=[("ben", "eva")]).pairs

    assert pair.cost == Cost(150, "ana", (), is_free=True)
    assert pair.changes == ()


def test_any_number_is_a_seed() -> None:
    assert [len(propose([ben(), ana()], RULES, seed).pairs) for seed in (-1, 0, 2**70)] == [1, 1, 1]


def test_two_people_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        propose([ben(), ben()], RULES, 1)


# Groups


def fared(**sizes: int) -> dict[str, int | None]:
    people = [(group, 500) for group, size in sizes.items() for _ in range(size)]
    return {one.group: one.mean for one in parity(people)}


def test_groups_are_compared() -> None:
    everybody = [("x", 400), ("x", 601), ("y", 700), ("y", 700), ("y", None)] * 3

    compared = [(one.group, one.people, one.matched, one.mean) for one in parity(everybody)]

    assert compared == [("x", 6, 6, 501), ("y", 9, 6, 700)]


def test_what_a_few_got_is_not_told_nor_what_would_tell_it() -> None:
    everybody = [("x", 400)] * 6 + [("y", 700)] * 3 + [("y", None)] * 4

    assert [(one.matched, one.mean) for one in parity(everybody)] == [(6, None), (3, None)]


def test_a_planted_bias_is_seen() -> None:
    people = [
        *(ben(f"x{n}", wants=("hiring",), group="x") for n in range(10)),
        *(ben(f"y{n}", wants=("cooking",), group="y") for n in range(10)),
        *(ana(f"ana{n}", offers=("hiring",)) for n in range(15)),
    ]

    x, y = propose(people, RULES, 1).parity

    assert (x.matched, y.matched) == (10, 5)
    assert x.mean is not None
    assert y.mean is not None
    assert x.mean > y.mean


def test_a_small_group_is_not_shown() -> None:
    assert fared(x=9, y=8, z=5, small=4) == {"x": 500, "y": 500}


def test_two_small_groups_hide_each_other() -> None:
    assert fared(x=9, y=8, one=3, other=2) == {"x": 500, "y": 500}


def test_where_nothing_may_be_shown_nothing_is() -> None:
    assert fared(x=8, small=1) == {}


GROUPS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 9), st.integers(0, 9)))


@given(GROUPS)
def test_no_few_people_can_be_worked_out_from_what_is_shown(sizes: dict[str, tuple[int, int]]) -> None:
    everybody = [
        (group, score) for group, (got, not_) in sizes.items() for score in [500] * got + [None] * not_
    ]

    shown = parity(everybody)

    told = [one for one in shown if one.mean is not None]
    hidden = len(everybody) - sum(one.people for one in shown)
    untold = sum(score is not None for _, score in everybody) - sum(one.matched for one in told)
    assert all(one.people >= FEWEST for one in shown)
    assert all(one.matched >= FEWEST for one in told)
    assert not shown or hidden == 0 or hidden >= FEWEST
    assert not told or untold == 0 or untold >= FEWEST
