"""At the counter in Teams: what people do there, and what they see of it."""

import pytest
from teams_office import Somebody, TeamsOffice, words


async def test_whoever_installs_it_is_recognised_by_their_address(office: TeamsOffice, ben: Somebody) -> None:
    await ben.installs()
    await office.settle()

    assert "start" in ben.reads.lower()


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
    card = ben.sees

    await ben.presses("Undo")

    assert ben.told["statusCode"] == 200
    assert "You chose “Undo”" in words(ben.told["value"])
    assert "You chose “Undo”" in words(card.card)
    assert len(card.before) == 1
