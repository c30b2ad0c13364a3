"""What the bot says: nothing missing, nothing left over, the same in every language, in the tone we want.

The names, placeholders and labels that code asks for are read out of the code. Where a name is worked out
as the bot runs, every name that it can come to is looked at.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest
import regex
from pseudo import LONGER, OPEN, PSEUDO, is_pseudo, pseudo, with_pseudo
from world import Someone, World

from bot.actions import Outdated
from bot.database import connect
from bot.messages import Field, Message, plain
from bot.prompts import FALLBACK, INHERITED, Entry, read_prompts
from bot.stories import STORIES
from bot.story import together
from bot.text import key
from bot.understand import command_for

ROOT = Path(__file__).parent.parent
PROMPTS = read_prompts(ROOT / "prompts")
ENGLISH = {name: PROMPTS.entry(FALLBACK, name) for name in PROMPTS.names(FALLBACK)}
OTHERS = sorted(PROMPTS.languages - {FALLBACK})
EVERY = [PROMPTS.entry(language, name) for language in PROMPTS.languages for name in PROMPTS.names(language)]
TYPED = PROMPTS._typed_words
COMMANDS = together(STORIES).commands

VERBS = {"say", "ask", "phrase"}
NOT_PLACEHOLDERS = {"press", "facts", "files", "pictures", "listens", "given", "choices", "only"}
KEYS = {"text", "gist", "press", "facts", "title", "intro", "submit", "fields", "mistakes"}
KEYS_OF_A_FIELD = {"kind", "label", "short", "hint", "required", "limit", "choices"}

LONGEST_TEXT = 3000  # characters: a section block in Slack
LONGEST_TITLE = 24  # of a form, and of the button that sends it: Slack
LONGEST_LABEL = 75  # of a button: Slack
SHORT_LABEL = 30  # on a telephone the rest may be cut

SCOLDING = re.compile(r"!|still haven.t|overdue|reminder #|immer noch nicht|überfällig", re.IGNORECASE)
EMOJI = regex.compile(r"\p{Extended_Pictographic}")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


# Reading prompts


def strings(source: object) -> Iterator[str]:
    if isinstance(source, str):
        yield source
    elif isinstance(source, Mapping):
        yield from chain.from_iterable(map(strings, source.values()))


def placeholders(source: object) -> set[str]:
    return {name for text in strings(source) for name in PLACEHOLDER.findall(text)}


def shape(entry: Entry) -> dict[str, Any]:
    """What has to be the same in every language."""
    source = entry.source
    return {
        "press": set(source.get("press", {})),
        "facts": set(source.get("facts", {})),
        "mistakes": set(source.get("mistakes", {})),
        "fields": {name: _shape_of_field(field) for name, field in source.get("fields", {}).items()},
        "is a form": "title" in source,
        "placeholders": {part: placeholders(said) for part, said in source.items() if placeholders(said)},
    }


def _shape_of_field(field: Mapping[str, Any]) -> dict[str, Any]:
    same = {key: field.get(key) for key in ("kind", "required", "limit")}
    return same | {"short": "short" in field, "choices": set(field.get("choices", {}))}


# Reading code


@dataclass
class Code:
    """One module, and what it asks prompts for."""

    source: str
    known: frozenset[str] = frozenset(ENGLISH)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}

    @cached_property
    def tables(self) -> dict[str, list[ast.expr]]:
        """The values of every dictionary that is written down at the top of the module."""
        return {
            name.id: value.values
            for node in self.tree.body
            for name, value in _written_down(node)
            if isinstance(name, ast.Name) and isinstance(value, ast.Dict)
        }

    @cached_property
    def calls(self) -> list[tuple[ast.FunctionDef, ast.Call]]:
        """Every call, with the function that it stands in."""
        return [
            (function, node)
            for function in self.functions.values()
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
        ]

    def mentioned(self) -> set[str]:
        """What looks like the name of a prompt, even where it does not exist."""
        stories = {name.partition(".")[0] for name in self.known}
        wires = {
            id(word.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ClassDef)
            for word in node.keywords
        }
        columns = {
            id(word)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ForeignKey"
            for word in node.args
        }
        return {
            node.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in wires | columns
            if re.fullmatch(r"[a-z]+\.[a-z_]+", node.value) and node.value.partition(".")[0] in stories
        }

    def sayings(self) -> Iterator["Saying"]:
        for function, call in self.calls:
            verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if verb in VERBS and len(call.args) > 1 and all(word.arg for word in call.keywords):
                names = self.names(call.args[1], function)
                if names:
                    yield Saying(call, frozenset(names), self.keys_of_press(call, function))

    def names(self, value: ast.expr, function: ast.FunctionDef) -> set[str]:
        """Everything that a value can come to, or nothing where that cannot be told."""
        match value:
            case ast.Constant(value=str(name)):
                return {name}
            case ast.IfExp(body=one, orelse=other):
                return self._all([one, other], function)
            case ast.Call(func=ast.Name(id=called)) if called in self.functions:
                returned = [
                    node.value for node in ast.walk(self.functions[called]) if isinstance(node, ast.Return)
                ]
                return self._all([value for value in returned if value], self.functions[called])
            case ast.Subscript(value=ast.Name(id=table)) if table in self.tables:
                return self._all(self.tables[table], function)
            case ast.Name(id=name):
                return self._all(_assigned(name, function), function) or self._given(name, function)
        return set()

    def _all(self, values: Iterable[ast.expr], function: ast.FunctionDef) -> set[str]:
        each = [self.names(value, function) for value in values]
        return set().union(*each) if all(each) else set()

    def _given(self, parameter: str, function: ast.FunctionDef) -> set[str]:
        """What the callers hand over for a parameter."""
        names = [argument.arg for argument in function.args.args]
        if parameter not in names:
            return set()
        place = names.index(parameter)
        found = [
            self.names(call.args[place], caller)
            for caller, call in self.calls
            if isinstance(call.func, ast.Name) and call.func.id == function.name and len(call.args) > place
        ]
        return set().union(*found) if found and all(found) else set()

    def keys_of_press(self, call: ast.Call, function: ast.FunctionDef) -> frozenset[str] | None:
        """The names of the buttons, or None where they cannot be told."""
        press = next((word.value for word in call.keywords if word.arg == "press"), None)
        if press is None:
            return frozenset()
        if not isinstance(press, ast.Dict):
            return None
        names = [key.value if isinstance(key, ast.Constant) else None for key in press.keys]
        return None if None in names else frozenset(map(str, names))


def _assigned(name: str, function: ast.FunctionDef) -> list[ast.expr]:
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == name for to in node.targets)
    ]


def _written_down(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=[name], value=value):
            yield name, value
        case ast.AnnAssign(target=name, value=ast.expr() as value):
            yield name, value


@dataclass
class Saying:
    """One call that says something, and every prompt that it can come to."""

    call: ast.Call
    names: frozenset[str]
    press: frozenset[str] | None

    @property
    def line(self) -> str:
        return f"line {self.call.lineno} ({', '.join(sorted(self.names))})"

    @property
    def given(self) -> set[str]:
        return {str(word.arg) for word in self.call.keywords} - NOT_PLACEHOLDERS

    def mistakes(self, entries: Mapping[str, Entry]) -> Iterator[str]:
        there = [entries[name] for name in self.names if name in entries]
        wanted = {name: _wanted(entry) for name, entry in entries.items() if name in self.names}
        for name, values in wanted.items():
            if values - self.given:
                yield f"{self.line}: {name} is not told its {values - self.given}"
        unused = self.given - set().union(*wanted.values(), *map(_counts, there))
        if there and unused:
            yield f"{self.line}: nobody uses {unused}"
        for entry in there:
            if self.press and self.press - entry.press.keys():
                yield f"{self.line}: {entry.name} has no label for {self.press - entry.press.keys()}"


def _wanted(entry: Entry) -> set[str]:
    return placeholders({key: value for key, value in entry.source.items() if key != "mistakes"}) - {"label"}


def _counts(entry: Entry) -> set[str]:
    """A number that is not in the text may still choose among its plurals."""
    return {"count"} if isinstance(entry.source.get("text"), dict) else set()


CODE = {
    path.relative_to(ROOT).as_posix(): Code(path.read_text(encoding="utf-8"))
    for folder in ("bot", "adapters")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name != "models.py"  # where "sessions.id" is a column
}


# Code and prompts


@pytest.mark.parametrize("path", CODE)
def test_every_name_in_the_code_has_words(path: str) -> None:
    assert CODE[path].mentioned() <= ENGLISH.keys()


def test_no_words_are_left_over() -> None:
    used = set().union(*(code.mentioned() for code in CODE.values()))

    assert ENGLISH.keys() - used == set()


@pytest.mark.parametrize("path", CODE)
def test_every_placeholder_gets_its_value_and_every_button_its_label(path: str) -> None:
    assert [mistake for saying in CODE[path].sayings() for mistake in saying.mistakes(ENGLISH)] == []


def test_no_label_of_a_button_is_left_over() -> None:
    sayings = [saying for code in CODE.values() for saying in code.sayings()]
    unknown = {name for saying in sayings if saying.press is None for name in saying.names}
    pressed: dict[str, set[str]] = {name: set() for saying in sayings for name in saying.names}
    for saying in sayings:
        for name in saying.names:
            pressed[name] |= saying.press or set()

    assert left_over(ENGLISH, pressed, unknown) == {}


def left_over(
    entries: Mapping[str, Entry], pressed: Mapping[str, set[str]], unknown: set[str]
) -> dict[str, set[str]]:
    """Labels that nobody presses, neither here nor in what is like it, by the entry that writes them."""
    families = {name: {name, *_like(entries, name)} for name in pressed if name in entries}
    return {
        name: labels
        for name, family in families.items()
        if not family & unknown
        if (labels := written(entries, name) - set().union(*(pressed.get(one, set()) for one in family)))
    }


def _like(entries: Mapping[str, Entry], name: str) -> set[str]:
    """What has labels of this one, at whatever distance."""
    near = {entry.name for entry in entries.values() if entry.like == name}
    return near.union(*(_like(entries, one) for one in near))


def written(entries: Mapping[str, Entry], name: str) -> set[str]:
    """The labels that an entry does not have from the one that it is like."""
    labels = entries[name].source.get("press", {})
    there = entries[entries[name].like].source.get("press", {}) if entries[name].like else {}
    return {button for button, label in labels.items() if there.get(button) != label}


def test_a_label_may_be_there_for_those_that_are_like_it() -> None:
    labels = {"press": {"go": "Go", "stop": "Stop", "edit": "Edit"}}
    one = Entry("prep.one", "en", labels)
    kept = Entry("prep.kept", "en", labels, like="prep.one")
    pressed = {"prep.one": {"go"}, "prep.kept": {"edit"}}

    assert left_over({"prep.one": one, "prep.kept": kept}, pressed, set()) == {"prep.one": {"stop"}}


def test_nothing_is_written_again_that_is_there_already() -> None:
    assert {entry.name: twice for entry in EVERY if entry.like and (twice := _written_twice(entry))} == {}


@cache
def _file(language: str, story: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "prompts" / language / f"{story}.toml").read_text(encoding="utf-8"))


def _written_twice(entry: Entry) -> set[str]:
    story, _, name = entry.name.partition(".")
    own = _file(entry.language, story)[name]
    there = PROMPTS.entry(entry.language, entry.like).source
    return {
        label
        for part in INHERITED
        for label, text in own.get(part, {}).items()
        if there.get(part, {}).get(label) == text
    }


def test_most_of_what_is_said_can_be_told_from_the_code() -> None:
    sayings = [saying for code in CODE.values() for saying in code.sayings()]

    told = set().union(*(saying.names for saying in sayings))
    plain = {name for name, entry in ENGLISH.items() if not PLACEHOLDER.search(str(entry.source))}
    assert len(told | plain) > 0.8 * len(ENGLISH)


BAD = """
def ask(turn, person, late):
    name = "prep.ask" if late else "prep.gone"
    return turn.say(person, name, when=1, press={"write": 1})

