"""Aims: the goals of a pair, how they are made, change and end, and how they read.

"Ben: Run a meeting where everybody speaks (under way)". What one of the two changes is kept as news until the
other has heard of it or has looked.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from bot import items, own
from bot.calendar import local
from bot.dates import a_day
from bot.models import Goal, GoalState, Milestone, Pair, Person, Progress, Standing, Terms
from bot.story import Answers
from bot.text import is_blank, key, shorten
from bot.turn import Turn

MOST_OPEN = 5  # goals of a pair
LONGEST = 500  # characters of one part of a goal
PAST_SHOWN = 8
CHECK_AFTER = timedelta(weeks=4)  # what forms suggest
NOTES_SHOWN = 3
TELL_AFTER = timedelta(hours=1)  # several changes make one message, and an undone one makes none

PARTS = ("can", "sign", "why")
MADE, CHANGED, REACHED, LET_GO, REOPENED = "made", "changed", "reached", "let_go", "reopened"  # news
STANDINGS = {
    Standing.NOT_STARTED: "goals.not_started",
    Standing.UNDER_WAY: "goals.under_way",
    Standing.NEARLY: "goals.nearly",
    Standing.THERE: "goals.there",
}


# A new one


def draft(turn: Turn, pair: Pair, reader: Person) -> str:
    """What the mentee hopes for, in their first goal; once the reader may see it."""
    if turn.db.scalar(select(Goal.id).where(Goal.pair_id == pair.id).limit(1)):
        return ""
    mentees, mentors = (turn.db.get(Terms, (pair.id, one.id)) for one in pair.people)
    if mentees is None or (mentors is None and reader.id != pair.mentee_id):
        return ""
    return shorten(mentees.hopes, LONGEST)


def same(turn: Turn, pair: Pair, owner: Person, can: str) -> Goal | None:
    """Sent twice it is one goal."""
    alike = (goal for goal in own.open_goals(turn, pair) if goal.owner_id == owner.id)
    return next((goal for goal in alike if key(goal.can) == key(can)), None)


def make(turn: Turn, pair: Pair, owner: Person, author: Person, answers: Answers) -> Goal:
    goal = Goal(
        pair=pair,
        owner=owner,
        author=author,
        state=GoalState.OPEN,
        standing=Standing.NOT_STARTED,
        edits=0,
        made_at=turn.now,
        milestones=[],
        progress=[],
    )
    write_down(turn, goal, author, answers)
    turn.db.add(goal)
    turn.db.flush()
    turn.note("goal_made", pair=pair, person=owner)
    _tell_soon(turn, goal, author, MADE)
    return goal


def complete(turn: Turn, goal: Goal, author: Person, answers: Answers) -> None:
    """What was not there before, if both wrote down the same goal."""
    for part in PARTS:
        setattr(goal, part, getattr(goal, part) or answers.get(part, ""))
    step = answers.get("step", "")
    if not is_blank(step) and key(step) not in {key(made.what) for made in goal.milestones}:
        make_step(turn, goal, author, step)


def write_down(turn: Turn, goal: Goal, reader: Person, answers: Answers) -> None:
    for part in PARTS:
        setattr(goal, part, answers.get(part, ""))
    plan_check(turn, goal, a_day(answers.get("check", ""), reader.language, turn.today(reader)))


def plan_check(turn: Turn, goal: Goal, day: date | None) -> None:
    if goal.id and day != goal.check_on:
        ask_no_more(turn, goal)
    goal.check_on = day
    goal.check_at = items.morning_of(turn, goal.owner, day) if day else None


def question(goal: Goal) -> str:
    """What the question how it stands is about, see `Turn.post`."""
    return f"goal:{goal.id}"


def ask_no_more(turn: Turn, goal: Goal) -> None:
    """A question how it stands that still waits is not brought."""
    turn.recall(goal.owner, question(goal))


def make_step(turn: Turn, goal: Goal, author: Person, what: str) -> Milestone:
    step = Milestone(goal=goal, author=author, what=what, made_at=turn.now)
    turn.db.add(step)
    turn.db.flush()
    return step


def is_full(turn: Turn, pair: Pair) -> bool:
    return len(own.open_goals(turn, pair)) >= MOST_OPEN


def ahead(goal: Goal) -> list[Milestone]:
    return [step for step in goal.milestones if step.what and step.reached_at is None]


def past(turn: Turn, pairs: Sequence[Pair]) -> Sequence[Goal]:
    """Reached or let go, the latest first."""
    theirs = Goal.pair_id.in_([pair.id for pair in pairs]) & Goal.can_sealed.is_not(None)
    ended = select(Goal).where(theirs, Goal.state != GoalState.OPEN).order_by(Goal.ended_at.desc(), Goal.id)
    return turn.db.scalars(ended.limit(PAST_SHOWN)).all()


# What becomes of it


def change(turn: Turn, goal: Goal, person: Person, answers: Answers) -> None:
    before, check_on = _worded(goal), goal.check_on
    write_down(turn, goal, person, answers)
    if answers.get("check") == str(check_on):
        plan_check(turn, goal, check_on)  # it may have passed, and was left as it was
    if _worded(goal) != before:
        goal.edits += 1
        _tell_soon(turn, goal, person, CHANGED)


def _worded(goal: Goal) -> list[str]:
    return [getattr(goal, part) for part in PARTS]


def is_worded(goal: Goal, answers: Answers) -> bool:
    return _worded(goal) == [answers.get(part, "") for part in PARTS]


def step_made(turn: Turn, step: Milestone, person: Person) -> None:
    if step.reached_at is None:
        step.reached_at, step.reached_by_id, step.news_from_id = turn.now, person.id, person.id
        _tell_by(turn, step.goal.pair)
        turn.note("step_made", pair=step.goal.pair, person=person)


def step_undone(turn: Turn, step: Milestone, person: Person) -> None:
    if step.reached_at and step.goal.state == GoalState.OPEN:
        step.reached_at = step.reached_by_id = step.news_from_id = None
        turn.note("step_undone", pair=step.goal.pair, person=person)


def note_down(turn: Turn, goal: Goal, author: Person, standing: Standing, line: str = "") -> None:
    """Said again on the same day it is the same note, and what is added goes to it."""
    last = _note_of_today(turn, goal, author)
    if last is None or last.standing != standing or (line and last.line):
        last = Progress(goal=goal, author=author, standing=standing, said_at=turn.now)
        turn.db.add(last)
    last.line = line or last.line
    goal.standing = standing
    if standing == Standing.THERE:
        end(turn, goal, author, GoalState.REACHED)
    turn.db.flush()


def _note_of_today(turn: Turn, goal: Goal, author: Person) -> Progress | None:
    """If it is the latest of all."""
    if not goal.progress or goal.progress[-1].author_id != author.id:
        return None
    last = goal.progress[-1]
    return last if local(last.said_at, author.timezone).date() == turn.today(author) else None


def end(turn: Turn, goal: Goal, person: Person, state: GoalState) -> None:
    goal.state, goal.ended_at, goal.check_at = state, turn.now, None
    ask_no_more(turn, goal)
    reached = state == GoalState.REACHED
    turn.note("goal_reached" if reached else "goal_let_go", pair=goal.pair, person=person)
    _tell_soon(turn, goal, person, REACHED if reached else LET_GO)


def take_up_again(turn: Turn, goal: Goal, person: Person) -> None:
    if goal.standing == Standing.THERE:
        _not_there_yet(turn, goal)
    goal.state, goal.ended_at, goal.because = GoalState.OPEN, None, ""
    plan_check(turn, goal, goal.check_on)
    turn.note("goal_reopened", pair=goal.pair, person=person)
    _tell_soon(turn, goal, person, REOPENED)


def _not_there_yet(turn: Turn, goal: Goal) -> None:
    """As it stood before. A line that somebody wrote stays."""
    last = goal.progress[-1]
    if not last.line:
        goal.progress.remove(last)
        turn.db.delete(last)
    before = [note.standing for note in goal.progress if note.standing != Standing.THERE]
    goal.standing = before[-1] if before else Standing.NOT_STARTED


# What the other hears of it


def _tell_soon(turn: Turn, goal: Goal, person: Person, news: str) -> None:
    """In one message with whatever else happens until then, as it is by then."""
    untold = goal.news if goal.news_from_id == person.id else ""
    goal.news, goal.news_from_id = _together(untold, news), person.id
    if goal.news:
        _tell_by(turn, goal.pair)


def _tell_by(turn: Turn, pair: Pair) -> None:
    pair.tell_goals_at = pair.tell_goals_at or turn.now + TELL_AFTER


def _together(untold: str, news: str) -> str:
    """What was undone before anybody heard of it is no news, and what changed in something new is new."""
    match untold, news:
        case ("made", "changed" | "reopened"):
            return MADE
        case ("made", "let_go") | ("reached" | "let_go", "reopened") | ("reopened", "reached" | "let_go"):
            return ""
        case ("reopened", "changed"):
            return REOPENED
    return news


def take_news(turn: Turn, pair: Pair, reader: Person) -> list[tuple[str, str]]:
    """What they have not heard yet. From now on they have."""
    partner = pair.partner_of(reader)
    told: dict[str, list[str]] = {}
    theirs = (Goal.pair_id == pair.id) & Goal.can_sealed.is_not(None)
    for goal in turn.db.scalars(select(Goal).where(theirs).order_by(Goal.id)):
        if goal.news and goal.news_from_id == partner.id:
            told.setdefault(goal.news, []).append(goal.can)
            goal.news, goal.news_from_id = "", None
        for step in goal.milestones:
            if step.what and step.news_from_id == partner.id:
                told.setdefault("steps", []).append(step.what)
                step.news_from_id = None
    return [(news, "\n".join(lines)) for news, lines in told.items()]


# How it reads


def line(turn: Turn, reader: Person, goal: Goal, *, several: bool) -> str:
    phrase = turn.prompts.phrase
    line = phrase(
        reader.language,
        "goals.line",
        owner=items.called(goal.pair, goal.owner),
        can=goal.can,
        stands=stands(turn, reader, goal.standing),
    )
    partner = goal.pair.partner_of(reader)
    if not several or goal.owner_id == partner.id:
        return line
    return phrase(reader.language, "goals.line_with", line=line, partner=partner.name)


def stands(turn: Turn, reader: Person, standing: str) -> str:
    return turn.prompts.phrase(reader.language, STANDINGS[Standing(standing)])


def about(turn: Turn, reader: Person, goal: Goal) -> Iterator[tuple[str, str]]:
    yield "whose", items.called(goal.pair, goal.owner)
    for part in PARTS:
        if getattr(goal, part):
            yield part, getattr(goal, part)
    steps = [step for step in goal.milestones if step.what]
    if steps:
        yield "steps", "\n".join(_step_line(turn, reader, step) for step in steps)
    notes = [_note_line(turn, reader, note) for note in goal.progress[-NOTES_SHOWN:]]
    yield "stands", "\n".join(notes) or stands(turn, reader, goal.standing)
    if goal.check_at and goal.check_on:
        yield "check", turn.when(reader, goal.check_on)
    if goal.because:
        yield "because", goal.because


def _step_line(turn: Turn, reader: Person, step: Milestone) -> str:
    if step.reached_at is None:
        return turn.prompts.phrase(reader.language, "goals.step", what=step.what)
    pair = step.goal.pair
    said_by = pair.mentee if step.reached_by_id == pair.mentee_id else pair.mentor
    return turn.prompts.phrase(
        reader.language, "goals.step_made", what=step.what, who=items.called(pair, said_by)
    )


def _note_line(turn: Turn, reader: Person, note: Progress) -> str:
    return turn.prompts.phrase(
        reader.language,
        "goals.note_with_line" if note.line else "goals.note",
        who=items.called(note.goal.pair, note.author),
        day=turn.when(reader, local(note.said_at, reader.timezone).date()),
        stands=stands(turn, reader, note.standing),
        line=note.line,
    )
