"""What the bot says, as Teams draws it: cards for messages, forms and somebody's page at the bot. Pure.

People's words stand in runs of text and in fields only, where nothing is a link or a mention that was not one
before. What is too long goes on in another card; buttons stand below the last one.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.fit import Json, Piece, by_words, packed
from adapters.teams import inputs, rich
from adapters.teams.fit import MOST_ACTIONS, actions, fits, room_for, summary
from adapters.teams.inputs import NO_WORDS, Words
from bot.actions import Action, encode
from bot.links import https_link
from bot.messages import Button, Form, Home, Meet, Message, Mistakes, Part, Picture, Run, Text, in_words
from bot.text import shorten, units

Link = tuple[str, str]  # a label, and an https address
LinkTo = Callable[[Meet], Link | None]
Drawn = tuple[str, Json]  # a button with its whole label

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
LONGEST_LABEL = 40  # units of a button: Teams breaks no lines there, and cuts what does not fit
WIDEST_ROW = 60  # units of the buttons beside each other
AROUND_LABEL = 4  # units
LONGEST_TITLE = 60  # units of a dialog's title
LONGEST_LINE = 300  # units: of what was pressed
FEW_FIELDS, FEW_PIECES = 2, 6  # a dialog with more of them is a large one
LONGEST_ALT = 2000  # units of what a picture says
LARGEST_PICTURE = 19_000  # bytes: as text a third more, and then the card still is below 28 kB
EMBEDDED = "data:image/png;base64,"
NOTHING = "…"  # Teams draws no empty card


@dataclass(frozen=True)
class Sheet:
    """One card. The summary is what a notification shows and a screen reader says of it, without markup.

    The text is all that is said on it, for when Teams does not take the card.
    """

    card: Json = field(repr=False)
    summary: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def has_pictures(self) -> bool:
        return any(block["type"] == "Image" for block in self.card["body"])

    @property
    def without_pictures(self) -> "Sheet":
        """The same with words in their place."""
        body = [said for block in self.card["body"] for said in _said_instead(block)]
        return replace(self, card=self.card | {"body": body})


@dataclass(frozen=True)
class _Drawing:
    """How buttons are drawn this time."""

    token: str
    dialogs: bool
    at: str = ""

    def data(self, action: Action, label: str) -> dict[str, str]:
        """Teams does not say what stood on a button that was pressed, so it says that itself."""
        at = {"at": self.at} if self.at else {}
        return {"do": encode(action), "card": self.token, "label": shorten(label, LONGEST_LABEL), **at}


def _nobody(_: Meet) -> Link | None:
    return None


def message(
    said: Message,
    token: str,
    *,
    dialogs: bool,
    link: Link | None = None,
    line: str = "",
    words: Words = NO_WORDS,
) -> tuple[Sheet, ...]:
    """Usually one. `link` is a button that opens an address, `line` a last small one on what was pressed."""
    drawing = _Drawing(token, dialogs)
    form: Form | None = said.form
    buttons = [button for button in said.buttons if not (form and button.action == form.again)]
    drawn = [*_pressed(buttons, drawing, beside_form=bool(form)), *_opens(link)]
    if form:
        drawn.insert(0, (form.submit, _sends(form, drawing)))
    closing = [*_rows(drawn), *_small(line)]
    if form:
        closing = _together(list(_fields(form, words, None, holds=not buttons)), closing)
    text = form.intro if form else said.text
    sheets = packed(list(_content(said, text)), closing, fits)
    if len(sheets) > 1:
        closer = packed(list(_content(said, text, hangs=False)), closing, fits)
        sheets = min(sheets, closer, key=len)
    return tuple(_sheet(pieces, said.language) for pieces in sheets)


def form_card(
    form: Form,
    token: str,
    *,
    at: str = "",
    mistakes: Mistakes | None = None,
    line: str = "",
    words: Words = NO_WORDS,
) -> Sheet:
    """A form in a chat. It is one card whatever is in it: what was typed is sent together."""
    drawing = _Drawing(token, dialogs=False, at=at)
    pieces = [*rich.heading(form.title), *_asked(form, words, mistakes)]
    sends = _rows([(form.submit, _sends(form, drawing))])
    return _sheet([*pieces, *sends, *_small(line)], form.language)


def dialog(
    form: Form,
    token: str,
    *,
    at: str = "",
    mistakes: Mistakes | None = None,
    words: Words = NO_WORDS,
) -> Json:
    """A taskInfo: the form in a window of its own."""
    pieces = [*_whole_title(form.title), *_asked(form, words, mistakes)]
    sends = _submit(form.submit, _sent(form, _Drawing(token, dialogs=True, at=at))) | {"style": "positive"}
    sheet = _sheet([*pieces, *_rows([(form.submit, sends)])], form.language)
    return _task(form.title, sheet, is_large=len(form.fields) > FEW_FIELDS)


def shown(said: Message, title: str, more: str = "") -> Json:
    """A taskInfo without fields and buttons: an answer in a dialog, where pictures are said in words.

    `more` says where the rest is, if any.
    """
    pieces = [*_whole_title(title), *_content(said, said.text, shows=False)]
    there = room_for(pieces)
    if there < len(pieces):
        pieces = [*pieces[:there], Piece((rich.line(f"{more} {NOTHING}".strip()),), "")]
    return _task(title, _sheet(pieces, said.language), is_large=len(pieces) > FEW_PIECES)


def home(home: Home, token: str, *, dialogs: bool, link_to: LinkTo = _nobody) -> tuple[Sheet, ...]:
    """`link_to` says how to write to somebody."""
    sheets: list[list[Piece]] = []
    for part in home.parts:
        for drawn in _part(part, _Drawing(token, dialogs), link_to):
            if sheets and fits([*sheets[-1], *drawn]):
                sheets[-1] += drawn
            else:
                sheets.append(list(drawn))
    return tuple(_sheet(pieces, home.language) for pieces in sheets or [[]])


def attachment(card: Json) -> Json:
    return {"contentType": ADAPTIVE, "content": card}


def activity(sheet: Sheet) -> Json:
    return {"type": "message", "attachments": [attachment(sheet.card)], "summary": sheet.summary}


# Cards


def _sheet(pieces: Sequence[Piece], language: str) -> Sheet:
    """Buttons stand in its body: what belongs to a card as a whole would be one row, with its labels cut."""
    blocks = [block for piece in pieces for block in piece.blocks]
    body = blocks if any(block["type"] != "ActionSet" for block in blocks) else [rich.line(NOTHING), *blocks]
    text = summary(pieces) or NOTHING
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "lang": language,
        "fallbackText": text,
        "msteams": {"width": "Full"},
        "body": body,
    }
    return Sheet(card, text, "\n".join(piece.text for piece in pieces if piece.text) or NOTHING)


def _task(title: str, sheet: Sheet, *, is_large: bool) -> Json:
    return {
        "title": by_words(title, LONGEST_TITLE),
        "height": "large" if is_large else "medium",
        "width": "medium",
        "card": attachment(sheet.card),
    }


def _whole_title(title: str) -> Iterator[Piece]:
    """Where a title had to be shortened, the first line has all of it."""
    if by_words(title, LONGEST_TITLE) != title:
        yield from rich.heading(title)


def _content(said: Message, text: Text, *, hangs: bool = True, shows: bool = True) -> Iterator[Piece]:
    yield from rich.paragraphs(text, hangs=hangs)
    for fact in said.facts:
        yield from rich.fact(fact)
    for picture in said.pictures:
        yield from _picture(picture) if shows and _fits_in(picture) else rich.paragraphs(in_words(picture))


def _fits_in(picture: Picture) -> bool:
    return 0 < len(picture.content) <= LARGEST_PICTURE and bool(picture.alt and picture.title)


def _picture(picture: Picture) -> Iterator[Piece]:
    """It is within the card itself, so that nobody has to fetch it from us, or could. What is too long for it
    to say stands below.
    """
    alt = by_words(picture.alt, LONGEST_ALT)
    title = [block for piece in rich.paragraphs((Run(picture.title, bold=True),)) for block in piece.blocks]
    url = EMBEDDED + b64encode(picture.content).decode()
    image = {"type": "Image", "spacing": "Small", "url": url, "altText": alt}
    yield Piece((*title, image), f"{picture.title}\n{alt}")
    if alt != picture.alt:
        yield from rich.paragraphs((Run(picture.alt),))


def _said_instead(block: Json) -> Iterable[Json]:
    if block["type"] != "Image":
        return [block]
    return [said for piece in rich.paragraphs((Run(block["altText"]),)) for said in piece.blocks]


def _small(line: str) -> Iterator[Piece]:
    if line:
        words = shorten(line, LONGEST_LINE)
        yield Piece((rich.line(words, "small", "Medium"),), words)


# Forms


def _asked(form: Form, words: Words, mistakes: Mistakes | None) -> Iterator[Piece]:
    yield from rich.paragraphs(form.intro)
    yield from _fields(form, words, mistakes)
    if mistakes and words.not_taken and len(form.fields) > FEW_FIELDS:
        yield Piece((rich.line(words.not_taken, "mistake", "Medium"),), "")


def _fields(form: Form, words: Words, mistakes: Mistakes | None, *, holds: bool = True) -> Iterator[Piece]:
    """`holds`: an empty field may hold the sender up. Beside other buttons it would hold those up as well."""
    drawn = [asked for asked in form.fields if inputs.blocks(asked, words)]
    wrong = _at_fields(mistakes, [asked.name for asked in drawn])
    if "" in wrong:
        yield Piece((rich.line(wrong[""], "mistake"),), wrong[""])
    for asked in drawn:
        mistake = wrong.get(asked.name, "")
        blocks = inputs.blocks(asked, words if holds else replace(words, required=""), mistake)
        yield Piece(tuple(blocks), " ".join(filter(None, (mistake, asked.label))))


def _together(fields: Sequence[Piece], closing: Sequence[Piece]) -> list[Piece]:
    """A button sends the fields of its own card only."""
    rows = [number for number, piece in enumerate(closing) if actions(piece.blocks)]
    behind = rows[0] + 1
    one = [*fields, *closing[:behind]]
    blocks = tuple(block for piece in one for block in piece.blocks)
    return [Piece(blocks, "\n".join(piece.text for piece in one)), *closing[behind:]]


def _at_fields(mistakes: Mistakes | None, fields: Sequence[str]) -> Mapping[str, str]:
    """What belongs to no field that is shown stands at the first one."""
    at: dict[str, str] = {}
    for name, words in (mistakes.at if mistakes else {}).items():
        place = name if name in fields else next(iter(fields), "")
        at[place] = f"{at[place]} {words}" if place in at else words
    return at


def _sent(form: Form, drawing: _Drawing) -> dict[str, str]:
    again = encode(form.again) if form.again else ""
    return {**drawing.data(form.action, form.title), "at": drawing.at, "again": again}


def _sends(form: Form, drawing: _Drawing) -> Json:
    return _execute(form.submit, form.action, _sent(form, drawing)) | {"style": "positive"}


# Buttons


def _pressed(buttons: Iterable[Button], drawing: _Drawing, *, beside_form: bool = False) -> list[Drawn]:
    return [(button.label, _button(button, drawing, beside_form=beside_form)) for button in buttons]


def _button(button: Button, drawing: _Drawing, *, beside_form: bool) -> Json:
    """Beside a form it does not send what is typed there."""
    data = drawing.data(button.action, button.label)
    apart = {"associatedInputs": "none"} if beside_form else {}
    if drawing.dialogs and button.action.opens_form:
        return _submit(button.label, {"msteams": {"type": "task/fetch"}, **data}) | apart
    return _execute(button.label, button.action, data, apart)


def _execute(label: str, action: Action, data: Json, also: Json | None = None) -> Json:
    """Clients that do not know it send the same data as a message."""
    fallback = _submit(label, data) | (also or {})
    return {
        "type": "Action.Execute",
        **_titled(label),
        "verb": action.wire,
        "data": data,
        "fallback": fallback,
    } | (also or {})


def _submit(label: str, data: Json) -> Json:
    return {"type": "Action.Submit", **_titled(label), "data": data}


def _opens(link: Link | None) -> Iterator[Drawn]:
    """Only what is an https address after all."""
    found = https_link(link[1]) if link else None
    if link and found:
        yield link[0], {"type": "Action.OpenUrl", **_titled(link[0]), "url": found.url}


def _titled(label: str) -> Json:
    """Nothing else is read in a title than its letters."""
    short = by_words(label, LONGEST_LABEL) or NOTHING
    return {"title": short} | ({"tooltip": label} if short != label else {})


def _rows(drawn: Iterable[Drawn]) -> Iterator[Piece]:
    """Beside each other as long as none is cut. A label too long for its button stands above in full."""
    row = Piece((), "")
    for label, button in drawn:
        longer = _beside(row, button, label)
        if row.blocks and (_width(longer) > WIDEST_ROW or actions(longer.blocks) > MOST_ACTIONS):
            yield row
            longer = _beside(Piece((), ""), button, label)
        row = longer
    if row.blocks:
        yield row


def _beside(row: Piece, button: Json, label: str) -> Piece:
    *lines, last = row.blocks or ({"type": "ActionSet", "actions": []},)
    if by_words(label, LONGEST_LABEL) != label:
        lines.append(rich.line(label, "small"))
    together = {**last, "actions": [*last["actions"], button]}
    return Piece((*lines, together), "")


def _width(row: Piece) -> int:
    return sum(units(button["title"]) + AROUND_LABEL for button in row.blocks[-1]["actions"])


# Homes


def _part(part: Part, drawing: _Drawing, link_to: LinkTo) -> Iterable[Sequence[Piece]]:
    said = part.message
    link = link_to(said.meet) if said.meet else None
    rows = _rows([*_pressed(said.buttons, drawing), *_opens(link)])
    heading = list(rich.heading(part.title, apart=True)) if part.title else []
    return packed([*heading, *_content(said, said.text, shows=False)], list(rows), fits)
