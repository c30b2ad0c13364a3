"""Welcome, through the front door."""

from world import Someone, World

from bot.models import Role
from bot.stories.welcome import ClockIsRight


def test_says_who_invited_you_and_what_the_bot_sees(world: World, ben: Someone, ana: Someone) -> None:
    world.pair(ben, ana)

    world.forward(hours=1)

    assert "Not now" in ben.reads
    assert "never what was written" in ben.reads


def test_takes_a_minute_from_start_to_the_first_small_win(world: World, ben: Someone, ana: Someone) -> None:
    world.pair(ben, ana)
    world.forward(hours=1)

    ben.presses("Start")
    assert "Denver" in ben.reads
    ben.presses("That is right")
    ben.says("To speak up in meetings.")

    assert "Ana Byrne" in ben.reads
    assert ben.row.wish == "To speak up in meetings."


def test_not_now_twice_is_not_now_once(world: World, ben: Someone) -> None:
    """E3"""
    world.forward(hours=1)
    not_now = ben.button("Not now").action

    ben.presses(not_now)
    ben.presses(not_now)

    assert "once more" in ben.reads
    assert any(delivery.parcel.name.startswith("welcome.hello") for delivery in world.forward(days=8))


def test_the_second_and_third_invitation_are_a_line(world: World, ben: Someone, ana: Someone) -> None:
    world.pair(ben, ana)
    world.forward(days=10)

    assert len(ben.received("welcome.hello_without_host")) == 1
    assert len(ben.received("welcome.hello_again")) == 2
    assert [button.word for button in ben.sees.buttons][:3] == ["begin", "later", "leave"]
    ben.presses("Start")
    assert ben.sees.name == "welcome.clock"


def test_an_old_not_now_says_that_all_is_set(world: World, ben: Someone) -> None:
    world.forward(hours=1)
    not_now = ben.button("Not now").action
    ben.presses("Start")
    ben.presses("That is right")

    ben.presses(not_now)

    assert "You are all set" in ben.reads
    assert ben.row.started_at


def test_who_only_runs_the_programme_waits_for_no_partner(world: World) -> None:
    cora = world.add("Cora Lindt", "Europe/Berlin")
    world.enrol(Role.COORDINATOR, cora)
    world.forward(days=1)

    cora.presses("Start")
    cora.presses("That is right")
    assert cora.sees.name == "welcome.running"
    assert cora.opens_home().parts[0].message.name == "welcome.running_at_home"
    cora.says("help")
    assert "health: how it is doing" in cora.reads
    assert "whose turn" not in cora.reads
    cora.presses("Health")

    assert cora.sees.name == "health.overview"


def test_who_runs_the_programme_and_takes_part_finds_the_desk_in_the_menu(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    world.enrol(Role.MENTOR, ana)
    world.enrol(Role.COORDINATOR, ana)

    ana.says("help")
    ana.presses("My programme")

    assert "You run a programme" in ana.reads
    ben.says("desk")
    assert "That is for those who run a programme" in ben.reads


def test_who_runs_the_programme_and_takes_part_waits_like_everybody_else(world: World, ben: Someone) -> None:
    world.enrol(Role.COORDINATOR, ben)
    world.enrol(Role.MENTOR, ben)
    world.forward(days=1)

    ben.presses("Start")
    ben.presses("That is right")

    assert ben.sees.name == "welcome.waiting"


def test_who_has_left_sets_up_nothing_and_is_told_who_can_bring_them_back(
    world: World, ben: Someone, ana: Someone
) -> None:
    world.meet(ben, ana)
    ben.says("pause until 20 February")
    ben.says("leave")
    ben.presses("Leave")
    world.forward(days=1)

    for words in ("start", "help"):
        ben.says(words)
        assert ben.sees.name == "pause.has_left"
    ben.presses(ClockIsRight())
    assert ben.sees.name == "pause.has_left"
    ben.says("sessions")

    assert "away" not in ben.reads
