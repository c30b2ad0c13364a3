"""What the bot says, as Slack draws it: messages, forms and somebody's page at the bot. Pure.

People's words stand in rich text and in plain text only, where nothing is a link, a ping or an emoji that
was not one before. What is too long goes on in another message; buttons stand below the last one.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.fit import Json, Piece, by_words, packed
from adapters.slack import inputs, rich
from adapters.slack.fit import as_text, closer, fits, fits_a_view
from adapters.slack.inputs import plain
from bot.actions import encode
from bot.messages import Button, Form, Home, Meet, Message, Mistakes, Part, Picture, Run, in_words
from bot.text import shorten

FORM = "form"  # the callback_id of every form
SIDE_BY_SIDE = 5  # buttons of a row
LONGEST_LABEL = 75  # units: of a button
LONGEST_TITLE = 24  # units: of a modal, and of the button that sends it
LONGEST_HEADING = 150  # units
LONGEST_LINE = 300  # units: of what was pressed, and of what did not fit
LONGEST_ALT = 2000  # units: what a picture says, and its title
NOTHING = "…"  # Slack takes no empty message, and no empty view


Hung = Mapping[Picture, str]  # pictures that Slack has, and the id of each there


@dataclass(frozen=True)
class Sheet:
    """One message in Slack. The text is what a screen reader reads and a notification shows."""

    blocks: list[Json]
    text: str
    hung: Hung = field(default_factory=dict)  # the pictures on it

    @property
    def without_pictures(self) -> list[Json]:
        """The same with words in their place."""
        words = {id_: _in_words(picture) for picture, id_ in self.hung.items()}
        return [
            drawn
            for block in self.blocks
            for drawn in (words[block["slack_file"]["id"]] if block["type"] == "image" else [block])
        ]


def message(
    said: Message, token: str, link: tuple[str, str] | None = None, hung: Hung | None = None
) -> tuple[Sheet, ...]:
    """`link` is a button that opens an address: its label and the address. Pictures that Slack does not have
    are said in words.
    """
    return _sheets(said, list(_rows(said.buttons, token, link=link)), hung or {})


def done(said: Message, token: str, line: str, hung: Hung | None = None) -> tuple[Sheet, ...]:
    """The answer that takes the place of a card, with a last line on what was pressed there."""
    return _sheets(said, [*_rows(said.buttons, token), _small(line)], hung or {})


def modal(form: Form, place: str, token: str) -> Json:
    blocks = [block for field in form.fields for block in inputs.blocks(field)]
    intro = [block for piece in rich.paragraphs(form.intro) for block in piece.blocks]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(form.title, LONGEST_TITLE),
        "submit": plain(form.submit, LONGEST_TITLE),
        "private_metadata": json.dumps({"do": encode(form.action), "at": place, "token": token}),
        "blocks": [*_whole_title(form.title, LONGEST_TITLE), *closer(intro), *blocks] or [rich.line(NOTHING)],
    }


def shown(said: Message, token: str, title: str, more: str = "") -> Json:
    """A message as an answer to what was pressed on the page at the bot."""
    part = _part(Part("", said), token, 0)
    blocks = [*_whole_title(title, LONGEST_TITLE), *part]
    return {
        "type": "modal",
        "title": plain(title, LONGEST_TITLE),
        "blocks": _fitted([("", blocks)], more),
    }


def home(home: Home, token: str, more: str = "") -> Json:
    """`more` says where the rest is, should it ever not fit. The headings of what is missing are named."""
    parts, pressed = list[tuple[str, list[Json]]](), 0
    for part in home.parts:
        parts.append((part.title, _part(part, token, pressed)))
        pressed += len(part.message.buttons) + bool(part.message.meet)
    return {"type": "home", "blocks": _fitted(parts, more)}


def chat_with(meet: Meet) -> tuple[str, str]:
    """A link to somebody's own chat: its label and the address."""
    return meet.label, f"slack://user?team={meet.who.workspace}&id={meet.who.user}"


def errors(found: Mistakes, fields: Collection[str]) -> Json:
    """What belongs to no field that is shown stands at the first one."""
    at: dict[str, str] = {}
    for name, words in found.at.items():
        field = name if name in fields else next(iter(fields), name)
        at[field] = f"{at[field]} {words}" if field in at else words
    return {"response_action": "errors", "errors": at}


def _sheets(said: Message, closing: Sequence[Piece], hung: Hung) -> tuple[Sheet, ...]:
    sheets = packed(list(_content(said, hung)), closing, fits)
    return tuple(_sheet(pieces, hung) for pieces in sheets)


def _sheet(pieces: Sequence[Piece], hung: Hung) -> Sheet:
    blocks = [block for piece in pieces for block in piece.blocks]
    there = {block["slack_file"]["id"] for block in blocks if block["type"] == "image"}
    on_it = {picture: id_ for picture, id_ in hung.items() if id_ in there}
    return Sheet(blocks, as_text(pieces) or NOTHING, on_it)


