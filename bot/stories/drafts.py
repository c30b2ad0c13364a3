"""Drafts: the two look over each other's shoulder at work that is not finished.

One shows a link or a few lines, says how far it is and which feedback helps; the other writes what they
notice, would try and would leave, or says thank you and more later. How somebody is invited to show one is in
monthly.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot import drafting, own
from bot.actions import Action, Typing
from bot.drafting import REPLY, WORDS, Answer, AskDraft, Buttons, Seen, ShowDraft
from bot.links import https_link
from bot.messages import Form, Message, Mistakes, Reply
from bot.models import Draft, DraftReply, Pair, Person
from bot.story import Answers, Story
from bot.text import is_blank
from bot.turn import Turn

drafts = Story()

MOST_BUTTONS = 8
PERCENT, MINUTES = ("10", "40", "80"), ("2", "5", "15")


@dataclass(frozen=True)
class SendDraft(Action, wire="drafts.send"):
    pair: int


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
class SendAnswer(Action, wire="drafts.send_answer"):
    draft: int


# All of them


@drafts.on_command("drafts")
def show_all(turn: Turn, person: Person, _rest: str) -> Message:
    pairs = drafting.introduced(turn, person)
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
            "draft": [(drafting.called(draft), ShowDraft(draft.id)) for draft in newest],
            **_share_with(person, pairs),
        },
    )


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
                what=drafting.called(draft),
                percent=draft.percent,
                partner=draft.pair.partner_of(reader).first_name,
            )
            for draft in shown
            if (draft.author_id == reader.id) == is_mine
        ]
        if lines:
            yield label, "\n".join(lines)


# Show one


@drafts.on_command("draft")
def offer(turn: Turn, person: Person, _rest: str) -> Form | Message:
    pairs = drafting.introduced(turn, person)
    if not pairs:
        return turn.say(person, "drafts.no_pair", press={"help": Typing("help")})
    if len(pairs) == 1:
        return ask(turn, person, AskDraft(pairs[0].id))
    return turn.say(person, "drafts.offer", press={**_share_with(person, pairs), "drafts": Typing("drafts")})


@drafts.on_press(AskDraft)
def ask(turn: Turn, person: Person, press: AskDraft) -> Form | Message:
    pair = drafting.pair_of(turn, person, press.pair)
    if pair is None:
        return drafting.gone(turn, person)
    partner = pair.partner_of(person).first_name
    usual = {"percent": "40", "minutes": "5"}
    return turn.ask(person, "drafts.form", SendDraft(pair.id), given=usual, partner=partner)


@drafts.on_submit(SendDraft)
def send(turn: Turn, person: Person, sent: SendDraft, answers: Answers) -> Message | Mistakes:
    pair = drafting.pair_of(turn, person, sent.pair)
    if pair is None:
        return drafting.gone(turn, person, answers)
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    draft = _sent_before(turn, person, pair, answers)
    if draft is None:
        draft = _new(turn, person, pair, answers)
        drafting.bring(turn, draft)
    return _on_its_way(turn, person, draft)


def _mistakes(turn: Turn, person: Person, answers: Answers) -> Mistakes | None:
    wrong = turn.prompts.too_long(person.language, "drafts.form", answers)
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


def _on_its_way(turn: Turn, person: Person, draft: Draft) -> Message:
    return turn.say(
        person,
        "drafts.sent",
        partner=draft.reader.first_name,
        press={"edit": ChangeDraft(draft.id), "take_back": TakeBack(draft.id), "drafts": Typing("drafts")},
    )


# One of them


@drafts.on_press(ShowDraft)
def show_one(turn: Turn, person: Person, press: ShowDraft) -> Message:
    draft = _shown(turn, person, press.draft)
    return _as_it_stands(turn, person, draft) if draft else drafting.gone(turn, person)


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
        return drafting.for_reader(turn, draft, "drafts.theirs")
    return turn.say(
        person,
        _state(draft),
        partner=draft.reader.first_name,
        percent=draft.percent,
        minutes=draft.minutes,
        facts=drafting.about(draft),
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
        return drafting.gone(turn, person)
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
        return drafting.gone(turn, person, answers)
    mistakes = _mistakes(turn, person, answers)
    if mistakes:
        return mistakes
    if draft.taken_back_at is None and not _differs(draft, answers):
        return _as_it_stands(turn, person, draft)
    if draft.version != sent.version:
        return _changed_meanwhile(turn, draft, answers)
    if draft.taken_back_at is None:
        drafting.recall(turn, draft)
    _write_down(draft, answers)
    drafting.bring(turn, draft)
    return _on_its_way(turn, person, draft)


def _changed_meanwhile(turn: Turn, draft: Draft, answers: Answers) -> Message:
    """On another device of theirs. They see both, and what was sent stands."""
    return turn.say(
        draft.author,
        "drafts.changed_meanwhile",
        facts=[*drafting.about(draft), ("yours", _typed(answers))],
        press={"edit": ChangeDraft(draft.id), "drafts": Typing("drafts")},
    )


def _typed(answers: Answers) -> str:
    return "\n\n".join(text for name, text in answers.items() if text and name not in {"percent", "minutes"})


@drafts.on_press(TakeBack)
def take_back(turn: Turn, person: Person, press: TakeBack) -> Message:
    draft = _mine(turn, person, press.draft)
    if draft is None:
        return drafting.gone(turn, person)
    if draft.taken_back_at is None:
        drafting.recall(turn, draft)
        drafting.is_taken_back(turn, draft)
        drafting.tell_reader(turn, draft)
    return turn.say(
        person,
        "drafts.taken_back" if draft.reached_at else "drafts.taken_back_in_time",
        partner=draft.reader.first_name,
        press={"again": ChangeDraft(draft.id), "drafts": Typing("drafts")},
    )


# Write back


@drafts.on_press(Answer)
def ask_answer(turn: Turn, person: Person, press: Answer) -> Form | Message:
    draft = _theirs(turn, person, press.draft)
    if draft is None:
        return drafting.gone(turn, person)
    return turn.ask(
        person,
        "drafts.answer_form",
        SendAnswer(draft.id),
        partner=draft.author.first_name,
        what=drafting.called(draft),
    )


@drafts.on_submit(SendAnswer)
def send_answer(turn: Turn, person: Person, sent: SendAnswer, answers: Answers) -> Reply:
    draft = _theirs(turn, person, sent.draft)
    if draft is None:
        return drafting.gone(turn, person, answers)
    words = {part: answers.get(part, "") for part in REPLY}
    if all(is_blank(text) for text in words.values()):
        return turn.refuse(person, "drafts.answer_form", notice="nothing")
    too_long = turn.prompts.too_long(person.language, "drafts.answer_form", answers)
    if too_long:
        return turn.refuse(person, "drafts.answer_form", **too_long)
    if not _answered_before(draft, words):
        _keep_answer(turn, draft, words)
    return turn.say(
        person,
        "drafts.answered",
        partner=draft.author.first_name,
        facts=drafting.written(draft.replies[-1]),
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
    drafting.is_answered(turn, draft)
    author = draft.author
    message = turn.say(
        author,
        "drafts.answer",
        partner=draft.reader.first_name,
        facts=drafting.written(reply),
        press={"show": ShowDraft(draft.id), "edit": ChangeDraft(draft.id)},
    )
    turn.post(author, message, once=f"draft_answer:{reply.id}", about=draft.pair)


@drafts.on_press(Seen)
def seen(turn: Turn, person: Person, press: Seen) -> Message:
    draft = _theirs(turn, person, press.draft)
    if draft is None:
        return drafting.gone(turn, person)
    if draft.seen_at is None and draft.answered_at is None:
        draft.seen_at = turn.now
        drafting.is_answered(turn, draft)
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
