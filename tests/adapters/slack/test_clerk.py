"""At the counter in Slack: what people do there, and what they see of it."""

import asyncio
from datetime import timedelta

import pytest
from fake_slack import SCOPES, TEAM, Card, FakeSlack, Fault, Json
from office import Office, http, open_office
from world import Someone, World

from bot.actions import Typing
from bot.events import Account
from bot.messages import Button, Meet, Message, Run
from bot.models import Role


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

    await slack.sees(lambda: "You chose “Undo”" in card.text)


async def test_a_double_click_is_one(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "pause")
    before, buttons = len(slack.called("chat.postMessage")), card.blocks

    await slack.presses("U0BEN", "Undo", card)
    card.blocks = buttons
    await slack.presses("U0BEN", "Undo", card)

    await slack.sees(lambda: "You chose “Undo”" in card.text)
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


# Their page


async def test_a_page_shows_what_is_next_first_and_changes_when_something_happens(
    met: Office, slack: FakeSlack
) -> None:
    first = await slack.opens_home("U0BEN")
    assert "Ana" in str(first["blocks"][:4])

    await slack.says("U0BEN", "pause")

    await slack.sees(lambda: "away" in str(slack.homes["U0BEN"]["blocks"][:4]))


async def test_a_press_on_the_page_is_answered_on_top_of_it(met: Office, slack: FakeSlack) -> None:
    home = await slack.opens_home("U0BEN")

    await slack.presses_in(home, "U0BEN", "Pause")

    view = await slack.sees(lambda: slack.views and slack.views[-1])
    assert view["title"]["text"] == "Pause"
    await slack.presses_in(view, "U0BEN", "Undo")
    await slack.sees(lambda: "as before" in str(slack.views[-1]) or "planned" in str(slack.views[-1]))
    assert len(slack.views) == 1


async def test_a_form_from_the_page_is_answered_in_the_same_window(met: Office, slack: FakeSlack) -> None:
    home = await slack.opens_home("U0BEN")
    await slack.presses_in(home, "U0BEN", "My hours")
    await slack.sees(lambda: slack.views)

    answer = await slack.submits("U0BEN", zone="Europe/Lisbon")

    assert answer["response_action"] == "update"
    assert "Lisbon" in str(answer["view"]["blocks"])


async def test_an_old_answer_in_a_window_is_not_drawn_over_a_newer_one(met: Office, slack: FakeSlack) -> None:
    home = await slack.opens_home("U0BEN")
    await slack.presses_in(home, "U0BEN", "Pause")
    view = await slack.sees(lambda: slack.views and slack.views[-1])
    slack.views[-1] = view | {"hash": "another"}

    await slack.presses_in(view, "U0BEN", "Undo")

    await slack.sees(lambda: slack.refusals("hash_conflict"))
    assert slack.views[-1]["blocks"] == view["blocks"]


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
    assert "The files for this are in our chat" in _words(slack.views[0])


def _words(view: Json) -> str:
    runs = [run for block in view["blocks"] for part in block["elements"] for run in part.get("elements", [])]
    return "".join(run["text"] for run in runs)


# Forms


async def test_a_form_that_was_sent_leaves_a_line_where_its_card_stood(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "agreement")
    await slack.presses("U0BEN", "Open it", card)
    await slack.sees(lambda: slack.views)

    await slack.submits("U0BEN", hopes="To lead a project of my own.")

    await slack.sees(lambda: "You filled in “Our agreement”." in card.text)


async def test_what_was_typed_and_not_sent_is_there_again(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "ask")
    await slack.presses("U0BEN", "With a voice note or clip", card)
    await slack.sees(lambda: slack.views)

    await slack.types("U0BEN", text="How do you begin")
    slack.views.clear()
    await slack.presses("U0BEN", "With a voice note or clip", card)

    view = await slack.sees(lambda: slack.views and slack.views[-1])
    assert "How do you begin" in str(view)


async def test_a_form_that_was_opened_too_late_can_be_opened_from_our_chat(
    met: Office, slack: FakeSlack
) -> None:
    slack.fails("views.open", Fault(200, "expired_trigger_id"))

    await slack.commands("U0BEN", "settings")

    await slack.sees(lambda: slack.card("U0BEN") and "Open it" in slack.labels("U0BEN"))
    await slack.presses("U0BEN", "Open it")
    await slack.sees(lambda: slack.views)


