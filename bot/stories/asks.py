"""Asks and replies: something small between two sessions, in the words of whoever asks.

Typed, as in "ask How do you begin?", or in a form that also takes a link to a voice note and what is in it.
The other gets it at a decent hour with all they need to answer: a reply, one tap, a day by which they will,
or "not my field". Until the words have left they can be changed without a trace, and afterwards openly.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import select

from bot import conversation, ledger, letters, notes, own
from bot.actions import Action, Typing
from bot.letters import AskedBack, AskForSmaller, Change, NotMyField, OneTap, Reply, TakeBack
from bot.links import Link, https_link
from bot.messages import Choice, Fact, Form, Message, Mistakes
from bot.models import Ending, Letter, Pair, Person, Thread
from bot.story import Answers, Story
from bot.text import is_blank, shorten
from bot.turn import Turn
from bot.understand import command_with_words

asks = Story()

MOST_POINTS = 3
LONGEST_VIEW = 10  # letters of one thread on a card
LONGEST_QUOTE = 2000  # characters of a message elsewhere; some room has to be left for the question
LONGEST_ID = 18  # digits
SAID_IN_FORM = 0  # instead of the id of a pair


@dataclass(frozen=True)
class AskThem(Action, wire="asks.ask_them"):
    """`kept`: a check of the question that was typed already, and waits among what found no place."""

    pair: int
    kept: int


@dataclass(frozen=True)
class AskInForm(Action, wire="asks.ask_in_form", opens_form=True):
    pair: int


@dataclass(frozen=True)
class ReplyInForm(Action, wire="asks.reply_in_form", opens_form=True):
    thread: int


@dataclass(frozen=True)
class SendAsk(Action, wire="asks.send_ask"):
    """The next typed words, or the form, go to the partner."""

    pair: int


@dataclass(frozen=True)
class SendReply(Action, wire="asks.send_reply"):
    thread: int


@dataclass(frozen=True)
class RatherNot(Action, wire="asks.rather_not"):
    pass


@dataclass(frozen=True)
class SetChange(Action, wire="asks.set_change"):
    letter: int
    edits: int  # what they saw when the form was opened


@dataclass(frozen=True)
class SendAgain(Action, wire="asks.send_again"):
    letter: int


@dataclass(frozen=True)
class ShowThread(Action, wire="asks.show_thread", keeps_card=True):
    thread: int


# Whom, and what


@asks.on_command("ask", with_words=True)
def ask(turn: Turn, person: Person, words: str) -> Message:
    pairs = [pair for pair in own.pairs(turn, person) if pair.introduced_at]
    if not pairs:
        return _keep(turn, person, words, "asks.nobody_yet")
    if len(pairs) > 1:
        return _whom(turn, person, pairs, words)
    return _send_new(turn, person, pairs[0], words) if words else _type_it(turn, person, pairs[0])


def _keep(turn: Turn, person: Person, words: str, name: str) -> Message:
    if words:
        conversation.of(turn.db, person.id).unplaced = words
    return turn.say(person, name, facts=_yours(words), press={"help": Typing("help")})


def _yours(words: str) -> list[tuple[str, str]]:
    return [("yours", words)] if words else []


def _whom(turn: Turn, person: Person, pairs: Iterable[Pair], words: str) -> Message:
    if words:
        conversation.of(turn.db, person.id).unplaced = words
    to = [(pair.partner_of(person).name, AskThem(pair.id, _check(words))) for pair in pairs]
    return turn.say(person, "asks.whom", facts=_yours(words), press={"them": to, "no": RatherNot()})


def _check(words: str) -> int:
    """Whoever typed something else meanwhile must not send that. 0: nothing."""
    return crc32(words.encode())


def _type_it(turn: Turn, person: Person, pair: Pair) -> Message:
    return turn.say(
        person,
        "asks.type",
        partner=pair.partner_of(person).first_name,
        listens=SendAsk(pair.id),
        press={"form": AskInForm(pair.id), "no": RatherNot()},
    )


@asks.on_command("send")
def send_kept(turn: Turn, person: Person, _rest: str) -> Message:
    """What they typed without saying for whom."""
    words = conversation.of(turn.db, person.id).unplaced
    if not words:
        return ask(turn, person, "")
    pairs = [pair for pair in own.pairs(turn, person) if pair.introduced_at]
    if len(pairs) != 1:
        return ask(turn, person, words)
    return ask_them(turn, person, AskThem(pairs[0].id, _check(words)))


@asks.on_press(AskThem)
def ask_them(turn: Turn, person: Person, press: AskThem) -> Message:
    pair = own.pair(turn, person, press.pair)
    kept = conversation.of(turn.db, person.id)
    words = kept.unplaced if press.kept == _check(kept.unplaced) else ""
    if pair is None:
        return _nobody_there(turn, person, words)
    if not words:
        return _type_it(turn, person, pair)
    kept.unplaced = ""
    return _send_new(turn, person, pair, words)


@asks.on_press(AskInForm)
def ask_in_form(turn: Turn, person: Person, press: AskInForm) -> Form | Message:
    pair = own.pair(turn, person, press.pair)
    if pair is None:
        return _nobody_there(turn, person)
    partner = pair.partner_of(person).first_name
    return turn.ask(person, "asks.form", SendAsk(pair.id), partner=partner)


@asks.on_point("ask")
def ask_about(turn: Turn, person: Person, text: str) -> Form | Message:
    """About a message elsewhere. Nothing of it is kept before they send it."""
    pairs = [pair for pair in own.pairs(turn, person) if pair.introduced_at]
    if not pairs:
        return turn.say(person, "asks.nobody_to_ask", press={"help": Typing("help")})
    given = {"text": _quoted(text)}
    if len(pairs) == 1:
        partner = pairs[0].partner_of(person).first_name
        return turn.ask(person, "asks.form", SendAsk(pairs[0].id), given=given, partner=partner)
    partners = [Choice(str(pair.id), pair.partner_of(person).name) for pair in pairs]
    return turn.ask(
        person, "asks.form_to_one", SendAsk(SAID_IN_FORM), given=given, choices={"whom": partners}
    )


def _quoted(text: str) -> str:
    """As in an e-mail, with room below for what they would like to know."""
    if is_blank(text):
        return ""
    quote = "\n".join(f"> {line}" for line in text.splitlines())
    return f"{shorten(quote, LONGEST_QUOTE)}\n\n"


@asks.on_words(SendAsk)
def send_typed(turn: Turn, person: Person, sent: SendAsk, words: str) -> Message:
    turn.hush(person)
    pair = own.pair(turn, person, sent.pair)
    return _send_new(turn, person, pair, words) if pair else _nobody_there(turn, person, words)


@asks.on_submit(SendAsk)
def send_form(turn: Turn, person: Person, sent: SendAsk, answers: Answers) -> Message | Mistakes:
    pair = own.pair(turn, person, sent.pair or _chosen(answers))
    if pair is None:
        return _nobody_there(turn, person, _all_of(answers))
    mistakes = _mistakes(answers)
    if mistakes:
        return turn.refuse(person, "asks.form", **mistakes)
    turn.hush(person)
    again = _sent_before(turn, pair, person, answers)
    if again:
        return letters.sent(turn, again)
    return _send_new(turn, person, pair, *_given(answers))


def _chosen(answers: Answers) -> int:
    """The pair that was chosen in the form; nothing that there is if they made it up."""
    whom = answers.get("whom", "")
    return int(whom) if whom.isascii() and whom.isdigit() and len(whom) < LONGEST_ID else 0


def _mistakes(answers: Answers) -> Mapping[str, str]:
    text, link, points = _given(answers)
    wrong = {}
    if is_blank(text) and not link:
        wrong["text"] = "text"
    if link and https_link(link) is None:
        wrong["link"] = "link"
    if len(points.splitlines()) > MOST_POINTS:
        wrong["points"] = "too_many"
    elif link and is_blank(points):
        wrong["points"] = "points"  # for whoever cannot listen just now, or at all
    return wrong


def _given(answers: Answers) -> tuple[str, str, str]:
    text, link, points = (answers.get(name, "").strip() for name in ("text", "link", "points"))
    return text, link, points


def _sent_before(turn: Turn, pair: Pair, person: Person, answers: Answers) -> Letter | None:
    """The same form, sent twice."""
    before = letters.newest_of(turn, pair, person)
    return before if before and (before.text, before.link, before.points) == _given(answers) else None


def _all_of(answers: Answers) -> str:
    return "\n\n".join(filter(None, _given(answers)))


def _send_new(turn: Turn, person: Person, pair: Pair, text: str, link: str = "", points: str = "") -> Message:
    thread = letters.open_thread(turn, pair, person)
    return letters.sent(turn, letters.send(turn, thread, person, text, link, points))


@asks.on_press(RatherNot)
def rather_not(turn: Turn, person: Person, _press: RatherNot) -> Message:
    turn.hush(person)
    return turn.say(person, "asks.rather_not", press={"ask": Typing("ask")})


def _nobody_there(turn: Turn, person: Person, words: str = "") -> Message:
    return turn.say(person, "asks.nobody_there", facts=_yours(words), press={"help": Typing("help")})


# The answer


@asks.on_press(Reply)
def reply(turn: Turn, person: Person, press: Reply) -> Message:
    thread = own.thread(turn, person, press.thread)
    if thread is None:
        return _nobody_there(turn, person)
    return turn.say(
        person,
        "asks.type_reply",
        partner=thread.pair.partner_of(person).first_name,
        facts=_what_waits(turn, thread, person),
        listens=SendReply(thread.id),
        press={"form": ReplyInForm(thread.id), "no": RatherNot()},
    )


def _what_waits(turn: Turn, thread: Thread, person: Person) -> Iterator[tuple[str, str | Link]]:
    for letter in letters.waiting_for(turn, thread, person):
        yield from letters.words(letter)


@asks.on_press(ReplyInForm)
def reply_in_form(turn: Turn, person: Person, press: ReplyInForm) -> Form | Message:
    thread = own.thread(turn, person, press.thread)
    if thread is None:
        return _nobody_there(turn, person)
    partner = thread.pair.partner_of(person).first_name
    return turn.ask(person, "asks.form", SendReply(thread.id), partner=partner)


@asks.on_words(letters.Answer)
def reply_to_card(turn: Turn, person: Person, asked: letters.Answer, words: str) -> Message:
    """Typed right below what the partner asked."""
    return reply_typed(turn, person, SendReply(asked.thread), words)


@asks.on_words(SendReply)
def reply_typed(turn: Turn, person: Person, sent: SendReply, words: str) -> Message:
    turn.hush(person)
    thread = own.thread(turn, person, sent.thread)
    if thread is None:
        return _nobody_there(turn, person, words)
    return letters.sent(turn, letters.send(turn, thread, person, words))


@asks.on_submit(SendReply)
def reply_with_form(turn: Turn, person: Person, sent: SendReply, answers: Answers) -> Message | Mistakes:
    thread = own.thread(turn, person, sent.thread)
    if thread is None:
        return _nobody_there(turn, person, _all_of(answers))
    mistakes = _mistakes(answers)
    if mistakes:
        return turn.refuse(person, "asks.form", **mistakes)
    turn.hush(person)
    before = letters.newest_of(turn, thread.pair, person)
    if (
        before
        and before.thread_id == thread.id
        and (before.text, before.link, before.points) == _given(answers)
    ):
        return letters.sent(turn, before)
    return letters.sent(turn, letters.send(turn, thread, person, *_given(answers)))


@asks.on_press(OneTap)
def reply_in_one_tap(turn: Turn, person: Person, press: OneTap) -> Message:
    """In the partner's language: it is our wording, which they have chosen."""
    thread = own.thread(turn, person, press.thread)
    if thread is None or press.says not in letters.SAYS:
        return _nobody_there(turn, person)
    if press.says != letters.THANKS and ledger.wait_of(turn, thread, person) is None:
        return _show(turn, person, thread, "asks.answered_already")
    if press.says == letters.THANKS and _has_thanked(turn, thread, person):
        return _show(turn, person, thread, "asks.answered_already")
    partner = thread.pair.partner_of(person)
    if press.says == letters.NEXT_SESSION:
        _keep_for_next_session(turn, thread, person)
    said = turn.prompts.phrase(partner.language, letters.SAYS[press.says])
    return letters.sent(turn, letters.send(turn, thread, person, said, asks=False))


