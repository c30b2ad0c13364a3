"""Somebody who presses every button once, and writes the same rare word wherever words may be written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from world import Someone

from bot.actions import Action, Typing
from bot.letters import AnswerBy
from bot.messages import Button, Field, Form, Message
from bot.stories.turns import AskDay

RARE = "xylotheque"
LAST_STEPS = ("leave", "finish", "pause", "part", "back")  # commands after which there is less to explore
LAST_PRESSES = ("pause.leave", "mydata.erase", "ending.finish", "pause.come_back", "drafts.never")
COMMANDS = ("help", "turn", "goals", "drafts", "draft", "journal", "actions", "agreement", "sessions", "prep")
MORE_COMMANDS = ("ask", "pulse", "review", "why", "nudges", "mydata", "write", "close", "keep", "settings")
FOR_A_PARTNER = ("profile", "wishes", "rematch", "coffee", "hand")
AT_THE_DESK = (
    *("health", "health states", "health pictures", "health groups", "next", "weekly", "people"),
    *("pairs", "match"),
    *("introductions", "rounds", "coordinators", "export", "audit", "undelivered", "looked"),
)
# Fields of a form whose value is right already
HELD = ("zone", "starts", "ends", "days", "language", "hour", "roles", "capacity")
BY_NAME = {
    "cohort": "Spring",
    "holder": "Otto Kern",
    "sure": "80",
    "link": f"https://{RARE}.example/",
    "again": "in three weeks",
}


@dataclass
class Explorer:
    someone: Someone
    word: str = RARE
    also_asks: Collection[str] = ()
    avoids: Collection[str] = LAST_PRESSES
    forms: list[Form] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)  # what was pressed
    heard: set[type[Action]] = field(default_factory=set)  # questions that were answered by typing
    _read: int = 0
    _known: set[object] = field(default_factory=set)

    def asks_for_everything(self) -> None:
        for word in (*COMMANDS, *MORE_COMMANDS, *FOR_A_PARTNER, *self.also_asks):
            self.someone.says(word)
            self._fill_in()

    def looks_around(self) -> None:
        """Everything that leads somewhere from here, and from there."""
        while self._read < len(self.someone.chat):
            self._read += 1
            self._explore(self.someone.chat[self._read - 1])

    def _explore(self, message: Message) -> None:
        in_order = sorted(message.buttons, key=_ends_it)
        before_an_answer = [button for button in in_order if not _ends_it(button)]
        self._press_new(before_an_answer)
        if message.listens and self._is_new(("listens", type(message.listens))):
            self._type(message)
        self._press_new(in_order)

    def _press_new(self, buttons: Sequence[Button]) -> None:
        for button in buttons:
            is_new = _kind(button.action) not in self._known and button.action not in self.actions
            if self._may(button.action) and is_new:
                self._press(button.action)

    def _press(self, action: Action) -> None:
        """Once; but one that should open a form, and finds nothing to fill in for, again elsewhere."""
        before = len(self.someone.chat)
        self.actions.append(action)
        self.someone.presses(action)
        if self.someone.form or not action.opens_form:
            self._known.add(_kind(action))
        self._fill_in()
        if len(self.someone.chat) > before:
            self._explore(self.someone.sees)

    def _type(self, message: Message) -> None:
        """What listens is what was shown last."""
        assert message.listens is not None
        self.someone.hears(message)
        self.someone.says(f"It is like a {self.word}, with words of its own.")
        self.heard.add(type(message.listens))
        self._explore(self.someone.sees)

    def _fill_in(self) -> None:
        form = self.someone.form
        if form is None:
            return
        self.forms.append(form)
        self.someone.fills(**filled(form, self.word))
        assert not self.someone.mistakes, (form.name, self.someone.mistakes)

    def _may(self, action: Action) -> bool:
        if isinstance(action, Typing):
            return action.words.split(" ")[0] not in LAST_STEPS
        return action.wire not in self.avoids

    def _is_new(self, key: object) -> bool:
        is_new = key not in self._known
        self._known.add(key)
        return is_new


def _kind(action: Action) -> object:
    return action.words if isinstance(action, Typing) else type(action)


def _ends_it(button: Button) -> bool:
    """A day is promised before there is an answer, or never."""
    return not isinstance(button.action, AnswerBy | AskDay)


def filled(form: Form, word: str) -> dict[str, str]:
    return {field.name: _answer(form, field, word) for field in form.fields}


def _answer(form: Form, field: Field, word: str) -> str:
    if field.name in HELD:
        return field.value
    if field.name in BY_NAME:
        return BY_NAME[field.name].replace(RARE, word)
    first = field.choices[0].value if field.choices else ""
    by_kind = {"choice": first, "choices": "", "day": "in three weeks", "time": "16:00"}
    if field.kind not in by_kind:
        return f"{word} {form.name.partition('.')[0]} {field.name}"
    return by_kind[field.kind] if field.kind == "day" else field.value or by_kind[field.kind]


def writes_words(form: Form) -> list[str]:
    """The fields for somebody's own words."""
    return [
        field.name
        for field in form.fields
        if field.kind in {"text", "line"} and field.name not in {*HELD, *BY_NAME}
    ]