def tell(turn, person):
    return _go_on(turn, person, "prep.gone")

def _go_on(turn, person, name):
    return turn.say(person, name, wen=1)
"""


def test_mistakes_in_code_are_seen() -> None:
    ask = Entry("prep.ask", "en", {"text": "Ready for {when}, {who}?", "press": {"write": "Write"}})
    gone = Entry("prep.gone", "en", {"text": "Over, {when}."})
    entries = {"prep.ask": ask, "prep.gone": gone}

    found = [
        mistake for saying in Code(BAD, frozenset(entries)).sayings() for mistake in saying.mistakes(entries)
    ]

    assert sorted(found) == [
        "line 10 (prep.gone): nobody uses {'wen'}",
        "line 10 (prep.gone): prep.gone is not told its {'when'}",
        "line 4 (prep.ask, prep.gone): prep.ask is not told its {'who'}",
        "line 4 (prep.ask, prep.gone): prep.gone has no label for {'write'}",
    ]


# Languages


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_the_same_things(language: str) -> None:
    assert PROMPTS.names(language) == ENGLISH.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_them_with_the_same_parts(language: str) -> None:
    differ = {
        name: (shape(PROMPTS.entry(language, name)), shape(ENGLISH[name]))
        for name in PROMPTS.names(language) & ENGLISH.keys()
        if shape(PROMPTS.entry(language, name)) != shape(ENGLISH[name])
    }

    assert differ == {}


@pytest.mark.parametrize("language", sorted(PROMPTS.languages))
def test_every_language_has_a_word_for_every_command(language: str) -> None:
    assert [name for name in COMMANDS if not TYPED.get(language, {}).get(name)] == []


def test_one_typed_word_never_means_two_things() -> None:
    meanings: dict[str, set[str]] = {}
    for name, words in PROMPTS.words.items():
        for word in words:
            meanings.setdefault(key(word), set()).add(name)

    assert {word: names for word, names in meanings.items() if len(names) > 1} == {}


def test_typed_words_are_written_as_they_are_compared() -> None:
    assert [word for words in PROMPTS.words.values() for word in words if word != key(word)] == []


def test_a_button_that_types_a_command_types_one_that_there_is() -> None:
    typed = {
        node.args[0].value
        for code in CODE.values()
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Typing"
        if isinstance(node.args[0], ast.Constant)
    }

    assert [
        words for words in typed if command_for(str(words), PROMPTS.words, sorted(COMMANDS)) is None
    ] == []


# Form and tone


def not_read(entry: Entry) -> list[str]:
    fields = entry.source.get("fields", {}).values()
    return [
        *(entry.source.keys() - KEYS),
        *(key for field in fields for key in field.keys() - KEYS_OF_A_FIELD),
    ]


def test_entries_hold_nothing_that_is_not_read() -> None:
    assert _of_each(not_read) == {}


def labels(entry: Entry) -> list[str]:
    """Of its buttons. What fills a placeholder is cut to fit when it is said."""
    return [label for label in entry.source.get("press", {}).values() if not PLACEHOLDER.search(label)]


def too_long(entry: Entry) -> list[str]:
    titles = [entry.source[key] for key in ("title", "submit") if key in entry.source]
    return [
        *(label for label in labels(entry) if len(label) > LONGEST_LABEL),
        *(title for title in titles if len(title) > LONGEST_TITLE),
        *(text for text in strings(entry.source) if len(text) > LONGEST_TEXT),
    ]


def test_nothing_is_longer_than_it_may_be() -> None:
    assert _of_each(too_long) == {}


@pytest.mark.parametrize("language", sorted(PROMPTS.languages))
def test_nearly_every_label_of_a_button_is_short(language: str) -> None:
    lengths = sorted(len(label) for entry in EVERY if entry.language == language for label in labels(entry))

    assert lengths[len(lengths) * 9 // 10] <= SHORT_LABEL


def out_of_tone(entry: Entry) -> list[str]:
    return [
        text[:60] for text in strings(entry.source) if SCOLDING.search(text) or len(EMOJI.findall(text)) > 1
    ]


def test_it_never_scolds_and_never_shouts() -> None:
    assert _of_each(out_of_tone) == {}


def _of_each(wrong: Callable[[Entry], list[str]]) -> dict[str, list[str]]:
    return {f"{entry.language}/{entry.name}": wrong(entry) for entry in EVERY if wrong(entry)}


@pytest.mark.parametrize(
    "text", ["Well done!", "You still haven't answered.", "Two days overdue", "🎉 Yes 🎉"]
)
def test_a_wrong_tone_is_heard(text: str) -> None:
    assert out_of_tone(Entry("prep.ask", "en", {"text": text}))


# A language that nobody speaks

WITH_PSEUDO = with_pseudo(PROMPTS, TYPED)


@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_words_of_any_length_and_letters_go_through(name: str) -> None:
    entry = WITH_PSEUDO.entry(PSEUDO, name)
    values = dict.fromkeys(placeholders(entry.source) - {"count"}, "Ana") | {"count": 2}

    for said in _everything_said(entry, values):
        assert is_pseudo(said), said


def _everything_said(entry: Entry, values: Mapping[str, Any]) -> Iterator[str]:
    if "title" in entry.source:
        yield from _form(entry, values)
        return
    message = WITH_PSEUDO.say(
        PSEUDO,
        entry.name,
        press={name: Outdated() for name in entry.press},
        facts=[(name, "words") for name in entry.facts],
        **{**values, "label": "Ana"},
    )
    yield plain(message.text)
    yield from (button.label for button in message.buttons)
    yield from (fact.label for fact in message.facts)


def _form(entry: Entry, values: Mapping[str, Any]) -> Iterator[str]:
    form = WITH_PSEUDO.ask(PSEUDO, entry.name, Outdated(), given={}, choices={}, only=None, **values)
    yield from (form.title, form.submit)
    yield from filter(None, [plain(form.intro)])
    for field in form.fields:
        yield from filter(None, (field.label, field.hint))
        yield from (choice.label for choice in field.choices)
    for mistake in entry.source.get("mistakes", {}):
        yield WITH_PSEUDO.mistake(PSEUDO, entry.name, mistake, **values)


def test_the_pseudo_language_is_longer_and_keeps_its_placeholders() -> None:
    said = pseudo("**Hello** {name}, welcome")

    assert len(said) > (1 + LONGER) * len("Hello {name}, welcome")
    assert "{name}" in said
    assert "Héllõ" in said


def test_a_pair_can_live_in_a_language_that_nobody_speaks(sqlite: str) -> None:
    """They press whatever comes first. Each word that they read comes from prompts/, or from one of them."""
    engine = connect(sqlite)
    world = World(engine, WITH_PSEUDO)
    ben = world.add("Ben Okafor", "America/Denver", language=PSEUDO)
    ana = world.add("Ana Byrne", "Europe/Dublin", language=PSEUDO)
    world.pair(ben, ana)

    dice = Random(7)
    for _ in range(30):
        world.forward(hours=12)
        for person in (ben, ana):
            _do_something(person, dice)
    engine.dispose()

    assert len({message.name for message in [*ben.chat, *ana.chat]}) > 20
    assert [said for message in [*ben.chat, *ana.chat] for said in _ours(message) if OPEN not in said] == []


LEAVING = {"leave", "erase"}


def _do_something(person: Someone, dice: Random) -> None:
    if person.form:
        empty = {field.name: _any_answer(field) for field in person.form.fields if not field.value}
        person.fills(**empty)
    elif staying := [button for button in person.sees.buttons[:3] if button.word not in LEAVING]:
        person.presses(dice.choice(staying).action)
    else:
        person.says("Something")


def _any_answer(field: Field) -> str:
    return field.choices[0].value if field.choices else "Something"


def _ours(message: Message) -> Iterator[str]:
    yield plain(message.text)
    yield from (button.label for button in message.buttons)
    yield from (fact.label for fact in message.facts)
