"""Views: the buttons by which one card of the desk leads to what another of its stories shows."""

from dataclasses import dataclass

from bot.actions import Action


@dataclass(frozen=True)
class ShowPair(Action, wire="desk.views.show_pair", keeps_card=True):
    """How one pair is doing, as far as whoever runs the programme may know. Each look is in the audit."""

    pair: int


@dataclass(frozen=True)
class ShowProgramme(Action, wire="desk.views.show_programme", keeps_card=True):
    """From now on the desk is about this programme; its health is shown."""

    programme: int


@dataclass(frozen=True)
class OpenCall(Action, wire="desk.views.open_call", opens_form=True):
    """Until a day people may join this programme by themselves."""

    programme: int
