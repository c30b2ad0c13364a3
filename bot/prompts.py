"""Prompts: everything the bot says, read from prompts/<language>/<story>.toml and made into values.

A text is a small Markdown subset: **bold**, "- " lists, blank lines between paragraphs, {placeholders}.
There is no logic in it but the plural: a text may be a table of CLDR plural forms, chosen by `count`.
What fills a placeholder is never read as markup or as a placeholder.

`like = "one"` gives an entry the buttons and facts of [one] in the same file; what it writes itself comes on
top. That it may have more labels than it shows does no harm.
"""

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from babel import Locale

from bot.actions import Action
from bot.links import Link
from bot.messages import Button, Choice, Fact, Field, File, Form, Message, Picture, Run, Text
from bot.text import shorten

Press = Mapping[str, Action | Sequence[tuple[str, Action]]]
"""Buttons by the name of their label; a sequence makes one button for each (label, action)."""

FALLBACK = "en"
LONGEST_TEXT = 3000  # characters of a field that says nothing else
LONGEST_LABEL = 75  # characters that Slack takes on a button
ISOLATE, END_ISOLATE = "\u2068", "\u2069"  # so that a name in Hebrew does not turn the sentence around
INHERITED = ("press", "facts")
_MARKS = re.compile(r"(\*\*|\{\w+\})")


class PromptError(Exception):
    """A prompt file says something that cannot be used. The message names file and entry."""


class Template:
    """One text with its placeholders, taken apart once."""

    def __init__(self, source: str) -> None:
        self.placeholders = frozenset(mark[1:-1] for mark in _MARKS.findall(source) if mark != "**")
        self._parts: list[tuple[str, bool, bool]] = []  # text, bold, is a placeholder
        bold = False
        for part in _MARKS.split(_joined(source)):
            if part == "**":
                bold = not bold
            elif part:
                self._parts.append(
                    (part.strip("{}"), bold, part[0] == "{") if part[0] == "{" else (part, bold, False)
                )
        if bold:
            raise PromptError(f"a ** without its partner in: {source[:60]}")

    def fill(self, values: Mapping[str, object]) -> Text:
        return tuple(
            Run(_isolated(str(values[text])) if is_placeholder else text, bold)
            for text, bold, is_placeholder in self._parts
        )

    def plain(self, values: Mapping[str, object]) -> str:
        return "".join(run.text for run in self.fill(values))


def _joined(source: str) -> str:
    """Lines of one paragraph become one line; list items stay lines, with a bullet."""
    paragraphs = re.split(r"\n\s*\n", source.strip())
    return "\n\n".join(
        re.sub(r"\s*\n\s*", " ", re.sub(r"^\s*- ", "\0• ", p, flags=re.M)).replace(" \0", "\n").lstrip("\0")
        for p in paragraphs
    )


def _isolated(value: str) -> str:
    if value.isascii():
        return value
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in value):
        return f"{ISOLATE}{value}{END_ISOLATE}"
    return value


@dataclass(frozen=True)
class Entry:
    """One message or form as a prompt file writes it, with the labels of the one that it is like."""

    name: str
    language: str
    source: Mapping[str, Any]
    like: str = ""  # the name of that one

    @cached_property
    def fingerprint(self) -> str:
        spoken = json.dumps(self.source, sort_keys=True, ensure_ascii=False)
        return f"{self.language}/{self.name}@{hashlib.sha256(spoken.encode()).hexdigest()[:6]}"

    @cached_property
    def text(self) -> Mapping[str, Template]:
        source = self.source.get("text", self.source.get("intro", ""))
        forms = source if isinstance(source, dict) else {"other": source}
        return {form: Template(words) for form, words in forms.items()}

    @cached_property
    def gist(self) -> Template:
        return Template(self.source.get("gist", ""))

    @cached_property
    def press(self) -> Mapping[str, Template]:
        return {name: Template(label) for name, label in self.source.get("press", {}).items()}

    @cached_property
    def facts(self) -> Mapping[str, Template]:
        return {name: Template(label) for name, label in self.source.get("facts", {}).items()}

    def said(self, values: Mapping[str, object]) -> Text:
        return self._form_for(values).fill(values)

    def _form_for(self, values: Mapping[str, object]) -> Template:
        count = values.get("count")
        if isinstance(count, int):
            form = str(Locale.parse(self.language).plural_form(count))
            return self.text.get(form, self.text["other"])
        return self.text["other"]