async def test_a_form_sent_twice_counts_once(met: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "settings")
    view = await slack.sees(lambda: slack.views and slack.views[-1])
    await slack.submits("U0BEN", zone="Europe/Lisbon")
    slack.views.append(view)

    assert await slack.submits("U0BEN", zone="Europe/Lisbon") == {}

    await slack.sees(lambda: slack.chats["C0GENERAL"])
    assert len(slack.chats["C0GENERAL"]) == 1


# Elsewhere in Slack


async def test_a_message_elsewhere_can_be_asked_about_and_nothing_is_kept_before(
    met: Office, slack: FakeSlack, ana: Someone
) -> None:
    await slack.points("U0BEN", "ask", "We move to &lt;quarterly&gt; plans, says <@U0EVE|eve>.")
    view = await slack.sees(lambda: slack.views and slack.views[-1])
    assert "We move to <quarterly> plans, says @eve." in str(view)

    await slack.submits("U0BEN", text="What does that mean for us?")
    await met.settle()

    assert "What does that mean for us?" in slack.last("U0ANA").text


async def test_a_message_elsewhere_can_be_kept_in_the_journal(met: Office, slack: FakeSlack) -> None:
    await slack.points("U0BEN", "journal", "We take the smaller flat.")

    view = await slack.sees(lambda: slack.views and slack.views[-1])
    assert "We take the smaller flat." in str(view)


async def test_a_message_elsewhere_leads_on_by_a_button_where_no_form_can_be_opened(
    met: Office, slack: FakeSlack
) -> None:
    slack.fails("views.open", Fault(code="expired_trigger_id"))
    await slack.points("U0BEN", "ask", "We take the smaller flat.")
    await slack.sees(lambda: "Open it" in slack.labels("U0BEN"))

    await slack.presses("U0BEN", "Open it")

    await slack.sees(lambda: "What would you like to ask" in slack.last("U0BEN").text)


async def test_what_asks_for_words_comes_to_our_chat(met: Office, slack: FakeSlack) -> None:
    await slack.commands("U0BEN", "ask")

    [note] = await slack.sees(lambda: slack.chats["C0GENERAL"])
    assert note.only_for == "U0BEN"
    await met.shown()
    assert "our chat" in note.text
    assert "Ana" in slack.last("U0BEN").text


@pytest.mark.parametrize("typed", ["sesions", "“sessions”", " SESSIONS ", "Sessions?"])
async def test_a_command_with_a_typo_or_smart_quotes_is_understood(
    met: Office, slack: FakeSlack, typed: str
) -> None:
    told = await slack.commands("U0BEN", typed)

    await slack.sees(lambda: told.text or slack.chats["C0GENERAL"])
    shown = told.text + "".join(card.text for card in slack.chats["C0GENERAL"])
    assert "sessions" in shown.lower() or "Tuesday" in shown


async def test_help_names_what_can_be_typed(met: Office, slack: FakeSlack) -> None:
    told = (await slack.commands("U0BEN", "help")).json()

    assert told["response_type"] == "ephemeral"
    assert "whose turn" in told["text"]


# What they have written


async def test_words_that_are_changed_or_deleted_are_changed_for_the_partner_too(
    met: Office, slack: FakeSlack
) -> None:
    await slack.hears_back("U0BEN", "ask How do you begin?")
    await slack.edits("U0BEN", "ask How do you begin?", "ask How do you end?")
    await met.settle()
    assert "How do you end?" in slack.last("U0ANA").text


async def test_an_answer_below_a_message_is_answered_there(met: Office, slack: FakeSlack) -> None:
    await slack.says("U0BEN", "sessions", thread_ts="1700000000.000100")

    await slack.sees(lambda: slack.called("chat.postMessage")[-1].get("thread_ts") == "1700000000.000100")


async def test_a_voice_clip_is_not_opened_and_its_author_hears_what_to_do(
    met: Office, slack: FakeSlack
) -> None:
    before, called = len(slack.chat("U0BEN")), len(slack.calls)
    clip = {"id": "F1", "name": "audio_message.m4a", "url_private": "https://files.slack.com/F1"}

    await slack.says("U0BEN", "", subtype="file_share", files=[clip])

    await slack.sees(lambda: len(slack.chat("U0BEN")) > before + 1)
    assert "send the link" in slack.last("U0BEN").text
    assert {method for method, _ in slack.calls[called:]} == {"chat.postMessage"}


# Who they are


async def test_an_introduction_leads_to_a_chat_of_three_where_that_is_allowed(
    world: World, ben: Someone, ana: Someone
) -> None:
    async with FakeSlack(f"{SCOPES},mpim:write") as slack:
        await _introduced(slack, world, ben, ana)

        [opening] = slack.chats["GU0ANA-U0BEN"]
        assert "Ben" in opening.text
        assert "Ana" in opening.text
        for user in ("U0BEN", "U0ANA"):
            assert _links(slack, user) == ["https://slack.com/app_redirect?team=T0TEAM&channel=GU0ANA-U0BEN"]


