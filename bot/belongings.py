"""Belongings: what is kept of one person. Seeing, exporting and erasing (erasing.py) go by this one list.

A table that holds words is either somebody's own and stands under OWN, or it is not and says why under
NOBODYS. A test compares both with the tables, so that no text can be forgotten.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select

from bot import items, ledger, outbox, speech
from bot.desk.lists import PastedList
from bot.desk.models import EnrolmentRequest
from bot.matching import giving
from bot.matching.models import Exclusion, Profile, Proposed, Seeking, Veto, Wish
from bot.models import (
    Absence,
    AccountRow,
    ActionItem,
    Answer,
    Base,
    Canary,
    Conversation,
    Draft,
    DraftReply,
    Ending,
    Enrolment,
    Farewell,
    Goal,
    Happening,
    JournalEntry,
    JournalVersion,
    Letter,
    Milestone,
    Nudge,
    Pair,
    Person,
    Post,
    Programme,
    Progress,
    Pulse,
    Review,
    Seat,
    Session,
    Terms,
    UnsentForm,
    Wait,
)
from bot.rounds import guests
from bot.rounds.models import Answer as Answered
from bot.turn import Turn
from bot.unsent import answers_of
from bot.vault import Words

R = TypeVar("R", bound=Base)
Record = tuple[str, Mapping[str, object]]
"""One thing that is kept: what kind of thing, and its parts by name. Both names are labels in prompts."""

OWN: Mapping[type[Base], Callable[[Person], ColumnElement[bool]]] = {
    Person: lambda person: Person.id == person.id,
    Conversation: lambda person: Conversation.person_id == person.id,
    UnsentForm: lambda person: UnsentForm.person_id == person.id,
    Terms: lambda person: Terms.person_id == person.id,
    Seat: lambda person: Seat.person_id == person.id,
    Answer: lambda person: Answer.seat_id.in_(select(Seat.id).where(Seat.person_id == person.id)),
    Letter: lambda person: Letter.author_id == person.id,
    ActionItem: lambda person: ActionItem.owner_id == person.id,
    JournalVersion: lambda person: JournalVersion.entry_id.in_(_entries(person)),
    Draft: lambda person: Draft.author_id == person.id,
    DraftReply: lambda person: DraftReply.author_id == person.id,
    Goal: lambda person: Goal.owner_id == person.id,
    Milestone: lambda person: Milestone.author_id == person.id,
    Progress: lambda person: Progress.author_id == person.id,
    Pulse: lambda person: Pulse.person_id == person.id,
    Review: lambda person: Review.person_id == person.id,
    Farewell: lambda person: Farewell.person_id == person.id,
    Profile: lambda person: Profile.person_id == person.id,
    Proposed: lambda person: (Proposed.mentee_id == person.id) | (Proposed.mentor_id == person.id),
}
NOBODYS: Mapping[type[Base], str] = {
    Post: "on its way to somebody; what quotes a person is taken back when their words are erased",
    Canary: "a text that everybody knows",
    PastedList: "people who may be enrolled, as somebody has pasted them; forgotten after a day",
}
NOT_THEIR_WORDS = {(Conversation, "buttons"): "labels, which are ours"}
ENDINGS: Mapping[str, str] = {
    Ending.REPLIED: "mydata.replied",
    Ending.NOT_MINE: "mydata.not_mine",
    Ending.PASSED: "mydata.passed",
    Ending.SETTLED: "mydata.settled",
    Ending.TAKEN_BACK: "mydata.taken_back",
    Ending.PARTED: "mydata.parted",
}
NUDGED_ABOUT: Mapping[str, str] = {ledger.RULE: "mydata.an_answer", items.RULE: "mydata.an_action"}


def _entries(person: Person) -> Select[int]:
    return select(JournalEntry.id).where(JournalEntry.person_id == person.id)


def words_in(model: type[Base]) -> list[str]:
    return [name for name, value in vars(model).items() if isinstance(value, Words)]


def rows(turn: Turn, person: Person, model: type[R]) -> Sequence[R]:
    return turn.db.scalars(select(model).where(OWN[model](person))).all()


# Seeing it


def records(turn: Turn, person: Person) -> Iterator[Record]:
    """Everything that is kept of them, and nothing that their partners wrote."""
    yield "you", _profile(person)
    for account in turn.db.scalars(select(AccountRow).where(AccountRow.person_id == person.id)):
        parts = {"platform": account.platform, "user": account.user, "timezone": account.timezone}
        yield "account", {**parts, "unreachable": account.gone_at}
    yield from _programmes(turn, person)
    yield from _for_matching(turn, person)
    for terms in rows(turn, person, Terms):
        yield "agreement", _half(turn, person, terms)
    for seat in sorted(rows(turn, person, Seat), key=lambda seat: seat.session.starts_at):
        yield from _of_session(turn, person, seat)
    for letter in rows(turn, person, Letter):
        yield "letter", _letter(turn, person, letter)
    for item in rows(turn, person, ActionItem):
        yield "action", _promise(person, item)
    yield from _journal(turn, person)
    yield from _drafts(turn, person)
    yield from _towards_goals(turn, person)
    for pulse in rows(turn, person, Pulse):
        if pulse.answered_at:
            yield "pulse", _feeling(person, pulse)
    yield from _sheets(turn, person)
    yield from _coffee(turn, person)
    yield from _times(turn, person)
    yield from _nowhere_yet(turn, person)
    yield from _what_happened(turn, person)


def _nowhere_yet(turn: Turn, person: Person) -> Iterator[Record]:
    """Words that are typed, and have not gone anywhere."""
    for kept in rows(turn, person, Conversation):
        if kept.unplaced:
            yield "unplaced", {"text": kept.unplaced}
    for form in rows(turn, person, UnsentForm):
        if form.answers:
            yield "unsent", {"text": "\n\n".join(answers_of(form).values()), "written": form.typed_at}


def _profile(person: Person) -> Mapping[str, object]:
    return {
        "name": person.name,
        "email": person.email,
        "timezone": person.timezone,
        "country": person.country,
        "language": person.language,
        "day_starts": person.day_starts,
        "day_ends": person.day_ends,
        "workdays": [int(day) for day in person.workdays],
        "career_stage": person.career_stage,
        "goals": person.goals,
        "skills": person.skills,
        "wish": person.wish,
        "nudges_a_week": person.nudges_a_week,
        "digest_at": person.digest_at,
        "follows_status": person.follows_status,
        "started": person.started_at,
        "away_since": person.paused_at,
        "away_until": person.paused_until,
        "unreachable": person.unreachable_since,
        "left": person.left_at,
    }


def _programmes(turn: Turn, person: Person) -> Iterator[Record]:
    enrolled = select(Programme.name, Enrolment.role).join(Enrolment).where(Enrolment.person_id == person.id)
    for name, role in turn.db.execute(enrolled):
        yield "programme", {"name": name, "role": role}
    asked = select(EnrolmentRequest).where(EnrolmentRequest.person_id == person.id)
    for request in turn.db.scalars(asked.order_by(EnrolmentRequest.id)):
        parts = {"name": request.programme.name, "role": request.role, "state": request.state}
        yield "request", {**parts, "at": request.asked_at}


def _for_matching(turn: Turn, person: Person) -> Iterator[Record]:
    for profile in rows(turn, person, Profile):
        said = dict(giving.in_words(turn, person, person, profile))
        parts = {name: said.get(name, "") for name in (*giving.CHOICES, "site")}
        yield "profile", {**parts, "group": profile.group, "written": profile.changed_at}
    for apart in turn.db.scalars(select(Exclusion).where(Exclusion.person_id == person.id)):
        yield "not_with", {"name": apart.other.name}
    for wish in turn.db.scalars(select(Wish).where(Wish.mentee_id == person.id).order_by(Wish.rank)):
        yield "wished", {"name": wish.mentor.name}
    for veto in turn.db.scalars(select(Veto).where(Veto.mentor_id == person.id)):
        yield "rather_not", {"name": turn.db.get_one(Person, veto.mentee_id).name}
    for seeking in turn.db.scalars(select(Seeking).where(Seeking.person_id == person.id)):
        stands = {"state": seeking.state, "since": seeking.since, "circle": seeking.circle}
        yield "seeking", {"name": seeking.programme.name, **stands}


def _half(turn: Turn, person: Person, terms: Terms) -> Mapping[str, object]:
    return {
        "with": turn.db.get_one(Pair, terms.pair_id).partner_of(person).name,
        "every_weeks": terms.every_weeks,
        "minutes": terms.minutes,
        "response_days": terms.response_days,
        "hopes": terms.hopes,
        "not_times": terms.not_times,
        "between_us": terms.between_us,
        "ending": terms.ending,
        "written": terms.sent_at,
    }


def _of_session(turn: Turn, person: Person, seat: Seat) -> Iterator[Record]:
    which = _which(person, seat.session)
    for answer in seat.answers:
        asked = _question(turn, person, answer.question)
        parts = {"question": asked, "text": answer.text, "shared": answer.shared}
        yield "answer", {**which, **parts, "written": answer.written_at}
    if seat.decided:
        yield "decided", {**which, "text": seat.decided}
    if seat.pulse:
        yield "pulse", {**which, "text": seat.pulse}


def _question(turn: Turn, person: Person, name: str) -> str:
    """As it was asked; one that is not asked any more goes by its name."""
    asked = turn.prompts.entry(person.language, "prep.form").source["fields"]
    return str(asked[name]["label"]) if name in asked else name


def _which(person: Person, session: Session) -> Mapping[str, object]:
    return {"session": session.starts_at, "with": session.pair.partner_of(person).name}


def _letter(turn: Turn, person: Person, letter: Letter) -> Mapping[str, object]:
    session = turn.db.get(Session, letter.session_id) if letter.session_id else None
    partner = {"with": letter.thread.pair.partner_of(person).name} if letter.thread else {}
    return {
        **(_which(person, session) if session else partner),
        "text": letter.text,
        "link": letter.link,
        "points": letter.points,
        "written": letter.written_at,
        "taken_back": letter.taken_back_at,
    }


def _promise(person: Person, item: ActionItem) -> Mapping[str, object]:
    return {
        "with": item.pair.partner_of(person).name,
        "what": item.what,
        "where": item.where,
        "because": item.because,
        "day": item.due_on,
        "state": item.state,
        "written": item.made_at,
        "ended": item.ended_at,
    }


def _journal(turn: Turn, person: Person) -> Iterator[Record]:
    theirs = select(JournalEntry).where(JournalEntry.person_id == person.id).order_by(JournalEntry.id)
    for entry in turn.db.scalars(theirs):
        for version in entry.versions:
            yield "journal", _decision(entry, version)


def _decision(entry: JournalEntry, version: JournalVersion) -> Mapping[str, object]:
    is_shown = entry.shared_version == version.number
    words = dict(_words_of(version))
    return {
        "would_change": words.pop("change", ""),
        **words,
        "version": version.number,
        "shared": is_shown,
        "written": version.written_at,
    }


def _drafts(turn: Turn, person: Person) -> Iterator[Record]:
    for draft in rows(turn, person, Draft):
        if words := _words_of(draft):
            numbers = {"percent": draft.percent, "minutes": draft.minutes}
            yield "draft", {"with": draft.reader.name, **words, **numbers, "written": draft.sent_at}
    for reply in rows(turn, person, DraftReply):
        if words := _words_of(reply):
            yield "draft_reply", {"with": reply.draft.author.name, **words, "written": reply.written_at}


def _words_of(row: Base) -> Mapping[str, str]:
    return {name: getattr(row, name) for name in words_in(type(row)) if getattr(row, name)}


def _towards_goals(turn: Turn, person: Person) -> Iterator[Record]:
    for goal in rows(turn, person, Goal):
        yield "goal", _goal(person, goal)
    for step in rows(turn, person, Milestone):
        parts = {"what": step.what, "written": step.made_at, "reached": step.reached_at}
        yield "milestone", {"with": step.goal.pair.partner_of(person).name, **parts}
    for note in rows(turn, person, Progress):
        parts = {"stands": note.standing, "text": note.line, "written": note.said_at}
        yield "progress", {"with": note.goal.pair.partner_of(person).name, **parts}


def _goal(person: Person, goal: Goal) -> Mapping[str, object]:
    return {
        "with": goal.pair.partner_of(person).name,
        "can": goal.can,
        "sign": goal.sign,
        "why": goal.why,
        "because": goal.because,
        "state": goal.state,
        "stands": goal.standing,
        "look_again": goal.check_on,
        "written": goal.made_at,
        "ended": goal.ended_at,
    }


def _feeling(person: Person, pulse: Pulse) -> Mapping[str, object]:
    return {
        "with": pulse.pair.partner_of(person).name,
        "moved": pulse.moved,
        "raised": pulse.raised,
        "rhythm": pulse.rhythm,
        "written": pulse.answered_at,
    }


def _sheets(turn: Turn, person: Person) -> Iterator[Record]:
    for review in rows(turn, person, Review):
        if review.sent_at:
            yield "review", _look_back(person, review)
    for farewell in rows(turn, person, Farewell):
        if farewell.sent_at:
            yield "farewell", _last_words(person, farewell)


def _look_back(person: Person, review: Review) -> Mapping[str, object]:
    return {
        "with": review.pair.partner_of(person).name,
        "keep": review.keep,
        "change": review.change,
        "drop": review.drop,
        "rhythm": review.rhythm,
        "unsaid": review.unsaid,
        "shared": review.unsaid_shared,
        "written": review.sent_at,
    }


def _last_words(person: Person, farewell: Farewell) -> Mapping[str, object]:
    return {
        "with": farewell.pair.partner_of(person).name,
        "changed": farewell.changed,
        "thanks": farewell.thanks,
        "going_on": farewell.going_on,
        "in_touch": farewell.in_touch,
        "recommends": farewell.recommends,
        "written": farewell.sent_at,
    }


def _coffee(turn: Turn, person: Person) -> Iterator[Record]:
    """In which rounds they were and with whom, and what they have said once and for all."""
    for cup in turn.db.scalars(guests.cups_of(person)):
        company = [other.name for other in guests.company(turn, cup)]
        yield (
            "coffee",
            {
                "name": cup.round.rhythm.programme.name,
                "at": cup.round.asked_at,
                "said": _yes_or_no(cup.answer),
                "state": cup.outcome,
                "with": speech.listed(company, person.language),
                "met": _yes_or_no(cup.met),
            },
        )
    for habit in guests.habits(turn, [person.id]).values():
        rest = {"since": habit.rests_since, "until": habit.rests_until}
        yield "coffee_habit", {"always": habit.always, "next_round": habit.next_time, **rest}
    for never in guests.nevers(turn, person):
        yield "never_again", {"with": never.other.name, "since": never.since}


def _yes_or_no(answer: str) -> bool | None:
    return answer == Answered.YES if answer else None


def _times(turn: Turn, person: Person) -> Iterator[Record]:
    """When they were away, whose turn it was to answer, and which nudges they got or were spared."""
    away = select(Absence).where(Absence.person_id == person.id).order_by(Absence.id)
    for absence in turn.db.scalars(away):
        yield "absence", {"since": absence.since, "until": absence.until}
    waits = select(Wait).where(Wait.person_id == person.id).order_by(Wait.id)
    for wait in turn.db.scalars(waits):
        yield "turn", _turn_to_answer(turn, person, wait)
    nudges = select(Nudge).where(Nudge.person_id == person.id).order_by(Nudge.id)
    for nudge in turn.db.scalars(nudges):
        about = _called(turn, person, NUDGED_ABOUT, nudge.rule)
        yield "nudge", {"nudge_about": about, "at": nudge.at, "held_out": nudge.held_out}


def _turn_to_answer(turn: Turn, person: Person, wait: Wait) -> Mapping[str, object]:
    return {
        "with": wait.thread.pair.partner_of(person).name,
        "since": wait.since,
        "response_days": wait.days,
        "promised_for": wait.promised_for,
        "ended": wait.ended_at,
        "ending_by": _called(turn, person, ENDINGS, wait.ending),
    }


def _called(turn: Turn, person: Person, names: Mapping[str, str], value: str) -> str:
    """In plain words; what has none yet, as it is kept."""
    return turn.prompts.phrase(person.language, names[value]) if value in names else value


def _what_happened(turn: Turn, person: Person) -> Iterator[Record]:
    theirs = select(Happening).where(Happening.person_id == person.id).order_by(Happening.id)
    for happening in turn.db.scalars(theirs):
        yield "happening", {"what": happening.what, "at": happening.at, "until": happening.until}
    arrived = select(Post.name, Post.ended_at).where(
        Post.person_id == person.id, Post.state == outbox.State.SENT
    )
    for name, at in turn.db.execute(arrived.order_by(Post.id)):
        yield "message", {"what": name, "at": at}