def _keep_for_next_session(turn: Turn, thread: Thread, person: Person) -> None:
    """What was asked stands in the next brief, in the words of whoever asked."""
    session = notes.next_session(turn, [thread.pair])
    for letter in letters.waiting_for(turn, thread, person) if session else ():
        if session and letter.text:
            notes.add(turn, session, letter.author, letter.text)


def _has_thanked(turn: Turn, thread: Thread, person: Person) -> bool:
    """A second press on the same card: nothing was written to them since."""
    return not letters.waiting_for(turn, thread, person)


@asks.on_press(NotMyField)
def not_my_field(turn: Turn, person: Person, press: NotMyField) -> Message:
    return _answer(turn, person, press.thread, Ending.NOT_MINE, "asks.not_mine", "asks.partner_not_mine")


@asks.on_press(AskForSmaller)
def ask_for_smaller(turn: Turn, person: Person, press: AskForSmaller) -> Message:
    return _answer(turn, person, press.thread, Ending.PASSED, "asks.smaller", "asks.partner_smaller")


def _answer(turn: Turn, person: Person, thread_id: int, how: Ending, name: str, told: str) -> Message:
    """The partner hears it in words of ours."""
    thread = own.thread(turn, person, thread_id)
    if thread is None:
        return _nobody_there(turn, person)
    wait = ledger.wait_of(turn, thread, person)
    if wait is None:
        return _show(turn, person, thread, "asks.answered_already")
    if how == Ending.PASSED:
        ledger.pass_on(turn, thread, person)
    else:
        ledger.end(turn, wait, how)
    turn.note("letter", pair=thread.pair, person=person)
    partner, way = thread.pair.partner_of(person), {"reply": Reply(thread.id)}
    message = turn.say(partner, told, partner=person.first_name, press=way)
    turn.post(partner, message, once=f"{told}:{wait.id}", about=thread.pair)
    return turn.say(person, name, partner=partner.first_name, press=way)


