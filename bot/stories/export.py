"""Export: lists and numbers of a programme as files for a spreadsheet, in the chat of whoever asks for them.

Nothing that people wrote, and of single pairs only who with whom and since when; what goes on is told of
groups of five people and more. That a file was taken is kept.
"""

from dataclasses import dataclass

from bot.actions import Action, Typing
from bot.desk import admitted, audit, roles, spreadsheets
from bot.desk.roles import Right
from bot.desk.spreadsheets import EXPORTS
from bot.messages import File, Message
from bot.models import Person
from bot.story import Story
from bot.turn import Turn

export = Story()

CSV = "text/csv; charset=utf-8"
TAKEN = {
    "people": "export.did_take_people",
    "pairs": "export.did_take_pairs",
    "cohorts": "export.did_take_cohorts",
    "weekly": "export.did_take_weekly",
    "audit": "export.did_take_audit",
}


@dataclass(frozen=True)
class Take(Action, wire="export.take", keeps_card=True):
    programme: int
    what: str


@export.on_command("export", with_details=True)
def show(turn: Turn, person: Person, _rest: str) -> Message:
    """Whoever runs nothing means their own data by this word."""
    programme = roles.chosen(turn, person, Right.NUMBERS)
    if programme is None:
        return turn.say(person, "export.yours", press={"mydata": Typing("mydata")})
    ways: dict[str, Action] = {
        what: Take(programme.id, what)
        for what, one in EXPORTS.items()
        if roles.programme(turn, person, programme.id, one.right)
    }
    press = ways | {"mydata": Typing("mydata")}
    return turn.say(person, "export.which", programme=programme.name, press=press)


@export.on_press(Take)
def take(turn: Turn, person: Person, press: Take) -> Message:
    wanted = EXPORTS.get(press.what)
    right = wanted.right if wanted else Right.ROLES
    programme = admitted.to(turn, person, press.programme, right, "export")
    if programme is None or wanted is None:
        return turn.say(person, "export.not_for_you", press={"mydata": Typing("mydata")})
    rows = spreadsheets.rows(turn, person, programme, wanted)
    audit.record(turn, person, TAKEN[press.what], programme=programme, detail=str(len(rows)))
    return turn.say(
        person,
        "export.made",
        count=len(rows),
        programme=programme.name,
        files=[_file(turn, person, press.what, rows)],
        press={"all": Typing("export")},
    )


def _file(turn: Turn, reader: Person, what: str, rows: list[spreadsheets.Row]) -> File:
    """Its name is ours: nothing that anybody typed is in it."""
    columns = EXPORTS[what].columns
    named = turn.say(reader, "export.columns", facts=[(column.name, "") for column in columns])
    headings = [fact.label for fact in named.facts]
    yes, no = (turn.prompts.phrase(reader.language, name) for name in ("mydata.yes", "mydata.no"))
    said = ([yes if cell is True else no if cell is False else cell for cell in row] for row in rows)
    content = spreadsheets.as_csv(headings, said)
    return File(f"{what}-{turn.today(reader)}.csv", CSV, content)
