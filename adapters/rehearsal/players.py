"""Players: the simulated people of a rehearsal.

Each reads what reaches them, makes up their mind, and acts at times of their own: by pressing, typing and
filling in forms, like everybody else. What they are like is in habits.py, what they may do in moves.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from adapters.rehearsal import habits, words
from adapters.rehearsal.days import GRID, QUARTER, Absence, Days, on_grid
from adapters.rehearsal.diary import Diary
from adapters.rehearsal.dice import Dice
from adapters.rehearsal.forms import Answers, Writer, chosen_hours, filled, sets_clock
from adapters.rehearsal.habits import (
    ARRIVES_WITHIN,
    DILIGENT,
    KINDS,
    MINDS_AGAIN,
    OLD_BUTTON,
    SECOND_PRESS,
    SOON,
)
from adapters.rehearsal.moves import (
    REMINDERS,
    CloseAfterwards,
    KeepWord,
    Move,
    OpenParts,
    Press,
    Remember,
    Say,
    SayHowItWent,
    Write,
    odds,
)
from bot.actions import Action, Outdated
from bot.calendar import DAY, WEEK, Hours, local
from bot.events import Account, Arrived, Commanded, Event, Pressed, Said, Submitted
from bot.happenings import Meeting
from bot.messages import Button, Form, Message, Mistakes, Reply
from bot.roster import Row

NOWHERE = "rehearsal"  # where nobody asks on which platform somebody is
TYPED = frozenset({"skip", "later", "done", "undo", "yes", "no", "reply", "thanks"})

Plan = Callable[[datetime, Event], None]


def _until(stops: datetime, plan: Plan) -> Plan:
    def before(at: datetime, event: Event) -> None:
        if at < stops:
            plan(at, event)

    return before


@dataclass
class Opened:
    """A form that lies open, and how often it was sent."""

    form: Form
    tries: int = 0


class Player:
    def __init__(
        self,
        row: Row,
        dice: Dice,
        diary: Diary,
        plan: Plan,
        platform: str = NOWHERE,
        stops: datetime | None = None,
    ) -> None:
        """`platform` is where they are if the roster does not say it; they do nothing after `stops`."""
        self.email = row.email
        self.account = Account(row.platform or platform, "", row.email)
        self.language = row.language
        self.habits = dice.choose("kind", KINDS) or DILIGENT
        self._days = Days(Hours(row.timezone), self.habits, dice)
        self._dice = dice
        self._diary = diary
        self._plan = plan if stops is None else _until(stops, plan)
        self._stops = stops
        self._numbers = count(1)
        self._open: dict[Action, Opened] = {}

    @property
    def hours(self) -> Hours:
        return self._days.hours

    def turns_up(self, meeting: Meeting) -> bool:
        shows = self._dice.always(f"session {meeting.id}").random() < self.habits.turns_up
        if self._stops and meeting.starts_at >= self._stops:
            return False
        return shows and self._days.absence(meeting.starts_at) is None

    # A life of their own

    def begins(self, start: datetime, end: datetime) -> None:
        """They show up, and have plans: when to be away, and what to ask out of the blue."""
        at = on_grid(start + ARRIVES_WITHIN * self._dice.next("arrival").random())
        self._plan(at, Arrived(id=self._id(), who=self.account, address=self.email, email=self.email))
        self._days.are_planned(at, end)
        for absence in self._days.absences:
            self._goes_away(absence)
        self._has_whims(at, end)
        self._asks_now_and_then(at, end)
        leaves = at + self._dice.wait("gives up", self.habits.gives_up, QUARTER)
        if leaves < end:
            self._says("leave", leaves)

    def _goes_away(self, absence: Absence) -> None:
        """Most say so a few hours before, with or without the day on which they are back."""
        if not self._dice.happens("says so", self.habits.says_so):
            return
        before = absence.since - timedelta(hours=6) - GRID * self._dice.next("packing").randrange(24)
        if self._dice.happens("says until", self.habits.says_until):
            back = local(absence.until, self.hours.timezone).date()
            self._says(words.pause_until(back, self.language), before)
        else:
            self._says(self._dice.next("pause").choice(words.PAUSE), before)
            self._says("back", absence.until + timedelta(hours=9))

    def _has_whims(self, start: datetime, end: datetime) -> None:
        at = start
        while (at := at + self._dice.wait("whim", self.habits.whims_a_week, WEEK)) < end:
            when = self._days.when(at, "whim")
            if when:
                self._plan(when, self._whim())

    def _asks_now_and_then(self, start: datetime, end: datetime) -> None:
        at = start
        while (at := at + self._dice.wait("ask", self.habits.asks_a_week, WEEK)) < end:
            when = self._days.when(at, "ask")
            if when:
                self._plan(when, self._saying(words.ask(self.language, self._dice.next("question"))))

    def _whim(self) -> Event:
        typed = self._dice.choose("what for", words.WHIMS)
        if typed is None:
            return self._saying(self._dice.next("nonsense").choice(words.NONSENSE))
        if typed == words.OLD_BUTTON:
            return self._pressing(Outdated())
        if self._dice.happens("slash", 0.2):
            return Commanded(id=self._id(), who=self.account, address=self.email, text=typed)
        return self._saying(typed)

    # Reading

    def gets(self, message: Message, now: datetime) -> None:
        """The bot has started it: they come to it when they come to it."""
        delay = self._dice.about("reply", self.habits.reply_after)
        if self._dice.happens("sleep on it", self.habits.sleeps_on_it):
            delay += DAY * self._dice.next("days").randint(1, 3)
        self._reads(message, now, delay)

    def is_answered(self, did: Event, reply: Reply, now: datetime) -> None:
        """They are in the middle of it, and go on soon."""
        match reply:
            case Message():
                if isinstance(did, Submitted):
                    self._is_taken(did)
                self._reads(reply, now, self._soon())
            case Form():
                self._open[reply.action] = Opened(reply)
                self._fills_in(self._open[reply.action], now)
            case Mistakes() if isinstance(did, Submitted) and did.action in self._open:
                self._fills_in(self._open[did.action], now)

    def sent_form(self, did: Event) -> Form | None:
        """The form that they sent, as they filled it in. It still lies open."""
        opened = self._open.get(did.action) if isinstance(did, Submitted) else None
        if opened is None or not isinstance(did, Submitted):
            return None
        fields = (
            replace(field, value=did.answers.get(field.name, field.value)) for field in opened.form.fields
        )
        return replace(opened.form, fields=tuple(fields))

    def _is_taken(self, sent: Submitted) -> None:
        self._open.pop(sent.action, None)
        if sets_clock(sent.answers):
            self._days.hours = chosen_hours(sent.answers)

    def _soon(self) -> timedelta:
        return self._dice.about("soon", SOON)

    def _reads(self, message: Message, now: datetime, delay: timedelta) -> None:
        if message.name.startswith(REMINDERS) and not self._is_reminded():
            return
        self._may_find_again(message, now)
        move = self._dice.choose(message.name, odds(message.name, self.habits))
        if move:
            self._makes(move, message, now, delay)

    def _is_reminded(self) -> bool:
        return self._dice.happens("reminded", habits.A_NUDGE_REMINDS)

    def _may_find_again(self, message: Message, now: datetime) -> None:
        if message.buttons and self._dice.happens("old button", self.habits.presses_old):
            button = self._dice.next("which old button").choice(message.buttons)
            self._does(self._pressing(button.action), now, self._dice.about("how old", OLD_BUTTON))

    # Acting

    def _makes(self, move: Move, message: Message, now: datetime, delay: timedelta) -> None:
        match move:
            case Press(word):
                self._presses(message, word, now, delay)
            case Write():
                self._does(self._saying(self._own_words(message)), now, delay)
            case Say(typed):
                self._does(self._saying(typed), now, delay)
            case SayHowItWent():
                self._presses(message, "yes" if self._remembers(message) else "no", now, delay)
            case CloseAfterwards():
                self._closes_afterwards(message, now)
            case OpenParts():
                self._opens_parts(message, now, delay)
            case Remember():
                later = self._dice.about("remember", habits.REMEMBERED_AFTER)
                self._does(self._saying(words.TURN), now, later)
            case KeepWord():
                self._presses(message, "reply", now, self._dice.about("word", habits.KEEPS_WORD_AFTER))

    def _presses(self, message: Message, word: str, now: datetime, delay: timedelta) -> None:
        buttons = [button for button in message.buttons if word in {"", button.word}]
        if not buttons or any(_is_echo(message, button) for button in buttons):
            return
        button = self._dice.next("button").choice(buttons)
        did = self._pressed_or_typed(button)
        self._does(did, now, delay)
        if self._dice.happens("twice", self.habits.presses_twice):
            again = did if self._dice.happens("same", 0.5) else self._pressing(button.action)
            self._does(again, now, delay + SECOND_PRESS)

    def _pressed_or_typed(self, button: Button) -> Event:
        types = button.word in TYPED and self._dice.happens("type a button", self.habits.types_buttons)
        return self._saying(button.word) if types else self._pressing(button.action)

    def _own_words(self, message: Message) -> str:
        return words.some(_written_to(message.name), self.language, self._dice.next("words"))

    def _remembers(self, message: Message) -> bool:
        """Whether they met, as far as they remember."""
        met = self._diary.took_place(_session(message) or 0)
        return met != self._dice.happens("misremember", self.habits.misremembers)

    def _opens_parts(self, message: Message, now: datetime, delay: timedelta) -> None:
        for number, part in enumerate(button for button in message.buttons if button.word == "open"):
            self._does(self._pressing(part.action), now, delay + number * self._soon())

    def _closes_afterwards(self, message: Message, now: datetime) -> None:
        session = _session(message)
        close = next((button for button in message.buttons if button.word == "close"), None)
        if session and close and self._diary.took_place(session):
            over = max(now, self._diary.meeting(session).ends_at)
            self._plan(on_grid(over + self._soon()), self._pressing(close.action))

    def _fills_in(self, opened: Opened, now: datetime) -> None:
        opened.tries += 1
        if opened.tries > MINDS_AGAIN:
            return
        form = opened.form
        today = local(now, self.hours.timezone).date()
        dice = self._dice.next(form.name)
        answers = filled(form, Writer(self.habits, self.language, self.hours, today, dice))
        self._does(self._sending(form, answers), now, 2 * self._soon())

    def _does(self, event: Event, now: datetime, delay: timedelta) -> None:
        at = self._days.when(now + delay, "act")
        if at:
            self._plan(at, event)

    def _says(self, text: str, at: datetime) -> None:
        self._plan(on_grid(at), self._saying(text))

    def _saying(self, text: str) -> Event:
        return Said(id=self._id(), who=self.account, address=self.email, text=text)

    def _pressing(self, action: Action) -> Event:
        return Pressed(id=self._id(), who=self.account, address=self.email, action=action)

    def _sending(self, form: Form, answers: Answers) -> Event:
        return Submitted(
            id=self._id(), who=self.account, address=self.email, action=form.action, answers=answers
        )

    def _id(self) -> str:
        return f"{self.email}-{next(self._numbers)}"


def _written_to(name: str) -> Mapping[str, Sequence[str]]:
    if name == "asks.type":
        return words.QUESTIONS
    return words.LETTERS if name.startswith(("exchange.", "asks.")) else words.THOUGHTS


def _is_echo(message: Message, button: Button) -> bool:
    """Nobody thanks for thanks."""
    return any(fact.value.rstrip(".") == button.label for fact in message.facts)


def _session(message: Message) -> int | None:
    actions = [button.action for button in message.buttons]
    return next((action.session for action in actions if hasattr(action, "session")), None)
