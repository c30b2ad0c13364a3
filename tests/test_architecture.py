"""Who may know whom, and how long a function may be: the house as docs/architecture.md describes it.

A rule takes a tree (path to source) and returns what breaks it. Each is shown to fail on a small bad tree.
"""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, String, Table

from bot.actions import Action
from bot.models import Base
from bot.stories import STORIES
from bot.story import together

Tree = dict[str, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "app.py", *(ROOT / "bot").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
HOUSE = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(FILES)}

KNOWN_IN: dict[str, str | tuple[str, ...]] = {
    "PIL": "bot/paper.py",
    "alembic": "adapters/terminal/store.py",
    "apscheduler": "app.py",
    "botbuilder": "adapters/teams/botbuilder_sdk.py",
    "botframework": "adapters/teams/botbuilder_sdk.py",
    "cryptography": ("bot/vault.py", "adapters/teams/certificate.py"),
    "dateparser": "bot/dates.py",
    "fpdf": "adapters/reports/pdf.py",
    "holidays": "bot/calendar.py",
    "icalendar": "bot/invitation.py",
    "jinja2": "adapters/reports/page.py",
    "jwt": "adapters/teams/",
    "matplotlib": "adapters/reports/",
    "microsoft_agents": "adapters/teams/agents_sdk.py",
    "msal": "adapters/teams/login.py",
    "msrest": "adapters/teams/botbuilder_sdk.py",
    "ortools": "bot/matching/assignment.py",
    "pytz": "bot/calendar.py",
    "numpy": ("bot/statistics.py", "bot/matching/"),
    "scipy": ("bot/statistics.py", "bot/matching/"),
    "rustworkx": "bot/rounds/grouping.py",
    "slack_bolt": "adapters/slack/server.py",
    "slack_sdk": "adapters/slack/",
    "sse_starlette": "adapters/web/server.py",
    "statsmodels": "bot/statistics.py",
    "typer": "app.py",
    "uvicorn": "app.py",
}
VOCABULARY = ("bot.actions", "bot.adapter", "bot.events", "bot.messages")
NETWORK = (
    "aiohttp",
    "asyncio",
    "http",
    "httpx",
    "requests",
    "socket",
    "ssl",
    "starlette",
    "urllib",
    "uvicorn",
)
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic")
ENVIRONMENT = ("os.environ", "os.getenv")
PLATFORMS = ("slack", "teams")
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)


# Reading code


def module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def nodes(source: str) -> Sequence[ast.AST]:
    return list(ast.walk(ast.parse(source)))


@cache
def imports(source: str) -> set[str]:
    """`from bot import vault` knows `bot` and `bot.vault`."""
    found: set[str] = set()
    for node in nodes(source):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(origin), names=names):
                found |= {origin, *(f"{origin}.{alias.name}" for alias in names)}
    return found


def knows(source: str, modules: Iterable[str]) -> set[str]:
    return {name for name in imports(source) for known in modules if f"{name}.".startswith(f"{known}.")}


def uses(source: str, names: Iterable[str]) -> set[str]:
    """Which of these, each with a dot like `time.time`, the code mentions or imports."""
    found = {f".{name}" for name in mentioned(source) | imports(source)}
    return {name for name in names if any(other.endswith(f".{name}") for other in found)}


@cache
def mentioned(source: str) -> set[str]:
    return {ast.unparse(node) for node in nodes(source) if isinstance(node, ast.Attribute)}


def inside(tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    return ((path, source) for path, source in tree.items() if path.startswith(folder))


def story_modules(tree: Tree) -> set[str]:
    return {module(path) for path, _ in inside(tree, "bot/stories/")} - {"bot.stories"}


def functions(tree: Tree) -> Iterator[tuple[str, Function]]:
    for path, source in tree.items():
        for node in nodes(source):
            if isinstance(node, Function):
                yield f"{path}:{node.name}", node


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def depth(node: ast.AST, level: int = 0) -> int:
    """How deep blocks are nested. An elif is not deeper than its if."""
    deepest = level
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deeper = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, depth(child, level + deeper))
    return deepest


