"""Joining an open call: by people who are known, and by somebody whom nobody has enrolled."""

from typing import Any

import pytest
from sqlalchemy import func, select
from world import Someone, World, as_text

from bot.actions import Typing
from bot.desk.models import Decision, EnrolmentRequest
from bot.events import Account, Came, Event, Pressed, Profile, Said
from bot.joining import StepOut
from bot.messages import Message
from bot.models import AccountRow, Base, Enrolment, Pair, Person, Programme, ProgrammeFormat, Role
from bot.stories.join import Join, Look, TakeMore

EVE = "eve@example.org"


@pytest.fixture
def cora(world: World) -> Someone:
    """She runs the programme, in Dublin."""
    cora = world.add("Cora Host", "Europe/Dublin")
    world.enrol(Role.OWNER, cora)
    world.start(cora)
    return cora


@pytest.fixture
def zoe(world: World) -> Someone:
    """She takes part in nothing yet, and knows the bot."""
    zoe = world.add("Zoe Quist", "Europe/Stockholm")
    world.start(zoe)
    return zoe


def sets(world: World, **values: Any) -> int:
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()
        for name, value in values.items():
            setattr(programme, name, value)
        return programme.id


def opens(someone: Someone, **answers: str) -> None:
    someone.commands("enrol")
    someone.presses("Open a call")
    someone.fills(**{"until": "in two weeks", "approval": "no"} | answers)
    assert not someone.mistakes


def roles(someone: Someone) -> dict[str, int]:
    with someone.world.bot.open_transaction() as db:
        rows = db.execute(
            select(Enrolment.role, Enrolment.capacity).where(Enrolment.person_id == someone.row.id)
        )
        return dict(rows.all())


def count(world: World, model: type[Base]) -> int:
    with world.bot.open_transaction() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


# People who are known


@pytest.mark.usefixtures("cora")
def test_without_a_call_nothing_is_open(zoe: Someone) -> None:
    zoe.says("join")

    assert zoe.sees.name == "join.nothing_open"


def test_one_press_and_they_are_in(world: World, cora: Someone, zoe: Someone) -> None:
    sets(world, purpose="Learn to say no *kindly*", cohort="Spring", weeks=13, minutes=45)
    opens(cora)

    zoe.says("join")
    assert "What it is for: Learn to say no *kindly*" in zoe.reads
    assert "13 weeks" in zoe.reads
    assert "45 minutes" in zoe.reads
    zoe.presses("Join as mentee")

    assert zoe.sees.name == "join.joined"
    assert Typing("profile") in [button.action for button in zoe.sees.buttons]
    assert roles(zoe) == {"mentee": 0}
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Enrolment.cohort).where(Enrolment.person_id == zoe.row.id)).all() == [
            "Spring"
        ]


