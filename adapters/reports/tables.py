"""Tables: files with people in them, read, or refused in sentences that name rows and nobody."""

from collections.abc import Sequence
from pathlib import Path

from adapters.remedy import MendFirst
from bot.outcomes.keys import StudyKey
from bot.outcomes.reading import PERSON, People, Refused, read_people
from bot.prompts import Prompts
from bot.roster import Finding
from bot.spreadsheet import Unreadable

NOTHING = "\nNothing was written."


def read_table(
    path: Path,
    study: StudyKey | None,
    prompts: Prompts,
    known: Sequence[str] = (),
    addresses: Sequence[str] = (),
) -> People:
    try:
        return read_people(path, study, known, addresses)
    except Refused as refusal:
        raise mend_first(refusal) from None
    except Unreadable as refusal:
        columns = {"columns": ", ".join((*PERSON, *known, *addresses))}
        told = Finding(refusal.name, columns | refusal.values, refusal.row).said(prompts)
        raise MendFirst(f"{path.name}:\n{told}", NOTHING) from None


def mend_first(refusal: Refused) -> MendFirst:
    told = [str(problem) for problem in refusal.problems]
    more = [f"And {refusal.more:,} more."] if refusal.more else []
    return MendFirst("\n".join([f"{refusal.file}:", *told, *more]), NOTHING)
