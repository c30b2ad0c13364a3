"""Trial report: how long answers take, and what nudges change, over everybody in a programme together.

It never speaks of one person or one pair, and of fewer than five people not at all. Whoever is still waited
for counts for as long as that has lasted; a named day counts as a reply, since it is what was asked for.
No words are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from bot import items, ledger, statistics
from bot.calendar import DAY
from bot.models import About, ActionItem, ItemState, Nudge, Pair, Thread, Wait
from bot.prompts import Prompts
from bot.statistics import FEWEST, WITHIN, NudgeEffect, Observation, Share, Verdict, Waits
from bot.turn import Turn
from bot.working_time import working_day

FEWEST_PEOPLE = 5
AGREED = DAY  # one agreed response time, where times are measured in it


# What was seen, as plain values


@dataclass(frozen=True)
class Response:
    """How long one wait lasted, or has lasted so far, in the working time of whoever was to answer."""

    person: int
    asked: bool  # with a question, and not with a draft
    days: Observation  # a working day of theirs is one day
    agreed: Observation  # the time that the two agreed on is one day
    promised: bool
    kept_word: bool | None  # none while the day is ahead


@dataclass(frozen=True)
class Moment:
    """A moment at which a nudge was due, and what came after it, by the clock on the wall."""

    person: int
    rule: str
    held_out: bool
    seen: Observation


def responses(db: Transaction, prompts: Prompts, now: datetime) -> list[Response]:
    """Of questions and drafts. An exchange in writing has days of its own, and no response time."""
    turn = Turn(db, now, prompts)
    waits = select(Wait).join(Wait.thread).where(Thread.about != About.EXCHANGE).order_by(Wait.id)
    return [_response(turn, wait) for wait in db.scalars(waits)]


def _response(turn: Turn, wait: Wait) -> Response:
    spent = ledger.spent(turn, wait) / working_day(wait.person.hours)
    replied = wait.promised_at is not None or wait.ending in ledger.ANSWERS
    return Response(
        person=wait.person_id,
        asked=wait.thread.about == About.QUESTION,
        days=Observation(spent * DAY, replied),
        agreed=Observation(spent / max(wait.days, 1) * AGREED, replied),
        promised=wait.promised_at is not None,
        kept_word=_kept_word(wait, turn.now),
    )


def _kept_word(wait: Wait, now: datetime) -> bool | None:
    if wait.promised_for is None:
        return None
    if wait.ended_at and wait.ended_at <= wait.promised_for:
        return wait.ending in ledger.ANSWERS or None  # taken back, or parted: nobody waits for it
    return False if wait.promised_for <= now else None


def moments(db: Transaction, now: datetime) -> list[Moment]:
    """Each is followed until the next one about the same thing, which has a lot of its own."""
    nudges = db.scalars(select(Nudge).order_by(Nudge.rule, Nudge.about_id, Nudge.number)).all()
    ends = {ledger.RULE: _waits(db), items.RULE: _items(db)}
    found = []
    for nudge, following in pairwise([*nudges, None]):
        if nudge is not None:
            until = following.at if following and _same(nudge, following) else now
            end = ends.get(nudge.rule, {}).get(nudge.about_id, (None, False))
            found.append(Moment(nudge.person_id, nudge.rule, nudge.held_out, _seen(nudge.at, until, *end)))
    return found


End = tuple[datetime | None, bool]  # when it ended, and whether with what a nudge is for


def _same(one: Nudge, other: Nudge) -> bool:
    return (one.rule, one.about_id) == (other.rule, other.about_id)


def _seen(at: datetime, until: datetime, end: datetime | None, replied: bool) -> Observation:
    if end is None or end > until:
        return Observation(max(until - at, timedelta()), False)
    return Observation(max(end - at, timedelta()), replied)


def _waits(db: Transaction) -> Mapping[int, End]:
    """A day that was named is what a nudge is for, too."""
    columns = select(Wait.id, Wait.ended_at, Wait.ending, Wait.promised_at)
    return {
        id_: (promised_at, True) if promised_at else (ended_at, ending in ledger.ANSWERS)
        for id_, ended_at, ending, promised_at in db.execute(columns)
    }


def _items(db: Transaction) -> Mapping[int, End]:
    """Done or dropped, by whoever made it; what ended along with the pair only ended."""
    columns = select(ActionItem.id, ActionItem.ended_at, ActionItem.state, Pair.ended_at)
    rows = db.execute(columns.join(Pair, Pair.id == ActionItem.pair_id))
    return {id_: (at, state != ItemState.OPEN and at != parted) for id_, at, state, parted in rows}


# What it says, over everybody


@dataclass(frozen=True)
class Report:
    responders: int
    asks: int
    days: Waits | None
    agreed: Share | None  # replied within the time that the two agreed on
    promised: int
    kept_word: int
    broke_word: int
    nudged: int  # people
    sent: int
    held_out: int
    effect: NudgeEffect


def read(db: Transaction, prompts: Prompts, now: datetime) -> Report:
    return report(responses(db, prompts, now), moments(db, now))


def report(waits: Sequence[Response], moments: Sequence[Moment]) -> Report:
    sent = [moment for moment in moments if not moment.held_out]
    held_out = [moment for moment in moments if moment.held_out]
    return Report(
        responders=_people(waits),
        asks=sum(wait.asked for wait in waits),
        days=statistics.waits([wait.days for wait in waits]),
        agreed=statistics.replied_within([wait.agreed for wait in waits], AGREED),
        promised=sum(wait.promised for wait in waits),
        kept_word=sum(wait.kept_word is True for wait in waits),
        broke_word=sum(wait.kept_word is False for wait in waits),
        nudged=_people(moments),
        sent=len(sent),
        held_out=len(held_out),
        effect=_effect(sent, held_out),
    )


def _people(seen: Iterable[Response | Moment]) -> int:
    return len({one.person for one in seen})


def _effect(sent: Sequence[Moment], held_out: Sequence[Moment]) -> NudgeEffect:
    """Of fewer than five people on one side there is nothing to say."""
    if min(_people(sent), _people(held_out)) < FEWEST_PEOPLE:
        return NudgeEffect(Verdict.TOO_FEW, len(sent), len(held_out))
    return statistics.nudge_effect([one.seen for one in sent], [one.seen for one in held_out])


Rows = list[tuple[str, str]]

TOO_FEW_PEOPLE = f"fewer than {FEWEST_PEOPLE} people"
MEANS = {
    Verdict.HELPS: "They help",
    Verdict.HURTS: "They do harm",
    Verdict.CANNOT_TELL: "There is no telling whether they help",
}
CAUTION = "Look once, at an end that was agreed on beforehand: whoever looks daily sees something some day."


def about_answers(report: Report) -> Rows:
    """Labels and values, for a terminal."""
    if report.responders < FEWEST_PEOPLE or report.days is None:
        return [("Answers", TOO_FEW_PEOPLE)]
    return [
        ("Asks", f"{report.asks:,}"),
        ("Replies", f"{report.days.replied:,} in {report.days.n:,} turns (asks, drafts, and what follows)"),
        ("Half have a reply within", _working_days(report.days.median)),
        ("Nine in ten have one within", _working_days(report.days.p90)),
        ("Within the agreed time", _share(report.agreed)),
        ("Days named for an answer", _words_kept(report)),
    ]


def _working_days(wait: statistics.Wait) -> str:
    """In the working days of whoever answers."""
    if wait.time is None:
        return "longer than anybody was followed"
    high = "open" if wait.high is None else f"{wait.high / DAY:.1f}"
    return f"{wait.time / DAY:.1f} working days ({wait.low / DAY:.1f} to {high})"


def _share(share: Share | None) -> str:
    if share is None:
        return "nobody was followed for so long"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%}), n = {share.n:,}"


def _words_kept(report: Report) -> str:
    rest = report.promised - report.kept_word - report.broke_word
    return f"{report.promised} (kept {report.kept_word}, not kept {report.broke_word}, open or void {rest})"


def about_nudges(report: Report) -> Rows:
    if report.nudged < FEWEST_PEOPLE:
        return [("Nudges towards an answer or an action", TOO_FEW_PEOPLE)]
    return [
        ("Moments for a nudge", f"{report.sent + report.held_out:,}, of which {report.held_out} held out"),
        *_what_they_change(report.effect),
    ]


def _what_they_change(effect: NudgeEffect) -> Iterator[tuple[str, str]]:
    within = f"{WITHIN // timedelta(hours=1)} hours"
    if effect.difference is None or effect.low is None or effect.high is None:
        yield (
            "What nudges change",
            f"too few to tell: {effect.treated_n} moments with a nudge and {effect.held_out_n} without, and "
            f"{FEWEST} of each, of {FEWEST_PEOPLE} people, have to be followed for {within}",
        )
        return
    yield f"Done within {within} with a nudge", _share(effect.treated)
    yield f"Done within {within} without", _share(effect.held_out)
    points = f"{100 * effect.difference:+.0f} points ({100 * effect.low:+.0f} to {100 * effect.high:+.0f})"
    yield "What nudges change", f"{points}. {MEANS[effect.verdict]}. {CAUTION}"
