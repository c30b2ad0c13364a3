"""The stage: how time goes on in a rehearsal.

From one moment to the next at which something is due or somebody acts: the bot does what is due and brings
what it has posted, then people do what they had planned, all of one moment in one commit. The order is time,
then person, then the order in which it was planned.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count, cycle, islice

from adapters.drawn import Returned
from adapters.rehearsal.audience import REPLY, Audience, Delivered
from adapters.rehearsal.diary import Diary
from adapters.rehearsal.dice import Dice
from adapters.rehearsal.gallery import Gallery
from adapters.rehearsal.players import NOWHERE, Player
from adapters.rehearsal.turns import Turns
from adapters.virtual_time import STUCK, VirtualClock
from bot import digest, happenings, outbox
from bot.actions import Action
from bot.bot import Bot
from bot.calendar import WEEK
from bot.events import Event, Pressed, Submitted
from bot.happenings import Happened
from bot.messages import Form, Home, Message, Mistakes, Reply
from bot.outbox import Parcel
from bot.roster import Row

MOST_HOMES = 50  # in a week
DIGESTS = frozenset({digest.NUDGES, digest.LANDING})


class Agenda:
    """What everybody is going to do."""

    def __init__(self) -> None:
        self._plans: list[tuple[datetime, int, int, Event]] = []
        self._planned = count()

    def add(self, at: datetime, number: int, event: Event) -> None:
        heapq.heappush(self._plans, (at, number, next(self._planned), event))

    def next_at(self) -> datetime | None:
        return self._plans[0][0] if self._plans else None

    def due(self, now: datetime) -> Iterator[tuple[int, Event]]:
        while self._plans and self._plans[0][0] <= now:
            _, number, _, event = heapq.heappop(self._plans)
            yield number, event


class Stage:
    def __init__(
        self,
        bot: Bot,
        clock: VirtualClock,
        rows: Sequence[Row],
        seed: int,
        audience: Sequence[Audience],
        gallery: Gallery,
        stops: Mapping[str, datetime],
    ) -> None:
        self._bot = bot
        self._clock = clock
        self._agenda = Agenda()
        self._diary = Diary()
        self._audience = (self._diary, *audience)
        self._gallery = gallery
        self._platform = gallery.walls[0].venue.platform if gallery.walls else NOWHERE
        self._stops = stops
        self._players = [self._player(number, row, seed) for number, row in enumerate(rows)]
        self._by_email = {player.email: player for player in self._players}
        self._platforms = {player.account.platform for player in self._players}
        self._homes_at = clock()
        self._last_happening = 0
        self._turns = Turns(bot)
        self._in_turn = cycle(self._players)

    def _player(self, number: int, row: Row, seed: int) -> Player:
        def plan(at: datetime, event: Event) -> None:
            self._agenda.add(max(at, self._clock()), number, event)

        dice = Dice(seed, row.email)
        return Player(row, dice, self._diary, plan, self._platform, self._stops.get(row.email))

    def perform(self, pairs: Mapping[int, tuple[str, str]], until: datetime) -> Iterator[datetime]:
        """Live through it; yields each moment at which something happened, when it is over."""
        self._diary.is_for({id_: [self._by_email[email] for email in two] for id_, two in pairs.items()})
        for player in self._players:
            player.begins(self._clock(), until)
        while (at := self._next_moment()) and at <= until:
            self._clock.move_to(at)
            self._act()
            self._look_at_homes()
            yield at
        self._clock.move_to(until)

    def _next_moment(self) -> datetime | None:
        moments = [self._do_what_is_due(), self._agenda.next_at()]
        return min((moment for moment in moments if moment), default=None)

    # The bot

    def _do_what_is_due(self) -> datetime | None:
        """Everything at this moment; returns when the bot has something to do again."""
        while (due := self._bot.next_due()) and due <= self._clock():
            done = self._bot.tick()
            self._see_what_happened()
            if not done + self._bring():
                return self._clock() + STUCK
        return due

    def _bring(self) -> int:
        """Nothing is lost between here and a player, so it is claimed and delivered in one commit."""
        with self._bot.open_transaction.begin() as db:
            parcels = outbox.claim(
                db.connection(), self._clock(), NOWHERE, self._platforms, self._bot.prompts
            )
            for parcel in parcels:
                outbox.sent(db, parcel, self._clock(), str(parcel.id))
        for parcel in parcels:
            self._deliver(parcel)
        return len(parcels)

    def _deliver(self, parcel: Parcel) -> None:
        self._show(
            Delivered(
                at=self._clock(),
                to=parcel.to.user,
                kind=parcel.name,
                of_class=parcel.kind,
                pair=parcel.pair_id,
                session=parcel.session_id,
                parts=happenings.parts(self._bot, parcel.id) if parcel.name in DIGESTS else (),
            )
        )
        self._hang(parcel.message)
        self._by_email[parcel.to.user].gets(parcel.message, self._clock())

    def _see_what_happened(self) -> None:
        for happened in happenings.since(self._bot, self._last_happening):
            self._last_happening = happened.id
            self._tell(happened)
        for happened in self._turns.changes(self._clock()):
            self._tell(happened)

    def _tell(self, happened: Happened) -> None:
        for one in self._audience:
            one.happened(happened)

    # People

    def _act(self) -> None:
        acts = list(self._agenda.due(self._clock()))
        if not acts:
            return
        replies = self._bot.handle_all([event for _, event in acts])
        self._see_what_happened()
        for (number, event), reply in zip(acts, replies, strict=True):
            self._answer(self._players[number], event, reply)

    def _answer(self, player: Player, did: Event, reply: Reply) -> None:
        before = player.hours
        self._hang(reply, player.sent_form(did))
        player.is_answered(did, reply, self._clock())
        if not isinstance(reply, Message):
            return
        session = _about("session", did, reply)
        self._show(
            Delivered(
                at=self._clock(),
                to=player.email,
                kind=reply.name,
                of_class=REPLY,
                pair=self._diary.pair(session) if session else _about("pair", did, reply),
                session=session,
                hours=player.hours if player.hours is not before else None,
            )
        )

    def _show(self, delivered: Delivered) -> None:
        for one in self._audience:
            one.delivered(delivered)

    # What it looks like

    def _hang(self, shown: Reply, sent: Form | None = None) -> None:
        match shown:
            case Message() | Form():
                self._gallery.hang(shown.name, shown.language, shown)
                if isinstance(shown, Message) and shown.form:
                    self._gallery.hang(shown.form.name, shown.language, shown.form)
            case Home():
                self._gallery.hang("home", shown.language, shown)
            case Mistakes() if sent:
                name = f"{sent.name} with what to mend"
                self._gallery.hang(name, sent.language, Returned(sent, shown))

    def _look_at_homes(self) -> None:
        """Nobody in a rehearsal opens their page, so it is looked at once a week, of some of them in turn."""
        if self._clock() < self._homes_at or not self._gallery.walls:
            return
        self._homes_at = self._clock() + WEEK
        for player in islice(self._in_turn, min(len(self._players), MOST_HOMES)):
            self._hang(self._bot.home(player.account))


def _about(what: str, did: Event, reply: Message) -> int | None:
    """The session or the pair that an answer is about, as far as its buttons tell."""
    pressed = [did.action] if isinstance(did, Pressed | Submitted) else []
    actions: list[Action] = [*pressed, *(button.action for button in reply.buttons)]
    return next((getattr(action, what) for action in actions if hasattr(action, what)), None)
