"""Coffee rounds at the desk: begun after a preview, seen in numbers, and proved."""

import pytest
from coffee import ASKED, DRAWN, ENDS, NEXT, begin, cup, join, meets, say, to
from sqlalchemy import event, insert, select
from world import Someone, World, as_text, at

from bot.desk.models import AuditEntry
from bot.messages import Message
from bot.models import Enrolment, Person, Post, Programme, Role
from bot.rounds import proof
from bot.rounds.models import CoffeeHabit, Cup, Outcome, Rhythm, Round
from bot.stories.rounds import AskNow, AskStop, BeginNow, GoOn, Pause, SendProof, SetUp, Start, Stop

ZONES = ("Europe/Dublin", "America/Denver", "Asia/Kolkata")


def crowd(world: World, number: int, **said: object) -> list[int]:
    """So many people without a chat window; what they have said about coffee."""
    with world.bot.open_transaction.begin() as db:
        programme = db.scalars(select(Programme)).one()
        people = [
            Person(name=f"P{n:04} Test", timezone=ZONES[n % 3], started_at=world.clock())
            for n in range(number)
        ]
        db.add_all(people)
        db.flush()
        ids = [person.id for person in people]
        enrolled = {"programme_id": programme.id, "role": Role.MENTEE, "made_at": world.clock()}
        db.execute(insert(Enrolment), [{**enrolled, "person_id": id_} for id_ in ids])
        if said:
            db.add_all(CoffeeHabit(person_id=id_, **said) for id_ in ids)
    return ids


def facts(message: Message) -> dict[str, str]:
    return {fact.label: fact.value for fact in message.facts}


def audited(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


def rounds(world: World) -> list[Round]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Round).order_by(Round.id)))


# Begin


def test_a_preview_says_what_is_sent_to_how_many_and_when(world: World, cora: Someone) -> None:
    crowd(world, 20)
    crowd(world, 6, always=True)
    crowd(world, 5, rests_since=world.clock())
    cora.says("rounds")
    cora.presses("Set up coffee rounds")
    cora.fills(every="2", day="1", hour="10")

    said = facts(cora.sees)
    assert said["First question"] == "Tuesday 10 February, at 10:00 on each person's own clock"
    assert said["On your clock"] == (
        "between Tuesday 10 February, 04:30 and Tuesday 10 February, 17:00, in 3 time zones"
    )
    assert said["Asked"] == "21 people"  # and Cora herself
    assert said["Take part without being asked"] == "6 people"
    assert said["Not asked"] == "5 people who do not want to be asked for a while"
    assert rounds(world) == []


def test_cancelled_nothing_happens(world: World, cora: Someone) -> None:
    cora.says("rounds")
    cora.presses("Set up coffee rounds")
    cora.fills()
    cora.presses("Cancel")

    assert "Nothing was changed" in cora.reads
    assert rounds(world) == []
    assert audited(world) == []


def test_started_it_says_when_the_first_round_begins(world: World, cora: Someone) -> None:
    begin(cora, every="2", day="1", hour="10")

    assert "every 2 weeks on Tuesday, at 10:00 on each person's own clock" in cora.reads
    assert "The next round begins on Tuesday 10 February" in cora.reads
    assert audited(world) == ["rounds.did_begin"]


@pytest.mark.parametrize("wrong", [{"every": "9"}, {"day": "6"}, {"hour": "03"}, {"hour": ""}])
def test_what_cannot_be_chosen_is_said_at_its_field(cora: Someone, wrong: dict[str, str]) -> None:
    cora.says("rounds")
    cora.presses("Set up coffee rounds")

    cora.fills(**wrong)

    assert cora.mistakes == dict.fromkeys(wrong, "Please choose one of these.")


def test_a_made_up_start_starts_nothing(world: World, cora: Someone) -> None:
    begin(cora)
    id_ = rounds(world)[0].rhythm.programme_id

    cora.presses(Start(id_, 0, 9, 25))

    assert "Nothing was changed" in cora.reads
    assert len(rounds(world)) == 1


def test_started_twice_it_is_one(world: World, cora: Someone) -> None:
    begin(cora)
    cora.presses("Start")

    assert len(rounds(world)) == 1


def test_the_rhythm_can_be_changed_before_the_round_begins(world: World, cora: Someone) -> None:
    begin(cora)

    cora.presses("Change")
    cora.fills(every="1", day="3", hour="11")
    cora.presses("Start")

    assert "every week on Thursday, at 11:00" in cora.reads
    assert "The next round begins on Thursday 5 February" in cora.reads
    assert audited(world) == ["rounds.did_begin", "rounds.did_change"]


# Who may


def test_whoever_runs_nothing_sees_their_own_coffee(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)

    ben.says("rounds")
    assert ben.sees.name == "coffee.page"


