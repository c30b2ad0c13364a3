"""Drawing for nobody: what a rehearsal shows, as it would be in Slack, held against what Slack takes."""

from collections.abc import Iterator

from adapters.drawn import Drawn, Returned, Shown, Venue
from adapters.slack import limits, render
from adapters.slack.parse import PLATFORM
from bot.messages import Form, Home, Message

TOKEN = "0" * 16  # as long as a real one
UPLOADED = "F0000000000"
PLACE = "D00000000:0000000000.000000"


def venue() -> Venue:
    return Venue(PLATFORM, "Slack", draw)


def draw(shown: Shown) -> Iterator[Drawn]:
    match shown:
        case Message(meet=meet):
            link = render.chat_with(meet) if meet else None
            hung = {picture: f"{UPLOADED}{at}" for at, picture in enumerate(shown.pictures)}
            sheets = render.message(shown, TOKEN, link, hung)
            yield from (limits.of_message(sheet.blocks, sheet.text) for sheet in sheets)
        case Home():
            yield limits.of_view(render.home(shown, TOKEN))
        case Form() | Returned(form=Form()):  # mistakes stand beside the form, which stays as it is
            form = shown.form if isinstance(shown, Returned) else shown
            yield limits.of_view(render.modal(form, PLACE, TOKEN))
