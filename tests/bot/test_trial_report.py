"""The report on nudges: over everybody, with an interval and a caution, or why there is no number."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from world import Someone, World, at

from bot import nudging, trial_report
from bot.calendar import DAY
from bot.models import About, Pair, Thread
from bot.statistics import Observation, Verdict
from bot.trial_report import Moment, Report, Response, about_answers, about_nudges, report

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nobody_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging.is_held_out, "__defaults__", (0.0,))


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana, plan_at=None)


@pytest.fixture
def asked(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("ask How do you begin?")
    world.forward(minutes=1)


def responses(world: World) -> list[Response]:
    with world.bot.open_transaction() as db:
        return trial_report.responses(db, world.bot.prompts, world.clock())


def moments(world: World) -> list[Moment]:
    with world.bot.open_transaction() as db:
        return trial_report.moments(db, world.clock())


# What was seen


@pytest.mark.usefixtures("asked")
def test_a_reply_ends_a_wait_in_the_working_days_of_whoever_gives_it(world: World, ana: Someone) -> None:
    world.until(at("2026-02-05", "11:00", "Europe/Dublin"))  # 2 + 9 + 2 of her hours later, and 9 are a day
    ana.says("Yes")

    [seen] = responses(world)
    assert seen.asked
    assert seen.days.replied
    assert seen.days.after / DAY == pytest.approx(13 / 9, abs=0.01)
    assert seen.agreed.after / DAY == pytest.approx(13 / 18, abs=0.01)  # two days are agreed


@pytest.mark.usefixtures("asked")
def test_who_still_waits_is_counted_for_as_long_as_that_has_lasted(world: World) -> None:
    world.until(at("2026-02-05", "11:30", "Europe/Dublin"))

    [seen] = responses(world)
    assert not seen.days.replied
    assert seen.days.after / DAY == pytest.approx(1.5, abs=0.01)


@pytest.mark.usefixtures("asked")
def test_a_question_that_is_taken_back_was_not_answered(world: World, ben: Someone) -> None:
    world.forward(hours=1)
    ben.presses("Take back")

    [seen] = responses(world)
    assert not seen.days.replied


@pytest.mark.usefixtures("asked")
def test_an_exchange_in_writing_has_no_response_time(world: World) -> None:
    with world.bot.open_transaction.begin() as db:
        db.scalars(select(Thread)).one().about = About.EXCHANGE

    assert responses(world) == []


@pytest.mark.usefixtures("asked")
def test_a_day_that_is_named_counts_as_a_reply_and_is_kept_or_not(world: World, ana: Someone) -> None:
    ana.presses("I answer by")
    ana.presses("Friday 6 February")
    [ahead] = responses(world)
    assert (ahead.promised, ahead.days.replied, ahead.kept_word) == (True, True, None)

    world.until(at("2026-02-06", "12:00", "Europe/Dublin"))
    ana.says("turn")
    ana.presses("Reply")
    ana.says("With the smallest part.")
    assert [seen.kept_word for seen in responses(world)] == [True]


@pytest.mark.usefixtures("asked")
def test_a_day_that_went_by_was_not_kept(world: World, ana: Someone) -> None:
    ana.presses("I answer by")
    ana.presses("Friday 6 February")
    world.until(at("2026-02-10", "12:00", "Europe/Dublin"))

    assert [seen.kept_word for seen in responses(world)] == [False]


@pytest.mark.usefixtures("asked")
def test_a_moment_is_followed_until_the_reply(world: World, ana: Someone) -> None:
    world.until(at("2026-02-05", "12:30", "Europe/Dublin"))  # the nudge was due an hour ago
    ana.presses("In our next session")
    world.forward(days=10)

    [moment] = moments(world)
    assert moment.rule == "turn"
    assert moment.seen.replied
    assert timedelta(minutes=50) < moment.seen.after <= timedelta(hours=1)


@pytest.mark.usefixtures("asked")
def test_a_moment_is_followed_until_the_next_one_about_the_same(world: World) -> None:
    world.until(at("2026-02-10", "16:00", "Europe/Dublin"))  # both nudges were due, the second a day ago

    first, second = moments(world)
    assert not first.seen.replied
    assert first.seen.after / DAY == pytest.approx(4.2, abs=0.1)
    assert second.seen.after / DAY == pytest.approx(1, abs=0.1)


@pytest.mark.usefixtures("asked")
def test_what_ends_with_the_pair_was_not_answered(world: World, ben: Someone) -> None:
    world.until(at("2026-02-05", "17:00", "Europe/Dublin"))
    ben.says("leave")
    ben.presses("Leave")
    world.forward(days=1)

    [moment] = moments(world)
    assert not moment.seen.replied
    assert moment.seen.after < DAY


def test_an_action_that_is_done_is_what_its_nudge_was_for(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("actions")
    ben.presses("Add")
    ben.fills(what="Send the draft", day="2026-02-06", who=str(ben.row.id))
    world.until(at("2026-02-06", "15:00", "America/Denver"))
    ben.presses("Done")

    [moment] = moments(world)
    assert moment.rule == "action"
    assert moment.seen.replied


# What is said of it


def a_response(person: int, days: float = 1.0, *, replied: bool = True) -> Response:
    seen = Observation(days * DAY, replied)
    return Response(person, asked=True, days=seen, agreed=seen, promised=False, kept_word=None)


def a_moment(person: int, hours: int, *, held_out: bool = False, replied: bool = True) -> Moment:
    return Moment(person, "turn", held_out, Observation(hours * HOUR, replied))


def told(summary: Report) -> str:
    rows = [*about_answers(summary), *about_nudges(summary)]
    return "\n".join(f"{label}: {value}" for label, value in rows)


def test_nothing_is_said_of_fewer_than_five_people() -> None:
    four = [a_response(person % 4) for person in range(40)]
    nudged = [a_moment(person % 4, 10) for person in range(40)]

    assert told(report(four, nudged)) == (
        "Answers: fewer than 5 people\nNudges towards an answer or an action: fewer than 5 people"
    )


def test_nothing_is_said_of_an_empty_programme() -> None:
    assert "fewer than 5 people" in told(report([], []))


def test_response_times_come_with_their_intervals() -> None:
    waits = [a_response(person % 6, 0.5 if person % 2 else 3) for person in range(60)]

    text = told(report(waits, []))

    assert "Asks: 60\nReplies: 60 in 60 turns" in text
    assert "Half have a reply within: 0.5 working days (0.5 to 3.0)" in text
    assert re.search(r"Within the agreed time: 50% \(3\d% to 6\d%\), n = 60", text)


def test_too_few_moments_tell_nothing_and_say_how_many_are_needed() -> None:
    nudged = [a_moment(person % 6, 10) for person in range(60)]
    held_out = [a_moment(person % 6, 80, held_out=True, replied=False) for person in range(6)]

    text = told(report([], nudged + held_out))

    assert "Moments for a nudge: 66, of which 6 held out" in text
    assert "too few to tell: 60 moments with a nudge and 6 without, and 30 of each" in text


def test_an_effect_comes_with_an_interval_a_verdict_and_a_caution() -> None:
    nudged = [
        a_moment(person % 6, 10 if person % 10 else 80, replied=person % 10 > 0) for person in range(60)
    ]
    held_out = [a_moment(person % 6, 80, held_out=True, replied=False) for person in range(40)]

    summary = report([], nudged + held_out)

    assert summary.effect.verdict == Verdict.HELPS
    assert "Done within 72 hours with a nudge: 90%" in told(summary)
    assert "They help. Look once, at an end that was agreed on beforehand" in told(summary)


def test_a_side_with_four_people_has_no_effect() -> None:
    nudged = [a_moment(person % 6, 10) for person in range(60)]
    held_out = [a_moment(person % 4, 80, held_out=True, replied=False) for person in range(60)]

    assert report([], nudged + held_out).effect.verdict == Verdict.TOO_FEW