def test_an_analyst_sees_numbers_and_no_buttons(world: World, ben: Someone, cora: Someone) -> None:
    begin(cora)
    world.start(ben)
    world.enrol(Role.ANALYST, ben)

    ben.says("rounds")

    assert "Coffee rounds in Mentoring" in ben.reads
    assert ben.sees.buttons == ()


@pytest.mark.parametrize("kind", [SetUp, AskNow, BeginNow, Pause, GoOn, AskStop, Stop, SendProof])
def test_nobody_else_changes_anything(world: World, ben: Someone, cora: Someone, kind: type) -> None:
    join(world, ben)
    begin(cora)
    [before] = rounds(world)

    ben.presses(kind(before.rhythm.programme_id))

    assert "That is for those who run the programme" in ben.reads
    assert audited(world)[1:] == ["refused"]
    [after] = rounds(world)
    assert (after.ask_at, after.rhythm.paused_at, after.rhythm.stopped_at) == (before.ask_at, None, None)


def test_rights_are_those_at_the_time_of_the_press(world: World, cora: Someone) -> None:
    begin(cora)
    with world.bot.open_transaction.begin() as db:
        db.scalars(select(Enrolment)).one().role = Role.ANALYST

    cora.presses("Pause")

    assert "That is for those who run the programme" in cora.reads


# Pause, now, stop


def test_paused_nobody_is_asked_until_it_goes_on(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)
    cora.presses("Pause")
    assert "are paused: nobody is asked until they go on" in cora.reads

    to(world, NEXT)
    assert ben.received("coffee.ask") == []

    cora.presses("Go on")
    assert "The next round begins on Tuesday 3 March" in cora.reads
    to(world, "2026-03-03")
    assert len(ben.received("coffee.ask")) == 1
    assert audited(world)[1:] == ["rounds.did_pause", "rounds.did_resume"]


