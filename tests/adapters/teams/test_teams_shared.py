"""In chats of several: the bot introduces a pair once, and what is somebody's own is said to them alone."""

from dataclasses import replace
from typing import Any

import pytest
from fake_teams import BOT, Fault
from teams_office import Somebody, TeamsOffice, button, buttons, inputs, pressable, words

from bot.models import Person

Json = dict[str, Any]
NO = Fault(400, "BadArgument")


class Group:
    """A chat of several, in which people do things."""

    def __init__(self, office: TeamsOffice, *people: Somebody, kind: str = "groupChat") -> None:
        self.office, self.kind = office, kind
        self.id = office.teams.group(*(one.person for one in people))

    def activity(self, who: Somebody, **more: Any) -> Json:
        teams = self.office.teams
        before = dict(teams._installed)
        activity = teams.activity(who.person, **more)
        if who.person.id not in before:
            teams.uninstall(who.person)
        place = {"id": self.id, "conversationType": self.kind, "isGroup": True}
        return activity | {"conversation": place | {"tenantId": who.person.tenant}}

    async def is_brought_by(self, who: Somebody) -> None:
        """Teams tells it twice."""
        await self.office.post(self.activity(who, type="installationUpdate", action="add"))
        members = [{"id": BOT}]
        await self.office.post(self.activity(who, type="conversationUpdate", membersAdded=members))

    async def hears(self, who: Somebody, text: str) -> None:
        mention = {"type": "mention", "mentioned": {"id": BOT, "name": "Cairn"}, "text": "<at>Cairn</at>"}
        activity = self.activity(who, type="message", text=f"<at>Cairn</at> {text}")
        await self.office.post(activity | {"entities": [*activity["entities"], mention]})

    async def executes(self, who: Somebody, data: Json, message: str = "") -> Json:
        value = {"action": {"type": "Action.Execute", "verb": "x", "data": data}}
        more = {"name": "adaptiveCard/action", "value": value, "replyToId": message}
        told: Json = (await self.office.post(self.activity(who, type="invoke", **more))).json()
        return told

    @property
    def messages(self) -> Any:
        return self.office.teams.chats[self.id].messages

    @property
    def said_to_all(self) -> list[str]:
        return [words(one.card) or one.text for one in self.messages if not one.only_to]

    def said_to(self, who: Somebody) -> list[str]:
        return [words(one.card) or one.text for one in self.messages if one.only_to == who.person.id]


async def test_a_pair_is_introduced_once(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody
) -> None:
    group = Group(office, ben, ana)

    await group.is_brought_by(ben)
    await group.is_brought_by(ana)

    [said] = group.said_to_all
    assert "Ben" in said
    assert "Ana" in said


async def test_each_of_the_pair_is_met_in_their_language(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody, enrolled: Any
) -> None:
    with office.world.bot.open_transaction.begin() as db:
        db.get_one(Person, enrolled[1].row.id).language = "de"
    group = Group(office, ben, ana)

    await group.is_brought_by(ben)

    [said] = group.said_to_all
    assert said.count("Ben") >= 2
    assert "ihr" in said.lower()


@pytest.mark.parametrize("kind", ["groupChat", "channel", "meeting of tomorrow"])
async def test_among_others_it_names_nobody(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody, eve: Somebody, kind: str
) -> None:
    group = Group(office, ben, ana, eve, kind=kind)

    await group.is_brought_by(ben)

    [said] = group.said_to_all
    assert "Ben" not in said
    assert "Ana" not in said


async def test_a_team_is_not_asked_who_is_in_it(office: TeamsOffice, met: None, ben: Somebody) -> None:
    """It may have ten thousand members."""
    group = Group(office, ben, kind="channel")

    await group.is_brought_by(ben)

    assert office.teams.called("members") == []
    assert len(group.said_to_all) == 1


async def test_c7_a_stranger_brings_it_and_it_says_nothing(
    office: TeamsOffice, met: None, eve: Somebody, ben: Somebody
) -> None:
    group = Group(office, eve, ben)

    await group.is_brought_by(eve)

    assert group.messages == []


@pytest.mark.usefixtures("met")
async def test_whoever_asks_among_others_is_answered_alone(
    office: TeamsOffice, ben: Somebody, ana: Somebody, eve: Somebody
) -> None:
    group, before = Group(office, ben, ana, eve), len(ben.chat)

    await group.hears(ben, "sessions")

    assert group.said_to_all == []
    assert group.said_to(ben) or len(ben.chat) > before
    assert group.said_to(ana) == group.said_to(eve) == []


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    "fault", [NO, Fault(403, "NotEnoughPermissions"), Fault(404), Fault(429, retry_after="60")]
)
async def test_where_that_is_refused_the_answer_comes_in_their_own_chat(
    office: TeamsOffice, ben: Somebody, ana: Somebody, fault: Fault
) -> None:
    group, before = Group(office, ben, ana), len(ben.chat)
    office.teams.next(*[fault] * (2 if fault.status == 400 else 1), of="send")

    await group.hears(ben, "help")

    assert group.messages == []
    assert len(ben.chat) > before
    assert "sessions" in "".join(words(one.card) for one in ben.chat[before:])


