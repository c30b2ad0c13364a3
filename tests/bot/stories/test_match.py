"""Match: a draft for the coordinator alone, each pair with its reasons; to lock, leave out or swap."""

import random
from importlib import import_module

import pytest
from small_programme import NO_SUCH_ID, Six, another_programme, give_room, pairs, six_people
from sqlalchemy import select, update
from world import Someone, World, as_text

from bot.actions import Action
from bot.desk.models import AuditEntry
from bot.matching.models import Proposed, Run, RunState, Standing
from bot.matching.runs import AskToIntroduce, ShowDraft
from bot.messages import Field, Form
from bot.models import Enrolment, Person, Programme, Role
from bot.rounds.models import NeverAgain
from bot.stories.match import (
    Again,
    AskRules,
    Discard,
    Lock,
    NotThese,
    Propose,
    PutBack,
    SetRules,
    SetSwap,
    ShowAlone,
    ShowPairs,
    ShowTwo,
    Swap,
    Unlock,
)
from bot.stories.wishes import WishFor

MENTORING = 1  # id of the programme
RARE = "xylotheque"


@pytest.fixture
def six(world: World) -> Six:
    return six_people(world)


@pytest.fixture
def draft(six: Six) -> Six:
    six.cleo.says("match")
    six.cleo.presses("Propose pairs")
    return six


@pytest.fixture
def dora(world: World, six: Six) -> Someone:
    """A second coordinator."""
    dora = world.add("Dora Test", "Europe/London")
    world.start(dora)
    world.enrol(Role.COORDINATOR, dora)
    return dora


def proposed(world: World, state: Standing = Standing.PROPOSED) -> dict[str, int]:
    """First name of the mentee to the id of what is proposed, in the draft that is open."""
    with world.bot.open_transaction() as db:
        run = db.scalars(select(Run).where(Run.state == RunState.DRAFT)).one()
        theirs = (Proposed.run_id == run.id) & (Proposed.state == state)
        return {two.mentee.first_name: two.id for two in db.scalars(select(Proposed).where(theirs))}


def open_run(world: World) -> int:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Run.id).where(Run.state == RunState.DRAFT)).one()


