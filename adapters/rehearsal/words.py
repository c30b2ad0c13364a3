"""Words: what simulated people write. All of it is made up, and all of it carries the same rare word.

So a test can look for that word where no words belong: in a transcript, a summary or a log.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

CANARY = "zibeline"

_GERMAN, _OTHER = "de", "en"

THOUGHTS: Mapping[str, Sequence[str]] = {
    "en": (
        "The first draft is out, and two people have answered.",
        "I keep saying yes to reviews and have no afternoon left.",
        "Mostly listening, and one hard question.",
        "I do not know who decides about the budget.",
        "It went better than I feared.",
        "Whether I should ask before or after the release.",
    ),
    "de": (
        "Der erste Entwurf ist fertig, zwei haben schon geantwortet.",
        "Ich sage zu oft ja und habe keinen Nachmittag mehr frei.",
        "Vor allem zuhören, und eine schwere Frage.",
        "Ich weiß nicht, wer über das Budget entscheidet.",
        "Es ging besser, als ich dachte.",
    ),
}
QUESTIONS: Mapping[str, Sequence[str]] = {
    "en": (
        "How do you say no to a review without being rude?",
        "Would you send this before or after the release?",
        "Who should I ask about the budget?",
        "Do you know a book on this that is short?",
    ),
    "de": (
        "Wie sagst du bei Reviews höflich nein?",
        "Würdest du das vor oder nach dem Release schicken?",
        "Wen frage ich nach dem Budget?",
    ),
}
LETTERS: Mapping[str, Sequence[str]] = {
    "en": (
        "Thank you for this. What would happen if you sent it half finished?",
        "I had the same last year. I asked for ten minutes and got an hour.",
        "Two thoughts: start with the smallest part, and tell one person about it.",
    ),
    "de": (
        "Danke dafür. Was wäre, wenn du es halb fertig zeigst?",
        "Das kenne ich. Ich habe um zehn Minuten gebeten und eine Stunde bekommen.",
    ),
}
PROMISES: Mapping[str, Sequence[str]] = {
    "en": ("Send the draft", "Ask Mia for an hour", "Write down three examples", "Read the long report"),
    "de": ("Den Entwurf schicken", "Mia um eine Stunde bitten", "Drei Beispiele aufschreiben"),
}
PLACES: Mapping[str, Sequence[str]] = {
    "en": ("after stand-up, at my desk", "on the train on Thursday", "with the first coffee"),
    "de": ("nach dem Stand-up", "am Donnerstag im Zug"),
}
LINK = f"https://docs.example.org/{CANARY}"
NONSENSE = (
    f"asdf {CANARY}",
    "👍",
    "   ",
    "helpp",
    "sesions",
    f"\u202eright to left {CANARY}",
    f"*bold* <b>{CANARY}</b> {{name}} `x`",
    f"{CANARY} " * 400,
    "4/5",
    "?",
    "lol",
)
OLD_BUTTON = "an old button"  # of a release that is gone
WHIMS: Mapping[str, float] = {
    "help": 0.09,
    "sessions": 0.12,
    "actions": 0.11,
    "goals": 0.08,
    "pulse": 0.02,
    "prep": 0.08,
    "agreement": 0.06,
    "close": 0.04,
    "write": 0.02,
    "turn": 0.05,
    "why": 0.025,
    "nudges": 0.015,
    "my data": 0.05,
    "journal": 0.06,
    "draft": 0.04,
    "drafts": 0.04,
    "settings": 0.02,
    "back": 0.02,
    OLD_BUTTON: 0.03,
}
ASK, TURN = {"en": ("ask", "question"), "de": ("fragen", "frage")}, "turn"
PAUSE, PAUSE_UNTIL = ("pause", "stop"), {"en": "pause until", "de": "pause bis"}


def some(of: Mapping[str, Sequence[str]], language: str, dice: Random) -> str:
    return f"{dice.choice(of[_spoken(language)])} {CANARY}"


def promise(language: str, today: date, dice: Random) -> str:
    """One line of a closing, most of them with a day."""
    what = some(PROMISES, language, dice)
    if dice.random() < 0.3:
        return what
    by = "bis" if _spoken(language) == _GERMAN else "by"
    return f"{what} {by} {today + timedelta(days=dice.randint(2, 12))}"


def ask(language: str, dice: Random) -> str:
    """Now and then with a colon, and now and then the word alone."""
    word = dice.choice(ASK[_spoken(language)])
    if dice.random() < 0.1:
        return word
    return f"{word}{dice.choice(('', '', ':'))} {some(QUESTIONS, language, dice)}"


def pause_until(day: date, language: str) -> str:
    return f"{PAUSE_UNTIL[_spoken(language)]} {day}"


def _spoken(language: str) -> str:
    return _GERMAN if language.startswith(_GERMAN) else _OTHER
