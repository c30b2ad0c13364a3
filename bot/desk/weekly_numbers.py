"""Weekly numbers: what a programme is counted by, taken once a week and kept as it was.

They are published on the day they were taken and stay the same until the next, so that nobody can be made out
by asking before and after somebody joins. The first are taken when they are first asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from bot.calendar import DAY, WEEK, local, moment
from bot.desk import groups, health, metrics, recommended
from bot.desk.disclosure import RECOMMENDED, RHYTHM, STATE, STEP
from bot.desk.health_rules import Health
from bot.desk.metrics import NOT_THEIR_OWN, Metric, Number, Scope, Step
from bot.desk.models import WeeklyNumber
from bot.models import Enrolment, Happening, Pair, Person, Programme
from bot.turn import Turn

TAKEN_AT = time(5)  # UTC on Mondays: before the first desk opens in Europe, after the week in America is over
MOST_HAPPENINGS = 50_000  # the newest of four weeks; more would not change the picture


@dataclass(frozen=True)
class Published:
    """The numbers of one programme, or of one cohort of it, in one week."""

    week: date
    taken_at: datetime
    by_name: Mapping[str, Number]

    def metric(self, metric: Metric) -> Number:
        return self.by_name.get(metric.value, Number(0, 0, 0))

    def pairs(self, state: Health) -> Number:
        """`part` pairs, of all there are; `people` are on the smaller side of them."""
        return self.by_name.get(f"{STATE}.{state.value}", Number(0, 0, 0))

    @property
    def recommended(self) -> Number:
        return self.by_name.get(RECOMMENDED, Number(0, 0, 0))

    def step(self, step: Step) -> int:
        return self.by_name.get(f"{STEP}.{step.value}", Number(0, 0, 0)).part

    def rhythm(self) -> Mapping[tuple[int, int], int]:
        """People who did something, by weekday (Monday is 0) and hour of their own clock."""
        cells = (name.split(".")[1:] for name in self.by_name if name.startswith(f"{RHYTHM}."))
        return {(int(day), int(hour)): self.by_name[f"{RHYTHM}.{day}.{hour}"].people for day, hour in cells}


def published(turn: Turn, programme: Programme, cohort: str = "") -> Published:
    """The newest. Taken now, if they never were."""
    found = history(turn, programme, cohort, weeks=1)
    if not found:
        take(turn, programme)
        found = history(turn, programme, cohort, weeks=1)
    return found[0] if found else Published(_monday(turn), turn.now, {})


def by_cohort(turn: Turn, programme: Programme) -> Mapping[str, Published]:
    """The newest of the whole programme, under "", and of every cohort of that week."""
    week = published(turn, programme).week
    here = (WeeklyNumber.programme_id == programme.id) & (WeeklyNumber.week == week)
    found: dict[str, list[WeeklyNumber]] = defaultdict(list)
    for row in turn.db.scalars(select(WeeklyNumber).where(here)):
        found[row.cohort].append(row)
    return {cohort: _published(week, rows) for cohort, rows in found.items()}


def as_of(turn: Turn, reader: Person, numbers: Published) -> str:
    """The day on which they were taken, as it is said to this reader."""
    return turn.when(reader, local(numbers.taken_at, reader.timezone).date())


def history(turn: Turn, programme: Programme, cohort: str = "", *, weeks: int) -> Sequence[Published]:
    """The newest first."""
    here = (WeeklyNumber.programme_id == programme.id) & (WeeklyNumber.cohort == cohort)
    newest = select(WeeklyNumber.week).where(here).distinct().order_by(WeeklyNumber.week.desc()).limit(weeks)
    rows = turn.db.scalars(select(WeeklyNumber).where(here, WeeklyNumber.week.in_(newest))).all()
    by_week: dict[date, list[WeeklyNumber]] = defaultdict(list)
    for row in rows:
        by_week[row.week].append(row)
    return [_published(week, by_week[week]) for week in sorted(by_week, reverse=True)]


def _published(week: date, rows: Iterable[WeeklyNumber]) -> Published:
    rows = list(rows)
    by_name = {row.name: Number(row.part, row.whole, row.people) for row in rows}
    return Published(week, max(row.taken_at for row in rows), by_name)


def take(turn: Turn, programme: Programme) -> None:
    """Of the whole programme and of each cohort; and plan the next. What was taken this week stays."""
    week = _monday(turn)
    programme.numbers_at = moment(datetime.combine(week + WEEK, TAKEN_AT), "UTC")
    if _is_taken(turn, programme, week):
        return
    for cohort in (None, *cohorts(turn, programme)):
        for name, number in _numbers(turn, Scope(programme.id, cohort)):
            turn.db.add(
                WeeklyNumber(
                    programme_id=programme.id,
                    cohort=cohort or "",
                    week=week,
                    name=name,
                    **number._asdict(),
                    taken_at=turn.now,
                )
            )
    turn.db.flush()


def cohorts(turn: Turn, programme: Programme) -> Sequence[str]:
    """Those that have somebody in them."""
    named = (Enrolment.programme_id == programme.id) & (Enrolment.cohort != "")
    return turn.db.scalars(select(Enrolment.cohort).where(named).distinct().order_by(Enrolment.cohort)).all()


def _monday(turn: Turn) -> date:
    today = local(turn.now, "UTC").date()
    return today - today.weekday() * DAY


def _is_taken(turn: Turn, programme: Programme, week: date) -> bool:
    """Also when the last were taken less than some days ago: they were asked for on a Friday, say."""
    recent = WeeklyNumber.taken_at > turn.now - timedelta(days=4)
    here = (WeeklyNumber.programme_id == programme.id) & ((WeeklyNumber.week == week) | recent)
    return turn.db.scalar(select(WeeklyNumber.id).where(here).limit(1)) is not None


def _numbers(turn: Turn, scope: Scope) -> Iterator[tuple[str, Number]]:
    for metric, number in metrics.numbers(turn, scope).items():
        yield metric.value, number
    for state, number in _states(turn, scope).items():
        yield f"{STATE}.{state.value}", number
    steps = metrics.funnel(turn, scope)
    for step, people in steps.items():
        yield f"{STEP}.{step.value}", Number(people, steps[Step.INVITED], people)
    if scope.cohort is None:
        yield RECOMMENDED, recommended.score(turn, scope.programme_id)
        for (day, hour), people in _rhythm(turn, scope).items():
            yield f"{RHYTHM}.{day}.{hour}", Number(people, people, people)
        for group, number in groups.counted(turn, scope).items():
            yield str(group), number


def _states(turn: Turn, scope: Scope) -> Mapping[Health, Number]:
    mentors: dict[Health, set[int]] = defaultdict(set)
    mentees: dict[Health, set[int]] = defaultdict(set)
    pairs: dict[Health, int] = defaultdict(int)
    for one in health.judged(turn.db, turn.now, scope.pairs):
        state = one.judgement.health
        pairs[state] += 1
        mentors[state].add(one.mentor_id)
        mentees[state].add(one.mentee_id)
    whole = sum(pairs.values())
    return {
        state: Number(pairs[state], whole, min(len(mentors[state]), len(mentees[state]))) for state in Health
    }


def _rhythm(turn: Turn, scope: Scope) -> Mapping[tuple[int, int], int]:
    own = Happening.person_id.is_not(None) & Happening.what.not_in(NOT_THEIR_OWN)
    lately = own & (Happening.at > turn.now - metrics.WINDOW)
    done = (
        select(Happening.at, Happening.person_id, Person.timezone)
        .join(Person, Person.id == Happening.person_id)
        .join(Pair, Pair.id == Happening.pair_id)
        .where(lately, scope.pairs)
    )
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    for at, person, zone in turn.db.execute(done.order_by(Happening.id.desc()).limit(MOST_HAPPENINGS)):
        on_their_clock = local(at, zone)
        if person:
            cells[on_their_clock.weekday(), on_their_clock.hour].add(person)
    return {cell: len(people) for cell, people in cells.items()}
