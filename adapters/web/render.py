"""What the bot says, as JSON that the page draws. Pure.

The page puts every text on the screen as text, so nothing is escaped here. Our own words become paragraphs
and lists, for those who read and for those who listen; people's words stay exactly as they were written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from adapters.web.chat_log import Card, Line, Note, Place, Words
from bot.actions import encode
from bot.directory import Listed
from bot.messages import Button, Field, File, Form, Message, Mistakes, Picture, Text

Json = dict[str, Any]

BULLET = "• "
NUMBER = re.compile(r"^\d{1,2}\. ")  # as in a digest, where they are also what one may type
SAFE_TO_NAME = {"text/calendar", "text/plain", "application/json", "text/csv"}


def moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def person(listed: Listed, received: int) -> Json:
    return {
        "id": listed.id,
        "name": listed.name,
        "roles": listed.roles,
        "city": listed.city,
        "zone": listed.timezone,
        "language": listed.language,
        "partners": listed.partners,
        "quiet": listed.quiet,
        "received": received,
    }


def line(line: Line, person_id: int) -> Json:
    drawn: Json = {"id": line.id, "change": line.change, "at": moment(line.at)}
    match line.content:
        case Words(text):
            return drawn | {"typed": text}
        case Note(pressed):
            return drawn | {"pressed": pressed}
        case Card(said, pressed, at):
            here = f"/people/{person_id}/messages/{line.id}"
            card = message(said, here, line.change)
            return drawn | {"card": card, "pressed": pressed, "pressed_at": at and moment(at)}


def message(said: Message, here: str, change: int = 0) -> Json:
    """`change` tells a picture from the one that stood there before."""
    return {
        "language": said.language,
        "blocks": blocks(said.text),
        "facts": [{"label": fact.label, "value": fact.value, "link": fact.is_link} for fact in said.facts],
        "files": [_file(file, f"{here}/files/{number}") for number, file in enumerate(said.files)],
        "pictures": [
            _picture(picture, f"{here}/pictures/{number}?change={change}")
            for number, picture in enumerate(said.pictures)
        ],
        "buttons": [_button(button) for button in said.buttons],
    }


def blocks(text: Text) -> list[Json]:
    """A blank line ends a block; lines with a bullet or a number are a list. Runs are [text, bold]."""
    drawn: list[Json] = []
    for kind, lines in groupby(_lines(text), key=_kind):
        if kind in {"list", "numbers"}:
            drawn.append({kind: [_without_mark(item) for item in lines]})
        elif kind == "paragraph":
            drawn.append({"paragraph": _joined(lines)})
    return drawn


def _lines(text: Text) -> list[list[list[Any]]]:
    lines: list[list[list[Any]]] = [[]]
    for run in text:
        first, *others = run.text.split("\n")
        lines[-1].append([first, run.bold])
        lines += [[[other, run.bold]] for other in others]
    return [[run for run in line if run[0]] for line in lines]


def _kind(line: Sequence[Sequence[Any]]) -> str:
    if not line:
        return "blank"
    if NUMBER.match(line[0][0]):
        return "numbers"
    return "list" if line[0][0].startswith(BULLET) else "paragraph"


def _without_mark(line: list[list[Any]]) -> list[list[Any]]:
    (first, bold), *rest = line
    return [run for run in ([NUMBER.sub("", first.removeprefix(BULLET)), bold], *rest) if run[0]]


def _joined(lines: Iterable[list[list[Any]]]) -> list[list[Any]]:
    first, *others = lines
    return [*first, *(run for line in others for run in (["\n", False], *line))]


def _button(button: Button) -> Json:
    return {"label": button.label, "action": encode(button.action), "opens": button.action.opens_form}


def _file(file: File, address: str) -> Json:
    return {"name": file.name, "type": file.media_type, "size": len(file.content), "address": address}


def _picture(picture: Picture, address: str) -> Json:
    width, height = picture.size
    return {
        "address": address,
        "title": picture.title,
        "alt": picture.alt,
        "width": width,
        "height": height,
    }


def media_type(file: File) -> str:
    """As what a file is sent: nothing that a browser would run."""
    plain = file.media_type.partition(";")[0].strip().lower()
    return file.media_type if plain in SAFE_TO_NAME else "application/octet-stream"


def form(asked: Form, place: Place | None) -> Json:
    return {
        "language": asked.language,
        "title": asked.title,
        "blocks": blocks(asked.intro),
        "fields": [_field(field) for field in asked.fields],
        "submit": asked.submit,
        "action": encode(asked.action),
        "place": place and {"line": place.line, "change": place.change, "pressed": place.pressed},
    }


def _field(field: Field) -> Json:
    return {
        "name": field.name,
        "kind": field.kind,
        "label": field.label,
        "hint": "" if field.kind == "day" else field.hint,  # a calendar is drawn: no day is typed
        "value": field.value,
        "required": field.required,
        "limit": field.limit,
        "choices": [{"value": choice.value, "label": choice.label} for choice in field.choices],
    }


def mistakes(found: Mistakes) -> Mapping[str, str]:
    return dict(found.at)
