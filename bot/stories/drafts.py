"""Drafts: the two look over each other's shoulder at work that is not finished.

One shows a link or a few lines, says how far it is and which feedback helps; the other writes what they
notice, would try and would leave, or says thank you and more later. Once a month, and only where things go
well, somebody is invited to show one: first the mentor, then the mentee, and in the end the mentee reviews.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot import ledger, letters, own
from bot.actions import Action, Typing
from bot.calendar import WEEK
from bot.courtesy import Kind
from bot.links import https_link
from bot.messages import Form, Message, Mistakes, Reply
from bot.models import About, Draft, DraftReply, Ending, Pair, Person, Session, State
from bot.planning import paused_over
from bot.story import Answers, Story
from bot.text import is_blank, shorten
from bot.turn import Turn

drafts = Story()

MOST_BUTTONS = 8
LABEL = 40  # characters of a draft on its button
WORDS = ("text", "unsure", "thrown", "wanted")
REPLY = ("notice", "attempt", "leave")
PERCENT, MINUTES = ("10", "40", "80"), ("2", "5", "15")

MONTH = timedelta(days=30)
MENTOR_SHOWS, MENTEE_SHOWS = 2, 4  # months; later the mentee reviews
LIVELY = timedelta(weeks=6)  # a pair that has not met for longer has other things to think about
WORTH_SAYING = timedelta(days=7)

Buttons = dict[str, Action | Sequence[tuple[str, Action]]]


@dataclass(frozen=True)
class AskDraft(Action, wire="drafts.ask", opens_form=True):
    pair: int


@dataclass(frozen=True)
class SendDraft(Action, wire="drafts.send"):
    pair: int


@dataclass(frozen=True)
class ShowDraft(Action, wire="drafts.show", keeps_card=True):
    draft: int


@dataclass(frozen=True)
class ChangeDraft(Action, wire="drafts.change", opens_form=True):
    draft: int


@dataclass(frozen=True)
class SendChange(Action, wire="drafts.send_change"):
    draft: int
    version: int  # what they saw when the form was opened


@dataclass(frozen=True)
class TakeBack(Action, wire="drafts.take_back"):
    draft: int


@dataclass(frozen=True)
class Answer(Action, wire="drafts.answer", opens_form=True):
    draft: int


@dataclass(frozen=True)
class SendAnswer(Action, wire="drafts.send_answer"):
    draft: int


@dataclass(frozen=True)
class Seen(Action, wire="drafts.seen"):
    draft: int


@dataclass(frozen=True)
class AskPartner(Action, wire="drafts.ask_partner"):
    pair: int


@dataclass(frozen=True)
class NotThisMonth(Action, wire="drafts.not_this_month"):
    pair: int


@dataclass(frozen=True)
class Never(Action, wire="drafts.never"):
    pair: int


@dataclass(frozen=True)
class SuggestAgain(Action, wire="drafts.suggest_again"):
    pair: int


# All of them


@drafts.on_command("drafts")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = _introduced(turn, person)
    if not pairs:
        return turn.say(person, "drafts.no_pair", press={"help": Typing("help")})
    shown = [draft for pair in pairs for draft in own.drafts(turn, pair)]
    newest = sorted(shown, key=lambda draft: draft.id, reverse=True)[:MOST_BUTTONS]
    if not newest:
        return turn.say(person, "drafts.none_yet", press=_share_with(person, pairs))
    return turn.say(
        person,
        "drafts.list",
        facts=_lists(turn, person, newest),
        press={
            "draft": [(_called(draft), ShowDraft(draft.id)) for draft in newest],
            **_share_with(person, pairs),
        },
    )


def _introduced(turn: Turn, person: Person) -> list[Pair]:
    return [pair for pair in own.pairs(turn, person) if pair.introduced_at]


def _pair(turn: Turn, person: Person, pair_id: int) -> Pair | None:
    pair = own.pair(turn, person, pair_id)
    return pair if pair and pair.introduced_at else None


def _share_with(person: Person, pairs: Sequence[Pair]) -> Buttons:
    return {"share": [(pair.partner_of(person).first_name, AskDraft(pair.id)) for pair in pairs]}


def _lists(turn: Turn, reader: Person, shown: Sequence[Draft]) -> Iterator[tuple[str, str]]:
    for label, name, is_mine in (
        ("mine", "drafts.line_mine", True),
        ("theirs", "drafts.line_theirs", False),
    ):
        lines = [
            turn.prompts.phrase(
                reader.language,
                name,
                what=_called(draft),
                percent=draft.percent,
                partner=draft.pair.partner_of(reader).first_name,
            )
            for draft in shown
            if (draft.author_id == reader.id) == is_mine
        ]
        if lines:
            yield label, "\n".join(lines)


def _called(draft: Draft) -> str:
    """Its first words, or else where its link leads."""
    link = https_link(draft.link)
    return shorten(" ".join(draft.text.split()) or (link.host if link else ""), LABEL)


# Show one


@drafts.on_command("draft")
def offer(turn: Turn, person: Person, _rest: str) -> Form | Message:
    pairs = _introduced(turn, person)
    if not pairs:
        return turn.say(person, "drafts.no_pair", press={"help": Typing("help")})
    if len(pairs) == 1:
        return ask(turn, person, AskDraft(pairs[0].id))
    return turn.say(person, "drafts.offer", press={**_share_with(person, pairs), "drafts": Typing("drafts")})


@drafts.on_press(AskDraft)
def ask(turn: Turn, person: Person, press: AskDraft) -> Form | Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner = pair.partner_of(person).first_name
    usual = {"percent": "40", "minutes": "5"}
    return turn.ask(person, "drafts.form", SendDraft(pair.id), given=usual, partner=partner)


@drafts.on_submit(SendDraft)
def send(turn: Turn, person: Person, sent: SendDraft, answers: Answers) -> Message | Mistakes:
    pair = _pair(turn, person, sent.pair)
    if pair is None:
        return _gone(turn, person, answers)
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    draft = _sent_before(turn, person, pair, answers)
    if draft is None:
        draft = _new(turn, person, pair, answers)
        _bring(turn, draft)
    return _on_its_way(turn, person, draft)


def _mistakes(turn: Turn, person: Person, answers: Answers) -> Mistakes | None:
    wrong = {}
    if answers.get("link") and https_link(answers["link"]) is None:
        wrong["link"] = "link"
    elif not answers.get("link") and is_blank(answers.get("text", "")):
        wrong["text"] = "nothing"
    for field, values in (("percent", PERCENT), ("minutes", MINUTES)):
        if answers.get(field) not in values:
            wrong[field] = "choose"
    return turn.refuse(person, "drafts.form", **wrong) if wrong else None


def _sent_before(turn: Turn, person: Person, pair: Pair, answers: Answers) -> Draft | None:
    """A form that was sent twice is one draft."""
    mine = [draft for draft in own.drafts(turn, pair) if draft.author_id == person.id]
    return next((draft for draft in mine[:1] if not _differs(draft, answers)), None)


def _differs(draft: Draft, answers: Answers) -> bool:
    words = {**_words(answers), "percent": answers["percent"], "minutes": answers["minutes"]}
    return any(str(getattr(draft, part)) != text for part, text in words.items())


def _words(answers: Answers) -> Mapping[str, str]:
    link = https_link(answers.get("link", ""))
    return {"link": link.url if link else "", **{part: answers.get(part, "") for part in WORDS}}


def _new(turn: Turn, person: Person, pair: Pair, answers: Answers) -> Draft:
    draft = Draft(pair_id=pair.id, pair=pair, author_id=person.id, author=person, version=0, sent_at=turn.now)
    _write_down(draft, answers)
    turn.db.add(draft)
    turn.db.flush()
    return draft


def _write_down(draft: Draft, answers: Answers) -> None:
    for part, text in _words(answers).items():
        setattr(draft, part, text)
    draft.percent, draft.minutes = int(answers["percent"]), int(answers["minutes"])


def _bring(turn: Turn, draft: Draft) -> None:
    """To the partner: as something new, or as a change of what they have."""
    draft.version += 1
    draft.taken_back_at = None
    _now_their_turn(turn, draft)
    name = "drafts.updated" if draft.reached_at else "drafts.received"
    turn.post(draft.reader, _for_reader(turn, draft, name), once=_occasion(draft), about=draft.pair)


def _occasion(draft: Draft) -> str:
    return f"draft:{draft.id}:{draft.version}"


def _for_reader(turn: Turn, draft: Draft, name: str) -> Message:
    return turn.say(
        draft.reader,
        name,
        partner=draft.author.first_name,
        percent=draft.percent,
        minutes=draft.minutes,
        facts=_about(turn, draft.reader, draft),
        press=_ways_of_reader(draft),
    )


def _about(turn: Turn, reader: Person, draft: Draft) -> Iterator[tuple[str, str]]:
    link = https_link(draft.link)
    if link:
        yield "host", link.host
        yield "link", link.url
    for part in WORDS:
        if getattr(draft, part):
            yield part, getattr(draft, part)
    for reply in draft.replies:
        yield from _written(reply)


def _written(reply: DraftReply) -> Iterator[tuple[str, str]]:
    for part in REPLY:
        if getattr(reply, part):
            yield part, getattr(reply, part)


def _ways_of_reader(draft: Draft) -> Buttons:
    ways: Buttons = {"answer": Answer(draft.id)}
    return ways if draft.seen_at or draft.answered_at else {**ways, "seen": Seen(draft.id)}


def _on_its_way(turn: Turn, person: Person, draft: Draft) -> Message:
    return turn.say(
        person,
        "drafts.sent",
        partner=draft.reader.first_name,
        press={"edit": ChangeDraft(draft.id), "take_back": TakeBack(draft.id), "drafts": Typing("drafts")},
    )


# Whose turn it is


def _now_their_turn(turn: Turn, draft: Draft) -> None:
    draft.seen_at = draft.answered_at = None
    draft.thread = draft.thread or letters.open_thread(turn, draft.pair, draft.author, about=About.DRAFT)
    if ledger.wait_in(turn, draft.thread) is None:
        ledger.begin(turn, draft.thread, draft.reader)
    turn.note("draft_sent", pair=draft.pair, person=draft.author)


def _is_answered(turn: Turn, draft: Draft) -> None:
    _end_wait(turn, draft, Ending.REPLIED)
    turn.note("draft_answered", pair=draft.pair, person=draft.reader)


def _is_taken_back(turn: Turn, draft: Draft) -> None:
    """Nobody has to answer it any more."""
    draft.taken_back_at = turn.now
    _end_wait(turn, draft, Ending.TAKEN_BACK)
    turn.note("draft_taken_back", pair=draft.pair, person=draft.author)


def _end_wait(turn: Turn, draft: Draft, how: Ending) -> None:
    wait = ledger.wait_of(turn, draft.thread, draft.reader) if draft.thread else None
    if wait:
        ledger.end(turn, wait, how)


# One of them


@drafts.on_press(ShowDraft)
def show_one(turn: Turn, person: Person, press: ShowDraft) -> Message:
    draft = _shown(turn, person, press.draft)
    return _as_it_stands(turn, person, draft) if draft else _gone(turn, person)


def _shown(turn: Turn, person: Person, draft_id: int) -> Draft | None:
    draft = own.draft(turn, person, draft_id)
    return draft if draft and draft.taken_back_at is None else None


def _mine(turn: Turn, person: Person, draft_id: int) -> Draft | None:
    """Also one that was taken back: its author may show it again."""
    draft = own.draft(turn, person, draft_id)
    return draft if draft and draft.author_id == person.id else None


def _theirs(turn: Turn, person: Person, draft_id: int) -> Draft | None:
    draft = _shown(turn, person, draft_id)
    return draft if draft and draft.author_id != person.id else None


def _as_it_stands(turn: Turn, person: Person, draft: Draft) -> Message:
    if draft.author_id != person.id:
        return _for_reader(turn, draft, "drafts.theirs")
    return turn.say(
        person,
        _state(draft),
        partner=draft.reader.first_name,
        percent=draft.percent,
        minutes=draft.minutes,
        facts=_about(turn, person, draft),
        press={"edit": ChangeDraft(draft.id), "take_back": TakeBack(draft.id)},
    )


def _state(draft: Draft) -> str:
    if draft.answered_at:
        return "drafts.mine_answered"
    return "drafts.mine_seen" if draft.seen_at else "drafts.mine"


# Change it, take it back


@drafts.on_press(ChangeDraft)
def ask_change(turn: Turn, person: Person, press: ChangeDraft) -> Form | Message:
    draft = _mine(turn, person, press.draft)
    if draft is None:
        return _gone(turn, person)
    held = {part: getattr(draft, part) for part in ("link", *WORDS)}
    numbers = {"percent": str(draft.percent), "minutes": str(draft.minutes)}
    return turn.ask(
        person,
        "drafts.form",
        SendChange(draft.id, draft.version),
        given=held | numbers,
        partner=draft.reader.first_name,
    )


@drafts.on_submit(SendChange)
def send_change(turn: Turn, person: Person, sent: SendChange, answers: Answers) -> Message | Mistakes:
    draft = _mine(turn, person, sent.draft)
    if draft is None:
        return _gone(turn, person, answers)
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    if draft.taken_back_at is None and not _differs(draft, answers):
        return _as_it_stands(turn, person, draft)
    if draft.version != sent.version:
        return _changed_meanwhile(turn, draft, answers)
    if draft.taken_back_at is None:
        _recall(turn, draft)
    _write_down(draft, answers)
    _bring(turn, draft)
    return _on_its_way(turn, person, draft)


def _changed_meanwhile(turn: Turn, draft: Draft, answers: Answers) -> Message:
    """On another device of theirs. They see both, and what was sent stands."""
    return turn.say(
        draft.author,
        "drafts.changed_meanwhile",
        facts=[*_about(turn, draft.author, draft), ("yours", _typed(answers))],
        press={"edit": ChangeDraft(draft.id), "drafts": Typing("drafts")},
    )


def _typed(answers: Answers) -> str:
    return "\n\n".join(text for name, text in answers.items() if text and name not in {"percent", "minutes"})


def _recall(turn: Turn, draft: Draft) -> None:
    """Do not bring the newest version, where there is still time for that."""
    if not turn.recall(draft.reader, _occasion(draft)):
        draft.reached_at = draft.reached_at or turn.now


@drafts.on_press(TakeBack)
def take_back(turn: Turn, person: Person, press: TakeBack) -> Message:
    draft = _mine(turn, person, press.draft)
    if draft is None:
        return _gone(turn, person)
    if draft.taken_back_at is None:
        _recall(turn, draft)
        _is_taken_back(turn, draft)
        _tell_reader(turn, draft)
    return turn.say(
        person,
        "drafts.taken_back" if draft.reached_at else "drafts.taken_back_in_time",
        partner=draft.reader.first_name,
        press={"again": ChangeDraft(draft.id), "drafts": Typing("drafts")},
    )


def _tell_reader(turn: Turn, draft: Draft) -> None:
    """Whoever may be about to answer it."""
    if draft.reached_at and draft.answered_at is None:
        reader = draft.reader
        message = turn.say(
            reader,
            "drafts.taken_back_by_partner",
            partner=draft.author.first_name,
            press={"drafts": Typing("drafts")},
        )
        turn.post(reader, message, once=f"draft_back:{draft.id}:{draft.version}", about=draft.pair)


# Write back


@drafts.on_press(Answer)
def ask_answer(turn: Turn, person: Person, press: Answer) -> Form | Message:
    draft = _theirs(turn, person, press.draft)
    if draft is None:
        return _gone(turn, person)
    return turn.ask(
        person,
        "drafts.answer_form",
        SendAnswer(draft.id),
        partner=draft.author.first_name,
        what=_called(draft),
    )


@drafts.on_submit(SendAnswer)
def send_answer(turn: Turn, person: Person, sent: SendAnswer, answers: Answers) -> Reply:
    draft = _theirs(turn, person, sent.draft)
    if draft is None:
        return _gone(turn, person, answers)
    words = {part: answers.get(part, "") for part in REPLY}
    if all(is_blank(text) for text in words.values()):
        return turn.refuse(person, "drafts.answer_form", notice="nothing")
    if not _answered_before(draft, words):
        _keep_answer(turn, draft, words)
    return turn.say(
        person,
        "drafts.answered",
        partner=draft.author.first_name,
        facts=_written(draft.replies[-1]),
        press={"more": Answer(draft.id), "drafts": Typing("drafts")},
    )


def _answered_before(draft: Draft, words: Mapping[str, str]) -> bool:
    """The same, sent twice."""
    return any(all(getattr(last, part) == words[part] for part in REPLY) for last in draft.replies[-1:])


def _keep_answer(turn: Turn, draft: Draft, words: Mapping[str, str]) -> None:
    reply = DraftReply(author_id=draft.reader.id, written_at=turn.now)
    for part, text in words.items():
        setattr(reply, part, text)
    draft.replies.append(reply)
    turn.db.flush()
    draft.answered_at = turn.now
    _is_answered(turn, draft)
    author = draft.author
    message = turn.say(
        author,
        "drafts.answer",
        partner=draft.reader.first_name,
        facts=_written(reply),
        press={"show": ShowDraft(draft.id), "edit": ChangeDraft(draft.id)},
    )
    turn.post(author, message, once=f"draft_answer:{reply.id}", about=draft.pair)


@drafts.on_press(Seen)
def seen(turn: Turn, person: Person, press: Seen) -> Message:
    draft = _theirs(turn, person, press.draft)
    if draft is None:
        return _gone(turn, person)
    if draft.seen_at is None and draft.answered_at is None:
        draft.seen_at = turn.now
        _is_answered(turn, draft)
        author = draft.author
        message = turn.say(
            author,
            "drafts.partner_has_seen",
            partner=person.first_name,
            press={"show": ShowDraft(draft.id)},
        )
        turn.post(author, message, once=f"draft_seen:{draft.id}:{draft.version}", about=draft.pair)
    return turn.say(
        person,
        "drafts.seen",
        partner=draft.author.first_name,
        press={"answer": Answer(draft.id), "drafts": Typing("drafts")},
    )


# Once a month


@drafts.when_due(Pair.suggest_draft_at)
def suggest(turn: Turn, pair: Pair) -> None:
    if pair.ended_at or pair.settled_at is None:
        return
    if not _is_a_good_time(turn, pair):
        pair.suggest_draft_at = turn.now + WEEK
        return
    pair.suggest_draft_at = turn.now + MONTH
    if not _showed_lately(turn, pair):
        pair.draft_suggestions += 1
        person = _invited(turn, pair)
        message = _invitation(turn, pair, person)
        turn.post(person, message, Kind.NUDGE, about=pair, stale_after=turn.now + WORTH_SAYING)


def _is_a_good_time(turn: Turn, pair: Pair) -> bool:
    """They meet, and neither is away."""
    met = (
        (Session.pair_id == pair.id) & (Session.state == State.HELD) & (Session.closed_at > turn.now - LIVELY)
    )
    away = any(paused_over(person, turn.now) for person in pair.people)
    return not away and turn.db.scalar(select(Session.id).where(met).limit(1)) is not None


def _showed_lately(turn: Turn, pair: Pair) -> bool:
    """Who does it anyway needs no invitation."""
    return any(draft.sent_at > turn.now - MONTH for draft in own.drafts(turn, pair))


def _months(turn: Turn, pair: Pair) -> int:
    return (turn.now - (pair.introduced_at or pair.made_at)) // MONTH


def _invited(turn: Turn, pair: Pair) -> Person:
    return pair.mentor if _months(turn, pair) < MENTOR_SHOWS else pair.mentee


def _invitation(turn: Turn, pair: Pair, person: Person) -> Message:
    partner = pair.partner_of(person).first_name
    no: Buttons = {"not_this_month": NotThisMonth(pair.id), "never": Never(pair.id)}
    if _months(turn, pair) < MENTEE_SHOWS:
        name = "drafts.mentor_shows" if person is pair.mentor else "drafts.mentee_shows"
        return turn.say(person, name, partner=partner, press={"share": AskDraft(pair.id), **no})
    waiting = [
        draft for draft in own.drafts(turn, pair) if draft.author is pair.mentor and not draft.answered_at
    ]
    if waiting:
        look: Buttons = {"show": ShowDraft(waiting[0].id), **no}
        return turn.say(person, "drafts.mentee_reviews", partner=partner, press=look)
    return turn.say(person, "drafts.mentee_asks", partner=partner, press={"ask": AskPartner(pair.id), **no})


@drafts.on_press(AskPartner)
def ask_partner(turn: Turn, person: Person, press: AskPartner) -> Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    partner = pair.partner_of(person)
    message = turn.say(
        partner,
        "drafts.asked",
        partner=person.first_name,
        press={"share": AskDraft(pair.id), "not_this_month": NotThisMonth(pair.id)},
    )
    turn.post(partner, message, once=f"draft_asked:{pair.id}:{pair.draft_suggestions}", about=pair)
    return turn.say(
        person, "drafts.asked_partner", partner=partner.first_name, press={"drafts": Typing("drafts")}
    )


@drafts.on_press(NotThisMonth)
def not_this_month(turn: Turn, person: Person, press: NotThisMonth) -> Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    if pair.suggest_draft_at:
        pair.suggest_draft_at = turn.now + MONTH
    return turn.say(person, "drafts.not_this_month", press={"share": AskDraft(pair.id)})


@drafts.on_press(Never)
def never(turn: Turn, person: Person, press: Never) -> Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    pair.suggest_draft_at = None
    return turn.say(person, "drafts.never", press={"undo": SuggestAgain(pair.id)})


@drafts.on_press(SuggestAgain)
def suggest_again(turn: Turn, person: Person, press: SuggestAgain) -> Message:
    pair = _pair(turn, person, press.pair)
    if pair is None:
        return _gone(turn, person)
    pair.suggest_draft_at = pair.suggest_draft_at or turn.now + MONTH
    return turn.say(person, "drafts.suggests_again", press={"share": AskDraft(pair.id)})


def _gone(turn: Turn, person: Person, answers: Answers | None = None) -> Message:
    """It was taken back, it is not theirs, or its pair has come to an end. What they typed is given back."""
    words = _typed(answers or {})
    facts = [("yours", words)] if words else []
    return turn.say(person, "drafts.gone", facts=facts, press={"drafts": Typing("drafts")})
