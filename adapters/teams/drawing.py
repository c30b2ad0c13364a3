"""Drawing for nobody: what a rehearsal shows, as it would be in Teams, held against what Teams takes."""

from collections.abc import Iterator

from adapters.drawn import Drawn, Returned, Shown, Venue
from adapters.teams import limits, render
from adapters.teams.inputs import words_in
from adapters.teams.parse import PLATFORM
from bot.messages import Form, Home, Meet, Message, Mistakes
from bot.prompts import Prompts

TOKEN = "0" * 16  # as long as a real one
PLACE = "0000000000000"


def venue(prompts: Prompts) -> Venue:
    def draw(shown: Shown) -> Iterator[Drawn]:
        match shown:
            case Message(meet=meet):
                link = _link(meet) if meet else None
                words = words_in(prompts, shown.language)
                sheets = render.message(shown, TOKEN, dialogs=True, link=link, words=words)
                yield from (limits.of_card(sheet.card) for sheet in sheets)
            case Home():
                sheets = render.home(shown, TOKEN, dialogs=True, link_to=_link)
                yield from (limits.of_card(sheet.card) for sheet in sheets)
            case Returned(form=form, mistakes=mistakes):
                yield from _form(prompts, form, mistakes)
            case Form():
                yield from _form(prompts, shown, None)

    return Venue(PLATFORM, "Teams", draw)


def _form(prompts: Prompts, form: Form, mistakes: Mistakes | None) -> Iterator[Drawn]:
    """Where there are dialogs, and where there are none."""
    words = words_in(prompts, form.language)
    yield limits.of_dialog(render.dialog(form, TOKEN, at=PLACE, mistakes=mistakes, words=words))
    card = render.form_card(form, TOKEN, at=PLACE, mistakes=mistakes, words=words).card
    yield limits.of_card(card, limits.WHOLE_BYTES)


def _link(meet: Meet) -> tuple[str, str]:
    users = ",".join(one.user for one in (meet.who, *meet.others))
    return meet.label, f"https://teams.microsoft.com/l/chat/0/0?users={users}"