@pytest.mark.usefixtures("met")
async def test_a_form_that_is_asked_for_among_others_is_theirs_alone(
    office: TeamsOffice, ben: Somebody, ana: Somebody, eve: Somebody
) -> None:
    await ben.says("prep")
    await ben.fills(win="A secret win.", knot="A secret knot.", want="A secret wish.")
    group, before = Group(office, ben, ana, eve), len(ben.chat)

    for word in ("prep", "journal", "settings", "ask", "home", "my data", "goals"):
        await group.hears(ben, word)

    assert group.said_to_all == []
    assert group.said_to(ana) == group.said_to(eve) == []
    assert len(ben.chat) > before
    assert any("our chat" in said for said in group.said_to(ben))


@pytest.mark.usefixtures("met")
async def test_a_button_pressed_among_others_opens_a_form_elsewhere(
    office: TeamsOffice, ben: Somebody, ana: Somebody, eve: Somebody
) -> None:
    group, before = Group(office, ben, ana, eve), len(ben.chat)
    await group.hears(ben, "goals")
    card = group.messages[-1]
    assert card.only_to == ben.person.id
    adds = button(card.card, "Add a goal")
    assert adds

    told = await group.executes(ben, adds["data"], card.id)

    assert "our chat" in str(told["value"])
    assert group.said_to_all == []
    assert len(ben.chat) == before + 1
    assert inputs(ben.sees.card or {})


@pytest.mark.usefixtures("met")
async def test_an_answer_to_one_takes_the_place_of_nothing_that_all_can_read(
    office: TeamsOffice, ben: Somebody, ana: Somebody
) -> None:
    await ben.says("pause")
    data = pressable(ben.card_with("Undo"), "Undo")["data"]
    group = Group(office, ben, ana)
    await group.is_brought_by(ben)
    [introduction] = group.messages

    told = await group.executes(ben, data, introduction.id)

    assert told["type"] == "application/vnd.microsoft.activity.message"
    assert introduction.before == []
    assert any("Undone" in words(one.card) for one in ben.chat)


@pytest.mark.usefixtures("met")
async def test_mistakes_of_a_form_are_nobody_elses_to_read(
    office: TeamsOffice, ben: Somebody, ana: Somebody
) -> None:
    await ben.says("pause")
    await ben.presses("Choose a day")
    assert ben.dialog
    [sends] = [one for one in buttons(ben.dialog["card"]["content"]) if "again" in one["data"]]
    group = Group(office, ben, ana)

    await group.executes(ben, sends["data"] | {"in.until": "a secret day"}, "1")

    assert "secret" not in " ".join(group.said_to_all)
    assert "secret" in str(ben.sees.card)


@pytest.mark.usefixtures("met")
async def test_b15_a_button_whose_message_has_expired_still_answers(
    office: TeamsOffice, ben: Somebody, ana: Somebody
) -> None:
    group = Group(office, ben, ana)
    await group.hears(ben, "goals")
    adds = button(group.messages[-1].card, "Add a goal")
    assert adds
    gone = group.messages.pop()
    await office.forward(days=2)

    told = await group.executes(ben, adds["data"], gone.id)

    assert told["statusCode"] == 200
    assert group.said_to_all == []
    assert group.said_to(ben)


async def test_whoever_has_never_written_is_answered_in_a_chat_that_is_opened(
    office: TeamsOffice, met: None, ben: Somebody, enrolled: Any
) -> None:
    """Known by their address, and where to write to them is not."""
    cora = office.world.add("Cora Host", "Europe/London", arrives=False)
    person = office.teams.add("Cora Host", cora.email)
    somebody = office.somebody(person)
    office.teams.install(person)
    group = Group(office, ben, somebody)

    await group.hears(somebody, "settings")
    await group.hears(somebody, "settings")

    assert len(office.teams.called("open")) == 1
    assert len(somebody.chat) >= 2
    assert group.said_to_all == []


async def test_whoever_has_not_installed_it_is_not_talked_of_to_others(
    office: TeamsOffice, met: None, ben: Somebody
) -> None:
    cora = office.world.add("Cora Host", "Europe/London", arrives=False)
    somebody = office.somebody(office.teams.add("Cora Host", cora.email))
    group = Group(office, ben, somebody)
    office.teams.next(NO, NO, of="send")

    await group.hears(somebody, "help")

    assert group.said_to_all == []


async def test_c7_a_stranger_is_told_alone(
    office: TeamsOffice, met: None, eve: Somebody, ben: Somebody
) -> None:
    group = Group(office, eve, ben)

    await group.hears(eve, "who is here?")

    assert "only talk with people" in " ".join(group.said_to(eve))
    assert group.said_to_all == []


async def test_where_nothing_can_be_said_to_one_alone_the_answer_comes_in_their_own_chat(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody
) -> None:
    office.sender._cloud = replace(office.sender._cloud, has_targeted=False)
    group = Group(office, ben, ana)

    await group.hears(ben, "sessions")

    assert "Tuesday" in " ".join(words(said.card) for said in ben.chat)
    assert "Tuesday" not in " ".join(words(said.card) for said in group.messages)