async def test_elsewhere_it_leads_to_each_other_by_a_link(
    slack: FakeSlack, world: World, ben: Someone, ana: Someone
) -> None:
    await _introduced(slack, world, ben, ana)

    assert _links(slack, "U0BEN") == ["slack://user?team=T0TEAM&id=U0ANA"]
    assert _links(slack, "U0ANA") == ["slack://user?team=T0TEAM&id=U0BEN"]


async def _introduced(slack: FakeSlack, world: World, ben: Someone, ana: Someone) -> None:
    for user, name in (("U0BEN", "Ben Okafor"), ("U0ANA", "Ana Byrne")):
        slack.add(user, name, f"{name[:3].lower()}@example.org")
    async with open_office(world, http(slack.url)) as office:
        slack.bot = office.app
        for user in ("U0BEN", "U0ANA"):
            await slack.happens({"type": "user_change", "user": slack.users[user]})
        world.start(ben, ana)
        world.pair(ben, ana, introduce_at=world.clock())
        await office.settle()


async def test_three_who_have_coffee_together_share_one_chat(
    world: World, ben: Someone, ana: Someone
) -> None:
    async with FakeSlack(f"{SCOPES},mpim:write") as slack:
        for user, name in (("U0BEN", "Ben Okafor"), ("U0ANA", "Ana Byrne"), ("U0CLEO", "Cleo Marsh")):
            slack.add(user, name, f"{name[:3].lower()}@example.org")
        async with open_office(world, http(slack.url)) as office:
            accounts = [Account("slack", "T0TEAM", user) for user in ("U0BEN", "U0ANA", "U0CLEO")]
            meet = Meet(accounts[1], "Write to Ana and Cleo", (Run("Hello"),), (accounts[2],))
            said = Message(name="x", text=(Run("Coffee"),), meet=meet)
            await office.sender.deliver(accounts[0], "", said)

        [chat] = [channel for channel in slack.chats if channel.startswith("G")]
        assert all(user in chat for user in ("U0BEN", "U0ANA", "U0CLEO"))
        assert [card.text for card in slack.chats[chat]] == ["Hello"]


async def test_the_way_to_each_other_is_on_their_page(met: Office, slack: FakeSlack) -> None:
    home = await slack.opens_home("U0BEN")

    [url] = [button["url"] for _, button in Card("", "", home["blocks"], "").buttons() if "url" in button]

    assert url == "slack://user?team=T0TEAM&id=U0ANA"


async def test_a_chat_of_three_that_cannot_be_opened_is_nobody_s_fault(
    world: World, ben: Someone, ana: Someone
) -> None:
    async with FakeSlack(f"{SCOPES},mpim:write") as slack:
        slack.no_chats_of_three = True
        await _introduced(slack, world, ben, ana)

        assert _links(slack, "U0BEN") == ["slack://user?team=T0TEAM&id=U0ANA"]
        assert ben.row.unreachable_since is None


def _links(slack: FakeSlack, user: str) -> list[str]:
    return [button["url"] for card in slack.chat(user) for _, button in card.buttons() if "url" in button]


async def test_a_nudge_waits_while_somebody_does_not_want_to_be_disturbed(world: World, ben: Someone) -> None:
    async with FakeSlack(f"{SCOPES},dnd:read") as slack:
        slack.add("U0BEN", "Ben Okafor", "ben@example.org")
        async with open_office(world, http(slack.url)) as office:
            slack.bot = office.app
            slack.quiet_until = world.clock().timestamp() + 3600
            await slack.happens({"type": "user_change", "user": slack.users["U0BEN"]})
            await office.settle()
            assert slack.chat("U0BEN") == []

            slack.quiet_until = 0.0
            await office.forward(hours=1)

            assert "I am Cairn" in slack.last("U0BEN").text


