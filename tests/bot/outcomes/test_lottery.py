"""Who begins and who waits: by lot, the same for everybody who draws again, and nobody's choice."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import key_of, on_record

from bot.outcomes.analysis import Because, made_by_lot
from bot.outcomes.lottery import (
    Arm,
    NotAnAssignment,
    NotARecord,
    Record,
    as_csv,
    draw,
    fingerprint,
    follows_from,
    from_csv,
    read_record,
)

PEOPLE = {key_of(number): "ab"[number % 5 == 0] for number in range(60)}
STRATA = st.dictionaries(st.integers(0, 10**6).map(key_of), st.sampled_from("abcd"), min_size=2, max_size=60)


def begin(people: Mapping[str, str], places: int, seed: int) -> set[str]:
    return {one.key for one in draw(people, places, seed) if one.arm is Arm.BEGIN}


@given(STRATA, st.randoms(use_true_random=False), st.integers())
def test_the_order_of_the_rows_does_not_matter(people: dict[str, str], dice: object, seed: int) -> None:
    shuffled = list(people.items())
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    assert draw(dict(shuffled), len(people) // 2, seed) == draw(people, len(people) // 2, seed)


@given(STRATA, st.data(), st.integers())
def test_every_place_is_given_and_every_stratum_has_its_share(
    people: dict[str, str], data: st.DataObject, seed: int
) -> None:
    places = data.draw(st.integers(1, len(people)))
    drawn = draw(people, places, seed)

    assert {one.key: one.stratum for one in drawn} == people
    begins = Counter(one.stratum for one in drawn if one.arm is Arm.BEGIN)
    assert begins.total() == places
    for stratum, size in Counter(people.values()).items():
        assert abs(begins[stratum] - places * size / len(people)) < 1


def test_another_seed_draws_other_people() -> None:
    assert len({frozenset(begin(PEOPLE, 30, seed)) for seed in range(20)}) == 20


def test_everybody_has_the_same_chance_over_many_seeds() -> None:
    drawn = [begin(PEOPLE, 30, seed) for seed in range(600)]

    for who in PEOPLE:
        assert fmean(who in lots for lots in drawn) == pytest.approx(0.5, abs=0.1)


def test_anybody_can_draw_it_again_by_hand() -> None:
    lots = sorted(PEOPLE, key=lambda who: hashlib.sha256(f"7:{who}".encode()).hexdigest())

    assert begin(dict.fromkeys(PEOPLE, "all"), 20, 7) == set(lots[:20])


def test_it_is_written_and_read_again() -> None:
    drawn = draw(PEOPLE, 30, 7)

    assert from_csv(as_csv(drawn)) == drawn


def test_a_spreadsheet_may_have_saved_it_again() -> None:
    drawn, record = on_record(40, 20, 7)
    rows = as_csv(drawn).decode().split()
    saved = "\ufeff" + "\r\n".join([rows[0], *reversed(rows[1:])]).replace(",", ";") + "\r\n"

    assert made_by_lot(from_csv(saved.encode()), record) is Because.DRAWN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"email,arm\nana@example.org,begin\n",
        b"key,arm,stratum\nana@example.org,begin,a\n",
        f"key,arm,stratum\n{key_of(1)},perhaps,a\n".encode(),
        f"key,arm,stratum\n{key_of(1)},begin,a\n{key_of(1)},wait,a\n".encode(),
        b'key,arm,stratum\n"' + b"a" * 200_000,
    ],
)
def test_what_is_no_assignment_is_refused(content: bytes) -> None:
    with pytest.raises(NotAnAssignment):
        from_csv(content)


def test_a_draw_that_nobody_touched_is_known_as_one() -> None:
    drawn, record = on_record(40, 20, 7)

    assert made_by_lot(drawn, record) is Because.DRAWN
    assert made_by_lot(drawn, None) is Because.NO_RECORD


def test_one_person_moved_is_seen() -> None:
    drawn, record = on_record(40, 20, 7)
    moved = from_csv(as_csv(drawn).replace(b"wait", b"begin", 1))

    assert made_by_lot(moved, record) is Because.CHANGED


def test_one_person_left_out_is_seen() -> None:
    drawn, record = on_record(40, 20, 7)

    assert made_by_lot(drawn[1:], record) is Because.CHANGED


def test_a_record_that_was_changed_along_with_it_does_not_help() -> None:
    drawn, record = on_record(40, 20, 7)
    swapped = from_csv(
        as_csv(drawn).replace(b"wait", b"WAIT", 1).replace(b"begin", b"wait", 1).replace(b"WAIT", b"begin")
    )
    forged = Record(**{**vars(record), "assignment_sha256": fingerprint(as_csv(swapped))})

    assert Counter(one.arm for one in swapped) == Counter(one.arm for one in drawn)
    assert made_by_lot(swapped, forged) is Because.NOT_ITS_LOTS
    assert not follows_from(swapped, 7, 20)


def test_a_record_is_read_again_as_it_was_written() -> None:
    _, record = on_record(40, 20, 7)

    assert read_record(record.as_json().encode()) == record


@pytest.mark.parametrize(
    "change",
    [{"seed": "7"}, {"places": True}, {"end": "soon"}, {"drawn_on": 3}, {"by": "level"}, {"people": None}],
)
def test_what_is_no_record_is_refused(change: dict[str, object]) -> None:
    _, record = on_record(40, 20, 7)
    written = Record(**{**vars(record), **change}).as_json()

    for content in (written.encode(), b"[]", b"{", b"\xff"):
        with pytest.raises(NotARecord):
            read_record(content)
