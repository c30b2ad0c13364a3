"""My data, through the front door."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import select
from world import Someone, World, as_text, at

from bot import belongings
from bot.desk.models import EnrolmentRequest
from bot.matching.models import Apart, Exclusion, Profile, Seeking, Veto, Wanting, Wish
from bot.models import (
    About,
    Absence,
    AccountRow,
    ActionItem,
    Answer,
    Base,
    Conversation,
    Draft,
    DraftReply,
    Ending,
    Enrolment,
    Farewell,
    Goal,
    Happening,
    ItemState,
    JournalEntry,
    JournalVersion,
    Letter,
    Milestone,
    Nudge,
    Pair,
    Person,
    Post,
    Programme,
    Progress,
    Pulse,
    Review,
    Role,
    Seat,
    Terms,
    Thread,
    UnsentForm,
    Wait,
)
from bot.outbox import State
from bot.rounds.models import CoffeeHabit, Cup, NeverAgain, Outcome, Rhythm, Round
from bot.stories.mydata import Erase, Export, KeepIt, See
from bot.turn import Turn

WORDS, EVERYTHING = Erase("words"), Erase("everything")
BEFORE, BEHIND = '{"text": "', '"}'  # a form that was not sent is kept as JSON


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    """Ben and Ana, in the middle of it, each with their own words in every place there is."""
    pair = world.meet(ben, ana)
    world.until(at("2026-02-10", "13:00", "Europe/Dublin"))
    for someone in (ben, ana):
        fill_everything(world, someone, pair)
    return pair


def fill_everything(world: World, someone: Someone, pair: Pair) -> None:
    who, now = someone.row.id, world.clock()
    seat = next(seat for seat in world.session(pair).seats if seat.person_id == who)
    draft = Draft(pair_id=pair.id, author_id=who, percent=40, minutes=5, sent_at=now)
    draft.replies.append(DraftReply(author_id=who, written_at=now))
    made: list[Base] = [
        JournalEntry(person_id=who, made_at=now, versions=[JournalVersion(number=1, written_at=now)]),
        draft,
        Terms(pair_id=pair.id, person_id=who, every_weeks=2, minutes=30, response_days=2, sent_at=now),
        Answer(seat_id=seat.id, question="win", written_at=now),
        Letter(session_id=seat.session_id, author_id=who, written_at=now),
        ActionItem(pair_id=pair.id, owner_id=who, made_at=now),
        Review(pair_id=pair.id, person_id=who, sent_at=now),
        Farewell(pair_id=pair.id, person_id=who, sent_at=now),
        AccountRow(person_id=who, platform="other", workspace="there", user=f"{someone.email} there"),
        Enrolment(programme_id=pair.programme_id, person_id=who, role=Role.MENTEE),
        EnrolmentRequest(programme_id=pair.programme_id, person_id=who, role=Role.MENTEE, asked_at=now),
        UnsentForm(person_id=who, action="{}", typed_at=now),
    ]
    goal = Goal(pair_id=pair.id, owner_id=who, author_id=who, made_at=now)
    made += [
        Milestone(goal=goal, author_id=who, made_at=now),
        Progress(goal=goal, author_id=who, standing="nearly", said_at=now),
        Pulse(pair_id=pair.id, person_id=who, number=1, asked_at=now, answered_at=now),
        Absence(person_id=who, since=now, until=now),
        Nudge(person_id=who, rule="turn", about_id=who, number=1, at=now, held_out=True),
    ]
    other = pair.mentor_id if pair.mentee_id == who else pair.mentee_id
    two: dict[str, int] = {"mentee_id": who, "mentor_id": other}
    made += [
        Profile(person_id=who, languages="en", style="gentle", contact="video", changed_at=now),
        Exclusion(person_id=who, other_id=other, kind=Apart.NOT_WITH),
        Wish(programme_id=pair.programme_id, rank=1, **two),
        Veto(mentee_id=other, mentor_id=who),
        Seeking(programme_id=pair.programme_id, person_id=who, state=Wanting.QUEUE, since=now, circle=True),
    ]
    thread = Thread(pair_id=pair.id, about=About.QUESTION, opened_by=who, opened_at=now)
    made.append(Wait(thread=thread, pair_id=pair.id, person_id=who, since=now, days=2, ending=Ending.REPLIED))
    with world.bot.open_transaction.begin() as db:
        db.add_all([*made, *_coffee(db, pair, who, now)])
        db.flush()
        for row in own_rows(db, who):
            for word in belongings.words_in(type(row)):
                if word not in {"email", "buttons"}:
                    said = secret(someone, row, word)
                    setattr(row, word, f"{BEFORE}{said}{BEHIND}" if word == "answers" else said)


def _coffee(db: Any, pair: Pair, who: int, now: datetime) -> list[Base]:
    rhythm = db.scalar(select(Rhythm)) or Rhythm(
        programme_id=pair.programme_id, every_weeks=2, weekday=1, at=time(10), seed=1, begun_at=now
    )
    one = Round(rhythm=rhythm, number=who, day=now.date(), asked_at=now, drawn_at=now, ended_at=now)
    other = pair.mentor_id + pair.mentee_id - who
    return [
        CoffeeHabit(person_id=who, rests_since=now),
        NeverAgain(person_id=who, other_id=other, since=now),
        *(Cup(round=one, person_id=id_, outcome=Outcome.GROUPED, table_number=1) for id_ in (who, other)),
    ]


def own_rows(db: Any, who: int) -> Iterator[Base]:
    person = db.get_one(Person, who)
    db.get(Conversation, who) or db.add(Conversation(person_id=who))
    db.flush()
    for model, theirs in belongings.OWN.items():
        yield from db.scalars(select(model).where(theirs(person)))


def secret(someone: Someone, row: Base, word: str) -> str:
    return f"{someone.email} {type(row).__name__} {word}"


def secrets_of(world: World, someone: Someone, who: int) -> list[str]:
    """What can still be read of theirs."""
    with world.bot.open_transaction.begin() as db:
        return [
            getattr(row, word).removeprefix(BEFORE).removesuffix(BEHIND)
            for row in own_rows(db, who)
            for word in belongings.words_in(type(row))
            if f"{someone.email} " in getattr(row, word)
        ]


def exported(someone: Someone) -> tuple[dict[str, list[dict[str, Any]]], str]:
    someone.presses(Export())
    as_json, as_text = someone.sees.files
    return json.loads(as_json.content), as_text.content.decode()


def erased(world: World) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == "erased")).all())


# By construction


def test_every_table_with_words_is_somebodys_or_says_why_not() -> None:
    models = {mapper.class_ for mapper in Base.registry.mappers}
    sealed = {
        (model, column.name)
        for model in models
        for column in model.__table__.columns
        if column.name.endswith("_sealed")
    }

    assert {model for model, _ in sealed} == belongings.OWN.keys() | belongings.NOBODYS.keys()
    assert {(model, column) for model, column in sealed if model in belongings.OWN} == {
        (model, f"{word}_sealed") for model in belongings.OWN for word in belongings.words_in(model)
    }


def test_everything_with_a_person_in_it_is_looked_at() -> None:
    """A new table that points to a person has to be thought about here."""
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(key.column.table.name == "people" for column in table.columns for key in column.foreign_keys)
    }

    assert pointing == {
        *(
            "accounts",
            "absences",
            "enrolments",
            "conversations",
            "outbox",
            "unsent_forms",
        ),  # go with the person
        *("enrolment_requests", "pasted_lists", "coffee_habits", "coffee_nevers"),  # so do these
        *("desks", "hands", "mailing_recipients"),  # and these
        "removals",  # from a programme, for ten minutes
        *("terms", "seats", "letters", "action_items", "reviews", "farewells"),  # stay without words
        *("drafts", "draft_replies", "goals", "milestones", "progress", "pulses"),  # so do these
        *("threads", "waits", "nudges"),  # never held words; how long an answer took, whoever gave it
        "journal_entries",  # nobody else has a part in it: goes with the words
        "coffee_cups",  # stays without a name, so that whom others met stays whole
        "mailings",  # never held words: that something was sent
        *("profiles", "exclusions", "wishes", "vetoes", "seeking", "left_over"),  # go with the person
        *("match_runs", "proposed"),  # who proposed whom, without words
        "pairs",  # stays: it is the partner's as well
    }


# What is kept


@pytest.mark.usefixtures("pair")
def test_says_what_is_kept_and_who_sees_it(ben: Someone) -> None:
    ben.says("my data")

    assert "before sessions: 1" in ben.reads
    assert "Only you see them" in ben.reads
    assert [button.label for button in ben.sees.buttons] == ["See it", "Export", "Erase", "Who looked?"]


def test_somebody_new_gets_an_answer_as_well(ben: Someone) -> None:
    ben.says("my data")
    ben.presses("See it")

    assert "Ben Okafor" in ben.reads
    assert "America/Denver" in ben.reads


@pytest.mark.usefixtures("pair")
def test_see_it_shows_all_of_mine_and_none_of_theirs(ben: Someone) -> None:
    ben.says("my data")
    ben.presses("See it")

    assert "ben@example.org Answer text" in ben.reads
    assert "ana@example.org" not in ben.reads


def test_a_very_long_text_is_cut_in_the_chat_and_whole_in_the_file(world: World, ben: Someone) -> None:
    """D16."""
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, ben.row.id).wish = "wish " * 8000

    ben.says("my data")
    ben.presses("See it")

    assert len(ben.reads) < 3000
    assert "wish " * 7999 in exported(ben)[1]


# Export


def test_the_export_holds_every_text_of_mine_and_none_of_theirs(
    world: World, ben: Someone, pair: Pair
) -> None:
    as_json, as_text = exported(ben)

    for text in secrets_of(world, ben, ben.row.id):
        assert text in json.dumps(as_json, ensure_ascii=False)
        assert text in as_text
    assert "ana@example.org" not in json.dumps(as_json)
    assert "ana@example.org" not in as_text


@pytest.mark.usefixtures("pair")
def test_absences_turns_and_nudges_are_shown_in_plain_words(ben: Someone) -> None:
    ben.presses(See())
    read = ben.reads
    as_json, as_text_ = exported(ben)

    for shown in (read, as_text_):
        assert "When you were away" in shown
        assert "How it ended: you answered" in shown
        assert "Held back, to see what nudges change: yes" in shown
    assert {"absence", "turn", "nudge"} <= as_json.keys()


def test_the_export_says_what_happened(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause until 20 February")

    as_json, as_text = exported(ben)

    assert as_json["you"][0]["away_until"] == "2026-02-20T07:00:00+00:00"
    assert "paused" in [happening["what"] for happening in as_json["happening"]]
    assert "prep.ask" in [message["what"] for message in as_json["message"]]
    assert "Away until: Friday 20 February" in as_text


def test_the_files_have_names_of_ours(world: World) -> None:
    """G5."""
    eve = world.add("../../Eve\r\nStone", "Europe/Paris")

    eve.presses(Export())

    assert [file.name for file in eve.sees.files] == ["my-data-2026-02-03.json", "my-data-2026-02-03.txt"]


# Erase what I wrote


def test_erasing_what_i_wrote_leaves_the_rest(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(minutes=10)

    assert secrets_of(world, ben, ben.row.id) == []
    assert len(secrets_of(world, ana, ana.row.id)) > 10
    assert ben.row.name == "Ben Okafor"
    assert ben.row.left_at is None
    assert erased(world) == 1
    ben.says("sessions")
    assert "Ana" in ben.reads


def test_a_promise_without_words_is_none(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(WORDS)
    world.forward(minutes=10)

    with world.bot.open_transaction() as db:
        [mine] = db.scalars(select(ActionItem).where(ActionItem.owner_id == ben.row.id))
    assert (mine.state, mine.what, mine.remind_at) == (ItemState.DROPPED, "", None)


def test_undo_keeps_everything(world: World, ben: Someone, pair: Pair) -> None:
    for what in (WORDS, EVERYTHING):
        ben.presses(what)
        world.forward(minutes=9)
        ben.says("undo")
        assert ben.sees.name == "mydata.kept"
    world.forward(hours=1)

    assert len(secrets_of(world, ben, ben.row.id)) > 10
    assert ben.row.left_at is None
    assert ben.row.paused_at is None
    assert erased(world) == 0


def test_undo_that_comes_too_late_says_so(world: World, ben: Someone, pair: Pair) -> None:
    """E4."""
    ben.presses(WORDS)
    world.forward(minutes=11)

    ben.presses(KeepIt())

    assert ben.sees.name == "mydata.nothing_waits"
    assert secrets_of(world, ben, ben.row.id) == []


def test_erasing_twice_is_erasing_once(world: World, ben: Someone, pair: Pair) -> None:
    """G11."""
    ben.presses(WORDS)
    world.forward(minutes=5)
    ben.presses(WORDS)
    assert "Tuesday 10 February, 06:10" in ben.reads
    world.forward(minutes=5)
    world.bot.tick()
    assert erased(world) == 1

    ben.presses(WORDS)
    world.forward(minutes=10)

    assert erased(world) == 2


def test_words_that_wait_for_the_partner_are_taken_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """G11: in Dublin it is night when Ben writes, and when he thinks better of it."""
    world.until(at("2026-02-10", "20:00", "America/Denver"))
    to = ana.row.id
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        reader = db.get_one(Person, to)
        for words in ("ben@example.org Answer text", "something else"):
            message = turn.say(reader, "asks.wrote", partner="Ben", facts=[("theirs", words)])
            turn.post(reader, message, once=f"letter: {words}", about=db.get_one(Pair, pair.id))

    ben.presses(WORDS)
    world.forward(days=1)

    [letter] = ana.received("asks.wrote")
    assert "something else" in as_text(letter)
    with world.bot.open_transaction() as db:
        [dropped] = db.scalars(select(Post).where(Post.reason == "erased"))
    assert (dropped.state, dropped.message_sealed) == (State.DROPPED, None)


def test_an_open_question_is_closed_with_it(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("prep")
    ben.presses(WORDS)
    world.forward(minutes=10)

    ben.says("Nobody asked me anything.")

    assert ben.sees.name == "helping.unplaced"


# Erase everything


def test_erasing_everything_leaves_nobody_behind(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    who = ben.row.id
    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase everything")
    assert [file.name for file in ben.sees.files] == ["session-1-cancelled.ics", "session-2-cancelled.ics"]
    world.forward(minutes=10)

    assert secrets_of(world, ben, who) == []
    with world.bot.open_transaction() as db:
        person = db.get_one(Person, who)
        assert (person.name, person.email, person.email_print) == ("Somebody who left", "", None)
        assert (person.timezone, person.career_stage, person.account_id) == ("UTC", "", None)
        assert person.left_at is not None
        for model in (AccountRow, Enrolment, Post):
            assert db.scalars(select(model).where(model.person_id == who)).all() == []
    ben.says("hi")
    assert ben.sees.name == "helping.stranger"


def test_the_partner_hears_of_it_by_name_and_keeps_their_words(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    ben.presses(EVERYTHING)
    world.forward(hours=1)

    assert "Ben Okafor has left" in as_text(ana.received("pause.partner_left")[0])
    assert len(secrets_of(world, ana, ana.row.id)) > 10


def test_it_waits_for_the_goodbye(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """Whatever comes in between: while there is a partner to tell, there is a name to say."""
    ben.presses(EVERYTHING)
    with world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, ben.row.id)
        assert person.leave_at is not None
        person.leave_at = at("2026-02-10", "14:00", "Europe/Dublin")
    world.forward(minutes=30)
    assert ben.row.name == "Ben Okafor"

    world.forward(hours=1)

    assert "Ben Okafor has left" in as_text(ana.received("pause.partner_left")[0])
    assert erased(world) == 1


def test_whoever_stays_after_all_keeps_everything(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(EVERYTHING)
    ben.says("back")
    world.forward(hours=1)

    assert len(secrets_of(world, ben, ben.row.id)) > 10
    assert erased(world) == 0


def test_whoever_has_left_can_still_see_and_erase(world: World, ben: Someone, pair: Pair) -> None:
    who = ben.row.id
    ben.says("leave")
    ben.presses("Leave")
    world.forward(days=1)

    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase everything")
    world.forward(minutes=10)

    assert secrets_of(world, ben, who) == []


def test_more_can_be_erased_than_was_asked_at_first_but_not_less(
    world: World, ben: Someone, pair: Pair
) -> None:
    ben.presses(WORDS)
    ben.presses(EVERYTHING)
    assert ben.sees.name == "mydata.everything_goes"

    ben.presses(WORDS)

    assert ben.sees.name == "mydata.everything_goes"


def test_a_coordinator_can_go_as_well(world: World) -> None:
    """G11."""
    mia = world.add("Mia Lund", "Europe/Stockholm")
    who = mia.row.id
    with world.bot.open_transaction.begin() as db:
        db.add(programme := Programme(name="Mentoring", made_at=world.clock()))
        db.flush()
        db.add(Enrolment(programme_id=programme.id, person_id=who, role=Role.COORDINATOR))

    mia.presses(EVERYTHING)
    world.forward(minutes=10)

    mia.says("hi")
    assert mia.sees.name == "helping.stranger"


def test_whoever_comes_back_is_somebody_new(world: World, ben: Someone, pair: Pair) -> None:
    """C16."""
    before = ben.row.id
    ben.presses(EVERYTHING)
    world.forward(minutes=10)

    again = world.add("Ben Okafor", "America/Denver")
    again.presses(Export())

    assert again.row.id != before
    assert set(json.loads(again.sees.files[0].content)) == {"you", "account"}


def test_a_made_up_choice_erases_nothing(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(Erase("the partner"))
    world.forward(hours=1)

    assert erased(world) == 0


# Every label


def test_every_kind_of_thing_has_a_name(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("pause")
    who = ben.row.id
    with world.bot.open_transaction.begin() as db, Turn(db, world.clock(), world.bot.prompts) as turn:
        records = list(belongings.records(turn, db.get_one(Person, who)))
    entry = world.bot.prompts.entry

    assert {section for section, _ in records} == entry("en", "mydata.readable").facts.keys()
    assert {name for _, parts in records for name in parts} == entry("en", "mydata.parts").facts.keys()


def test_what_somebody_else_wrote_is_not_taken_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """Ben's pulse is a "no", and so is a piece of what Cleo knows."""
    cleo = world.add("Cleo Marin", "Europe/Paris")
    other = world.meet(cleo, ana, format="async")
    with world.bot.open_transaction.begin() as db:
        seat = db.scalars(select(Seat).where(Seat.person_id == ben.row.id).limit(1)).one()
        seat.pulse = "no"
    world.until(world.session(other).starts_at.replace(hour=20))
    cleo.says("write")
    cleo.says("I do not know how to go on.")

    ben.presses(WORDS)
    world.forward(days=1)

    assert ana.received("asks.wrote")


def test_erasing_on_the_way_out_can_be_undone_whole(world: World, ben: Someone, pair: Pair) -> None:
    ben.says("leave")
    ben.presses("^Leave$")
    world.forward(minutes=3)
    ben.presses(EVERYTHING)

    ben.presses("Undo")

    assert (ben.row.paused_at, ben.row.leave_at) == (None, None)


def test_what_the_eraser_owes_is_still_asked(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """Ben asked, Ana answered and asked something back: his question goes, and hers stays open."""
    ben.says("ask What do you read?")
    world.forward(days=1)
    ana.presses("Reply")
    ana.says("Novels. What do you read yourself?")
    ana.presses("I asked something back")
    who = ben.row.id
    with world.bot.open_transaction() as db:
        [wait] = db.scalars(select(Wait).where(Wait.ended_at.is_(None), Wait.thread_id > 2))
        assert wait.person_id == who

    ben.presses(WORDS)
    world.forward(hours=1)

    with world.bot.open_transaction() as db:
        assert db.get_one(Wait, wait.id).ended_at is None
