"""Bad days of Teams: busy, slow, silent, closed, somebody has gone. Nothing is lost, no nudge said twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fake_teams import (
    BAD_GATEWAY,
    BLOCKED,
    BUSY,
    CHANGED_MEANWHILE,
    DROPPED,
    GONE,
    NOT_IN_ROSTER,
    TOO_BIG,
    FakeTeams,
    Fault,
)
from sqlalchemy import select, update
from teams_office import Somebody, TeamsOffice, buttons, inputs, pressable, words
from world import Someone

from bot import outbox
from bot.adapter import Undeliverable
from bot.courtesy import Kind
from bot.directory import address_of
from bot.messages import Meet, Message, Run
from bot.models import AccountRow, Pace, Post, Role
from bot.outbox import NewPost, State

MINUTE = timedelta(minutes=1)


def waits(
    office: TeamsOffice, someone: Someone, text: str = "Your brief", kind: Kind = Kind.APPOINTMENT
) -> None:
    message = Message(name="test.note", text=(Run(text),))
    with office.world.bot.open_transaction.begin() as db:
        outbox.post(db, [NewPost(someone.row.id, message, kind, text, office.world.clock())])


def state(office: TeamsOffice, once: str = "Your brief") -> State:
    with office.world.bot.open_transaction.begin() as db:
        return State(db.scalars(select(Post.state).where(Post.once.endswith(once))).one())


def is_gone(office: TeamsOffice, someone: Someone) -> bool:
    with office.world.bot.open_transaction.begin() as db:
        theirs = AccountRow.person_id == someone.row.id
        return db.scalars(select(AccountRow.gone_at).where(theirs)).one() is not None


async def tries(office: TeamsOffice, after: timedelta = timedelta()) -> None:
    """Leases run on the database's own clock, which a test cannot move."""
    with office.world.bot.open_transaction.begin() as db:
        db.execute(update(Post).where(Post.lease_until.is_not(None)).values(lease_until=1.0))
        db.execute(update(Pace).values(free_at=0.0))
    office.world.clock.move_to(office.world.clock() + after)
    await office.courier.deliver_once()


def heard(who: Somebody, text: str = "Your brief") -> int:
    return sum(text in (words(one.card) or one.text) for one in who.chat)


@pytest.fixture
async def cora(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None
) -> Somebody:
    """She runs the programme."""
    someone = office.world.add("Cora Host", "Europe/London", arrives=False)
    office.world.enrol(Role.COORDINATOR, someone)
    office.world.enrol(Role.MENTEE, enrolled[0])
    office.world.enrol(Role.MENTOR, enrolled[1])
    cora = office.somebody(teams.add("Cora Host", someone.email))
    await cora.installs()
    office.world.start(someone)
    await office.settle()
    return cora


# They have gone


@pytest.mark.parametrize("fault", [BLOCKED, NOT_IN_ROSTER, GONE, Fault(403, "ConversationBlockedByUser")])
async def test_c10_whoever_is_not_reached_is_listed_and_left_alone(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    cora: Somebody,
    ben: Somebody,
    ana: Somebody,
    fault: Fault,
) -> None:
    teams.next(fault, of="send")
    waits(office, enrolled[0])
    await tries(office)
    sent = len(teams.called("send"))
    await tries(office, timedelta(hours=1))
    knocked = len(teams.called("send")) - sent

    await office.forward(days=1)
    await cora.says("delivery")

    assert (knocked, heard(ben), state(office)) == (0, 0, State.PENDING)
    assert "Ben Okafor, since Tuesday" in cora.reads
    [told] = [words(one.card) for one in cora.chat if "cannot be reached here" in words(one.card)]
    assert "still have me" in told
    everything = " ".join(words(one.card) for one in [*cora.chat, *ana.chat])
    assert not any(word in everything for word in ("Your brief", "fail", "ignore", "Forbidden", fault.code))


