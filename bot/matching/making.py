"""Making: a draft of pairs for a programme, kept with its reasons. Nothing of it goes out.

Those who come first are served first: where one of them would stay alone, they are matched among themselves,
and everybody else around that.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.matching import propose
from bot.matching.explained import for_keeping
from bot.matching.models import LeftOver, Proposed, Run, RunState, Standing
from bot.matching.people import Conflict, Format
from bot.matching.pool import Pool, gather
from bot.matching.waiting import waiting_for_partner
from bot.turn import Turn

if TYPE_CHECKING:
    from bot.matching.explaining import Left
    from bot.matching.proposal import Proposal

Two = tuple[str, str]  # mentee, mentor


def pool_of(turn: Turn, run: Run) -> Pool:
    """As it is now."""
    only = [one.person_id for one in waiting_for_partner(turn, run.programme)] if run.waiting_only else None
    return gather(turn.db, run.programme, turn.now, only)


def make(turn: Turn, run: Run, pool: Pool, held: Collection[Two], left_out: Collection[Two]) -> None:
    """What was locked stays, as far as it still can; what was left out stays out."""
    locked, kept_apart = list(held), list(left_out)
    while True:
        try:
            found = _best(pool, run.seed, locked, kept_apart)
        except Conflict as conflict:
            locked.remove((conflict.mentee, conflict.mentor))
            continue
        crossed = [] if pool.rules.format is Format.PEER else _crossed(found, locked)
        if not crossed:
            break
        kept_apart += crossed
    _keep(turn, run, pool, found, locked, left_out)


def _crossed(found: "Proposal", locked: Collection[Two]) -> list[Two]:
    """Of two who would be each other's mentor at once: the way round that suits less, or is not locked."""
    scores = {(pair.mentee, pair.mentor): pair.score for pair in found.pairs}
    return [
        (mentee, mentor)
        for mentee, mentor in scores
        if (mentor, mentee) in scores and (mentee, mentor) not in locked
        if (mentor, mentee) in locked or (scores[mentee, mentor], mentee) < (scores[mentor, mentee], mentor)
    ]


def _best(pool: Pool, seed: int, locked: Sequence[Two], left_out: Collection[Two]) -> "Proposal":
    found = propose(pool.people, pool.rules, seed, locked, left_out)
    if not pool.first & {left.person for left in found.left if not left.is_mentor}:
        return found
    served = pool.first | {mentee for mentee, _ in locked}
    before = [person if person.id in served else replace(person, is_mentee=False) for person in pool.people]
    ahead = propose(before, pool.rules, seed, locked, left_out)
    held = [(pair.mentee, pair.mentor) for pair in ahead.pairs]
    return propose(pool.people, pool.rules, seed, held, left_out)


def _keep(
    turn: Turn, run: Run, pool: Pool, found: "Proposal", locked: Collection[Two], left_out: Collection[Two]
) -> None:
    run.state, run.input_hash, run.report = RunState.DRAFT, pool.fingerprint, json.dumps(_report(found))
    run.rules = json.dumps(asdict(pool.rules), default=str)
    offers = {person.id: person.offers for person in pool.people}
    rows: list[Proposed | LeftOver] = []
    for pair in found.pairs:
        state = Standing.LOCKED if (pair.mentee, pair.mentor) in locked else Standing.PROPOSED
        row = Proposed(run_id=run.id, mentee_id=int(pair.mentee), mentor_id=int(pair.mentor), state=state)
        for_keeping(row, pair, offers[pair.mentor])
        rows.append(row)
    for mentee, mentor in left_out:
        out = Standing.LEFT_OUT
        rows.append(Proposed(run_id=run.id, mentee_id=int(mentee), mentor_id=int(mentor), state=out))
    rows += map(_left_over, [run.id] * len(found.left), found.left)
    turn.db.add_all(rows)
    turn.db.flush()


def _left_over(run_id: int, left: "Left") -> LeftOver:
    return LeftOver(
        run_id=run_id, person_id=int(left.person), is_mentor=left.is_mentor, why=left.why, until=left.until
    )


def _report(found: "Proposal") -> Mapping[str, object]:
    return {
        "mentees": found.mentees,
        "worst": found.worst,
        "mean": found.mean,
        "is_best": found.total == found.at_most,
        "blocking": found.blocking,
        "blocking_pairs": [list(map(int, pair)) for pair in found.blocking_pairs],
        "parity": [[one.group, one.people, one.matched, one.mean] for one in found.parity],
    }


def standing(turn: Turn, run: Run, *states: Standing) -> Sequence[Proposed]:
    """The weakest first."""
    theirs = (Proposed.run_id == run.id) & Proposed.state.in_(states)
    return turn.db.scalars(select(Proposed).where(theirs).order_by(Proposed.score, Proposed.id)).all()


def alone(turn: Turn, run: Run) -> Sequence[LeftOver]:
    theirs = select(LeftOver).where(LeftOver.run_id == run.id)
    return turn.db.scalars(theirs.order_by(LeftOver.is_mentor, LeftOver.id)).all()


def named(pairs: Sequence[Proposed]) -> list[Two]:
    return [(str(pair.mentee_id), str(pair.mentor_id)) for pair in pairs]