def test_a_double_click_joins_once(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("join")

    zoe.presses("Join as mentee")
    zoe.presses("Join as mentee")

    assert zoe.sees.name == "join.joined"
    assert roles(zoe) == {"mentee": 0}


def test_a_mentor_says_how_many_they_take(cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("join")
    zoe.presses("Join as mentor")
    assert roles(zoe) == {"mentor": 1}

    zoe.presses("Room for 3")

    assert roles(zoe) == {"mentor": 3}
    assert "3" in zoe.reads


def test_somebody_can_be_both_and_is_then_offered_nothing_more(cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("join")
    zoe.presses("Join as mentor")

    zoe.says("join")
    assert [button.label for button in zoe.sees.buttons] == ["Join as mentee"]
    zoe.presses("Join as mentee")
    zoe.says("join")

    assert set(roles(zoe)) == {"mentor", "mentee"}
    assert zoe.sees.name == "join.nothing_open"


def test_a_call_may_be_for_mentors_alone(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora, who="mentor")

    zoe.says("join")
    assert [button.label for button in zoe.sees.buttons] == ["Join as mentor"]
    zoe.presses(Join(sets(world), "mentee"))

    assert zoe.sees.name == "join.too_late"
    assert roles(zoe) == {}


@pytest.mark.parametrize("role", ["owner", "coordinator", "analyst", "peer", "", "mentor; drop table"])
def test_nobody_joins_as_what_is_not_offered(world: World, cora: Someone, zoe: Someone, role: str) -> None:
    opens(cora)

    zoe.presses(Join(sets(world), role))

    assert roles(zoe) == {}


def test_a_peer_is_both(world: World, cora: Someone, zoe: Someone) -> None:
    sets(world, format=ProgrammeFormat.PEER)
    opens(cora)

    zoe.says("join")
    zoe.presses("^Join$")
    assert roles(zoe) == {"mentee": 0, "mentor": 1}
    zoe.presses("Undo")

    assert roles(zoe) == {}


def test_it_can_be_taken_back_while_there_is_no_partner(
    world: World, cora: Someone, zoe: Someone, ana: Someone
) -> None:
    opens(cora)
    zoe.says("join")
    zoe.presses("Join as mentee")

    zoe.presses("Undo")
    assert roles(zoe) == {}
    zoe.presses("What is open")
    zoe.presses("Join as mentee")
    world.pair(zoe, ana)
    zoe.presses("Undo")

    assert zoe.sees.name == "join.has_partner"
    assert roles(zoe) == {"mentee": 0}


def test_an_old_offer_is_answered_kindly(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("join")
    world.forward(days=20)

    zoe.presses("Join as mentee")

    assert zoe.sees.name == "join.too_late"
    assert roles(zoe) == {}


def test_of_another_company_nobody_hears(world: World, cora: Someone) -> None:
    """C5, C6: the same name in another workspace is another person, and nothing is open to them there."""
    opens(cora)
    stranger = world.add("Stan Away", "Europe/Dublin", arrives=False)
    stranger.workspace = "elsewhere"
    stranger.arrives()
    world.start(stranger)

    stranger.says("join")
    assert stranger.sees.name == "join.nothing_open"
    for action in (
        Join(sets(world), "mentee"),
        Look(sets(world)),
        TakeMore(sets(world), 2),
        StepOut(sets(world), "mentee"),
    ):
        stranger.presses(action)
        assert "Mentoring" not in stranger.reads

    assert roles(stranger) == {}


def test_whoever_is_leaving_stays_first(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("leave")
    zoe.presses("^Leave$")

    zoe.says("join")
    zoe.presses(Join(sets(world), "mentee"))

    assert zoe.sees.name == "join.leaving"
    assert roles(zoe) == {}


def test_whoever_has_left_may_join_again(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora)
    zoe.says("leave")
    zoe.presses("^Leave$")
    world.forward(minutes=11)

    zoe.says("join")
    zoe.presses("Join as mentee")

    assert zoe.sees.name == "join.welcome"
    assert zoe.row.left_at is None


def test_several_programmes_can_be_chosen_from(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora)
    runs_it, now = cora.row.id, world.clock()
    with world.bot.open_transaction.begin() as db:
        first = db.scalars(select(Programme)).one()
        db.add(other := Programme(name="Écriture <!here>", made_at=now, open_until=first.open_until))
        db.flush()
        db.add(Enrolment(programme_id=other.id, person_id=runs_it, role=Role.OWNER, made_at=now))

    zoe.says("join")
    zoe.presses("<!here>")

    assert "Écriture <!here> is open to newcomers" in zoe.reads


# With a request


def test_a_request_waits_and_comes_true_when_it_is_accepted(
    world: World, cora: Someone, zoe: Someone
) -> None:
    opens(cora, approval="yes")
    zoe.says("join")
    zoe.presses("Ask to join as mentor")
    assert "How long an answer takes I cannot tell yet" in zoe.reads
    assert roles(zoe) == {}
    zoe.says("join")
    assert [button.label for button in zoe.sees.buttons] == ["Ask to join as mentee"]

    world.forward(hours=20)
    [asked] = cora.received("enrol.asked")
    assert "1 person would like to join" in as_text(asked)
    cora.presses("Look at them")
    cora.presses("Accept 1. Zoe")
    assert roles(zoe) == {}
    world.forward(days=1)

    assert roles(zoe) == {"mentor": 1}
    assert zoe.received("join.joined_as_mentor")


def test_several_requests_are_one_message(world: World, cora: Someone, zoe: Someone, ben: Someone) -> None:
    opens(cora, approval="yes")
    for someone in (zoe, ben):
        someone.says("join")
        someone.presses("Ask to join as mentee")

    world.forward(days=1)

    [asked] = cora.received("enrol.asked")
    assert "2 people" in as_text(asked)


def test_whoever_answers_some_of_them_is_not_reminded_of_the_rest(
    world: World, cora: Someone, zoe: Someone, ben: Someone
) -> None:
    opens(cora, approval="yes")
    for someone in (zoe, ben):
        someone.says("join")
        someone.presses("Ask to join as mentee")
    world.forward(days=1)
    cora.presses("Look at them")
    cora.presses("Decline 1.")

    world.forward(days=3)

    assert len(cora.received("enrol.asked")) == 1


def test_a_request_that_is_taken_back_is_not_heard_of(world: World, cora: Someone, zoe: Someone) -> None:
    world.until(world.clock().replace(hour=22))
    opens(cora, approval="yes")
    zoe.says("join")
    zoe.presses("Ask to join as mentee")

    zoe.presses("Take it back")
    world.forward(days=1)

    assert cora.received("enrol.asked") == []
    cora.commands("enrol")
    assert "Zoe" not in cora.reads


def test_a_decline_is_kind_and_gives_no_reason(world: World, cora: Someone, zoe: Someone) -> None:
    opens(cora, approval="yes")
    zoe.says("join")
    zoe.presses("Ask to join as mentee")
    cora.commands("enrol")
    cora.presses("Decline 1. Zoe")
    world.forward(days=1)

    [told] = zoe.received("join.declined")
    assert "says nothing about you" in as_text(told)
    assert roles(zoe) == {}


def test_how_long_others_have_waited_is_said_once_there_are_enough(
    world: World, cora: Someone, zoe: Someone
) -> None:
    opens(cora, approval="yes")
    for name in ("Ada", "Bea", "Cyd", "Dov", "Eli"):
        someone = world.add(f"{name} Test", "Europe/Dublin")
        someone.says("join")
        someone.presses("Ask to join as mentee")
    world.forward(days=3)
    cora.commands("enrol")
    cora.presses("Accept all")
    cora.presses("Accept all of them")
    world.forward(hours=1)

    zoe.says("join")
    zoe.presses("Ask to join as mentee")

    assert "about 3 days" in zoe.reads


# Somebody whom nobody has enrolled


class Eve:
    """She is in the workspace, and on no roster. The platform says who she is."""

    def __init__(self, world: World, email: str = EVE, workspace: str = "here", **profile: str) -> None:
        self.world, self.email = world, email
        self.who = Account("test", workspace, "eve")
        self.profile = Profile(**{"name": "Eve Nilsson", "timezone": "Europe/Oslo"} | profile)

    def does(self, event: Event) -> Message:
        came = Came(
            id=f"{event.id}:came",
            who=self.who,
            address="eve",
            did=event,
            email=self.email,
            profile=self.profile,
        )
        reply = self.world.bot.handle(came)
        assert isinstance(reply, Message), reply
        return reply

    def says(self, text: str) -> Message:
        return self.does(Said(id=self.world.new_id(), who=self.who, text=text))

    def presses(self, reply: Message, label: str) -> Message:
        [action] = [button.action for button in reply.buttons if button.label == label]
        return self.does(Pressed(id=self.world.new_id(), who=self.who, action=action))

    def found(self) -> Someone:
        someone = self.world.people["eve"] = Someone(self.world, EVE)
        return someone


def test_a_stranger_hears_of_nothing_where_nothing_is_open(world: World, cora: Someone) -> None:
    assert Eve(world).says("hello").name == "helping.stranger"

    opens(cora)

    assert Eve(world, workspace="elsewhere").says("hello").name == "helping.stranger"


def test_nothing_is_kept_of_a_stranger_who_only_looks(world: World, cora: Someone) -> None:
    opens(cora)
    before = count(world, Person)

    offer = Eve(world).says("hello")

    assert offer.name == "join.offer"
    assert "Cora" not in as_text(offer)
    assert count(world, Person) == before


@pytest.mark.parametrize("way", ["press", "type"])
def test_a_stranger_joins_and_is_welcomed_with_the_promise(world: World, cora: Someone, way: str) -> None:
    opens(cora)
    eve = Eve(world)

    presses = way == "press"
    said = eve.presses(eve.says("hello"), "Join as mentee") if presses else eve.says("join as mentee")

    assert said.name == "join.welcome"
    assert "never what was written" in as_text(said)
    someone = eve.found()
    assert (someone.row.name, someone.row.timezone) == ("Eve Nilsson", "Europe/Oslo")
    assert roles(someone) == {"mentee": 0}
    with world.bot.open_transaction() as db:
        [account] = db.scalars(select(AccountRow).where(AccountRow.user == "eve"))
    assert (account.address, account.timezone) == ("eve", "Europe/Oslo")


def test_two_presses_of_a_stranger_make_one_person(world: World, cora: Someone) -> None:
    opens(cora)
    eve = Eve(world)
    offer = eve.says("hello")

    eve.presses(offer, "Join as mentee")
    again = eve.presses(offer, "Join as mentor")

    assert again.name == "join.welcome_mentor"
    assert set(roles(eve.found())) == {"mentee", "mentor"}


def test_a_stranger_who_takes_it_back_is_forgotten(world: World, cora: Someone) -> None:
    """C16"""
    opens(cora)
    eve = Eve(world)
    said = eve.presses(eve.says("hello"), "Join as mentee")

    undone = eve.presses(said, "Undo")
    world.forward(minutes=1)

    assert undone.name == "join.forgotten"
    with world.bot.open_transaction() as db:
        assert "Eve Nilsson" not in db.scalars(select(Person.name)).all()
        assert db.scalars(select(Enrolment.role)).all() == ["owner"]
    assert eve.says("hello").name == "join.offer"


@pytest.mark.parametrize("joins_another", [False, True])
def test_a_stranger_who_is_declined_is_forgotten_after_two_weeks(
    world: World, cora: Someone, joins_another: bool
) -> None:
    opens(cora, approval="yes")
    eve = Eve(world)
    eve.presses(eve.says("hello"), "Ask to join as mentee")
    cora.commands("enrol")
    cora.presses("Decline 1. Eve")
    someone = eve.found()
    world.forward(days=2)
    assert "I forget you again in two weeks" in someone.reads

    if joins_another:
        world.enrol(Role.MENTEE, someone)
    world.forward(days=14)

    with world.bot.open_transaction() as db:
        assert ("Eve Nilsson" in db.scalars(select(Person.name)).all()) == joins_another


def test_a_stranger_asks_where_requests_are_looked_at(world: World, cora: Someone) -> None:
    opens(cora, approval="yes")
    eve = Eve(world, language="de", timezone="Mars/Phobos")

    offer = eve.says("moin")
    assert "Koordination sieht sich jede Anfrage an" in as_text(offer)
    asked = eve.presses(offer, "Ich möchte begleiten")
    assert asked.name == "join.asked"
    cora.commands("enrol")
    cora.presses("Accept 1. Eve")
    someone = eve.found()
    assert someone.row.timezone == "UTC"
    world.forward(days=1)

    assert roles(someone) == {"mentor": 1}
    with world.bot.open_transaction() as db:
        assert [request.state for request in db.scalars(select(EnrolmentRequest))] == [Decision.ACCEPTED]


def test_nobody_becomes_somebody_else_by_their_address(world: World, cora: Someone, ben: Someone) -> None:
    """C14: somebody gives themselves Ben's address on the platform."""
    opens(cora)

    said = Eve(world, email=ben.email).says("join as mentee")

    assert said.name == "helping.stranger"
    assert roles(ben) == {}


@pytest.mark.parametrize("name", ["", " \u200b", "<!channel>", "x" * 500, "\ud800Eve\x00"])
def test_whatever_a_platform_calls_them_they_have_a_name(world: World, cora: Someone, name: str) -> None:
    """D1, D11, D15"""
    opens(cora)
    eve = Eve(world, name=name)

    eve.says("join as mentee")

    kept = eve.found().row.name
    assert kept.isprintable()
    assert 0 < len(kept) <= 80


def test_a_german_reads_german(world: World, cora: Someone) -> None:
    opens(cora)
    lea = world.add("Lea Vogt", "Europe/Berlin", language="de")
    world.start(lea)

    lea.says("beitreten")
    assert "Vom" not in lea.reads
    assert "Bei Mentoring kannst du bis Dienstag, 17. Februar mitmachen" in lea.reads
    lea.presses("Ich möchte begleitet werden")

    assert "Du bist bei Mentoring dabei und wirst begleitet." in lea.reads


def test_a_pair_stays_when_a_call_ends(world: World, cora: Someone, zoe: Someone, ana: Someone) -> None:
    opens(cora)
    zoe.says("join")
    zoe.presses("Join as mentee")
    world.pair(zoe, ana)

    world.forward(days=20)

    [ended] = cora.received("enrol.call_has_ended")
    assert "Mentees who have come in: 1" in as_text(ended)
    assert count(world, Pair) == 1
