"""A teahouse: a story for trying the playground, with everything that a message or a form can hold.

The page and its server know no story, so they are not tried with one that may change its words tomorrow.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from world import World

from bot.actions import Action
from bot.courtesy import Kind
from bot.messages import Button, Choice, Fact, Field, File, Form, Message, Mistakes, Picture, Run
from bot.models import Person
from bot.paper import Paper
from bot.prompts import Prompts
from bot.stories.helping import helping
from bot.story import Answers, Story, together
from bot.turn import Turn

tea = Story()


def drawn() -> bytes:
    """Two bars."""
    paper = Paper()
    for at, (label, cups) in enumerate([("Green tea", 12), ("Black tea", 7)]):
        paper.text(f"{label}: {cups}", (20, 20 + at * 90))
        paper.box(20, 60 + at * 90, 20 + cups * 60, 94 + at * 90, "#00805b")
    return paper.png()


@dataclass(frozen=True)
class Pour(Action, wire="tea.pour"):
    """Takes the place of its card."""


@dataclass(frozen=True)
class Smell(Action, wire="tea.smell", keeps_card=True):
    """Is answered below."""


@dataclass(frozen=True)
class Order(Action, wire="tea.order", opens_form=True):
    pass


@dataclass(frozen=True)
class SendOrder(Action, wire="tea.send_order"):
    pass


@dataclass(frozen=True)
class Spill(Action, wire="tea.spill"):
    """Fails."""


def card(*words: str, buttons: tuple[Button, ...] = ()) -> Message:
    """Every second stretch of words is bold."""
    runs = tuple(Run(text, bold=n % 2 == 1) for n, text in enumerate(words))
    return Message(name="tea.card", text=runs, buttons=buttons)


MENU = (
    Button("Pour", Pour()),
    Button("Smell", Smell()),
    Button("Order", Order()),
    Button("Spill", Spill()),
)


@tea.on_arrival
def plan_hello(turn: Turn, person: Person) -> None:
    person.welcome_at = turn.now


@tea.when_due(Person.welcome_at)
def hello(turn: Turn, person: Person) -> None:
    menu = (
        Button("Pour", Pour()),
        Button("Smell", Smell()),
        Button("Order", Order()),
        Button("Spill", Spill()),
    )
    turn.post(person, card(f"Hello {person.first_name}. Tea is ", "ready", ".", buttons=menu), once="hello")
    turn.post(person, card("Still warm?"), Kind.NUDGE, once="still warm")


@tea.on_press(Pour)
def pour(_turn: Turn, _person: Person, _pour: Pour) -> Message:
    return card("Poured.", buttons=(Button("Pour again", Pour()),))


@tea.on_press(Smell)
def smell(_turn: Turn, _person: Person, _smell: Smell) -> Message:
    return card("Smoky.")


@tea.on_press(Spill)
def spill(_turn: Turn, _person: Person, _spill: Spill) -> Message:
    raise RuntimeError("on the carpet")


@tea.on_press(Order)
def ask_for_order(_turn: Turn, _person: Person, _order: Order) -> Form:
    return ORDER


@tea.on_command("tea", with_details=True)
def order_by_typing(_turn: Turn, _person: Person, rest: str) -> Form | Message:
    if rest == "files":
        return Message(
            name="tea.files",
            text=(Run("Your invitation."),),
            facts=(Fact("She wrote", "<b>Earl</b>\n **Grey**"),),
            files=(
                File("tea at four.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR"),
                File("page.html", "text/html", b"<script>alert(1)</script>"),
            ),
        )
    if rest == "picture":
        return Message(
            name="tea.picture",
            text=(Run("Who drinks what."),),
            pictures=(PICTURE,),
            buttons=(Button("Pour", Pour()),),
        )
    return ORDER


PICTURE = Picture("tea.png", drawn(), "Green tea: 12. Black tea: 7.", "Cups of tea")

ORDER = Form(
    name="tea.order",
    title="Your order",
    intro=(Run("One cup each."),),
    submit="Send it",
    action=SendOrder(),
    fields=(
        Field(name="leaf", kind="line", label="Which leaf", hint="Black or green", required=True, limit=20),
        Field(name="why", kind="text", label="Why"),
        Field(name="with", kind="choices", label="With", choices=(Choice("m", "Milk"), Choice("s", "Sugar"))),
        Field(name="cup", kind="choice", label="Cup", choices=(Choice("s", "Small"), Choice("l", "Large"))),
        Field(name="day", kind="day", label="On which day"),
        Field(name="at", kind="time", label="At what time", value="16:00"),
    ),
)


@tea.on_submit(SendOrder)
def take_order(turn: Turn, person: Person, _order: SendOrder, answers: Answers) -> Message | Mistakes:
    if answers["leaf"] == "coffee":
        return Mistakes({"leaf": "That is not a tea.", "": "Nothing was ordered yet."})
    partner = turn.db.get_one(Person, 3 - person.id)
    turn.post(partner, card(f"{person.first_name} ordered {answers['leaf']}."), once="order")
    return card(f"Ordered: {answers['leaf']}, {answers['with']}, {answers['cup']}, {answers['at']}.")


MONDAY = datetime(2026, 2, 2, 16, 0, tzinfo=UTC)  # nine in the morning in Denver, a holiday in Dublin


def open_world(engine: Engine, prompts: Prompts) -> World:
    """A mentee in Denver and his mentor in Dublin. They have no account until the playground lets them in."""
    world = World(engine, prompts, MONDAY, story=together([tea, helping]))
    ben = world.add("Ben Okafor", "America/Denver", arrives=False)
    ana = world.add("Ana Byrne", "Europe/Dublin", arrives=False)
    world.pair(ben, ana)
    return world