def _content(said: Message, hung: Hung) -> Iterator[Piece]:
    yield from rich.paragraphs(said.text)
    for fact in said.facts:
        yield from rich.fact(fact)
    for picture in said.pictures:
        yield from _picture(picture, hung.get(picture, ""))


def _picture(picture: Picture, id_: str) -> Iterator[Piece]:
    """Those who listen hear what it shows. What is too long for it to say stands below."""
    if not id_ or not picture.alt or not picture.title:
        yield from rich.paragraphs(in_words(picture))
        return
    alt, title = by_words(picture.alt, LONGEST_ALT), plain(picture.title, LONGEST_ALT)
    image = {"type": "image", "slack_file": {"id": id_}, "alt_text": alt, "title": title}
    is_whole = alt == picture.alt
    yield Piece((image,), f"{title['text']}\n{alt}" if is_whole else title["text"])
    if not is_whole:
        yield from rich.paragraphs((Run(picture.alt),))


def _in_words(picture: Picture) -> list[Json]:
    return [block for piece in rich.paragraphs(in_words(picture)) for block in piece.blocks]


def _rows(
    buttons: Sequence[Button], token: str, first: int = 0, link: tuple[str, str] | None = None
) -> Iterator[Piece]:
    """`first` is the number of the first button: each has its own on a page."""
    drawn = [_button(button, number) for number, button in enumerate(buttons, first)]
    labels = [button.label for button in buttons]
    if link:
        drawn.append(_opens(*link))
        labels.append(link[0])
    row = Piece((), "")
    for number, (button, label) in enumerate(zip(drawn, labels, strict=True), first):
        longer = _beside(row, button, label, f"{token}.{number}")
        if row.blocks and (len(longer.blocks[0]["elements"]) > SIDE_BY_SIDE or not fits([longer])):
            yield row
            longer = _beside(Piece((), ""), button, label, f"{token}.{number}")
        row = longer
    if row.blocks:
        yield row


def _beside(row: Piece, button: Json, label: str, block_id: str) -> Piece:
    there = row.blocks[0] if row.blocks else {"type": "actions", "block_id": block_id, "elements": []}
    text = f"{row.text} [{label}]".strip()
    return Piece((there | {"elements": [*there["elements"], button]},), text)


def _button(button: Button, number: int) -> Json:
    return {
        "type": "button",
        "action_id": f"press.{number}",
        "text": plain(button.label, LONGEST_LABEL),
        "value": encode(button.action),
    }


def _opens(label: str, url: str) -> Json:
    return {"type": "button", "action_id": "open", "text": plain(label, LONGEST_LABEL), "url": url}


def _small(line: str) -> Piece:
    said = shorten(line, LONGEST_LINE)
    return Piece(({"type": "context", "elements": [plain(said, LONGEST_LINE)]},), said)


def _whole_title(title: str, longest: int) -> list[Json]:
    """Where a title had to be shortened, the first line has all of it."""
    if by_words(title, longest) == title:
        return []
    return [block for piece in rich.paragraphs((Run(title, bold=True),)) for block in piece.blocks]


def _part(part: Part, token: str, first: int) -> list[Json]:
    heading = [{"type": "header", "text": plain(part.title, LONGEST_HEADING)}] if part.title else []
    link = chat_with(part.message.meet) if part.message.meet else None
    pieces = [*_content(part.message, {}), *_rows(part.message.buttons, token, first, link)]
    blocks = [block for piece in pieces for block in piece.blocks]
    return [*heading, *_whole_title(part.title, LONGEST_HEADING), *blocks]


def _fitted(parts: Sequence[tuple[str, list[Json]]], more: str) -> list[Json]:
    """All of it, closer together if need be."""
    if fits_a_view(_joined(parts)):
        return _joined(parts) or [rich.line(NOTHING)]
    closely = [(title, closer(blocks)) for title, blocks in parts]
    return _joined(closely) if fits_a_view(_joined(closely)) else _cut(closely, more)


def _joined(parts: Sequence[tuple[str, list[Json]]]) -> list[Json]:
    return [block for _, blocks in parts for block in blocks]


def _cut(parts: Sequence[tuple[str, list[Json]]], more: str) -> list[Json]:
    """Whole parts, as far as there is room; the last line says what is missing."""
    shown, missing = list[Json](), list[str]()
    for title, blocks in parts:
        there = _room_for(shown, blocks)
        shown += blocks[:there]
        if there < len(blocks):
            missing.append(title)
    last = " ".join(filter(None, (more, NOTHING, " · ".join(filter(None, missing)))))
    return [*shown, rich.line(shorten(last, LONGEST_LINE))]


def _room_for(shown: Sequence[Json], blocks: Sequence[Json]) -> int:
    """How many of these fit as well. Only the first part is shown without its end."""
    ways = range(len(blocks), 0, -1) if not shown else [len(blocks)]
    last = rich.line("\U0001f642" * LONGEST_LINE)
    return next((most for most in ways if fits_a_view([*shown, *blocks[:most], last])), 0)
