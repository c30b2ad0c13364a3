"""One pair's whole way in a Teams that we did not write, with both SDKs."""

from pathlib import Path

import pytest
from living import meet_every_second_tuesday
from playground import ANA, BEN, Person, Who
from playground_office import PlaygroundOffice, a_pair, beside_the_playground
from teams_seen import Dialog, Json
from world import World, at

from adapters.teams.settings import Sdk
from bot.models import Role


@pytest.mark.parametrize("sdk", ["botbuilder", "agents"])
async def test_a_pair_lives_a_whole_cycle(world: World, tmp_path: Path, sdk: Sdk) -> None:
    world.pair(*a_pair(world))
    async with beside_the_playground(world, tmp_path, sdk) as office:
        await _lives(office, *office.teams.people)
        office.all_is_well()


async def _lives(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await _are_welcomed(office, ben, ana)
    await _agree(office, ben, ana)
    await _prepare(office, ben, ana)
    await _meet_and_close(office, ben, ana)
    await _keep_in_touch(office, ben, ana)
    await _remember(office, ben, ana)
    await _pause_and_come_back(office, ben, ana)


async def _are_welcomed(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    for somebody in (ben, ana):
        await somebody.installs()
        await office.settle()
        await somebody.presses("Start")
        await somebody.presses("That is right")
        await somebody.presses("Skip")
        await somebody.reads("You chose “Skip”.")
    await office.settle()
    await ben.reads("Meet your mentor, Ana Byrne")
    await ana.reads("Meet your mentee, Ben Okafor")


async def _agree(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    for somebody in (ben, ana):
        told = await somebody.presses("Fill in our agreement")
        assert isinstance(told, dict)
        assert told["value"] == "The form is below."
        await somebody.reads("In three months")
        await somebody.presses("Save my half", {"hopes": "To lead a project of my own."})
    await office.settle()
    await ana.presses("Tuesday 16:30")
    await ana.reads("You chose “Tuesday 16:30”.")
    await office.settle()
    await ben.presses("Works for me")
    await ben.reads("You chose “Works for me”.")
    await office.settle()


async def _prepare(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await office.until(at("2026-02-09", "17:00", "Europe/Dublin"))
    asked = await ben.reads("short questions")
    assert [name for name in asked.fields if name != "in.private"] == ["in.win", "in.knot", "in.want"]
    await ben.presses("Save", {"win": "I have led my first planning.", "want": "How much do I plan ahead?"})
    await ben.reads("Saved, that is all")
    await ana.presses("Save", {"noticed": "You ask before you decide."})
    await office.until(at("2026-02-10", "16:00", "Europe/Dublin"))
    for somebody, words in ((ana, "I have led my first planning."), (ben, "You ask before you decide.")):
        briefs = [message for message in await somebody.messages() if "Your brief" in message.words]
        assert len(briefs) == 1
        assert words in briefs[0].words


async def _meet_and_close(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await office.until(at("2026-02-11", "10:00", "Europe/Dublin"))
    await ana.presses("Yes, close it")
    await ana.presses(
        "Close it", {"mine": "Send the draft to Ben by 20 February", "theirs": "Invite two colleagues"}
    )
    await office.until(at("2026-02-11", "17:00", "Europe/Dublin"))
    for somebody in (ana, ben):
        assert "Invite two colleagues" in (await somebody.reads("is closed")).words


async def _keep_in_touch(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await ben.says("ask Shall I begin with **one** team?")
    await ben.reads("It is on its way to Ana")
    await office.until(at("2026-02-12", "12:00", "Europe/Dublin"))
    assert "Shall I begin with **one** team?" in (await ana.reads("Ben asks you")).words
    told = await ana.presses("Reply")
    assert isinstance(told, dict)
    assert told["value"] == "It goes on below."
    await ana.reads("Type it here")
    await ana.presses("Yes")
    await ana.reads("It is on its way to Ben")
    await office.until(at("2026-02-12", "18:00", "Europe/Dublin"))
    assert "Yes." in (await ben.reads("Ana answers")).words


async def _remember(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await office.until(at("2026-02-20", "17:00", "Europe/Dublin"))
    await ana.reads("You put this down for")
    await ana.presses("2. Open")
    await ana.reads("Five minutes are a good start")
    await ana.presses("Done")
    await ana.reads("Done, and off your list")


async def _pause_and_come_back(office: PlaygroundOffice, ben: Person, ana: Person) -> None:
    await ben.says("pause until 4 March")
    await ben.reads("Paused until Wednesday 4 March")
    await office.forward(days=3)
    await ana.reads("Ben is away until")
    before = len(await ben.messages())
    await office.forward(days=2)
    assert len(await ben.messages()) == before
    await ben.says("back")
    await ben.reads("Welcome back")


@pytest.mark.parametrize("sdk", ["botbuilder", "agents"])
async def test_a_form_in_a_dialog_says_what_is_wrong_and_then_closes(
    world: World, tmp_path: Path, sdk: Sdk
) -> None:
    """The playground opens none, so these are the activities of a client that does."""
    meet_every_second_tuesday(world, *a_pair(world))
    async with beside_the_playground(world, tmp_path, sdk) as office:
        ben, _ = office.teams.people
        await ben.installs()
        await ben.says("pause")
        card = await ben.reads("Paused.")
        asked: Json = card.button("Choose a day")["data"]

        opened = await ben.invokes("task/fetch", {"data": asked}, replyToId=card.id)
        assert isinstance(opened, Dialog)
        assert opened.title == "Away until"
        again = await ben.submits(opened, "Save", {"until": "2026-01-01"})
        assert isinstance(again, Dialog)
        assert "I did not recognise this as a day that is ahead" in again.words
        assert again.fields["in.until"]["value"] == "2026-01-01"
        assert await ben.submits(again, "Save", {"until": "2026-03-04"}) is None

        await ben.reads("Paused until Wednesday 4 March")
        await ben.reads("You filled in “Away until”.")
        office.all_is_well()


async def test_a_click_is_answered_once_however_often_it_comes(world: World, tmp_path: Path) -> None:
    world.pair(*a_pair(world))
    async with beside_the_playground(world, tmp_path) as office:
        _, ana = office.teams.people
        await ana.installs()
        await office.settle()
        hello = await ana.reads("Hello Ana")
        for _ in range(2):
            await ana.presses("Start", on=hello)
            await office.settle()

        assert len(await ana.messages()) == 1
        await ana.reads("You chose “Start”.")
        office.all_is_well()


async def test_whoever_takes_it_out_hears_nothing_until_they_are_back(world: World, tmp_path: Path) -> None:
    meet_every_second_tuesday(world, *a_pair(world))
    async with beside_the_playground(world, tmp_path) as office:
        ben, ana = office.teams.people
        for somebody in (ben, ana):
            await somebody.installs()
        await office.settle()
        await ana.uninstalls()
        before = len(await ana.messages())
        await ben.says("ask How do you begin?")
        await office.forward(days=1)
        assert len(await ana.messages()) == before

        await ana.installs()
        await office.forward(days=1)
        await ana.reads("Ben asks you something")
        await ana.presses("1. Open")
        await ana.reads("How do you begin?")
        office.all_is_well()


async def test_a_coordinator_reads_who_has_not_got_the_app(world: World, tmp_path: Path) -> None:
    world.pair(*a_pair(world))
    world.enrol(Role.COORDINATOR, world.add("Kim Lee", "Europe/Dublin", arrives=False))
    kim = Who("Kim Lee", "kim@example.org")
    async with beside_the_playground(world, tmp_path, people=(kim, ANA, BEN)) as office:
        coordinator, ana, _ = office.teams.people
        for somebody in (coordinator, ana):
            await somebody.installs()
        await office.forward(days=2)

        await coordinator.says("delivery")

        told = await coordinator.reads("Ben Okafor")
        assert "Ana Byrne" not in told.words
        office.all_is_well()
