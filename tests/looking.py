"""Looking: a small story that answers with a picture, for whatever a platform makes of it."""

from dataclasses import dataclass, replace

from sqlalchemy import Engine
from world import World

from bot import charts
from bot.actions import Action
from bot.charts import Step
from bot.messages import Button, Message, Part, Picture, Run
from bot.models import Person
from bot.prompts import Prompts
from bot.stories.helping import helping
from bot.story import Place, Story, together
from bot.turn import Turn

looking = Story()

STEPS = (Step("Enrolled", 48), Step("Started", 36), Step("Came to a good ending", None))
TITLE = "From enrolment to a good ending"
SAYS = "Enrolled: 48. Started: 36 (75%). Came to a good ending: hidden."


@dataclass(frozen=True)
class Look(Action, wire="looking.look"):
    """Takes the place of its card."""


@dataclass(frozen=True)
class Show(Action, wire="looking.show", keeps_card=True):
    """Is answered below."""


@dataclass(frozen=True)
class Describe(Action, wire="looking.describe"):
    """What is typed next."""


def picture(prompts: Prompts, language: str = "en") -> Picture:
    return charts.funnel(prompts, language, STEPS)


def card(turn: Turn, person: Person, text: str = "This is how far people get.") -> Message:
    return Message(
        name="looking.card",
        text=(Run(text),),
        pictures=(picture(turn.prompts, person.language),),
        buttons=(Button("Look again", Look(), "again"), Button("Show it below", Show())),
        language=person.language,
    )


@looking.when_due(Person.welcome_at)
def begin(turn: Turn, person: Person) -> None:
    person.started_at = turn.now


@looking.on_command("look")
def look(turn: Turn, person: Person, _rest: str) -> Message:
    return card(turn, person)


@looking.on_command("menu")
def menu(turn: Turn, person: Person, _rest: str) -> Message:
    return replace(card(turn, person, "What would you like to see?"), pictures=())


@looking.on_command("describe")
def describe(turn: Turn, person: Person, _rest: str) -> Message:
    return replace(card(turn, person, "What do you see?"), listens=Describe())


@looking.on_command("send")
def send(turn: Turn, person: Person, _rest: str) -> Message:
    turn.post(person, card(turn, person, "As every Monday."), once=f"monday:{turn.now}")
    return Message(name="looking.sent", text=(Run("It is on its way."),))


@looking.on_press(Look)
def look_again(turn: Turn, person: Person, _look: Look) -> Message:
    return card(turn, person, "The same again.")


@looking.on_press(Show)
def show_below(turn: Turn, person: Person, _show: Show) -> Message:
    return card(turn, person, "Here it is.")


@looking.on_home(Place.PROGRAMME)
def home(turn: Turn, person: Person) -> list[Part]:
    return [Part("To look at", card(turn, person))]


def gallery(engine: Engine, prompts: Prompts) -> World:
    return World(engine, prompts, story=together([looking, helping]))