@asks.on_press(AskedBack)
def asked_back(turn: Turn, person: Person, press: AskedBack) -> Message:
    letter = own.letter(turn, person, press.letter)
    if letter is None or letter.taken_back_at:
        return _nobody_there(turn, person)
    thread = letter.thread
    if letters.of_thread(turn, thread)[-1].id != letter.id:
        return _show(turn, person, thread, "asks.thread")  # the talk has gone on since
    if ledger.wait_in(turn, thread) is None:
        ledger.begin(turn, thread, letter.reader, letter)
    partner = letter.reader.first_name
    return turn.say(person, "asks.is_their_turn", partner=partner, press={"show": ShowThread(thread.id)})


@asks.on_press(ShowThread)
def show_thread(turn: Turn, person: Person, press: ShowThread) -> Message:
    thread = own.thread(turn, person, press.thread)
    return _show(turn, person, thread, "asks.thread") if thread else _nobody_there(turn, person)


def _show(turn: Turn, person: Person, thread: Thread, name: str) -> Message:
    return turn.say(
        person,
        name,
        partner=thread.pair.partner_of(person).first_name,
        facts=[_line(turn, person, letter) for letter in letters.of_thread(turn, thread)[-LONGEST_VIEW:]],
        press={"reply": Reply(thread.id)},
    )