def test_a_round_that_is_under_way_goes_on_to_its_end(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    join(world, ben, ana)
    begin(cora)
    to(world, ASKED)
    say("Yes", ben, ana)
    cora.presses("Pause")

    to(world, ENDS)

    assert len(meets(ben)) == len(ana.received("coffee.check")) == 1
    to(world, "2026-03-20")
    assert len(ben.received("coffee.ask")) == 1


def test_a_round_now_begins_after_a_preview(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)

    cora.presses("A round now")
    assert "Wednesday 4 February, at 10:00" in facts(cora.sees)["First question"]
    cora.presses("Start")
    to(world, "2026-02-04")

    assert len(ben.received("coffee.ask")) == 1
    assert audited(world)[1:] == ["rounds.did_ask_now"]
    to(world, "2026-02-24")
    assert len(ben.received("coffee.ask")) == 2  # in the rhythm again


def test_a_round_now_ends_the_one_in_which_people_meet(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    join(world, ben, ana)
    begin(cora, every="4")
    to(world, ASKED)
    say("Yes", ben, ana)
    to(world, DRAWN)
    cora.says("rounds")

    cora.presses("A round now")
    cora.presses("Start")
    to(world, "2026-02-14")

    first, second = rounds(world)
    assert first.ended_at
    assert (second.number, second.asked_at) == (2, second.asked_at)
    assert len(ben.received("coffee.ask")) == 2


def test_not_while_people_are_being_asked(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)
    to(world, ASKED)

    for action in (AskNow, BeginNow):
        cora.presses(action(rounds(world)[0].rhythm.programme_id))
        assert "Round 1: people are asked, and put together on" in cora.reads

    assert len(rounds(world)) == 1


def test_stopped_whoever_said_yes_hears_that_it_is_off(
    world: World, ben: Someone, ana: Someone, cora: Someone
) -> None:
    join(world, ben, ana)
    begin(cora)
    to(world, ASKED, "12:00")  # Ben is not asked yet
    say("Yes", ana)
    cora.says("rounds")
    cora.presses("Stop")
    cora.presses("Stop them")

    to(world, NEXT)

    assert len(ana.received("coffee.off")) == 1
    assert ben.received("coffee.ask") == ben.received("coffee.off") == ana.received("coffee.meet") == []
    assert "There are no coffee rounds in Mentoring" in as_text(cora.says("rounds"))  # type: ignore[arg-type]
    assert audited(world)[1:] == ["rounds.did_stop"]


def test_after_a_stop_they_may_begin_again(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)
    cora.presses("Stop")
    cora.presses("Stop them")

    begin(cora)
    to(world, ASKED)

    assert len(ben.received("coffee.ask")) == 1


def test_in_a_programme_that_is_closed_nobody_is_asked(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)
    with world.bot.open_transaction.begin() as db:
        db.scalars(select(Programme)).one().closed_at = world.clock()

    to(world, "2026-03-20")

    assert ben.received("coffee.ask") == []
    assert len(rounds(world)) == 1


# In numbers


def draw(world: World, cora: Someone) -> dict[str, str]:
    begin(cora)
    to(world, DRAWN)
    cora.says("rounds")
    return facts(cora.sees)


def test_the_last_round_in_numbers(world: World, cora: Someone) -> None:
    crowd(world, 31, always=True)
    crowd(world, 6, rests_since=world.clock())

    said = draw(world, cora)["The last round"]

    assert said == (
        "Round 1: 14 pairs, 1 trio and 7 people not this time. 38 of 38 people are accounted for."
        " Nobody was left out."
    )


def test_few_are_not_counted_out(world: World, cora: Someone) -> None:
    crowd(world, 30, always=True)

    said = draw(world, cora)["The last round"]

    assert said == "Round 1: 15 pairs and fewer than 5 people. Nobody was left out."


def test_a_small_round_says_nothing_but_that(world: World, ben: Someone, ana: Someone, cora: Someone) -> None:
    join(world, ben, ana)
    begin(cora)
    to(world, ASKED)
    say("Yes", ben, ana)
    to(world, DRAWN)
    cora.says("rounds")

    assert "fewer than 5 people said yes, so nothing is counted out" in cora.reads
    cora.presses("The proof as a file")
    assert cora.sees.files == ()


def test_how_many_met_is_told_where_it_tells_of_nobody(world: World, cora: Someone) -> None:
    crowd(world, 30, always=True)
    draw(world, cora)
    assert facts(cora.sees)["Met"].startswith("not counted out")

    with world.bot.open_transaction.begin() as db:
        for one in db.scalars(select(Cup).where(Cup.table_number <= 10, Cup.begins)):
            one.met = "yes"
    cora.says("rounds")

    assert facts(cora.sees)["Met"] == "20 of 30 people are in a group that said so"


def test_the_proof_names_nobody_and_can_be_checked(world: World, cora: Someone) -> None:
    crowd(world, 31, always=True)
    crowd(world, 6, rests_since=world.clock())
    draw(world, cora)

    cora.presses("The proof as a file")

    [file] = cora.sees.files
    text = file.content.decode()
    lines = proof.from_csv(text)
    assert "Test" not in text
    assert len({line.person for line in lines}) == 38
    assert proof.faults([line.person for line in lines], lines) == []
    assert audited(world)[-1] == "rounds.did_take_proof"
    cora.says("coffee")
    code = facts(cora.sees)["Your line in the proof"].partition(",")[0]
    assert f"{code},opted out," in text


def test_reasons_that_few_have_are_one_in_the_proof(world: World, cora: Someone) -> None:
    crowd(world, 30, always=True)
    crowd(world, 6, rests_since=world.clock())
    cora.says("pause")
    draw(world, cora)

    cora.presses("The proof as a file")

    states = {line.state for line in proof.from_csv(cora.sees.files[0].content.decode())}
    assert states == {"grouped", "not this time"}


# Many


def test_a_thousand_people_are_put_together_in_a_few_statements(world: World, cora: Someone) -> None:
    crowd(world, 1000, always=True)
    begin(cora)
    statements: list[str] = []
    engine = world.bot.open_transaction.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))

    to(world, DRAWN)

    with world.bot.open_transaction() as db:
        outcomes = list(db.scalars(select(Cup.outcome)))
        posts = list(db.scalars(select(Post.id).where(Post.name == "coffee.meet")))
    assert outcomes.count(Outcome.GROUPED) == 1000
    assert len(posts) == 1000
    assert len([said for said in statements if "coffee" in said]) < 50


def test_everything_follows_from_the_seed(world: World, cora: Someone) -> None:
    crowd(world, 40, always=True)
    draw(world, cora)

    with world.bot.open_transaction() as db:
        rhythm = db.scalars(select(Rhythm)).one()
        assert rhythm.seed == int(rhythm.begun_at.timestamp())


def test_a_server_that_was_down_leaves_people_their_time(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora)
    world.clock.move_to(at("2026-02-11", "23:00", "UTC"))

    to(world, "2026-02-13")

    assert len(ben.received("coffee.ask")) == 1
    assert cup(world, ben).outcome == Outcome.SILENT


def test_rounds_that_were_missed_are_not_made_up_for(world: World, ben: Someone, cora: Someone) -> None:
    join(world, ben)
    begin(cora, every="1")
    world.clock.move_to(at("2026-05-05", "12:00", "UTC"))

    to(world, "2026-05-22")

    assert [one.day.isoformat() for one in rounds(world)] == [*("2026-02-10", "2026-05-12", "2026-05-19")]


def test_german_coordinators_read_german(world: World) -> None:
    gerd = world.add("Gerd Wolf", "Europe/Berlin", language="de")
    world.start(gerd)
    world.enrol(Role.OWNER, gerd)
    gerd.says("Runden")
    gerd.presses("Kaffeerunden einrichten")
    gerd.fills()
    assert "Noch wurde nichts geschickt" in gerd.reads
    gerd.presses("Anfangen")

    assert "alle 2 Wochen am Dienstag, um 10:00 Uhr" in gerd.reads
