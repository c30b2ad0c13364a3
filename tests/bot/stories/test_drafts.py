"""Drafts, through the front door."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from world import PLATFORM, Someone, World, as_text

from bot import outbox
from bot.drafting import Answer, AskDraft, Seen, ShowDraft
from bot.models import Draft, DraftReply, Happening, Pair
from bot.stories.drafts import ChangeDraft, SendDraft, TakeBack
from bot.stories.monthly import AskPartner, Never, NotThisMonth, SuggestAgain

LINK = "https://docs.example.org/talk?page=2"

pytestmark = pytest.mark.usefixtures("_never_quiet")


@pytest.fixture
def pair(world: World, ben: Someone, ana: Someone) -> Pair:
    return world.meet(ben, ana)


@pytest.fixture
def draft(world: World, ben: Someone, ana: Someone, pair: Pair) -> Draft:
    """Ben's talk, which has reached Ana."""
    shows(ben, pair)
    world.forward(days=1)
    assert ana.received("drafts.received")
    return drafts(world)[0]


def shows(someone: Someone, pair: Pair, **parts: str) -> None:
    someone.presses(AskDraft(pair.id))
    someone.fills(**({"text": "Three slides of my talk", "unsure": "The order"} | parts))


def drafts(world: World) -> list[Draft]:
    with world.bot.open_transaction() as db:
        return list(db.scalars(select(Draft).order_by(Draft.id)))


def happened(world: World, what: str) -> int:
    with world.bot.open_transaction() as db:
        return len(db.scalars(select(Happening).where(Happening.what == what)).all())


def end(world: World, pair: Pair) -> None:
    with world.bot.open_transaction.begin() as db:
        db.get_one(Pair, pair.id).ended_at = world.clock()


# Showing one


@pytest.mark.usefixtures("pair")
def test_a_draft_reaches_the_partner_with_what_its_author_wants_to_know(
    world: World, ben: Someone, ana: Someone
) -> None:
    ben.says("draft")
    ben.fills(
        link=LINK,
        text="Three slides",
        percent="10",
        unsure="The order",
        thrown="The joke, nobody got it",
        wanted="Not wording",
        minutes="15",
    )
    assert ben.sees.name == "drafts.sent"
    assert ana.received("drafts.received") == []  # not at once

    world.forward(days=1)

    read = as_text(ana.received("drafts.received")[0])
    assert "10 % done, about 15 minutes to look at" in read
    assert [fact.value for fact in ana.received("drafts.received")[0].facts if fact.is_link] == [LINK]
    for words in (LINK, "Three slides", "The order", "The joke, nobody got it", "Not wording"):
        assert words in read
    assert "[Write back] [Seen, thank you; more later]" in read


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "slack://open",
        "msteams://x",
        "http://docs.example.org",
        "https://hr.example@evil.example",
        "see my desk",
    ],
)
def test_a_link_that_hides_where_it_leads_is_refused_and_says_what_works(
    world: World, ben: Someone, pair: Pair, link: str
) -> None:
    """D5."""
    ben.presses(AskDraft(pair.id))

    ben.fills(link=link, text="Three slides")

    assert "starts with https://" in ben.mistakes["link"]
    assert drafts(world) == []


def test_there_has_to_be_something_to_look_at(world: World, ben: Someone, pair: Pair) -> None:
    ben.presses(AskDraft(pair.id))

    ben.fills(text="\u200b ", percent="4711", minutes="")

    assert ben.mistakes.keys() == {"text", "percent", "minutes"}
    assert drafts(world) == []


