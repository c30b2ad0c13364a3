"""At the counter in Slack: what people do there, and what they see of it."""

from fake_slack import FakeSlack, Json
from office import Office
from world import Someone


async def test_whoever_writes_first_is_recognised_by_their_address(
    office: Office, slack: FakeSlack, ben: Someone
) -> None:
    card = await slack.hears_back("U0BEN", "hello")

    assert "start" in card.text


async def test_a_stranger_is_told_so_kindly(office: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0EVE", "hello")

    assert "only talk with people" in card.text


async def test_a_pressed_card_is_replaced_and_says_what_was_pressed(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "pause")

    await slack.presses("U0BEN", "Undo")

    await slack.sees(lambda: "You chose Undo" in card.text)


async def test_a_double_click_is_one(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "pause")
    before, buttons = len(slack.called("chat.postMessage")), card.blocks

    await slack.presses("U0BEN", "Undo", card)
    card.blocks = buttons
    await slack.presses("U0BEN", "Undo", card)

    await slack.sees(lambda: "You chose Undo" in card.text)
    assert len(slack.called("chat.update")) == 1
    assert len(slack.called("chat.postMessage")) == before


async def test_a_command_is_answered_to_this_person_alone(met: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "sessions")

    await slack.sees(lambda: slack.chats["C0GENERAL"])
    [answer] = slack.chats["C0GENERAL"]
    assert answer.only_for == "U0BEN"
    assert "Tuesday" in answer.text


async def test_a_command_may_open_a_form_which_says_what_to_mend_at_its_field(
    met: Office, slack: FakeSlack
) -> None:
    await slack.commands("U0BEN", "settings")
    await slack.sees(lambda: slack.views)

    answer = await slack.submits("U0BEN", zone="Atlantis")
    assert "zone" in answer["errors"]

    assert await slack.submits("U0BEN", zone="Europe/Lisbon") == {}
    await slack.sees(lambda: any("Lisbon" in card.text for card in slack.chats["C0GENERAL"]))


async def test_typed_words_offer_a_form_by_a_button(met: Office, slack: FakeSlack) -> None:
    await slack.hears_back("U0BEN", "settings")

    await slack.presses("U0BEN", "Open it")

    await slack.sees(lambda: slack.views)


async def test_a_form_that_was_sent_leaves_a_line_where_its_card_stood(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "agreement")
    await slack.presses("U0BEN", "Open it", card)
    await slack.sees(lambda: slack.views)

    await slack.submits("U0BEN", hopes="To lead a project of my own.")

    await slack.sees(lambda: "You filled in “Our agreement”." in card.text)


# On the page at the bot


async def test_a_form_of_the_page_is_answered_on_the_page(met: Office, slack: FakeSlack) -> None:
    await slack.presses_in(await slack.opens_home("U0BEN"), "U0BEN", "My hours")
    await slack.sees(lambda: slack.views)

    told = await slack.submits("U0BEN", zone="Europe/Lisbon")

    assert told["view"]["title"]["text"] == "Your clock"
    assert "Lisbon" in str(told["view"]["blocks"])


async def test_a_form_on_top_of_an_answer_is_answered_there_too(met: Office, slack: FakeSlack) -> None:
    await slack.presses_in(await slack.opens_home("U0BEN"), "U0BEN", "Goals")
    await slack.sees(lambda: slack.views)
    await slack.presses_in(slack.views[0], "U0BEN", "Add a goal")
    await slack.sees(lambda: len(slack.views) == 2)

    told = await slack.submits("U0BEN", can="Lead a planning")

    assert "Lead a planning" in str(told["view"]["blocks"])


async def test_what_asks_for_words_is_asked_where_they_can_be_typed(met: Office, slack: FakeSlack) -> None:
    await slack.presses_in(await slack.opens_home("U0BEN"), "U0BEN", "Ask something")

    await slack.sees(lambda: slack.views and "What would you like to ask" in slack.last("U0BEN").text)
    assert "open Messages" in _words(slack.views[0])


async def test_files_lie_in_the_chat_and_the_page_says_so(met: Office, slack: FakeSlack) -> None:
    await slack.presses_in(await slack.opens_home("U0BEN"), "U0BEN", "Export")

    await slack.sees(lambda: slack.views and slack.last("U0BEN").files)
    assert "The files are in our chat" in _words(slack.views[0])


def _words(view: Json) -> str:
    runs = [run for block in view["blocks"] for part in block["elements"] for run in part.get("elements", [])]
    return "".join(run["text"] for run in runs)
