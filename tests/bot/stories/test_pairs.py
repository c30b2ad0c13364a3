"""The pairs of a programme: who with whom and since when; made by hand, and ended kindly."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from world import Someone, World, as_text

from bot.desk.models import AuditEntry, PairEnding
from bot.desk.views import ShowPair
from bot.messages import Form, Message, Mistakes
from bot.models import Enrolment, Pair, Person, Programme, Role
from bot.stories.pairs import AskEnd, AskMake, End, LetGoOn, Make, ShowOne, ShowPage


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone, cora: Someone) -> Pair:
    pair = world.meet(ben, ana)
    world.enrol(Role.MENTEE, ben)
    world.enrol(Role.MENTOR, ana)
    return pair


@pytest.fixture
def mia(world: World) -> Someone:
    """A mentee without a mentor."""
    mia = world.add("Mia Sousa", "Europe/Lisbon")
    world.start(mia)
    world.enrol(Role.MENTEE, mia)
    return mia


@pytest.fixture
def otto(world: World) -> Someone:
    """A mentor with room for one."""
    otto = world.add("Otto Kern", "Europe/Berlin")
    world.start(otto)
    world.enrol(Role.MENTOR, otto)
    return otto


def pairs(world: World) -> list[Pair]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Pair).order_by(Pair.id)))


def kept(world: World) -> list[str]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(AuditEntry.what).order_by(AuditEntry.id)))


def programme_of(world: World) -> int:
    with world.bot.open_transaction() as db:
        return db.scalars(select(Programme.id).order_by(Programme.id)).first() or 0


# The list


@pytest.mark.usefixtures("pair")
def test_says_who_with_whom_and_since_when(cora: Someone) -> None:
    cora.says("pairs")

    assert "pairs 1 to 1 of 1" in cora.reads
    assert "1. Ben Okafor, with Ana Byrne as mentor: introduced on Tuesday 3 February" in cora.reads


def test_says_of_no_pair_that_it_is_quiet_or_away(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    cora.says("pairs")
    cora.presses("Ben Okafor")
    card, listed = as_text(cora.chat[-1]), as_text(cora.chat[-2])
    ben.says("pause")
    with world.bot.open_transaction.begin() as db:
        long_ago = world.clock() - timedelta(days=20)
        db.execute(update(Pair).where(Pair.id == pair.id).values(asked_quiet_at=long_ago, active_at=long_ago))

    cora.says("pairs")
    cora.presses("Ben Okafor")

    assert [as_text(cora.chat[-1]), as_text(cora.chat[-2])] == [card, listed]


def test_by_state_and_by_name(world: World, pair: Pair, mia: Someone, otto: Someone, cora: Someone) -> None:
    world.pair(mia, otto, ended_at=world.clock(), cohort="Spring")
    for typed in ("pairs ended", "paare beendet"):
        cora.says(typed)
        assert "Mia Sousa, with Otto Kern as mentor: Spring · made on" in cora.reads
        assert "ended on Tuesday 3 February" in cora.reads
        assert "Ben" not in cora.reads
    cora.says("pairs waiting")
    assert "Every pair in Mentoring has been introduced" in cora.reads
    cora.says("pairs byrne")
    assert "1. Ben Okafor, with Ana Byrne" in cora.reads
    cora.says("pairs kern")
    assert "No pair in Mentoring has somebody with that in their name" in cora.reads
    cora.says("pairs")
    cora.presses("Ended")
    assert "Mia Sousa" in cora.reads


def test_comes_in_pages(world: World, otto: Someone, cora: Someone) -> None:
    for n in range(12):
        world.pair(world.add(f"P{n:02} Test", "Europe/Dublin"), otto)

    cora.says("pairs")
    cora.presses("More")

    assert "pairs 9 to 12 of 12" in cora.reads
    reply = cora.presses(ShowPage(programme_of(world), "no such state", 0, ""))
    assert isinstance(reply, Message)
    assert "pairs 1 to 8 of 12" in as_text(reply)


def test_a_card_leads_on_to_how_it_is_doing(pair: Pair, cora: Someone) -> None:
    cora.says("pairs")
    cora.presses("1. Ben")

    assert cora.button("How it is doing").action == ShowPair(pair.id)


def test_is_for_nobody_else(world: World, ben: Someone, pair: Pair, mia: Someone) -> None:
    """C1, C3."""
    ben.says("pairs")
    assert "may see names" in ben.reads
    before = [vars(one).copy() for one in pairs(world)]
    actions = (
        ShowPage(pair.programme_id, "ended", 0, ""),
        ShowOne(pair.programme_id, pair.id),
        AskMake(pair.programme_id),
        Make(pair.programme_id, mia.row.id, pair.mentor_id),
        AskEnd(pair.programme_id, pair.id),
        End(pair.programme_id, pair.id),
        LetGoOn(pair.programme_id, pair.id),
    )
    for action in actions:
        ben.presses(action)
        assert "may see names" in ben.reads, action
    assert [one.ended_at for one in pairs(world)] == [one["ended_at"] for one in before]
    assert kept(world) == ["refused"] * 8


def test_a_pair_of_another_programme_is_none(world: World, pair: Pair, cora: Someone) -> None:
    """C5."""
    with world.bot.open_transaction.begin() as db:
        other = Programme(name="Other", made_at=world.clock())
        db.add(other)
        db.flush()
        theirs = Pair(
            programme_id=other.id, mentor_id=pair.mentor_id, mentee_id=pair.mentee_id, made_at=world.clock()
        )
        db.add(theirs)
    for id_ in (theirs.id, 4711):
        for action in (ShowOne(pair.programme_id, id_), End(pair.programme_id, id_)):
            cora.presses(action)
            assert "not in this programme" in cora.reads


# Made by hand


def test_two_are_chosen_previewed_and_introduced(
    world: World, pair: Pair, mia: Someone, otto: Someone, cora: Someone
) -> None:
    cora.says("pairs")
    form = cora.presses("Make a pair")
    assert isinstance(form, Form)
    choices = {field.name: [choice.label for choice in field.choices] for field in form.fields}
    assert choices == {"mentee": ["Mia Sousa"], "mentor": ["Otto Kern (0/1)"]}
    cora.fills(mentee=str(mia.row.id), mentor=str(otto.row.id))
    assert "Mia Sousa, with Otto Kern as mentor, in Mentoring. Both hear who the other is" in cora.reads
    assert len(pairs(world)) == 1

    cora.presses("Introduce them")
    cora.presses(Make(pair.programme_id, mia.row.id, otto.row.id))  # a double click
    assert "are a pair in Mentoring" in cora.reads
    world.forward(hours=1)

    assert len(pairs(world)) == 2
    assert len(mia.received("intro.your_mentor")) == len(otto.received("intro.your_mentee")) == 1
    assert kept(world).count("pairs.did_make") == 1


def test_whoever_has_not_started_is_introduced_later(
    world: World, otto: Someone, ben: Someone, cora: Someone
) -> None:
    world.enrol(Role.MENTEE, ben)
    cora.says("pairs")
    cora.presses("Make a pair")
    cora.fills(mentee=str(ben.row.id), mentor=str(otto.row.id))
    assert "They are introduced once both have started" in cora.reads
    cora.presses("Introduce them")
    world.forward(minutes=10)
    assert otto.received("intro.your_mentee") == []

    ben.presses("Start")
    ben.presses("That is right")
    ben.says("skip")
    world.forward(days=1)

    assert otto.received("intro.your_mentee")


@pytest.mark.parametrize(
    ("two", "why"),
    [
        (("ben", "otto"), "a mentor already"),
        (("otto", "otto"), "Nobody is their own mentor"),
        (("mia", "mia"), "Nobody is their own mentor"),
        (("ben", "ana"), "a pair already"),
        (("mia", "ana"), "no room left"),
        (("otto", "ana"), "mentee has to be one"),
        (("mia", "ben"), "no mentor of this programme"),
        (("stranger", "otto"), "mentee has to be one"),
        (("mia", "stranger"), "no mentor of this programme"),
    ],
)
@pytest.mark.usefixtures("pair", "mia", "otto")
def test_what_cannot_be_a_pair_is_said(world: World, cora: Someone, two: tuple[str, str], why: str) -> None:
    """C17. Whoever has a mentor may have another one where somebody wants that."""
    world.add("Stranger Else", "Europe/Dublin")
    ids = [world.people[f"{name}@example.org"].row.id for name in two]
    cora.says("pairs")
    cora.presses("Make a pair")
    reply = cora.fills(mentee=str(ids[0]), mentor=str(ids[1]))
    if two == ("ben", "otto"):
        assert isinstance(reply, Message)
        return

    assert isinstance(reply, Mistakes)
    assert why in reply.at["mentor"]
    before = len(pairs(world))
    cora.presses(Make(programme_of(world), *ids))
    assert len(pairs(world)) == before


@pytest.mark.parametrize("typed", ["", "-1", "9" * 30, "nobody", "<@U1>"])
def test_what_a_form_sends_is_not_believed(cora: Someone, mia: Someone, otto: Someone, typed: str) -> None:
    cora.says("pairs")
    cora.presses("Make a pair")

    assert isinstance(cora.fills(mentee=typed, mentor=typed), Mistakes)


def test_the_last_place_is_given_once(world: World, mia: Someone, otto: Someone, cora: Someone) -> None:
    """Between the preview and the press somebody else has taken it."""
    lea = world.add("Lea Roy", "Europe/Paris")
    world.enrol(Role.MENTEE, lea)
    for someone in (mia, lea):
        cora.says("pairs")
        cora.presses("Make a pair")
        cora.fills(mentee=str(someone.row.id), mentor=str(otto.row.id))
    cora.presses(Make(programme_of(world), mia.row.id, otto.row.id))

    cora.presses("Introduce them")

    assert "no room left" in cora.reads
    assert len(pairs(world)) == 1


def test_who_was_a_pair_before_is_said_and_may_be_one_again(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Pair).where(Pair.id == pair.id).values(end_at=world.clock()))
    world.forward(days=1)
    cora.says("pairs")
    cora.presses("Make a pair")
    cora.fills(mentee=str(ben.row.id), mentor=str(ana.row.id))
    assert "The two were a pair before" in cora.reads

    cora.presses("Introduce them")
    world.forward(days=1)

    [again] = pairs(world)
    assert again.ended_at is None
    assert again.planned_end
    assert again.planned_end > world.clock() + timedelta(weeks=20)
    assert world.forward(days=20)  # and they meet again


def test_many_are_found_by_typing_a_name(world: World, otto: Someone, cora: Someone) -> None:
    many = [world.add(f"P{n:03} Test", "Europe/Dublin", arrives=False) for n in range(101)]
    world.enrol(Role.MENTEE, *many)
    cora.says("pairs")
    form = cora.presses("Make a pair")
    assert isinstance(form, Form)
    assert [field.kind for field in form.fields] == ["line", "line"]

    assert "Several people" in str(cora.fills(mentee="test", mentor="kern"))
    assert "Nobody in this programme" in str(cora.fills(mentee="zzz", mentor="kern"))
    cora.fills(mentee="p007", mentor="KERN")

    assert "P007 Test, with Otto Kern as mentor" in cora.reads


def test_without_anybody_to_choose_there_is_no_form(mia: Someone, cora: Someone) -> None:
    cora.says("pairs")
    cora.presses("Make a pair")

    assert "No mentor in Mentoring has room left" in cora.reads


def test_the_pair_is_of_the_cohort_of_its_mentee(
    world: World, mia: Someone, otto: Someone, cora: Someone
) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Enrolment).where(Enrolment.role == Role.MENTEE).values(cohort="Spring"))
    cora.presses(Make(programme_of(world), mia.row.id, otto.row.id))

    assert [one.cohort for one in pairs(world)] == ["Spring"]


# Ended


def test_ends_with_the_words_of_any_end(
    world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone
) -> None:
    cora.says("pairs")
    cora.presses("1. Ben")
    cora.presses("End this pair")
    assert "Both read the kind words that everybody reads at an end" in cora.reads
    cora.presses("End this pair")
    cora.presses(End(pair.programme_id, pair.id))  # a double click
    before = len(ben.chat), len(ana.chat)
    world.forward(minutes=9)
    assert (len(ben.chat), len(ana.chat)) == before

    world.forward(minutes=5)

    for someone in (ben, ana):
        [heard] = someone.received("ending.ended")
        assert "has come to a good end" in as_text(heard)
        assert "Cora" not in as_text(heard)
    assert pairs(world)[0].ended_at
    assert kept(world).count("pairs.did_end") == 1
    with world.bot.open_transaction() as db:
        assert db.scalars(select(PairEnding)).all() == []
    cora.presses("Undo")
    assert "or has come to an end" in cora.reads


def test_can_be_undone(world: World, ben: Someone, ana: Someone, pair: Pair, cora: Someone) -> None:
    planned = pairs(world)[0].end_at
    cora.presses(End(pair.programme_id, pair.id))
    cora.says("pairs")
    cora.presses("1. Ben")
    assert "[Let it go on]" in cora.reads
    cora.presses("Let it go on")
    cora.presses(LetGoOn(pair.programme_id, pair.id))
    world.forward(hours=1)

    assert "go on in Mentoring" in cora.reads
    assert pairs(world)[0].end_at == planned
    assert kept(world)[-2:] == ["pairs.did_end", "pairs.did_put_back"]
    assert not ben.received("ending.ended")
    assert not ana.received("ending.ended")


def test_undoing_it_leaves_a_wish_of_the_two_alone(
    world: World, ben: Someone, pair: Pair, cora: Someone
) -> None:
    """One of them has asked for an end, and nobody at the desk learns of it."""
    ben.says("end it now")
    cora.presses(End(pair.programme_id, pair.id))
    cora.presses(LetGoOn(pair.programme_id, pair.id))

    world.forward(days=7)

    assert pairs(world)[0].ended_at


def test_two_who_do_not_know_of_each_other_are_told_nothing(
    world: World, mia: Someone, otto: Someone, cora: Someone
) -> None:
    pair = world.pair(mia, otto)
    cora.presses(AskEnd(pair.programme_id, pair.id))
    assert "nobody is told" in cora.reads
    cora.presses("End this pair")
    before = len(mia.chat), len(otto.chat)

    world.forward(days=2)

    assert pairs(world)[0].ended_at
    assert (len(mia.chat), len(otto.chat)) == before


def test_in_german(world: World, pair: Pair, mia: Someone, otto: Someone) -> None:
    dora = world.add("Dora Vogt", "Europe/Berlin", language="de")
    world.start(dora)
    world.enrol(Role.OWNER, dora)

    dora.says("paare")
    assert "Ben Okafor, begleitet von Ana Byrne: vorgestellt am Dienstag, 3. Februar" in dora.reads
    dora.presses("Ein Paar bilden")
    dora.fills(mentee=str(mia.row.id), mentor=str(otto.row.id))
    assert "Mia Sousa, begleitet von Otto Kern" in dora.reads
    dora.presses("Einander vorstellen")
    dora.presses("Dieses Paar beenden")
    dora.presses("Dieses Paar beenden")
    assert "Bis dahin kannst du es rückgängig machen" in dora.reads
    dora.presses("Rückgängig")
    assert "Es geht weiter" in dora.reads


def test_whoever_has_left_is_nobody_to_pair(world: World, mia: Someone, otto: Someone, cora: Someone) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.name == "Otto Kern").values(left_at=world.clock()))

    cora.presses(Make(programme_of(world), mia.row.id, otto.row.id))

    assert "or has left" in cora.reads
    assert pairs(world) == []