# The rules


def strangers(tree: Tree) -> list[str]:
    return [
        f"{path} knows {package}"
        for path, source in tree.items()
        for package, place in KNOWN_IN.items()
        if not path.startswith(place) and knows(source, [package])
    ]


def readers_of_the_environment(tree: Tree) -> list[str]:
    return [path for path, source in tree.items() if path != "app.py" and uses(source, ENVIRONMENT)]


def async_in_the_core(tree: Tree) -> list[str]:
    return [
        path
        for path, source in inside(tree, "bot/")
        if knows(source, NETWORK) or any(isinstance(node, ASYNC) for node in nodes(source))
    ]


def stories_that_know_each_other(tree: Tree) -> list[str]:
    return [
        f"{path} knows {name}"
        for path, source in inside(tree, "bot/stories/")
        for name in sorted(knows(source, story_modules(tree)))
        if path != "bot/stories/__init__.py"
    ]


def others_that_know_a_story(tree: Tree) -> list[str]:
    return [
        f"{path} knows {name}"
        for path, source in tree.items()
        for name in sorted(knows(source, story_modules(tree)))
        if not path.startswith("bot/stories/")
    ]


def others_that_know_all_stories(tree: Tree) -> list[str]:
    return [
        path for path, source in tree.items() if path != "app.py" and "bot.stories.STORIES" in imports(source)
    ]


def vocabulary_that_knows_more(tree: Tree) -> list[str]:
    return [
        f"{path} knows {name}"
        for path, source in tree.items()
        for name in sorted(imports(source) - knows(source, {*VOCABULARY, *sys.stdlib_module_names}))
        if module(path) in VOCABULARY
    ]


def adapters_that_know_the_inside(tree: Tree) -> list[str]:
    return [
        f"{path} knows {name}"
        for path, source in inside(tree, "adapters/")
        for name in sorted(knows(source, ["bot.models", "bot.stories", "bot.story"]))
    ]


def adapters_that_know_each_other(tree: Tree) -> list[str]:
    """What lies beside the folders of the platforms is for all of them, and knows none."""
    folders = {"/".join(path.split("/")[:2]) for path, _ in inside(tree, "adapters/") if path.count("/") > 1}
    return [
        f"{path} knows {name}"
        for path, source in inside(tree, "adapters/")
        for folder in folders
        for name in sorted(knows(source, [module(folder)]))
        if not path.startswith(f"{folder}/")
    ]


def askers_of_the_clock(tree: Tree) -> list[str]:
    return [f"{path} asks {name}" for path, source in inside(tree, "bot/") for name in uses(source, CLOCKS)]


def platforms_in_the_core(tree: Tree) -> list[str]:
    return [
        f"{path} says {node.value}"
        for path, source in inside(tree, "bot/")
        for node in nodes(source)
        if isinstance(node, ast.Constant) and node.value in PLATFORMS
    ]


