"""Cards that were shown a short while ago, so that what was answered by typing can lose its buttons.

They are known in memory alone: what stands on them is nobody's business. An old card with its buttons does no
harm.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import timedelta

from cachetools import TTLCache

from adapters.pace import MOST_CHATS
from bot.actions import Action
from bot.events import Account
from bot.messages import Message

MOST_CARDS = 5  # of each person, the newest
KNOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Card:
    chat: str
    named: str  # its last message
    messages: int  # how many it took
    said: Message

    def asks(self, by: Action) -> bool:
        return self.said.listens == by or any(button.action == by for button in self.said.buttons)


class Cards:
    def __init__(self) -> None:
        self._of: TTLCache[Account, deque[Card]] = TTLCache(MOST_CHATS, KNOWN_FOR.total_seconds())

    def remember(self, to: Account, card: Card) -> None:
        """One with a picture stays as it is: whoever draws it anew would have to have the picture."""
        if card.said.buttons and not card.said.pictures:
            known = replace(card, said=replace(card.said, files=()))
            self._of.setdefault(to, deque(maxlen=MOST_CARDS)).append(known)

    def take(self, to: Account, by: Action) -> Card | None:
        """The newest one on which this could be answered. It is known no longer."""
        known = self._of.get(to, ())
        card = next((card for card in reversed(known) if card.asks(by)), None)
        if card:
            self._of[to].remove(card)
        return card

    def is_at(self, to: Account, chat: str, named: str, name: str) -> bool:
        """Whether that card is such a message."""
        return any(
            (card.chat, card.named, card.said.name) == (chat, named, name) for card in self._of.get(to, ())
        )