def test_sent_twice_it_is_one_draft(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    """E3."""
    ben.presses(AskDraft(pair.id))
    form = ben.form
    for _ in range(2):
        ben.form = form
        ben.fills(text="Three slides of my talk")
    world.forward(days=1)

    assert len(drafts(world)) == 1
    assert len(ana.received("drafts.received")) == 1


def test_without_a_partner_there_is_a_next_step(ben: Someone) -> None:
    for word in ("draft", "drafts"):
        ben.says(word)

        assert ben.sees.name == "drafts.no_pair"
        assert ben.sees.buttons


def test_words_for_a_pair_that_has_ended_are_given_back(world: World, ben: Someone, pair: Pair) -> None:
    """E5."""
    ben.presses(AskDraft(pair.id))
    end(world, pair)

    ben.fills(text="Three slides")

    assert ben.sees.name == "drafts.gone"
    assert "You wrote: Three slides" in ben.reads


# The list


def test_an_empty_list_says_what_it_is_for(ben: Someone, pair: Pair) -> None:
    ben.says("drafts")

    assert ben.sees.name == "drafts.none_yet"
    assert "[Show Ana a draft]" in ben.reads


def test_both_see_what_is_shown(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    shows(ben, pair)
    shows(ana, pair, text="", link=LINK, percent="80")

    ben.says("our drafts")
    assert "You have shown: Three slides of my talk (40 %, for Ana)" in ben.reads
    assert "Shown to you: docs.example.org (80 %, from Ana)" in ben.reads
    ana.says("drafts")
    assert "Shown to you: Three slides of my talk (40 %, from Ben)" in ana.reads
    ana.presses("Three slides")
    assert ana.sees.name == "drafts.theirs"
    ben.presses("Three slides")
    assert ben.sees.name == "drafts.mine"


def test_a_mentor_of_two_shows_one_to_each_alone(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    cem = world.add("Cem Aydin", "Europe/Istanbul")
    world.meet(cem, ana, weekday=3)
    ana.says("draft")
    assert "[Show Ben a draft] [Show Cem a draft]" in ana.reads
    ana.presses("Show Cem a draft")
    ana.fills(text="My notes")
    world.forward(days=1)

    assert ben.received("drafts.received") == []
    ben.presses(ShowDraft(drafts(world)[0].id))
    assert ben.sees.name == "drafts.gone"


# Writing back


def test_an_answer_reaches_the_author(world: World, ben: Someone, ana: Someone, draft: Draft) -> None:
    ana.presses("Write back")
    ana.fills(notice="The end is strong", attempt="Start with it", leave="The picture")
    assert ana.sees.name == "drafts.answered"
    world.forward(days=1)

    read = as_text(ben.received("drafts.answer")[0])
    assert "Noticed: The end is strong" in read
    assert "Would try: Start with it" in read
    assert "Would leave as it is: The picture" in read
    ben.presses("Show the draft")
    assert ben.sees.name == "drafts.mine_answered"
    assert "The end is strong" in ben.reads


@pytest.mark.usefixtures("draft")
def test_one_line_is_enough_and_none_is_not(ana: Someone) -> None:
    ana.presses("Write back")
    ana.fills(notice=" ")
    assert ana.mistakes.keys() == {"notice"}

    ana.fills(leave="All of it")
    assert ana.sees.name == "drafts.answered"


@pytest.mark.usefixtures("draft")
def test_an_answer_sent_twice_is_one(world: World, ben: Someone, ana: Someone) -> None:
    """E3."""
    ana.presses("Write back")
    form = ana.form
    for _ in range(2):
        ana.form = form
        ana.fills(notice="The end is strong")
    ana.presses("Write more")
    ana.fills(notice="And the picture")
    world.forward(days=1)

    assert len(ben.received("drafts.answer")) == 2
    assert happened(world, "draft_answered") == 2


@pytest.mark.usefixtures("draft")
def test_seen_may_be_typed(ana: Someone) -> None:
    ana.says("seen")

    assert ana.sees.name == "drafts.seen"


@pytest.mark.usefixtures("draft")
def test_seen_is_one_press(world: World, ben: Someone, ana: Someone) -> None:
    ana.presses("Seen, thank you")
    ana.presses("Seen, thank you")
    world.forward(days=1)

    assert ana.sees.name == "drafts.seen"
    assert len(ben.received("drafts.partner_has_seen")) == 1
    ben.presses("Show the draft")
    assert ben.sees.name == "drafts.mine_seen"
    assert happened(world, "draft_answered") == 1


def test_seen_after_an_answer_says_nothing_more(
    world: World, ben: Someone, ana: Someone, draft: Draft
) -> None:
    ana.presses("Write back")
    ana.fills(notice="The end is strong")

    ana.presses(Seen(draft.id))
    world.forward(days=1)

    assert ben.received("drafts.partner_has_seen") == []


def test_an_answer_to_what_is_gone_is_given_back(
    world: World, ben: Someone, ana: Someone, draft: Draft
) -> None:
    """E5."""
    ana.presses("Write back")
    ben.presses(TakeBack(draft.id))

    ana.fills(notice="The end is strong", leave="The picture")

    assert ana.sees.name == "drafts.gone"
    assert "The end is strong\n\nThe picture" in ana.reads


def test_only_the_other_one_answers_and_only_the_author_changes(
    world: World, ben: Someone, ana: Someone, draft: Draft
) -> None:
    """C2, C3."""
    eve = world.add("Eve Stone", "Europe/Paris")
    for someone, actions in (
        (ben, [Answer, Seen]),
        (ana, [ChangeDraft, TakeBack]),
        (eve, [Answer, Seen, ChangeDraft, TakeBack, ShowDraft]),
    ):
        for action in actions:
            someone.presses(action(draft.id))
            assert someone.sees.name == "drafts.gone"
            assert "slides" not in someone.reads
    assert drafts(world)[0].taken_back_at is None


def test_nobody_else_shows_one_to_a_pair(world: World, ben: Someone, pair: Pair) -> None:
    eve = world.add("Eve Stone", "Europe/Paris")
    ben.presses(AskDraft(pair.id))
    assert ben.form
    assert ben.form.action == SendDraft(pair.id)
    eve.form = ben.form

    eve.fills(text="Three slides")

    assert eve.sees.name == "drafts.gone"
    assert drafts(world) == []


# Changing it and taking it back


@pytest.mark.usefixtures("draft")
def test_a_change_arrives_as_one_and_waits_for_an_answer_again(
    world: World, ben: Someone, ana: Someone
) -> None:
    ana.presses("Seen, thank you")
    ben.presses("Edit")
    ben.fills(percent="80", unsure="Only the end")
    world.forward(days=1)

    read = as_text(ana.received("drafts.updated")[0])
    assert "It is now 80 % done" in read
    assert "Only the end" in read
    assert "[Seen, thank you; more later]" in read
    assert happened(world, "draft_sent") == 2


def test_what_is_changed_in_time_arrives_once_as_it_is_now(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    shows(ben, pair)
    ben.presses("Edit")
    ben.fills(text="Five slides")
    world.forward(days=2)

    [received] = ana.received("drafts.received")
    assert "Five slides" in as_text(received)
    assert ana.received("drafts.updated") == []


@pytest.mark.usefixtures("draft")
def test_a_change_that_changes_nothing_is_not_brought(world: World, ben: Someone, ana: Someone) -> None:
    ben.presses("Edit")
    ben.fills()
    world.forward(days=1)

    assert ana.received("drafts.updated") == []


def test_taken_back_in_time_it_never_arrives(world: World, ben: Someone, ana: Someone, pair: Pair) -> None:
    shows(ben, pair)
    ben.presses("Take it back")
    ben.presses("Take it back")

    assert ben.sees.name == "drafts.taken_back_in_time"
    world.forward(days=2)
    assert [message for message in ana.chat if message.name.startswith("drafts.")] == []
    ben.says("drafts")
    assert ben.sees.name == "drafts.none_yet"


def test_taken_back_later_it_says_what_stays(world: World, ben: Someone, ana: Someone, draft: Draft) -> None:
    ben.presses(TakeBack(draft.id))
    ben.presses(TakeBack(draft.id))

    assert ben.sees.name == "drafts.taken_back"
    assert "already arrived in their chat stays" in ben.reads
    world.forward(days=1)
    assert len(ana.received("drafts.taken_back_by_partner")) == 1
    ana.presses(Answer(draft.id))
    assert ana.sees.name == "drafts.gone"


def test_what_is_on_its_way_may_arrive_and_is_not_sent_again(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    shows(ben, pair)
    with world.bot.open_transaction.begin() as db:
        assert outbox.claim(
            db.connection(), world.clock(), "a sender that dies", {PLATFORM}, world.bot.prompts
        )

    ben.presses("Take it back")

    assert ben.sees.name == "drafts.taken_back"
    world.forward(days=1)
    assert ana.received("drafts.received") == []


def test_an_answered_one_goes_without_a_word(world: World, ben: Someone, ana: Someone, draft: Draft) -> None:
    ana.presses("Write back")
    ana.fills(notice="The end is strong")

    ben.presses(TakeBack(draft.id))
    world.forward(days=1)

    assert ana.received("drafts.taken_back_by_partner") == []


@pytest.mark.parametrize("after", [timedelta(), timedelta(days=1)])
def test_what_was_taken_back_can_be_shown_again(
    world: World, ben: Someone, ana: Someone, pair: Pair, after: timedelta
) -> None:
    shows(ben, pair)
    if after:
        world.until(world.clock() + after)
    ben.presses("Take it back")

    ben.presses("Show it again")
    ben.fills(percent="80")
    world.forward(days=2)

    arrived = [message.name for message in ana.chat if message.name in {"drafts.received", "drafts.updated"}]
    assert arrived == (["drafts.received", "drafts.updated"] if after else ["drafts.received"])
    ana.says("drafts")
    assert "80 %" in ana.reads


def test_buttons_of_a_pair_that_has_ended_do_nothing(
    world: World, ben: Someone, ana: Someone, pair: Pair, draft: Draft
) -> None:
    end(world, pair)

    for someone, action in (
        (ben, ChangeDraft(draft.id)),
        (ben, TakeBack(draft.id)),
        (ben, AskDraft(pair.id)),
        (ana, Seen(draft.id)),
        (ana, Answer(draft.id)),
        (ana, NotThisMonth(pair.id)),
        (ana, Never(pair.id)),
        (ana, SuggestAgain(pair.id)),
        (ben, AskPartner(pair.id)),
    ):
        someone.presses(action)
        assert someone.sees.name == "drafts.gone"


def test_whoever_is_away_gets_it_when_they_are_back(
    world: World, ben: Someone, ana: Someone, pair: Pair
) -> None:
    """E24."""
    ana.says("pause")
    shows(ben, pair)
    world.forward(days=5)
    assert ana.received("drafts.received") == []

    ana.says("back")
    world.forward(days=1)
    assert len(ana.received("drafts.received")) == 1


def test_erased_words_are_gone_and_not_listed(world: World, ben: Someone, ana: Someone, draft: Draft) -> None:
    ana.presses("Write back")
    ana.fills(notice="The end is strong")
    ben.says("my data")
    ben.presses("Erase")
    ben.presses("Erase what I wrote")
    world.forward(minutes=11)

    ana.says("drafts")
    assert ana.sees.name == "drafts.none_yet"
    with world.bot.open_transaction() as db:
        assert db.get_one(Draft, draft.id).text == ""
        assert db.scalars(select(DraftReply)).one().notice == "The end is strong"  # which is Ana's


# German


def test_in_german(world: World) -> None:
    eva = world.add("Eva Koch", "Europe/Berlin", language="de")
    jens = world.add("Jens Groß", "Europe/Lisbon", language="de")
    world.meet(eva, jens, zone="Europe/Berlin")
    eva.says("Entwürfe")
    eva.presses("Jens einen Entwurf zeigen")
    eva.fills(link=LINK)
    world.forward(days=1)
    assert "zu 40 % fertig, etwa 5 Minuten zum Anschauen" in as_text(jens.received("drafts.received")[0])

    jens.presses("Gesehen, danke")
    world.forward(days=1)

    assert eva.received("drafts.partner_has_seen")