async def test_the_log_says_why_and_not_who(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("WARNING")  # as app.py does
    teams.next(BLOCKED, of="send")
    waits(office, enrolled[0])

    await tries(office)

    assert "MessageWritesBlocked" in caplog.text
    assert not any(word in caplog.text for word in ("Ben", "example.org", "Your brief", "29:", "a:1"))


async def test_what_waited_comes_when_they_write_again(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    teams.next(BLOCKED, of="send")
    waits(office, enrolled[0])
    await tries(office)

    await ben.says("help")
    await office.forward(days=1)

    assert heard(ben) == 1
    assert not is_gone(office, enrolled[0])


async def test_whoever_takes_it_out_and_puts_it_back_gets_what_waited(
    office: TeamsOffice, enrolled: tuple[Someone, Someone], cora: Somebody, ben: Somebody
) -> None:
    await ben.removes()
    waits(office, enrolled[0])
    await office.forward(hours=2)
    assert is_gone(office, enrolled[0])
    await cora.says("delivery")
    assert "Ben Okafor" in cora.reads

    await ben.installs()
    await office.forward(days=1)
    await cora.says("delivery")

    assert heard(ben) == 1
    assert not is_gone(office, enrolled[0])
    assert "Ben Okafor" not in cora.reads


async def test_they_are_back_even_if_nobody_says_then_who_they_are(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    await ben.removes()
    teams.next(*[BAD_GATEWAY] * 9, of="member")

    await ben.installs()

    assert not is_gone(office, enrolled[0])
    assert "only talk with people" not in "".join(words(one.card) for one in ben.chat)


async def test_whoever_never_installed_it_is_listed(
    office: TeamsOffice, cora: Somebody, teams: FakeTeams
) -> None:
    office.world.enrol(Role.MENTEE, office.world.add("Mia Sousa", "Europe/Lisbon", arrives=False))

    await cora.says("delivery")

    assert "Mia Sousa, since" in cora.reads
    assert "have not added me" in cora.reads


@pytest.mark.parametrize(
    "fault",
    [
        Fault(403, "NotEnoughPermissions"),
        Fault(403),
        Fault(404),
        Fault(404, html=True),
        Fault(403, "InvalidBotApiHost"),
    ],
)
async def test_another_no_is_not_taken_for_somebody_who_has_gone(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    fault: Fault,
) -> None:
    teams.next(fault, of="send")
    waits(office, enrolled[0])

    await tries(office)
    assert not is_gone(office, enrolled[0])
    await tries(office, 5 * MINUTE)

    assert heard(ben) == 1


async def test_e15_taken_out_in_the_middle_of_many_messages_it_stops(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    for number in range(20):
        waits(office, enrolled[0], f"Number {number}")
    await tries(office)
    teams.uninstall(ben.person)
    sent = len(teams.called("send"))

    for _ in range(20):
        await tries(office, MINUTE)

    assert len(teams.called("send")) - sent == 1


# Busy


@pytest.mark.parametrize("fault", [BUSY, CHANGED_MEANWHILE, BAD_GATEWAY, Fault(503), Fault(504, html=True)])
async def test_e18_what_teams_wants_repeated_is_repeated_after_a_moment(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("adapters.teams.line.asyncio.sleep", sleep)
    monkeypatch.setattr("adapters.teams.line.A_MOMENT", timedelta(seconds=1))
    teams.next(fault, fault, of="send")
    waits(office, enrolled[0])

    await tries(office)

    assert heard(ben) == 1
    pauses = [seconds for seconds in slept if seconds]
    assert len(pauses) == 2
    assert all(1 <= seconds <= 3 for seconds in pauses)


@pytest.mark.parametrize("fault", [CHANGED_MEANWHILE, BAD_GATEWAY, Fault(503), Fault(504, html=True), BUSY])
async def test_and_comes_later_where_that_does_not_help(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    fault: Fault,
) -> None:
    teams.next(*[fault] * 3, of="send")
    waits(office, enrolled[0])
    await tries(office)
    assert state(office) == State.PENDING

    await tries(office, MINUTE)

    assert heard(ben) == 1


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [("60", MINUTE), ("soon", MINUTE / 2), ("-1", MINUTE / 2), ("9999", 60 * MINUTE)],
)
async def test_e18_it_comes_back_when_teams_says_so_and_asks_nothing_before(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    retry_after: str,
    wait: timedelta,
) -> None:
    teams.next(Fault(429, "Throttled", retry_after=retry_after), of="send")
    waits(office, enrolled[0])
    await tries(office)
    asked = len(teams.called("send"))
    assert asked

    await tries(office, wait - timedelta(seconds=1))
    too_early = len(teams.called("send")) - asked
    await tries(office, timedelta(seconds=1))

    assert too_early == 0
    assert heard(ben) == 1


async def test_while_one_chat_waits_another_does_not(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    ana: Somebody,
) -> None:
    """Teams counts by chat."""
    teams.next(Fault(429, "Throttled", retry_after="60"), of="send")
    waits(office, enrolled[0])
    await tries(office)
    waits(office, enrolled[1], "Hers")
    await tries(office)

    assert (heard(ben), heard(ana, "Hers")) == (0, 1)


async def test_in_a_chat_that_waits_nothing_else_is_sent_either(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    teams.next(Fault(429, "Throttled", retry_after="60"), of="send")
    waits(office, enrolled[0])
    await tries(office)
    asked = len(teams.called("send"))

    await ben.says("help")
    assert len(teams.called("send")) == asked
    await tries(office, MINUTE)
    await tries(office, MINUTE)

    assert heard(ben) == 1
    assert len(teams.called("send")) > asked + 1


# Closed


@pytest.mark.parametrize(
    "fault", [Fault(401, "Unauthorized"), Fault(403, "BotDisabledByAdmin"), Fault(401, html=True)]
)
async def test_closed_for_everybody_loses_nothing_and_nobody_has_gone(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    fault: Fault,
) -> None:
    teams.next(*[fault] * 100, of="send")
    waits(office, enrolled[0])

    for _ in range(12):
        await tries(office, 11 * MINUTE)
    assert state(office) == State.PENDING
    assert not is_gone(office, enrolled[0])
    teams.no_faults()
    await office.forward(days=1)

    assert heard(ben) == 1


async def test_b16_nothing_is_sent_to_an_address_that_was_tampered_with(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    theirs = AccountRow.person_id == enrolled[0].row.id
    calls = len(teams.calls)
    with office.world.bot.open_transaction.begin() as db:
        before = db.scalars(select(AccountRow.address).where(theirs)).one()
        for_them = before.replace(teams.url, "https://smba.trafficmanager.net.evil.example/")
        assert for_them != before
        db.execute(update(AccountRow).where(theirs).values(address=for_them))
    waits(office, enrolled[0])

    await tries(office)
    assert (state(office), len(teams.calls)) == (State.PENDING, calls)
    await ben.says("help")  # which says again where they are
    await tries(office, 11 * MINUTE)

    assert heard(ben) == 1


@pytest.mark.parametrize("address", ["", "{}", "not an address", '{"id":7}', "null"])
async def test_whoever_has_no_address_is_not_reached(
    office: TeamsOffice, met: None, ben: Somebody, address: str
) -> None:
    message = Message(name="test.note", text=(Run("Hello"),))

    with pytest.raises(Undeliverable):
        await office.sender.deliver(_account(ben), address, message)


def _account(who: Somebody) -> Any:
    from adapters.teams.parse import account_of  # noqa: PLC0415

    return account_of(who._activity(type="message"))


# Lost answers


async def test_an_appointment_whose_answer_was_lost_is_said_again(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], met: None, ben: Somebody
) -> None:
    teams.next(Fault(drops=True, done=True), of="send")
    waits(office, enrolled[0])

    await tries(office)
    await tries(office)

    assert (heard(ben), state(office)) == (2, State.SENT)


@pytest.mark.parametrize(
    "lost", [DROPPED, Fault(drops=True, done=True), Fault(200, body=None, late=1.0, done=True)]
)
async def test_a_nudge_whose_answer_was_lost_is_not_said_again(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    lost: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.teams.wire.SECONDS", 0.3)
    teams.next(lost, of="send")
    waits(office, enrolled[0], kind=Kind.NUDGE)

    await tries(office)
    await tries(office)
    await tries(office, 60 * MINUTE)

    assert heard(ben) <= 1
    assert state(office) == State.UNKNOWN


@pytest.mark.parametrize("odd", [Fault(200, html=True), Fault(500, html=True), Fault(418, "Teapot")])
async def test_e19_an_answer_that_makes_no_sense_loses_no_appointment(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    odd: Fault,
) -> None:
    teams.next(odd, of="send")
    waits(office, enrolled[0])

    await tries(office)
    await tries(office, 5 * MINUTE)

    assert (heard(ben), state(office)) == (1, State.SENT)


async def test_e19_what_is_never_taken_is_given_up_and_listed(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], cora: Somebody, ben: Somebody
) -> None:
    teams.next(*[Fault(500, html=True)] * 200, of="send")
    waits(office, enrolled[0])
    for _ in range(60):
        await tries(office, 60 * MINUTE)
    teams.no_faults()

    await cora.says("delivery")

    assert state(office) == State.UNDELIVERABLE
    assert "given up in the last four weeks" in cora.reads


# Cards


@pytest.mark.parametrize("fault", [TOO_BIG, Fault(400, "BadArgument"), Fault(400, "BadSyntax")])
async def test_a_card_that_teams_does_not_take_comes_as_words(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    met: None,
    ben: Somebody,
    fault: Fault,
) -> None:
    teams.next(fault, of="send")
    waits(office, enrolled[0], "**Your** <at>brief</at>")

    await tries(office)

    assert ben.sees.card is None
    assert "**Your** <at>brief</at>" in ben.sees.text
    assert ben.sees.activity["textFormat"] == "plain"


# Answers


@pytest.mark.parametrize(
    "fault", [Fault(429, "Throttled", retry_after="60"), Fault(401), Fault(500), DROPPED]
)
async def test_a_reply_that_cannot_be_shown_comes_later(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody, fault: Fault
) -> None:
    teams.next(fault, of="send")
    before = len(ben.chat)
    assert (await ben.says("sessions")).status_code == 200
    assert len(ben.chat) == before

    await tries(office, 11 * MINUTE)

    assert len(ben.chat) > before
    assert "Tuesday" in "".join(words(one.card) for one in ben.chat[before:])


async def test_somebody_who_blocks_us_and_is_answered_is_listed_as_well(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], cora: Somebody, ben: Somebody
) -> None:
    teams.next(BLOCKED, BLOCKED, of="send")

    await ben.says("help")
    await tries(office)

    assert is_gone(office, enrolled[0])


@pytest.mark.parametrize(
    "fault", [Fault(404, "ActivityNotFoundInConversation"), Fault(403, "NotEnoughPermissions"), TOO_BIG]
)
async def test_a_card_that_cannot_be_changed_is_followed_by_another(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody, fault: Fault
) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")
    teams.next(fault, fault, of="change")

    await ben.presses("Undo", card)

    assert "You chose “Undo”" in words(ben.told["value"])
    assert heard(ben, "You chose “Undo”") == 1
    assert card.before == []


@pytest.mark.parametrize(
    "fault", [Fault(429, retry_after="60"), Fault(401), Fault(500), DROPPED, BAD_GATEWAY]
)
async def test_the_answer_to_a_press_is_there_although_the_change_fails(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody, fault: Fault
) -> None:
    await ben.says("pause")
    teams.next(*[fault] * 3, of="change")

    answer = await ben.presses("Undo")

    assert answer.status_code == 200
    assert "You chose “Undo”" in words(ben.told["value"])


async def test_a_form_that_cannot_be_shown_is_offered_later(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody
) -> None:
    teams.next(Fault(429, retry_after="60"), of="send")
    await ben.says("settings")

    await tries(office, MINUTE)
    await ben.presses("Open it")

    assert "in.zone" in inputs(ben.sees.card or {})


async def test_a_form_with_mistakes_that_cannot_be_shown_is_offered_later(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody
) -> None:
    """In a client that only knows Action.Submit, whose answer has no body."""
    await ben.says("settings")
    card = ben.sees
    assert card.card
    [sends] = [one for one in buttons(card.card) if "again" in one["data"]]
    typed = inputs(card.card) | {"in.zone": "Mars"}
    teams.next(Fault(429, retry_after="60"), of="change")

    await ben._sends(type="message", value=sends["fallback"]["data"] | typed, replyToId=card.id)
    await tries(office, MINUTE)
    await ben.presses("Open it")

    assert "in.zone" in inputs(ben.sees.card or {})


async def test_whoever_installs_it_while_nothing_can_be_written_down_is_not_taken_for_done(
    office: TeamsOffice, ben: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bad_day:
        bad_day.setattr(office.desk, "handle", _breaks)
        answer = await ben._sends(type="installationUpdate", action="add")
    assert answer.status_code == 500

    await ben.installs()
    await office.settle()

    assert "start" in ben.reads.lower()


async def test_a_clock_that_could_not_be_written_down_is_so_the_next_time(
    office: TeamsOffice,
    enrolled: tuple[Someone, Someone],
    ben: Somebody,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await ben.installs()
    tokyo = {"entities": [], "localTimezone": "Asia/Tokyo"}
    with monkeypatch.context() as bad_day:
        bad_day.setattr(office.desk, "handle", _breaks)
        await ben.says("help", **tokyo)

    await ben.says("help", **tokyo)

    assert enrolled[0].row.timezone == "Asia/Tokyo"


async def _breaks(event: Any) -> Any:
    raise OSError


async def test_whoever_was_not_recognised_on_a_bad_day_is_so_the_next_time(
    office: TeamsOffice, teams: FakeTeams, ben: Somebody
) -> None:
    teams.next(*[BAD_GATEWAY] * 3, of="member")
    await ben.installs()
    assert ben.chat == []

    await ben.says("hello")

    assert "start" in "".join(words(one.card) for one in ben.chat).lower()


async def test_an_earlier_card_that_cannot_be_changed_keeps_its_buttons_and_the_answer_is_there_once(
    office: TeamsOffice, teams: FakeTeams, met: None, ben: Somebody
) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")
    before = heard(ben, "Undone. You are not away")
    teams.next(DROPPED, of="change")

    await ben.says("undo")
    await tries(office, MINUTE)

    assert heard(ben, "Undone. You are not away") == before + 1
    assert pressable(card, "Undo")


async def test_a_way_to_a_partner_that_is_long_in_coming_is_not_waited_for(
    office: TeamsOffice, ben: Somebody, ana: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    await ben.installs()
    await ana.installs()
    monkeypatch.setattr("adapters.teams.sender.SOON", timedelta(milliseconds=1))
    monkeypatch.setattr(office.sender.line, "member", never)

    async with asyncio.timeout(10):  # or it would never end
        assert await office.sender._way_to(Meet(_account(ana), "Write to Ana")) is None


async def test_the_way_to_several_is_one_chat_of_all(
    office: TeamsOffice, ben: Somebody, ana: Somebody
) -> None:
    await ben.installs()
    await ana.installs()

    way = await office.sender._way_to(Meet(_account(ana), "Write to both", (), (_account(ben),)))

    assert way
    users = way[1].partition("users=")[2].split(",")
    assert len(users) == 2
    assert all("@" in user for user in users)


@pytest.mark.parametrize("fault", [BLOCKED, Fault(429, retry_after="60"), DROPPED, Fault(401)])
async def test_a_way_to_a_partner_that_is_not_known_holds_nothing_up(
    office: TeamsOffice,
    teams: FakeTeams,
    ben: Somebody,
    ana: Somebody,
    enrolled: tuple[Someone, Someone],
    fault: Fault,
) -> None:
    await ben.installs()
    await ana.installs()
    teams.next(fault, of="member")
    meet = Meet(_account(ana), "Write to Ana")
    address = await office.desk.run(address_of, office.world.bot, _account(ben))

    await office.sender.deliver(_account(ben), address, Message(name="x", text=(Run("Ana"),), meet=meet))

    assert heard(ben, "Ana") == 1