class Prompts:
    """All prompts of all languages. A language that lacks an entry says it in English.

    `typed_words`: by language, what people may type for a button or a command; the first is the one we name.
    """

    def __init__(
        self, entries: Iterable[Entry], typed_words: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> None:
        self._entries = {(entry.language, entry.name): entry for entry in entries}
        self._typed_words = typed_words
        self.languages = frozenset(language for language, _ in self._entries)

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """What works in any language, so that nobody has to switch: name -> words."""
        names = {name for words in self._typed_words.values() for name in words}
        return {
            name: frozenset(word for words in self._typed_words.values() for word in words.get(name, ()))
            for name in names
        }

    def typed(self, language: str, name: str) -> str:
        """The word that we name for a command: "my data" for `mydata`."""
        return (self._typed_words.get(language) or self._typed_words[FALLBACK])[name][0]

    def entry(self, language: str, name: str) -> Entry:
        try:
            return self._entries.get((language, name)) or self._entries[FALLBACK, name]
        except KeyError:
            raise PromptError(f"there is no prompt {name}") from None

    def names(self, language: str) -> frozenset[str]:
        return frozenset(name for spoken, name in self._entries if spoken == language)

    def say(
        self,
        language: str,
        name: str,
        /,
        *,
        press: Press | None = None,
        facts: Iterable[Fact | tuple[str, str | Link]] = (),
        files: Sequence[File] = (),
        pictures: Sequence[Picture] = (),
        listens: Action | None = None,
        **values: object,
    ) -> Message:
        entry = self.entry(language, name)
        return Message(
            name=name,
            text=entry.said(values),
            gist=entry.gist.fill(values),
            facts=tuple(_fact(entry, fact, values) for fact in facts),
            buttons=tuple(_buttons(entry, press or {}, values)),
            files=tuple(files),
            pictures=tuple(pictures),
            listens=listens,
            wording=entry.fingerprint,
            language=entry.language,
        )

    def phrase(self, language: str, name: str, /, **values: object) -> str:
        """A text without bold, for a label, a file or the middle of a sentence."""
        return "".join(run.text for run in self.entry(language, name).said(values))

    def ask(
        self,
        language: str,
        name: str,
        action: Action,
        /,
        *,
        given: Mapping[str, str],
        choices: Mapping[str, Sequence[Choice]],
        only: Sequence[str] | None,
        **values: object,
    ) -> Form:
        entry = self.entry(language, name)
        fields: dict[str, dict[str, Any]] = entry.source["fields"]
        return Form(
            name=name,
            title=Template(entry.source["title"]).plain(values),
            intro=entry.said(values),
            fields=tuple(
                _field(field, fields[field], given.get(field, ""), choices.get(field), values)
                for field in (fields if only is None else only)
            ),
            submit=entry.source["submit"],
            action=action,
            wording=entry.fingerprint,
            language=entry.language,
        )

    def label(self, language: str, form: str, field: str) -> str:
        return str(self.entry(language, form).source["fields"][field]["label"])

    def hint(self, language: str, form: str, field: str) -> str:
        return str(self.entry(language, form).source["fields"][field].get("hint", ""))

    def short(self, language: str, form: str, field: str) -> str:
        """Two or three words for a field, where there is no room for its label."""
        return str(self.entry(language, form).source["fields"][field]["short"])

    def too_long(self, language: str, form: str, answers: Mapping[str, str]) -> dict[str, str]:
        """What does not fit, field by field: a platform may hold a form to its limits, or may not."""
        fields = self.entry(language, form).source["fields"]
        known = {name: text for name, text in answers.items() if name in fields}
        return {
            name: "long"
            for name, text in known.items()
            if len(text) > fields[name].get("limit", LONGEST_TEXT)
        }

    def mistake(self, language: str, form: str, name: str, /, **values: object) -> str:
        return Template(self.entry(language, form).source["mistakes"][name]).plain(values)


def _fact(entry: Entry, fact: Fact | tuple[str, str | Link], values: Mapping[str, object]) -> Fact:
    if isinstance(fact, Fact):
        return fact
    name, value = fact
    label = entry.facts[name].plain(values)
    return Fact(label, value.url, is_link=True) if isinstance(value, Link) else Fact(label, value)


def _buttons(entry: Entry, press: Press, values: Mapping[str, object]) -> Iterable[Button]:
    for name, meaning in press.items():
        if isinstance(meaning, Action):
            yield Button(shorten(entry.press[name].plain(values), LONGEST_LABEL), meaning, name)
        else:
            for label, action in meaning:
                spoken = entry.press[name].plain({**values, "label": label})
                yield Button(shorten(spoken, LONGEST_LABEL), action, name)


def _field(
    name: str,
    source: Mapping[str, Any],
    value: str,
    choices: Sequence[Choice] | None,
    values: Mapping[str, object],
) -> Field:
    written = tuple(Choice(choice, label) for choice, label in source.get("choices", {}).items())
    return Field(
        name=name,
        kind=source.get("kind", "text"),
        label=Template(source["label"]).plain(values),
        hint=Template(source.get("hint", "")).plain(values),
        value=value,
        required=source.get("required", False),
        choices=written if choices is None else tuple(choices),
        limit=source.get("limit", LONGEST_TEXT),
    )


def read_prompts(folder: Path) -> Prompts:
    """Read every language in `folder`. Raises PromptError with file and reason."""
    entries: list[Entry] = []
    words: dict[str, dict[str, list[str]]] = {}
    for file in sorted(folder.glob("*/*.toml")):
        content = _read(file)
        if file.stem == "words":
            words[file.parent.name] = content
        else:
            entries += _entries(file, content)
    if not any(entry.language == FALLBACK for entry in entries):
        raise PromptError(f"no prompts in {folder / FALLBACK}")
    return Prompts(entries, words)


def _entries(file: Path, content: Mapping[str, Mapping[str, Any]]) -> Iterable[Entry]:
    for name, source in content.items():
        like = source.get("like", "")
        yield Entry(
            name=f"{file.stem}.{name}",
            language=file.parent.name,
            source=_whole(file, content, (name,)) if like else source,
            like=f"{file.stem}.{like}" if like else "",
        )


def _whole(file: Path, content: Mapping[str, Mapping[str, Any]], names: tuple[str, ...]) -> dict[str, Any]:
    """The last of the names, with what it has from others. Those before it are like it."""
    source = dict(content[names[-1]])
    like = source.pop("like", "")
    if not like:
        return source
    if like not in content:
        raise PromptError(f"{file}: [{names[-1]}] is like [{like}], which is not there")
    if like in names:
        raise PromptError(f"{file}: [{names[0]}] comes to be like itself: {' < '.join((*names, like))}")
    base = _whole(file, content, (*names, like))
    labels = {part: {**base.get(part, {}), **source.get(part, {})} for part in INHERITED}
    return source | {part: texts for part, texts in labels.items() if texts}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PromptError(f"{file}: {error}") from error
