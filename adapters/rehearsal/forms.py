"""Forms: how simulated people fill them in. A field for which there is no special way keeps what it holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from adapters.rehearsal import words
from adapters.rehearsal.habits import Habits
from bot.calendar import DAY, Hours
from bot.messages import Field, Form

MOVES_BY = (-2, -1, 1, 2, 3)  # days


@dataclass(frozen=True)
class Writer:
    """Whoever fills it in, at this moment."""

    habits: Habits
    language: str
    hours: Hours
    today: date
    dice: Random

    def happens(self, share: float) -> bool:
        return self.dice.random() < share

    def some(self, of: Mapping[str, Sequence[str]] = words.THOUGHTS) -> str:
        return words.some(of, self.language, self.dice)


Answers = Mapping[str, str]


def filled(form: Form, writer: Writer) -> Answers:
    held = {field.name: _by_kind(field, writer) for field in form.fields}
    special = _SPECIAL.get(form.name)
    return held | dict(special(form, writer)) if special else held


def sets_clock(answers: Answers) -> bool:
    """Whether these went into the form of the welcome."""
    return "zone" in answers


def chosen_hours(answers: Answers) -> Hours:
    return Hours(
        timezone=answers["zone"],
        start=time.fromisoformat(answers["starts"]),
        end=time.fromisoformat(answers["ends"]),
        days=frozenset(map(int, answers["days"].split(","))),
    )


def _by_kind(field: Field, writer: Writer) -> str:
    if field.value or field.kind not in {"text", "line"}:
        return field.value or (field.choices[0].value if field.required and field.choices else "")
    return writer.some() if field.required or writer.happens(0.7) else ""


def _agreement(form: Form, writer: Writer) -> Answers:
    """Most take what is suggested; that is why most pairs have nothing to settle."""
    numbers = [field for field in form.fields if field.kind == "choice" and writer.happens(0.25)]
    return {field.name: writer.dice.choice(field.choices).value for field in numbers}


def _prep(form: Form, writer: Writer) -> Answers:
    questions = [field.name for field in form.fields if field.name != "private"]
    private = writer.happens(writer.habits.keeps_private)
    return {"private": writer.dice.choice(questions)} if private else {}


def _clock(form: Form, writer: Writer) -> Answers:
    """Shorter hours or a shorter week, never longer ones."""
    if writer.happens(0.4):
        return {"days": "0,1,2,3"}
    return {"starts": writer.dice.choice(("09:30", "10:00")), "ends": writer.dice.choice(("16:00", "17:00"))}


def _weekly_time(form: Form, writer: Writer) -> Answers:
    days = next(field.choices for field in form.fields if field.name == "weekday")
    return {"weekday": writer.dice.choice(days).value, "at": _time(writer)}


def _move(form: Form, writer: Writer) -> Answers:
    planned = next(field.value for field in form.fields if field.name == "day")
    day = date.fromisoformat(planned) + writer.dice.choice(MOVES_BY) * DAY
    return {"day": str(max(day, writer.today + DAY))} | ({"at": _time(writer)} if writer.happens(0.3) else {})


def _time(writer: Writer) -> str:
    """A whole hour of their working day."""
    return f"{writer.dice.randrange(writer.hours.start.hour + 1, writer.hours.end.hour):02}:00"


def _closing(form: Form, writer: Writer) -> Answers:
    mine = round(writer.dice.expovariate(1 / writer.habits.promises)) if writer.habits.promises else 0
    return {
        "mine": "\n".join(_promise(writer) for _ in range(min(mine, 4))),
        "theirs": _promise(writer) if writer.happens(0.2) else "",
        "where": writer.some(words.PLACES) if mine and writer.happens(0.3) else "",
    }


def _promise(writer: Writer) -> str:
    return words.promise(writer.language, writer.today, writer.dice)


def _another_day(form: Form, writer: Writer) -> Answers:
    return {"day": _day_ahead(writer)}


def _day_ahead(writer: Writer) -> str:
    """Now and then one that cannot be read."""
    return "4/5" if writer.happens(0.03) else str(writer.today + timedelta(days=writer.dice.randint(2, 12)))


def _one_more(form: Form, writer: Writer) -> Answers:
    who = next(field.choices for field in form.fields if field.name == "who")
    return {
        "what": writer.some(words.PROMISES),
        "where": "",
        "day": _day_ahead(writer) if writer.happens(0.6) else "",
        "who": writer.dice.choice(who).value,
    }


def _draft(form: Form, writer: Writer) -> Answers:
    """Now and then a link that leads somewhere else than it says."""
    link = "https://drafts.example@elsewhere.example" if writer.happens(0.05) else words.LINK
    by_link = writer.happens(0.4)
    return {
        "link": link if by_link else "",
        "text": "" if by_link else writer.some(),
        "percent": writer.dice.choice(("10", "40", "80")),
        "minutes": writer.dice.choice(("2", "5", "15")),
    }


def _letter(form: Form, writer: Writer) -> Answers:
    """Now and then a voice note, and now and then without a line on what is in it."""
    by_voice = writer.happens(0.3)
    points = writer.some() if by_voice and not writer.happens(0.1) else ""
    return {"text": writer.some(words.LETTERS), "link": words.LINK if by_voice else "", "points": points}


def _fewer(form: Form, writer: Writer) -> Answers:
    hour = "soon" if writer.happens(0.05) else writer.dice.choice(("", "09:00", "11:30", "16:00"))
    return {"a_week": writer.dice.choice(("1", "1", "0", "2")), "hour": hour}


def _decision(form: Form, writer: Writer) -> Answers:
    sure = "very" if writer.happens(0.03) else f"{writer.dice.randrange(0, 101, 5)} %"
    again = str(writer.today + timedelta(days=writer.dice.randint(7, 60)))
    return {"sure": sure, "again": again if writer.happens(0.7) else ""}


def _look_back(form: Form, writer: Writer) -> Answers:
    return {"again": _day_ahead(writer) if writer.happens(0.2) else "", "happened": writer.some()}


def _back_another_day(form: Form, writer: Writer) -> Answers:
    return {"again": _day_ahead(writer)}


def _goal(form: Form, writer: Writer) -> Answers:
    """Most take the day that is suggested."""
    check = next(field.value for field in form.fields if field.name == "check")
    return {"check": _day_ahead(writer) if writer.happens(0.3) else check}


def _stands(form: Form, writer: Writer) -> Answers:
    choices = next(field.choices for field in form.fields if field.name == "standing")
    return {"standing": writer.dice.choice(choices).value, "line": writer.some()}


def _pulse(form: Form, writer: Writer) -> Answers:
    """Most are content, and now and then somebody leaves one out."""
    given = [field for field in form.fields if not writer.happens(0.05)]
    return {field.name: writer.dice.choice(field.choices).value for field in given}


def _away_until(form: Form, writer: Writer) -> Answers:
    return {"until": _day_ahead(writer)}


def _half_time(form: Form, writer: Writer) -> Answers:
    """Most are content, and what they have not dared to bring stays with them."""
    rhythm = next(field.choices for field in form.fields if field.name == "rhythm")
    return {
        "rhythm": writer.dice.choice(rhythm).value if writer.happens(0.3) else "right",
        "unsaid_for": "both" if writer.happens(0.3) else "me",
        "match": "unsure" if writer.happens(0.1) else "yes",
    }


def _last_words(form: Form, writer: Writer) -> Answers:
    """Most would recommend it, some say so and some not."""
    recommends = writer.dice.choice(("", "3", "6", "7", "8", "8", "9", "9", "10", "10"))
    return {"in_touch": "yes" if writer.happens(0.7) else "no", "recommends": recommends}


_SPECIAL: Mapping[str, Callable[[Form, Writer], Answers]] = {
    "agreement.form": _agreement,
    "prep.form": _prep,
    "welcome.clock_form": _clock,
    "sessions.time_form": _weekly_time,
    "sessions.move_form": _move,
    "closing.form": _closing,
    "actions.day_form": _another_day,
    "actions.add_form": _one_more,
    "drafts.form": _draft,
    "asks.form": _letter,
    "turns.day_form": _another_day,
    "why.form": _fewer,
    "journal.form": _decision,
    "journal.look_form": _look_back,
    "journal.day_form": _back_another_day,
    "goals.form": _goal,
    "progress.line_form": _stands,
    "progress.date_form": _another_day,
    "pulse.form": _pulse,
    "pause.until_form": _away_until,
    "review.form": _half_time,
    "ending.form": _last_words,
}
