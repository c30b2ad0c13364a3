"""At the counter in Teams: what people do there, and what they see of it."""

import pytest
from teams_office import Somebody, TeamsOffice, inputs, pressable, words
from world import Someone

from adapters.cards import Card
from adapters.teams.parse import chat_at
from adapters.teams.port import Chat
from bot.actions import Typing, decode
from bot.directory import address_of
from bot.events import Account
from bot.messages import Button, Message, Run


async def own_chat(office: TeamsOffice, somebody: Somebody) -> tuple[Account, Chat]:
    who = Account("teams", somebody.person.tenant, somebody.person.aad)
    chat = chat_at(await office.desk.run(address_of, office.world.bot, who))
    assert chat
    return who, chat


async def test_whoever_installs_it_is_recognised_by_their_address(office: TeamsOffice, ben: Somebody) -> None:
    await ben.installs()
    await office.settle()

    assert "start" in ben.reads.lower()
    assert not any("elsewhere" in words(one.card) for one in ben.chat)


async def test_a_stranger_is_told_so_kindly(eve: Somebody) -> None:
    await eve.installs()

    assert "only talk with people" in eve.reads


@pytest.mark.usefixtures("met")
async def test_words_are_answered_in_the_chat(ben: Somebody) -> None:
    await ben.says("help")

    assert "sessions" in ben.reads


@pytest.mark.usefixtures("met")
async def test_a_pressed_card_is_replaced_and_says_what_was_pressed(ben: Somebody) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")

    await ben.presses("Undo")

    assert ben.told["statusCode"] == 200
    assert "You chose “Undo”" in words(ben.told["value"])
    assert "You chose “Undo”" in words(card.card)
    assert len(card.before) == 1


@pytest.mark.usefixtures("met")
async def test_an_old_client_that_submits_is_served_alike(ben: Somebody) -> None:
    """Action.Submit, where Action.Execute is not known."""
    await ben.says("pause")
    card = ben.card_with("Undo")
    fallback = pressable(card, "Undo")["fallback"]

    await ben._sends(type="message", value=fallback["data"], replyToId=card.id)

    assert "You chose “Undo”" in words(card.card)


@pytest.mark.usefixtures("met")
async def test_a_double_click_is_one(office: TeamsOffice, ben: Somebody) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")
    data = pressable(card, "Undo")["data"]
    await ben.executes(data, card.id)
    before = len(ben.chat)

    await ben.executes(data, card.id)

    assert len(ben.chat) == before
    assert "You chose “Undo”" in words(card.card)


@pytest.mark.usefixtures("met")
async def test_what_is_too_long_for_one_card_goes_on_below_and_its_last_part_is_settled(
    office: TeamsOffice, ben: Somebody
) -> None:
    who, chat = await own_chat(office, ben)
    long = Message(name="x", text=(Run("word " * 9000),), buttons=(Button("Help", Typing("help")),))
    before, sender = len(ben.chat), office.sender

    named = await sender.say(who, chat, long)
    parts = ben.chat[before:]
    await sender.settle(chat, Card(chat.id, named, len(parts), long), "Answered.")

    assert len(parts) > 1
    assert [bool(part.before) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert words(parts[-1].card).endswith("Answered.")
    assert "Help" not in words(parts[-1].card)

    await sender.replace(chat, named, await sender.sheets(who, long))

    replaced = ben.chat[before + len(parts) - 1 :]
    assert sum(words(part.card).count("word") for part in replaced) == 9000


@pytest.mark.usefixtures("met")
async def test_a_card_that_is_parted_otherwise_by_now_keeps_its_buttons(
    office: TeamsOffice, ben: Somebody
) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")
    _, chat = await own_chat(office, ben)
    said = Message(name="x", text=(Run("Away."),))

    await office.sender.settle(chat, Card(chat.id, card.id, 2, said), "Answered.")

    assert card.before == []


@pytest.mark.usefixtures("met")
async def test_a_card_that_offers_more_stays_and_the_answer_comes_below(ben: Somebody) -> None:
    await ben.says("my data")
    card, before = ben.sees, len(ben.chat)

    await ben.presses("See it", card)

    assert card.before == []
    assert len(ben.chat) > before
    assert pressable(card, "See it")


@pytest.mark.expects_errors
@pytest.mark.usefixtures("met")
async def test_a_press_that_went_wrong_leaves_the_card_as_it_is(
    office: TeamsOffice, ben: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")

    def breaks(*_: object) -> None:
        raise OSError

    does = type(decode(pressable(card, "Undo")["data"]["do"]))
    monkeypatch.setitem(office.world.bot.story.presses, does, breaks)
    await ben.presses("Undo")

    assert "went wrong" in ben.reads
    assert card.before == []
    assert pressable(card, "Undo")


@pytest.mark.usefixtures("met")
async def test_a_form_opens_in_a_dialog_and_its_answer_takes_the_place_of_the_card(
    office: TeamsOffice, ben: Somebody
) -> None:
    await ben.says("prep")
    assert {"in.win", "in.knot", "in.want"} <= inputs(ben.sees.card or {}).keys()

    await ben.fills(win="I gave a demo.", knot="Nobody asked.", want="To be asked.")
    assert "Saved, that is all" in words(ben.sees.card)
    await ben.presses("Edit")

    assert ben.dialog is not None
    assert inputs(ben.dialog["card"]["content"])["in.win"] == "I gave a demo."
    await ben.fills(win="Two demos.")
    assert ben.dialog is None
    assert "Saved, that is all" in words(ben.sees.card)


@pytest.mark.usefixtures("met")
async def test_mistakes_stand_at_their_field_with_what_was_typed(ben: Somebody) -> None:
    await ben.says("pause")
    await ben.presses("Choose a day")
    await ben.fills(until="when the cows come home")

    assert ben.dialog is not None
    card = ben.dialog["card"]["content"]
    assert "when the cows come home" in inputs(card).values()


@pytest.mark.usefixtures("met")
async def test_a_form_below_its_question_settles_it_also_after_a_mistake(ben: Somebody) -> None:
    """In a client without dialogs."""
    await ben.says("pause")
    card = ben.card_with("Choose a day")
    await ben.executes(pressable(card, "Choose a day")["data"], card.id)

    await ben.fills(until="when the cows come home")
    assert pressable(card, "Choose a day")
    await ben.fills(until="20 February 2026")

    assert "20 February" in words(ben.told["value"])
    assert "Choose a day" not in words(card.card)


@pytest.mark.usefixtures("met")
async def test_a_form_that_words_have_asked_for_is_a_card(ben: Somebody) -> None:
    await ben.says("settings")

    assert "in.zone" in inputs(ben.sees.card or {})


async def test_whoever_has_the_bot_elsewhere_is_told_where_it_writes_to(
    office: TeamsOffice, ben: Somebody, enrolled: tuple[Someone, Someone]
) -> None:
    enrolled[0].arrives()
    await office.settle()

    await ben.installs()
    await office.settle()
    assert "You have me elsewhere" in ben.reads

    await ben.says("help")
    assert "Start" in ben.reads