def cycles_in_the_core(tree: Tree) -> list[str]:
    sources = {module(path): source for path, source in inside(tree, "bot/")}
    graph = {name: imports(source) & sources.keys() - {name, "bot"} for name, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        return [" < ".join(cycle.args[1])]
    return []


def long_functions(tree: Tree) -> list[str]:
    """Too long are 50 lines; one function in twenty may be."""
    by_length = sorted((length(function), name) for name, function in functions(tree))
    most = by_length[: max(1, len(by_length) * 19 // 20)]
    return [f"{name} has {lines} lines" for lines, name in most if lines >= 50]


def deep_functions(tree: Tree) -> list[str]:
    return [name for name, function in functions(tree) if depth(function) > 3]


MOVED: set[str] = set()


def wires_of_somebody_else(actions: Iterable[Any]) -> list[str]:
    """In chat histories an action is found by the name of its story, or of what several stories share."""
    return [
        f"{action.__module__} has {action.wire}"
        for action in actions
        if action.wire not in MOVED
        and action.wire.rpartition(".")[0]
        != action.__module__.removeprefix("bot.actions").removeprefix("bot.").removeprefix("stories.")
    ]


def models_without_a_class(models: Iterable[Any]) -> list[str]:
    classes = {f"P{number}" for number in range(1, 8)}
    return [model.__name__ for model in models if getattr(model, "data_class", None) not in classes]


def sealed_columns_that_are_text(models: Iterable[Any]) -> list[str]:
    return [
        f"{model.__tablename__}.{column.name}"
        for model in models
        for column in model.__table__.columns
        if column.name.endswith("_sealed") and not isinstance(column.type, LargeBinary)
    ]


# The house keeps them


def our_actions() -> list[type[Action]]:
    return [action for action in Action.__subclasses__() if action.__module__.startswith("bot.")]


def models() -> list[type[Base]]:
    return [mapper.class_ for mapper in Base.registry.mappers]


def test_each_sdk_is_known_in_one_place() -> None:
    assert strangers(HOUSE) == []


def test_the_environment_is_read_in_one_place() -> None:
    assert readers_of_the_environment(HOUSE) == []


def test_nothing_in_the_core_is_async_or_knows_a_network() -> None:
    assert async_in_the_core(HOUSE) == []


def test_stories_never_know_each_other() -> None:
    assert stories_that_know_each_other(HOUSE) == []


def test_nobody_knows_a_story_by_name_but_the_list_of_stories() -> None:
    assert others_that_know_a_story(HOUSE) == []


def test_the_list_of_stories_is_for_the_one_who_puts_the_parts_together() -> None:
    assert others_that_know_all_stories(HOUSE) == []


def test_every_story_is_in_the_list() -> None:
    listed = HOUSE["bot/stories/__init__.py"]

    assert story_modules(HOUSE) <= imports(listed)
    assert len(STORIES) == len(story_modules(HOUSE))


def test_the_vocabulary_knows_nothing_but_itself() -> None:
    assert vocabulary_that_knows_more(HOUSE) == []


def test_adapters_never_know_models_or_stories() -> None:
    assert adapters_that_know_the_inside(HOUSE) == []


def test_adapters_never_know_each_other() -> None:
    assert adapters_that_know_each_other(HOUSE) == []


def test_the_core_is_told_the_time() -> None:
    assert askers_of_the_clock(HOUSE) == []


def test_the_core_names_no_platform() -> None:
    assert platforms_in_the_core(HOUSE) == []


def test_the_core_has_no_import_cycles() -> None:
    assert cycles_in_the_core(HOUSE) == []


def test_functions_stay_short() -> None:
    assert long_functions(HOUSE) == []


def test_functions_stay_flat() -> None:
    assert deep_functions(HOUSE) == []


def test_an_action_is_called_by_the_name_of_its_story() -> None:
    assert wires_of_somebody_else(our_actions()) == []
    assert len({action.wire for action in our_actions()}) == len(our_actions())


def test_every_due_column_has_one_story_that_takes_it() -> None:
    taken = Counter(f"{due.model.__tablename__}.{due.column.key}" for due in together(STORIES).dues)
    columns = {
        f"{model.__tablename__}.{column.name}"
        for model in models()
        for column in model.__table__.columns
        if column.info.get("due")
    }

    assert columns - taken.keys() == set()
    assert taken == Counter(columns)


def test_every_model_says_the_class_of_its_data() -> None:
    assert models_without_a_class(models()) == []


def test_sealed_columns_hold_no_text() -> None:
    assert sealed_columns_that_are_text(models()) == []


# The rules can fail


DEEP = "def f():\n if a:\n  for b in c:\n   while d:\n    with e:\n     pass\n"
FLAT = "def f():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  pass\n elif d:\n  pass\n else:\n  pass\n"


@pytest.mark.parametrize(
    ("rule", "tree"),
    [
        (strangers, {"bot/prep.py": "import pytz.reference as zones"}),
        (strangers, {"bot/prep.py": "def f():\n    from typer import echo"}),
        (strangers, {"adapters/web/render.py": "from slack_sdk.models import blocks"}),
        (strangers, {"adapters/slack/sender.py": "from slack_bolt.async_app import AsyncApp"}),
        (readers_of_the_environment, {"bot/prep.py": "import os\nport = os.environ['PORT']"}),
        (readers_of_the_environment, {"adapters/web/server.py": "from os import getenv"}),
        (async_in_the_core, {"bot/prep.py": "async def ask(): ..."}),
        (async_in_the_core, {"bot/prep.py": "import asyncio"}),
        (async_in_the_core, {"bot/prep.py": "from urllib.request import urlopen"}),
        (
            stories_that_know_each_other,
            {"bot/stories/prep.py": "", "bot/stories/pause.py": "from bot.stories.prep import ask"},
        ),
        (
            stories_that_know_each_other,
            {"bot/stories/prep.py": "", "bot/stories/pause.py": "from bot.stories import prep"},
        ),
        (others_that_know_a_story, {"bot/stories/prep.py": "", "bot/bot.py": "import bot.stories.prep"}),
        (others_that_know_all_stories, {"bot/bot.py": "from bot.stories import STORIES"}),
        (vocabulary_that_knows_more, {"bot/events.py": "from bot.models import Person"}),
        (vocabulary_that_knows_more, {"bot/messages.py": "import regex"}),
        (adapters_that_know_the_inside, {"adapters/web/server.py": "from bot import models"}),
        (adapters_that_know_the_inside, {"adapters/web/server.py": "from bot.stories.prep import ask"}),
        (
            adapters_that_know_each_other,
            {"adapters/web/parse.py": "", "adapters/slack/parse.py": "from adapters.web import parse"},
        ),
        (
            adapters_that_know_each_other,
            {"adapters/web/parse.py": "", "adapters/desk.py": "import adapters.web.parse"},
        ),
        (askers_of_the_clock, {"bot/prep.py": "import datetime\nnow = datetime.datetime.now(UTC)"}),
        (askers_of_the_clock, {"bot/prep.py": "from time import time"}),
        (platforms_in_the_core, {"bot/prep.py": "if platform == 'slack': ..."}),
        (cycles_in_the_core, {"bot/a.py": "from bot.b import f", "bot/b.py": "from bot import a"}),
        (long_functions, {"bot/prep.py": "def f():\n" + "    pass\n" * 60}),
        (deep_functions, {"bot/prep.py": DEEP}),
    ],
)
def test_the_rules_can_fail(rule: Callable[[Tree], list[str]], tree: Tree) -> None:
    assert rule(tree)


@pytest.mark.parametrize(
    ("rule", "tree"),
    [
        (strangers, {"bot/calendar.py": "import pytz", "bot/prep.py": "import pytzdata"}),
        (strangers, {"adapters/slack/sender.py": "from slack_sdk.errors import SlackApiError"}),
        (async_in_the_core, {"adapters/desk.py": "import asyncio"}),
        (adapters_that_know_each_other, {"adapters/web/server.py": "from adapters.web.parse import event"}),
        (adapters_that_know_each_other, {"adapters/web/server.py": "from adapters.desk import Desk"}),
        (askers_of_the_clock, {"bot/prep.py": "now = turn.now\ntoday = turn.today(person)"}),
        (cycles_in_the_core, {"bot/a.py": "from bot.b import f", "bot/b.py": ""}),
        (deep_functions, {"bot/prep.py": FLAT}),
    ],
)
def test_the_rules_let_through_what_is_right(rule: Callable[[Tree], list[str]], tree: Tree) -> None:
    assert rule(tree) == []


def test_the_rules_for_tables_and_actions_can_fail() -> None:
    class Diary:
        __tablename__ = "diaries"
        __table__ = Table("diaries", MetaData(), Column("page_sealed", String))

    class Skip:
        __module__ = "bot.stories.pause"
        wire = "prep.skip"

    assert models_without_a_class([Diary]) == ["Diary"]
    assert sealed_columns_that_are_text([Diary]) == ["diaries.page_sealed"]
    assert wires_of_somebody_else([Skip]) == ["bot.stories.pause has prep.skip"]