def _line(turn: Turn, reader: Person, letter: Letter) -> Fact:
    label = turn.prompts.phrase(
        reader.language,
        "asks.line_changed" if letter.edits else "asks.line",
        who=letter.author.first_name,
        when=turn.when(reader, letter.written_at),
    )
    return Fact(label, "\n".join(filter(None, (letter.text, letter.link, letter.points))))


# Changed, or taken back


@asks.on_press(Change)
def ask_change(turn: Turn, person: Person, press: Change) -> Form | Message:
    letter = own.letter(turn, person, press.letter)
    if letter is None or letter.taken_back_at:
        return _nobody_there(turn, person)
    return turn.ask(
        person,
        "asks.form",
        SetChange(letter.id, letter.edits),
        given={"text": letter.text, "link": letter.link, "points": letter.points},
        partner=letter.reader.first_name,
    )


@asks.on_submit(SetChange)
def set_change(turn: Turn, person: Person, sent: SetChange, answers: Answers) -> Message | Mistakes:
    letter = own.letter(turn, person, sent.letter)
    if letter is None or letter.taken_back_at:
        return _nobody_there(turn, person, _all_of(answers))
    mistakes = _mistakes(answers)
    if mistakes:
        return turn.refuse(person, "asks.form", **mistakes)
    given = _given(answers)
    if letter.edits != sent.edits and given != (letter.text, letter.link, letter.points):
        return _changed_meanwhile(turn, letter, _all_of(answers))
    letters.change(turn, letter, *given)
    return letters.sent(turn, letter, "asks.change_kept")