def audited(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


# What there is


def test_what_there_is_comes_first(six: Six) -> None:
    six.cleo.says("match")

    assert "Mentees without a mentor: 3" in six.cleo.reads
    assert "Free places: 3" in six.cleo.reads
    assert "Nobody has a manager of theirs" in six.cleo.reads
    assert "[Propose pairs] [Rules]" in six.cleo.reads


def test_how_many_have_a_profile_is_said_of_five_and_more_alone(world: World, six: Six) -> None:
    many = [world.add(f"{letter} Test", "Europe/Dublin") for letter in "HIJKLMNO"]
    world.enrol(Role.MENTEE, *many)
    told = []
    for mentee in many:
        mentee.says("profile")
        mentee.presses("Edit")
        mentee.fills(wants="talks")
        six.cleo.says("match")
        told.append("Of them there is a profile of" in six.cleo.reads)

    assert told == [False, True, True, False, False, False, False, True]  # from four of eleven on


@pytest.mark.parametrize("who", ["ben", "ana"])
def test_it_is_not_for_those_who_take_part(world: World, six: Six, who: str) -> None:
    getattr(six, who).says("match")

    assert getattr(six, who).sees.name == "match.not_for_you"
    assert audited(world) == ["refused"]


def test_it_is_not_for_an_analyst(world: World, six: Six) -> None:
    ines = world.add("Ines Test", "Europe/London")
    world.start(ines)
    world.enrol(Role.ANALYST, ines)

    ines.says("match")
    ines.presses(Propose(MENTORING, 0))

    assert ines.sees.name == "match.gone"
    with world.bot.open_transaction() as db:
        assert db.scalars(select(Run)).all() == []


def test_the_rules_hold_from_the_next_proposal_on(world: World, six: Six) -> None:
    six.cleo.says("match")
    six.cleo.presses("Rules")
    six.cleo.fills(hours="8")
    assert "At least 8 working hours a week in common" in six.cleo.reads

    six.cleo.presses("Propose pairs")

    assert "with 2 pairs" in six.cleo.reads  # Tokyo shares one hour a day with Berlin in winter
    six.cleo.presses("without a pair")
    assert "Gus Mori: Nobody shares as many working hours as the rule asks for." in six.cleo.reads


@pytest.mark.parametrize("answers", [{"sites": "moon"}, {"line": ""}, {"hours": "99"}])
def test_only_rules_that_there_are_can_be_chosen(six: Six, answers: dict[str, str]) -> None:
    six.cleo.presses(AskRules(MENTORING))

    six.cleo.fills(**answers)

    assert six.cleo.mistakes == dict.fromkeys(answers, "Please choose one of these.")


# A draft


def test_a_draft_is_made_and_nothing_goes_out(world: World, draft: Six) -> None:
    assert "with 3 pairs, proposed by Cleo Test" in draft.cleo.reads
    assert "It is proved that no other choice has more pairs" in draft.cleo.reads

    assert world.forward(days=7) == []
    assert pairs(world) == set()


def test_each_pair_says_why_what_it_cost_and_what_would_change_it(draft: Six) -> None:
    draft.cleo.presses("Pair by pair")
    assert "Eva Koch with Gus Mori" in draft.cleo.reads

    draft.cleo.presses("Ben Okafor")

    assert "Ben Okafor with Ana Byrne: good" in draft.cleo.reads
    assert "Why: What Ben Okafor wants and Ana Byrne offers: “Talks”." in draft.cleo.reads
    assert "Ana Byrne has the experience that Ben Okafor is looking for." in draft.cleo.reads
    assert "What it cost: Nobody who is possible suits Ben Okafor better." in draft.cleo.reads


def test_the_weakest_pair_comes_first(world: World, draft: Six) -> None:
    draft.cleo.presses("Pair by pair")
    in_order = [button.label.split()[1] for button in draft.cleo.sees.buttons[:3]]

    with world.bot.open_transaction() as db:
        found = db.scalars(select(Proposed).order_by(Proposed.score)).all()
        assert in_order == [two.mentee.first_name for two in found]


def test_a_wish_counts_and_is_said(world: World, six: Six) -> None:
    six.ben.presses(WishFor(MENTORING, six.fio.row.id))
    six.dara.presses(WishFor(MENTORING, six.ana.row.id))
    six.cleo.presses(Propose(MENTORING, 0))

    six.cleo.presses(ShowTwo(proposed(world)["Ben"]))

    assert "Fio Rossi is wish 1 of Ben Okafor." in six.cleo.reads


def test_who_stays_without_a_pair_is_named_with_the_reason(world: World, six: Six) -> None:
    give_room(world, six.fio, 0)
    six.cleo.presses(Propose(MENTORING, 0))
    assert "with 2 pairs" in six.cleo.reads

    six.cleo.presses("without a pair")

    assert "Every mentor who is possible has no place left." in six.cleo.reads


def test_a_locked_pair_stays_and_one_that_was_left_out_stays_out(world: World, draft: Six) -> None:
    draft.cleo.presses(Lock(proposed(world)["Ben"]))
    assert "Locked: they stay together" in draft.cleo.reads
    draft.cleo.presses(NotThese(proposed(world)["Dara"]))
    assert "Dara Lynch has nobody in this draft" in draft.cleo.reads

    draft.cleo.presses("Run again")

    assert set(proposed(world, Standing.LOCKED)) == {"Ben"}
    assert set(proposed(world, Standing.LEFT_OUT)) == {"Dara"}
    draft.cleo.presses("Pair by pair")
    assert "Ben Okafor with Ana Byrne: good, locked" in draft.cleo.reads
    assert "Dara Lynch with Gus Mori" in draft.cleo.reads
    draft.cleo.presses(Unlock(proposed(world, Standing.LOCKED)["Ben"]))
    assert "Locked" not in draft.cleo.reads


def test_it_can_be_run_again_and_again(world: World, draft: Six) -> None:
    for _ in range(3):
        draft.cleo.presses("Run again")

    with world.bot.open_transaction() as db:
        runs = db.scalars(select(Run).order_by(Run.id)).all()
    assert [run.state for run in runs] == [*3 * [RunState.DISCARDED], RunState.DRAFT]
    assert len({run.seed for run in runs}) == 4


def test_what_was_left_out_can_be_put_back(world: World, draft: Six) -> None:
    two = proposed(world)["Dara"]
    draft.cleo.presses(NotThese(two))
    draft.cleo.presses("Undo")

    assert "Dara Lynch with Fio Rossi" in draft.cleo.reads
    assert set(proposed(world)) == {"Ben", "Dara", "Eva"}


def test_another_mentor_is_chosen_with_what_it_costs(world: World, draft: Six) -> None:
    give_room(world, draft.gus, 2)
    draft.cleo.presses(Swap(proposed(world)["Dara"]))
    assert draft.cleo.form is not None
    [field] = draft.cleo.form.fields
    assert [choice.label for choice in field.choices] == [
        "Gus Mori: suits much less",
        "Ana Byrne, with Ben Okafor in exchange: together much less",
        "Gus Mori, with Eva Koch in exchange: together much less",
    ]

    draft.cleo.fills(mentor=field.choices[0].value)

    assert "Dara Lynch with Gus Mori: fair. Locked" in draft.cleo.reads
    assert set(proposed(world, Standing.LOCKED)) == {"Dara"}
    assert set(proposed(world)) == {"Ben", "Eva"}


def test_somebody_for_whoever_was_left_alone_by_not_these_two(world: World, draft: Six) -> None:
    """And what was left out cannot be put back on top of it."""
    give_room(world, draft.gus, 2)
    two = proposed(world)["Dara"]
    draft.cleo.presses(NotThese(two))
    draft.cleo.presses("Another mentor")
    draft.cleo.fills(mentor=str(draft.gus.row.id))

    draft.cleo.presses(PutBack(two))
    assert "Dara Lynch or the place has somebody else" in draft.cleo.reads
    draft.cleo.presses(Swap(two))

    assert "Dara Lynch with Gus Mori" in draft.cleo.reads


def test_two_pairs_exchange_their_mentors(world: World, draft: Six) -> None:
    draft.cleo.presses(Swap(proposed(world)["Dara"]))
    draft.cleo.fills(mentor=f"{draft.ana.row.id}.{proposed(world)['Ben']}")

    assert "Dara Lynch with Ana Byrne: fair. Locked" in draft.cleo.reads
    assert set(proposed(world, Standing.LOCKED)) == {"Ben", "Dara"}
    draft.cleo.presses("All pairs")
    assert "Ben Okafor with Fio Rossi" in draft.cleo.reads
    assert "Eva Koch with Gus Mori" in draft.cleo.reads


def test_a_locked_pair_is_not_exchanged(world: World, draft: Six) -> None:
    for mentee in ("Ben", "Eva"):
        draft.cleo.presses(Lock(proposed(world)[mentee]))

    draft.cleo.presses(Swap(proposed(world)["Dara"]))

    assert draft.cleo.sees.name == "match.nobody_else"


def test_nobody_is_chosen_who_must_not_be(world: World, draft: Six) -> None:
    """A private list bars without a word; and an id that was made up is no mentor."""
    give_room(world, draft.gus, 2)
    draft.dara.says("profile")
    draft.dara.presses("Not with")
    draft.dara.presses("Add somebody")
    draft.dara.fills(name="Gus")
    draft.dara.presses("Gus Mori")

    draft.cleo.presses(Swap(proposed(world)["Dara"]))
    assert draft.cleo.form is not None
    assert [choice.label.split()[0] for choice in draft.cleo.form.fields[0].choices] == ["Ana"]
    for id_ in (draft.gus.row.id, draft.ana.row.id, 0, NO_SUCH_ID):
        draft.cleo.form = Form(
            name="",
            title="",
            intro=(),
            fields=(Field(name="mentor", kind="choice", label="", value=str(id_)),),
            submit="",
            action=SetSwap(proposed(world)["Dara"]),
        )
        draft.cleo.fills()
        assert list(draft.cleo.mistakes) == ["mentor"], id_


def test_a_draft_can_be_thrown_away(world: World, draft: Six) -> None:
    run = open_run(world)
    draft.cleo.presses("Throw away")
    assert "Nobody has heard of it" in draft.cleo.reads

    draft.cleo.presses(Lock(1))
    draft.cleo.presses(ShowDraft(run))

    assert draft.cleo.sees.name == "match.gone"
    draft.cleo.says("match")
    assert draft.cleo.sees.name == "match.overview"


def test_of_many_there_are_pages(world: World, six: Six) -> None:
    world.enrol(Role.MENTEE, *(world.add(f"{letter}a Test", "Europe/Dublin") for letter in "HIJKLMN"))
    for mentor in (six.ana, six.fio, six.gus):
        give_room(world, mentor, 4)
    six.cleo.presses(Propose(MENTORING, 0))
    six.cleo.presses("Pair by pair")
    assert "[8. " in six.cleo.reads

    six.cleo.presses("More")

    assert "9. " in six.cleo.reads
    assert "[10. " in six.cleo.reads
    assert "[More]" not in six.cleo.reads


def test_of_very_many_it_is_made_afterwards_and_brought(
    world: World, six: Six, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("bot.stories.match"), "AT_ONCE", 8)
    six.cleo.says("match")
    six.cleo.presses("Propose pairs")
    assert six.cleo.sees.name == "match.working"
    six.cleo.presses("Never mind")
    assert six.cleo.sees.name == "match.discarded"
    six.cleo.presses(Propose(MENTORING, 0))
    six.cleo.says("match")
    assert six.cleo.sees.name == "match.working"

    world.forward(minutes=1)

    assert six.cleo.sees.name == "match.ready"
    six.cleo.presses("Look at it")
    assert "with 3 pairs" in six.cleo.reads


def test_the_same_people_rules_and_seed_make_the_same_draft(world: World, draft: Six) -> None:
    with world.bot.open_transaction() as db:
        before = {(two.mentee_id, two.mentor_id, two.score) for two in db.scalars(select(Proposed))}
    draft.cleo.presses("Throw away")
    with world.bot.open_transaction.begin() as db:
        for one in db.scalars(select(Proposed)):
            db.delete(one)
        for run in db.scalars(select(Run)):
            db.delete(run)
    draft.cleo.says("match")
    draft.cleo.presses("Propose pairs")

    with world.bot.open_transaction() as db:
        assert before == {(two.mentee_id, two.mentor_id, two.score) for two in db.scalars(select(Proposed))}


# Who may


def every_press(run: int, two: int) -> list[Action]:
    of_programme = [Propose(MENTORING, 0), Propose(MENTORING, 1), AskRules(MENTORING)]
    of_run = [kind(run) for kind in (Again, Discard, ShowDraft, AskToIntroduce)]
    pages = [ShowPairs(run, 0), ShowPairs(run, -1), ShowAlone(run, 0)]
    of_two = [kind(two) for kind in (ShowTwo, Lock, Unlock, NotThese, PutBack, Swap)]
    return [*of_programme, *of_run, *pages, *of_two]


def test_neither_people_nor_coordinators_of_another_programme_see_or_change_anything(
    world: World, draft: Six
) -> None:
    """C2, C3, C5: the same answer as for what does not exist."""
    ida, hal = world.add("Ida Test", "Europe/Dublin"), world.add("Hal Byrne", "Europe/Dublin")
    another_programme(world, hal, runs=ida)
    run, two = open_run(world), proposed(world)["Ben"]

    answers = set()
    for press in [*every_press(run, two), *every_press(NO_SUCH_ID, NO_SUCH_ID)[3:]]:
        for someone in (ida, draft.ben, draft.ana):
            answer = someone.presses(press)
            assert answer is not None
            answers.add((as_text(answer).split(":")[0], someone.sees.name.partition(".")[2]))  # type: ignore[arg-type]
    assert {name for _, name in answers} == {"gone"}
    assert set(proposed(world)) == {"Ben", "Dara", "Eva"}


def test_rights_count_at_the_time_of_the_press(world: World, draft: Six, dora: Someone) -> None:
    """C9: the form was open when the role was taken away."""
    give_room(world, draft.gus, 2)
    dora.presses(Swap(proposed(world)["Dara"]))
    rules = SetRules(MENTORING)
    with world.bot.open_transaction.begin() as db:
        theirs = Enrolment.person_id == dora.row.id
        db.execute(update(Enrolment).where(theirs).values(role=Role.ANALYST))

    dora.fills(mentor=str(draft.gus.row.id))

    assert dora.sees.name == "match.gone"
    assert set(proposed(world)) == {"Ben", "Dara", "Eva"}
    dora.form = Form(name="", title="", intro=(), fields=(), submit="", action=rules)
    dora.fills()
    assert dora.sees.name == "match.gone"


def test_of_two_coordinators_the_second_finds_what_the_first_has_made(draft: Six, dora: Someone) -> None:
    dora.presses(Propose(MENTORING, 0))

    assert "with 3 pairs, proposed by Cleo Test" in dora.reads


def test_of_two_who_run_it_again_the_second_is_told(world: World, draft: Six, dora: Someone) -> None:
    run = open_run(world)
    draft.cleo.presses(Again(run))

    dora.presses(Again(run))

    assert dora.sees.name == "match.gone"
    assert len(proposed(world)) == 3


def test_everything_is_kept_in_the_audit_without_names(world: World, draft: Six) -> None:
    draft.cleo.presses("Pair by pair")
    draft.cleo.presses("Ben Okafor")
    draft.cleo.presses("^Lock")
    draft.cleo.presses("Not these two")

    assert audited(world) == [
        *("match.did_propose", "match.did_look", "match.did_look", "match.did_look"),
        *("match.did_lock", "match.did_leave_out"),
    ]
    with world.bot.open_transaction() as db:
        assert not any("Ben" in entry.detail for entry in db.scalars(select(AuditEntry)))


# What nobody reads


def test_of_what_people_wrote_a_coordinator_reads_the_words_they_share_alone(world: World, six: Six) -> None:
    """A rare word in every field: goals, skills, site, a private list, wishes and a veto."""
    for someone in six.everybody:
        someone.says("profile")
        someone.presses("Edit")
        someone.fills(wants=f"talks {RARE}A", offers=f"talks {RARE}B", site=f"{RARE}C")
    six.ben.presses(WishFor(MENTORING, six.gus.row.id))
    for kind, who in (("Not with", "Gus"), ("Not with", "Fio")):
        six.ben.says("profile")
        six.ben.presses(kind)
        six.ben.presses("Add somebody")
        six.ben.fills(name=who)
        six.ben.presses(who)
    before = len(six.cleo.chat)
    six.cleo.presses(Propose(MENTORING, 0))
    for two in proposed(world).values():
        six.cleo.presses(ShowTwo(two))
    for name in ("Pair by pair", "What would go out", "All pairs"):
        six.cleo.presses(name)
    six.cleo.presses(ShowAlone(open_run(world), 0))
    for word in ("match", "introductions", "health", "programme", "delivery", "next"):
        six.cleo.says(word)

    read = "\n".join(as_text(message) for message in six.cleo.chat[before:])
    assert RARE not in read
    assert "“talks”" in read
    assert "not with" not in read.lower()


def test_what_two_share_is_no_more_than_what_both_wrote(world: World, six: Six) -> None:
    six.ben.says("profile")
    six.ben.presses("Edit")
    six.ben.fills(wants="talks that my boss Mallory will not laugh at")

    six.cleo.presses(Propose(MENTORING, 0))
    six.cleo.presses(ShowTwo(proposed(world)["Ben"]))

    assert "Mallory" not in six.cleo.reads


def test_a_pair_that_somebody_would_rather_not_have_is_never_proposed(world: World, six: Six) -> None:
    """Over many drafts, whatever the seed."""
    rules = random.Random(5)
    people = [six.ben, six.dara, six.eva]
    barred = set()
    for mentee in people:
        mentor = rules.choice([six.ana, six.fio, six.gus])
        mentee.says("profile")
        mentee.presses("Not with")
        mentee.presses("Add somebody")
        mentee.fills(name=mentor.row.first_name)
        mentee.presses(mentor.row.name)
        barred.add((mentee.row.id, mentor.row.id))
    six.cleo.presses(Propose(MENTORING, 0))
    for _ in range(5):
        six.cleo.presses(Again(open_run(world)))

    with world.bot.open_transaction() as db:
        assert barred.isdisjoint({(two.mentee_id, two.mentor_id) for two in db.scalars(select(Proposed))})


def test_whom_somebody_would_never_have_coffee_with_again_is_not_proposed(world: World, six: Six) -> None:
    never = {"person_id": six.ben.row.id, "other_id": six.ana.row.id}
    with world.bot.open_transaction.begin() as db:
        db.add(NeverAgain(since=world.clock(), **never))

    six.cleo.presses(Propose(MENTORING, 0))

    with world.bot.open_transaction() as db:
        made = {(two.mentee_id, two.mentor_id) for two in db.scalars(select(Proposed))}
    assert len(made) == 3
    assert tuple(never.values()) not in made


def test_it_is_said_in_german(world: World, six: Six) -> None:
    with world.bot.open_transaction.begin() as db:
        for person in db.scalars(select(Person)):
            person.language = "de"
        db.scalars(select(Programme)).one().name = "Frühling"

    six.cleo.says("zuordnen")
    six.cleo.presses("Paare vorschlagen")
    assert "Ein Entwurf für Frühling mit 3 Paaren" in six.cleo.reads
    six.cleo.presses("Paar für Paar")
    six.cleo.presses("Ben Okafor")

    assert "Was Ben Okafor sucht und Ana Byrne anbietet: „Talks“." in six.cleo.reads
    assert "[Festhalten] [Nicht diese beiden] [Jemand anderes]" in six.cleo.reads
