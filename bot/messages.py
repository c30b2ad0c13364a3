"""Messages: what the bot says, as values that no platform has touched yet.

Whose words they are is a matter of type. Our own words come from prompts/ and arrive here as runs with a
flag for bold: there is no markup left for anybody to forge. What people write goes into facts and values,
which adapters show as plain text.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.actions import Action, decode, encode
from bot.events import Account


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style. Bullets and paragraphs are plain characters: "• " and blank lines."""

    text: str
    bold: bool = False


Text = tuple[Run, ...]


def plain(text: Text) -> str:
    return "".join(run.text for run in text)


@dataclass(frozen=True)
class Fact:
    """A label of ours and what somebody wrote."""

    label: str
    value: str = field(repr=False)
    is_link: bool = False  # the value is an https address that may be pressed, see links.py


@dataclass(frozen=True)
class Button:
    label: str
    action: Action
    word: str = ""  # the name of the typed words that do the same, see prompts/*/words.toml


@dataclass(frozen=True)
class File:
    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Picture:
    """A PNG, and in words all that it shows: for who listens, and where there is no room for it."""

    name: str  # of the file: "over-time.png"
    content: bytes = field(repr=False)
    alt: str
    title: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as its header says; nothing where it has none."""
        header = self.content[16:24]
        return int.from_bytes(header[:4]), int.from_bytes(header[4:])


def in_words(picture: Picture) -> Text:
    """What stands where a picture cannot be shown."""
    return Run(picture.title, bold=True), Run(f"\n{picture.alt}")


@dataclass(frozen=True)
class Meet:
    """Somebody to talk to, where the platform knows how: a shared conversation, or a link to them."""

    who: Account
    label: str  # "Write to Ana"
    opening: Text = ()  # what stands first in the shared conversation; nothing where somebody else says it
    others: tuple[Account, ...] = ()  # who else is in it


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


Kind = Literal["line", "text", "choice", "choices", "day", "time"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question of a form. Every answer comes back as a string; `choices` are joined by commas."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    value: str = field(default="", repr=False)
    required: bool = False
    choices: tuple[Choice, ...] = ()
    limit: int = 3000  # characters


@dataclass(frozen=True, kw_only=True)
class Form:
    name: str
    title: str
    intro: Text
    fields: tuple[Field, ...]
    submit: str
    action: Action
    again: Action | None = None  # what asked for it, for a platform that can open forms from buttons alone
    wording: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Message:
    name: str  # "prep.ask": what kind of message this is
    text: Text
    gist: Text = ()  # the text in a few words, for a digest; nothing where the text is short enough
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    pictures: tuple[Picture, ...] = ()
    listens: Action | None = None  # what the next typed words answer
    meet: Meet | None = None
    form: Form | None = None  # the same at once, where a card has fields: its intro stands for the text
    wording: str = ""  # "en/prep.ask@1f3c9a": which words exactly were used
    language: str = "en"
    aside: bool = False  # nothing was done: a card whose button led here stays as it is
    discreet: bool = False  # nobody is to find out that it was shown: typed words do not press its buttons
    settles: Action | None = None  # the question that typed words have answered, or the button they stood for
    can_wait: bool = False  # it is a nudge: whoever does not want to be disturbed gets it later


@dataclass(frozen=True)
class Mistakes:
    """What to mend in a form that was sent: field name to words. What was typed stays in the form."""

    at: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """A part of a home, under a heading."""

    title: str
    message: Message


@dataclass(frozen=True)
class Home:
    """Somebody's own page at the bot. The most important comes first."""

    parts: tuple[Part, ...]
    language: str = "en"


Reply = Message | Form | Mistakes | Home | None


def to_json(message: Message) -> str:
    return json.dumps(
        {
            "name": message.name,
            "text": _text_to_json(message.text),
            "gist": _text_to_json(message.gist),
            "facts": [[fact.label, fact.value, fact.is_link] for fact in message.facts],
            "buttons": [[button.label, encode(button.action), button.word] for button in message.buttons],
            "files": [
                [file.name, file.media_type, base64.b64encode(file.content).decode()]
                for file in message.files
            ],
            "pictures": [_picture_to_json(picture) for picture in message.pictures],
            "listens": message.listens and encode(message.listens),
            "meet": message.meet and _meet_to_json(message.meet),
            "form": message.form and _form_to_json(message.form),
            "wording": message.wording,
            "language": message.language,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(kept: str) -> Message:
    values: dict[str, Any] = json.loads(kept)
    return Message(
        name=values["name"],
        text=_text_from_json(values["text"]),
        gist=_text_from_json(values.get("gist", ())),  # not in an older release
        facts=tuple(Fact(*fact) for fact in values["facts"]),
        buttons=tuple(Button(label, decode(action), word) for label, action, word in values["buttons"]),
        files=tuple(
            File(name, media_type, base64.b64decode(content)) for name, media_type, content in values["files"]
        ),
        pictures=tuple(map(_picture_from_json, values.get("pictures", ()))),
        listens=values["listens"] and decode(values["listens"]),
        meet=_meet_from_json(values.get("meet")),
        form=_form_from_json(values.get("form")),
        wording=values["wording"],
        language=values["language"],
    )


def _picture_to_json(picture: Picture) -> list[str]:
    return [picture.name, base64.b64encode(picture.content).decode(), picture.alt, picture.title]


def _picture_from_json(kept: list[str]) -> Picture:
    name, content, alt, title = kept
    return Picture(name, base64.b64decode(content), alt, title)


def _meet_to_json(meet: Meet) -> list[Any]:
    everybody = [[one.platform, one.workspace, one.user] for one in (meet.who, *meet.others)]
    return [everybody[0], meet.label, _text_to_json(meet.opening), everybody[1:]]


def _meet_from_json(kept: list[Any] | None) -> Meet | None:
    if not kept:
        return None
    who, label, opening, *others = kept  # the others are not in an older release
    together = tuple(Account(*one) for one in (others[0] if others else ()))
    return Meet(Account(*who), label, _text_from_json(opening), together)


def _form_to_json(form: Form) -> dict[str, Any]:
    return {
        **vars(form),
        "intro": _text_to_json(form.intro),
        "fields": [
            {**vars(field), "choices": [[choice.value, choice.label] for choice in field.choices]}
            for field in form.fields
        ],
        "action": encode(form.action),
        "again": form.again and encode(form.again),
    }


def _form_from_json(kept: dict[str, Any] | None) -> Form | None:
    if not kept:
        return None
    fields = (
        Field(**{**field, "choices": tuple(Choice(*choice) for choice in field["choices"])})
        for field in kept["fields"]
    )
    read = {
        "intro": _text_from_json(kept["intro"]),
        "fields": tuple(fields),
        "action": decode(kept["action"]),
        "again": kept["again"] and decode(kept["again"]),
    }
    return Form(**{**kept, **read})


def _text_to_json(text: Text) -> list[list[Any]]:
    return [[run.text, run.bold] for run in text]


def _text_from_json(kept: Iterable[Any]) -> Text:
    return tuple(Run(text, bold) for text, bold in kept)
