"""What Teams sends is read by its shape: who did what, and where the answer belongs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.parse import Installed, Invoke, Sent, Upload, account_of, chat_at, kept, profile_of, read
from adapters.teams.port import Chat
from bot.actions import Outdated, Typing, encode
from bot.calendar import known_zone
from bot.events import Account, Changed, Commanded, Gone, Pressed, Profile, Said, Submitted
from bot.stories.pause import ComeBack

CAPTURED = Path(__file__).parent / "captured"
BEN = Account("teams", "00000000-0000-0000-0000-00000000aaaa", "00000000-0000-0000-0000-000000000b01")
Json = dict[str, Any]


def captured(name: str) -> Json:
    activity: Json = json.loads((CAPTURED / f"{name}.json").read_text())
    return activity


def found(activity: Json) -> Sent:
    sent = read(activity)
    assert isinstance(sent, Sent), sent
    return sent


def message(**more: Any) -> Json:
    return captured("message") | more


def invoke(name: str, value: Any, **more: Any) -> Json:
    return captured("execute_with_inputs") | {"name": name, "value": value} | more


def executed(data: Any, **more: Any) -> Json:
    return invoke("adaptiveCard/action", {"action": {"type": "Action.Execute", "data": data}}, **more)


def submitted(data: Any, **more: Any) -> Json:
    return invoke("task/submit", {"data": data}, **more)


GROUP = {"conversationType": "groupChat", "isGroup": True, "id": "19:g@thread.v2"}


# What was captured


def test_words_in_our_own_chat() -> None:
    sent = found(captured("message"))

    assert isinstance(sent.event, Said)
    assert sent.event.text == "I have led my first planning."
    assert sent.event.who == BEN
    assert sent.event.said_in == captured("message")["id"]
    chat = chat_at(sent.event.address)
    assert chat
    assert (chat.id, chat.user, chat.bot, chat.tenant) == ("a:ben", "29:ben", "28:bot", BEN.workspace)


def test_marks_in_plain_words_are_the_words() -> None:
    event = found(captured("message_with_marks")).event

    assert isinstance(event, Said)
    assert event.text == "I **did** it <b>well</b> & *more*- line two"


@pytest.mark.parametrize("name", ["group_message", "channel_message"])
def test_words_among_others_are_a_command_and_leave_no_address(name: str) -> None:
    sent = found(captured(name))

    assert sent.event == Commanded(id=sent.event.id, who=BEN, text="help")
    assert sent.place.is_shared
    assert sent.event.address == sent.place.chat.user == ""
    assert sent.place.user == "29:ben"
    assert sent.place.is_channel == (name == "channel_message")


def test_it_is_installed_and_taken_out_again() -> None:
    came, went = read(captured("installed")), found(captured("uninstalled"))

    assert isinstance(came, Installed)
    assert (came.who, came.place.chat.id, came.place.is_shared) == (BEN, "a:ben", False)
    assert isinstance(went.event, Gone)
    assert went.event.who == BEN


@pytest.mark.parametrize(
    "name", ["group_installed", "group_installed_members", "team_installed", "team_installed_members"]
)
def test_it_is_brought_into_a_chat_of_several(name: str) -> None:
    came = read(captured(name))

    assert isinstance(came, Installed)
    assert came.place.is_shared


@pytest.mark.parametrize(
    "name",
    [
        "installed_members",
        "bot_removed",
        "group_member_added",
        "channel_created",
        "team_member_removed",
        "team_renamed",
    ],
)
def test_what_is_not_for_us_is_nothing(name: str) -> None:
    assert read(captured(name)) is None


def test_everything_that_was_captured_can_be_read() -> None:
    for file in CAPTURED.glob("*.json"):
        read(json.loads(file.read_text()))


def test_a_form_whose_fields_are_typed_and_picked() -> None:
    activity = captured("execute_with_inputs")
    activity["value"]["action"]["data"] |= {"do": encode(Typing("prep")), "again": encode(Typing("goals"))}

    sent = found(activity)

    assert isinstance(sent.event, Submitted)
    assert sent.event.answers == {
        "hopes": "Once more",
        "day": "tue",
        "date": "2026-02-10",
        "time": "16:30",
        "n": "3",
        "t": "false",
    }
    assert (sent.event.action, sent.again) == (Typing("prep"), Typing("goals"))
    assert (sent.place.invoke, sent.place.card) == (Invoke.CARD, "1795199000001")


def test_an_old_client_submits_in_a_message() -> None:
    sent = found(captured("submit") | {"value": {"do": encode(Typing("goals")), "card": "k1"}})

    assert isinstance(sent.event, Pressed)
    assert sent.event.action == Typing("goals")
    assert sent.place.card == "1795199000001"


# Shapes of real Teams


def test_an_edit_and_a_deletion_and_taking_that_back() -> None:
    edited, back = (
        found(message(type="messageUpdate", channelData={"eventType": kind, "tenant": {"id": BEN.workspace}}))
        for kind in ("editMessage", "undeleteMessage")
    )
    deleted = found(message(type="messageDelete", channelData={"eventType": "softDeleteMessage"}))

    for sent in (edited, back, deleted):
        assert isinstance(sent.event, Changed)
        assert sent.event.text == (None if sent is deleted else "I have led my first planning.")
        assert sent.event.said_in == message()["id"]
    assert len({edited.event.id, deleted.event.id}) == 2


@pytest.mark.parametrize("kind", ["messageUpdate", "messageDelete"])
def test_what_changes_among_others_changes_nothing(kind: str) -> None:
    data = {"eventType": "editMessage", "tenant": {"id": BEN.workspace}}

    assert read(message(type=kind, channelData=data, conversation=GROUP)) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "messageUpdate", "channelData": {"eventType": "x", "tenant": {"id": BEN.workspace}}},
        {"type": "installationUpdate", "action": "add-upgrade"},
        {"type": "installationUpdate", "action": "remove-upgrade"},
        {"type": "installationUpdate", "action": "remove", "conversation": GROUP},
        {"type": "installationUpdate"},
        {"type": "conversationUpdate", "membersAdded": [{"id": "28:bot"}]},
        {"type": "typing"},
        {"type": "event", "name": "application/vnd.microsoft.readReceipt"},
        {"type": "of tomorrow"},
        {"type": None},
    ],
)
def test_what_we_do_not_care_about_is_nothing(odd: Json) -> None:
    assert read(message(**odd)) is None


@pytest.mark.parametrize("name", ["composeExtension/query", "signin/verifyState", "task/other", ""])
def test_an_invoke_that_is_not_for_us_is_nothing(name: str) -> None:
    assert read(invoke(name, {})) is None


def test_ids_are_the_same_in_large_and_small_letters() -> None:
    activity = message()
    activity["from"]["aadObjectId"] = BEN.user.upper()
    activity["channelData"]["tenant"]["id"] = BEN.workspace.upper()

    assert account_of(activity) == BEN


@pytest.mark.parametrize(
    "whose",
    [
        {"id": "29:x"},
        {"id": "29:x", "aadObjectId": None},
        {"id": "29:x", "aadObjectId": ""},
        {"id": "29:x", "aadObjectId": "x" * 2000},
        {"id": "29:x", "aadObjectId": "a\x00b"},
        {"id": "29:x", "aadObjectId": "\ud800"},
        {"id": "28:other", "aadObjectId": BEN.user, "role": "bot"},
        {"id": "29:x", "aadObjectId": BEN.user, "tenantId": "11111111-0000-0000-0000-00000000bbbb"},
        None,
    ],
)
def test_c11_whoever_is_in_no_directory_is_nobody(whose: Any) -> None:
    assert read(message(**{"from": whose})) is None


def test_clock_and_language_are_those_of_the_client() -> None:
    assert profile_of(captured("message")) == Profile("Ben Okafor", "America/Denver", "en")
    assert profile_of(message(entities=[], localTimezone="W. Europe Standard Time", locale="de-DE")) == (
        Profile("Ben Okafor", "W. Europe Standard Time", "de")
    )
    assert profile_of(message(entities=None, localTimezone=None, locale=None)).timezone == ""
    assert known_zone("W. Europe Standard Time") == "Europe/Berlin"


def test_words_beside_a_file_are_words_and_a_file_alone_is_none() -> None:
    file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf"}

    with_words, alone = found(message(attachments=[file])), found(message(attachments=[file], text=""))

    assert (with_words.has_more, with_words.has_no_words) == (True, False)
    assert (alone.has_more, alone.has_no_words) == (True, True)


# B14: what did not come from our cards


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        7,
        {},
        {"do": None},
        {"do": 7, "card": {}, "label": []},
        {"again": ""},
        {"again": "", "do": ["x"]},
        {"again": "not ours", "do": "nor this", "in.x": "y"},
        {"do": "[" * 10_000},
        {"do": '{"do": "typing", "words": 7}'},
    ],
)
@pytest.mark.parametrize("way", [executed, submitted])
def test_b14_data_that_is_not_from_our_cards_is_an_old_button(way: Any, data: Any) -> None:
    event = found(way(data)).event

    assert isinstance(event, Pressed | Submitted)
    assert event.action == Outdated()


def test_b14_only_what_stands_in_a_field_is_an_answer() -> None:
    data = {
        "do": encode(Typing("prep")),
        "again": "",
        "win": "no field",
        "person": 7,
        "msteams": {"type": "invoke"},
        "in.win": "a field",
        "in.n": 7,
        "in.list": ["x"],
        "in.": "nameless",
    }
    event = found(submitted(data)).event

    assert isinstance(event, Submitted)
    assert event.answers == {"win": "a field", "": "nameless"}


def test_b14_what_is_not_ours_becomes_no_part_of_an_id() -> None:
    data = {"do": encode(Typing("goals")), "card": "x" * 100_000, "label": "y" * 100_000}

    for sent in (found(executed(data)), found(executed(data | {"again": "", "in.x": "z" * 100_000}))):
        assert len(sent.event.id) < 300


def test_b14_two_presses_on_nameless_cards_are_two() -> None:
    data = {"do": encode(Typing("goals"))}

    assert found(executed(data, id="f:1")).event.id != found(executed(data, id="f:2")).event.id


def test_ids_hold_nothing_that_anybody_wrote() -> None:
    data = {
        "do": encode(Typing("ask my secret")),
        "card": "k",
        "again": "",
        "in.text": "secret",
        "label": "secret",
    }
    sent = [
        found(message(text="secret")),
        found(executed(data)),
        found(submitted(data)),
        found(message(type="messageDelete", text="secret")),
    ]

    assert not any("secret" in one.event.id for one in sent)
    assert not any("secret" in repr(one.event) for one in sent if not isinstance(one.event, Submitted))


# B12: twice


@pytest.mark.parametrize(
    "activity", [captured("message"), captured("uninstalled"), captured("execute_with_inputs")]
)
def test_b12_the_same_activity_is_the_same_event(activity: Json) -> None:
    assert found(activity).event.id == found(json.loads(json.dumps(activity))).event.id


def test_e3_a_double_click_is_one_and_another_button_is_another() -> None:
    data = {"do": encode(ComeBack()), "card": "k1"}
    first, again = (found(executed(data, id=f"f:{number}")).event.id for number in (1, 2))
    other = found(executed(data | {"do": encode(Typing("goals"))})).event.id
    redrawn = found(executed(data | {"card": "k2"})).event.id

    assert len({first, other, redrawn}) == 3
    assert first == again


# Files


def test_a_file_that_is_let_in() -> None:
    value = {
        "type": "fileUpload",
        "action": "accept",
        "context": {"file": "f1"},
        "uploadInfo": {"uploadUrl": "https://x.sharepoint.com/1", "name": "a"},
    }

    wanted = read(invoke("fileConsent/invoke", value))
    declined = read(invoke("fileConsent/invoke", {"action": "decline", "context": {"file": "f1"}}))

    assert isinstance(wanted, Upload)
    assert (wanted.who, wanted.accepts, wanted.url) == (BEN, True, "https://x.sharepoint.com/1")
    assert "sharepoint" not in repr(wanted)
    assert isinstance(declined, Upload)
    assert not declined.accepts


@pytest.mark.parametrize(
    "value", [{}, {"context": None}, {"context": {"file": ""}}, {"context": {"file": 7}}]
)
def test_a_file_that_is_none_of_ours(value: Json) -> None:
    assert read(invoke("fileConsent/invoke", value | {"action": "accept"})) is None


# Where


def test_an_address_is_kept_and_found_again() -> None:
    chat = Chat("https://smba.trafficmanager.net/emea/", "a:1", "t", "28:b", "29:u")

    assert chat_at(kept(chat)) == chat
    assert json.loads(kept(Chat("https://x", "a:1"))) == {"service_url": "https://x", "id": "a:1"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "null",
        "[]",
        "7",
        '{"id": "a"}',
        '{"id": 7, "service_url": "x"}',
        '{"more": 1}',
        "[" * 100_000,
    ],
)
def test_what_is_no_address_of_ours_is_none(address: str) -> None:
    assert chat_at(address) is None


# Whatever else


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "do", "again", "action", "data", "in.x", "card", "tenant", "type", "context"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)
KINDS = st.sampled_from(
    ["message", "invoke", "messageUpdate", "messageDelete", "installationUpdate", "conversationUpdate"]
)
NAMES = st.sampled_from([*(known.value for known in Invoke), "fileConsent/invoke", "other"])
PLACES = ("value", "channelData", "conversation", "from", "recipient", "entities", "attachments", "id")


@given(
    st.sampled_from(sorted(file.stem for file in CAPTURED.glob("*.json"))),
    st.dictionaries(st.sampled_from((*PLACES, "text", "locale", "timestamp", "replyToId")), ODD, max_size=4),
    KINDS,
    NAMES,
)
def test_no_odd_activity_breaks_anything(name: str, odd: Json, kind: str, invoked: str) -> None:
    activity = captured(name) | {"type": kind, "name": invoked} | odd

    assert isinstance(read(activity), Sent | Installed | Upload | None)
    assert isinstance(profile_of(activity), Profile)


@given(ODD)
def test_no_odd_data_breaks_anything(odd: Any) -> None:
    for activity in (executed(odd), submitted(odd), message(value=odd), invoke("fileConsent/invoke", odd)):
        assert isinstance(read(activity), Sent | Upload | None)
