"""Trial: what nudges change. Each moment at which one is due is written down, whether it is sent or held out.

Who is nudged is decided by the moment alone, before anybody knows what comes of it; so the moments held out
show what would have happened without.
"""

from bot.models import Nudge, Pair, Person
from bot.nudging import is_held_out
from bot.turn import Turn


def sends(turn: Turn, person: Person, pair: Pair, rule: str, about: int, number: int = 1) -> bool:
    """Whether to send this nudge: the `number`th by this rule about the row with the id `about`."""
    since = pair.programme.made_at.isoformat()  # so that two programmes draw different lots
    held_out = is_held_out(f"{pair.programme_id}:{since}:{rule}:{about}:{number}")
    turn.db.add(
        Nudge(person_id=person.id, rule=rule, about_id=about, number=number, at=turn.now, held_out=held_out)
    )
    return not held_out
