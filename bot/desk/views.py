"""Views: the buttons by which one card of the desk leads to what another of its stories shows."""

from dataclasses import dataclass

from bot.actions import Action


@dataclass(frozen=True)
class ShowPair(Action, wire="desk.views.show_pair", keeps_card=True):
    """How one pair is doing, as far as whoever runs the programme may know. Each look is audited."""

    pair: int


@dataclass(frozen=True)
class ShowProgramme(Action, wire="desk.views.show_programme", keeps_card=True):
    """From now on the desk is about this programme; its health is shown."""

    programme: int


@dataclass(frozen=True)
class OpenCall(Action, wire="desk.views.open_call", opens_form=True):
    """Until a day people may join this programme by themselves."""

    programme: int


@dataclass(frozen=True)
class Draft(Action, wire="desk.views.draft", keeps_card=True):
    """Drafts a message to both of a pair, to be looked at before anything is sent. See mailings.Kind."""

    what: str
    pair: int


@dataclass(frozen=True)
class DraftTo(Action, wire="desk.views.draft_to", keeps_card=True):
    """Drafts one to somebody who has no partner."""

    what: str
    programme: int
    person: int


@dataclass(frozen=True)
class TakeHand(Action, wire="desk.views.take_hand"):
    """ "I am on it": whoever asked for a hand hears who it is."""

    hand: int


@dataclass(frozen=True)
class EndHand(Action, wire="desk.views.end_hand"):
    hand: int


@dataclass(frozen=True)
class DraftToAll(Action, wire="desk.views.draft_to_all", keeps_card=True):
    """Drafts one to every pair of which there has been no sign."""

    what: str
    programme: int