async def test_a_status_pauses_only_whoever_has_allowed_it(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    away = {"real_name": "Ben", "email": "ben@example.org", "status_emoji": ":palm_tree:"}
    on_holiday = {"type": "user_change", "user": slack.users["U0BEN"] | {"profile": away}}

    await slack.happens(on_holiday)
    assert ben.row.paused_at is None

    await slack.hears_back("U0BEN", "status")
    await slack.presses("U0BEN", next(iter(slack.labels("U0BEN"))))
    await slack.sees(lambda: ben.row.follows_status)
    await slack.happens(on_holiday)
    assert ben.row.paused_at is not None


# Cards that are done


async def test_a_card_that_was_answered_by_typing_loses_its_buttons(met: Office, slack: FakeSlack) -> None:
    card = await slack.hears_back("U0BEN", "ask")
    assert card.buttons()

    await slack.hears_back("U0BEN", "How do you begin?")

    await slack.sees(lambda: not card.buttons())
    assert "Answered below." in card.text


async def test_a_card_of_several_messages_is_not_said_anew_when_it_is_answered(
    met: Office, slack: FakeSlack
) -> None:
    to, action = Account("slack", TEAM, "U0BEN"), Typing("help")
    text = "\n".join(f"{number} {'word ' * 150}" for number in range(20))
    message = Message(name="test.long", text=(Run(text),), buttons=(Button("Help", action),))
    await met.sender.say(to, "DU0BEN", message)
    before = [card.text for card in slack.chat("U0BEN")]

    await met.sender.settle(to, action, "Answered below.")

    *above, last = [card.text for card in slack.chat("U0BEN")]
    assert above == before[:-1]
    assert last.endswith("Answered below.")
    assert last.split("\n")[0] == before[-1].split("\n")[0]


async def test_a_card_that_cannot_be_changed_does_not_repeat_the_answer(
    met: Office, slack: FakeSlack
) -> None:
    await slack.hears_back("U0BEN", "ask")
    slack.fails("chat.update", Fault(code="cant_update_message"))
    before = len(slack.chat("U0BEN"))

    await slack.hears_back("U0BEN", "How do you begin?")
    await met.shown()
    await met.courier.deliver_once()

    assert len(slack.chat("U0BEN")) == before + 2  # what they wrote, and the answer


async def test_a_card_stays_when_what_it_opened_is_answered(
    office: Office, slack: FakeSlack, world: World, ben: Someone, ana: Someone
) -> None:
    for user in ("U0BEN", "U0ANA"):
        await slack.happens({"type": "user_change", "user": slack.users[user]})
    world.start(ben, ana)
    world.pair(ben, ana, introduce_at=world.clock())
    await office.settle()
    introduction = slack.last("U0BEN")

    await slack.presses("U0BEN", "Fill in our agreement")
    await slack.sees(lambda: slack.views)
    await slack.submits("U0BEN", hopes="To lead.")

    await slack.sees(lambda: "Your half is saved" in slack.last("U0BEN").text)
    assert "Ana Byrne" in introduction.text
    assert introduction.buttons()


async def test_after_a_command_words_do_what_the_buttons_do(
    met: Office, slack: FakeSlack, ben: Someone
) -> None:
    await slack.commands("U0BEN", "pause")
    assert ben.row.paused_at

    await slack.commands("U0BEN", "undo")

    assert ben.row.paused_at is None


@pytest.mark.parametrize("kind", ["reaction_added", "something_of_tomorrow"])
async def test_an_event_that_nobody_knows_is_acknowledged_so_that_slack_does_not_repeat_it(
    met: Office, slack: FakeSlack, kind: str
) -> None:
    assert (await slack.happens({"type": kind, "user": "U0BEN"})).status_code == 200


async def test_an_address_that_belongs_to_another_company_is_not_looked_up_again_and_again(
    met: Office, slack: FakeSlack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.people.ONE_AT_A_TIME", timedelta())
    slack.add("U0MIA", "Mia Elsewhere", "mia@example.org", team_id="T0OTHER")
    world.enrol(Role.MENTEE, world.add("Mia Elsewhere", "Europe/Berlin", arrives=False))

    await met.slack.people.find_everybody()
    await met.slack.people.find_everybody()

    asked = [about["email"] for about in slack.called("users.lookupByEmail")]
    assert asked.count("mia@example.org") == 1


async def test_typing_in_a_form_does_not_put_the_page_together_anew(
    met: Office, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.homes.A_MOMENT", timedelta())
    home = await slack.opens_home("U0BEN")
    await slack.presses_in(home, "U0BEN", "My hours")
    await slack.sees(lambda: slack.views)
    await asyncio.sleep(0.2)  # what the press itself may have changed is drawn
    put_together: list[Account] = []
    monkeypatch.setattr(met.world.bot, "home", put_together.append)

    await slack.types("U0BEN", zone="Europe/Lis")
    await asyncio.sleep(0.2)
    assert put_together == []

    await slack.says("U0BEN", "sessions")
    await slack.sees(lambda: put_together)