def _changed_meanwhile(turn: Turn, letter: Letter, typed: str) -> Message:
    """On another device of theirs. They see both, and what was sent stands."""
    return turn.say(
        letter.author,
        "asks.changed_meanwhile",
        facts=[*letters.words(letter, "stands"), ("yours", typed)],
        press={"edit": Change(letter.id), "take_back": TakeBack(letter.id)},
    )


@asks.on_press(TakeBack)
def take_back(turn: Turn, person: Person, press: TakeBack) -> Message:
    letter = own.letter(turn, person, press.letter)
    if letter is None:
        return _nobody_there(turn, person)
    if letter.taken_back_at:
        return _taken_back(turn, letter, had_it=letter.reached_at is not None)
    return _taken_back(turn, letter, had_it=letters.take_back(turn, letter))


def _taken_back(turn: Turn, letter: Letter, *, had_it: bool) -> Message:
    return turn.say(
        letter.author,
        "asks.taken_back_late" if had_it else "asks.taken_back",
        partner=letter.reader.first_name,
        facts=letters.words(letter, "yours"),
        press={"again": SendAgain(letter.id)},
    )


@asks.on_press(SendAgain)
def send_again(turn: Turn, person: Person, press: SendAgain) -> Message:
    """Once: the second press of two finds that it stands."""
    letter = own.letter(turn, person, press.letter)
    if letter is None:
        return _nobody_there(turn, person)
    if letter.taken_back_at is None:
        return letters.sent(turn, letter)
    letters.send_again(turn, letter)
    return letters.sent(turn, letter)


@asks.on_change
def changed_where_it_was_typed(turn: Turn, person: Person, said_in: str, text: str | None) -> Message | None:
    """They edited or deleted their own message on the platform."""
    written = (Letter.said_in == said_in) & (Letter.author_id == person.id) & Letter.taken_back_at.is_(None)
    found = turn.db.scalars(select(Letter.id).where(written)).first()
    letter = own.letter(turn, person, found) if found else None
    if letter is None:
        return None
    if text is None or is_blank(text):
        return _taken_back(turn, letter, had_it=letters.take_back(turn, letter))
    letters.change(turn, letter, _without_command(turn, text), letter.link, letter.points)
    return letters.sent(turn, letter, "asks.change_kept")


def _without_command(turn: Turn, text: str) -> str:
    found = command_with_words(text, turn.prompts.words, ("ask",))
    return found.rest if found else text
