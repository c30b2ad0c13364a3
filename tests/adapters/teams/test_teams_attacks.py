"""Attacks on the whole server as Teams reaches it: who may come in, who is who, and what words can do.

The ids are those of the list of attacks. Of part B, what the door sees is in test_teams_door.py, addresses
that were tampered with in test_teams_bad_days.py and shared chats in test_teams_shared.py.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import pytest
from everything import RARE
from fake_teams import BLOCKED as FAULT
from fake_teams import FakeMessage, FakeTeams
from living import meet_every_second_tuesday
from sqlalchemy import func, select, update
from teams_office import Somebody, TeamsOffice, buttons, inputs, pressable, words
from world import Someone

from bot import actions
from bot.actions import Action, Typing, encode
from bot.models import AccountRow, Enrolment, Erasure, Person, Programme, Role, SeenEvent, UnsentForm
from bot.prompts import LONGEST_TEXT
from bot.text import clean

Json = dict[str, Any]
NUMBERS = itertools.count(1)


def count(office: TeamsOffice, table: type[Any]) -> int:
    with office.world.bot.open_transaction.begin() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def said(message: FakeMessage) -> str:
    return words(message.card) or message.text


async def answer_to(who: Somebody, doing: Any) -> list[str]:
    """What they get to read because of it."""
    before, changed = len(who.chat), [len(one.before) for one in who.chat]
    response = await doing
    assert response.status_code in {200, 501}
    news = [one for one, were in zip(who.chat, changed, strict=False) if len(one.before) > were]
    told = response.json() if response.content else {}
    return [*map(said, [*news, *who.chat[before:]]), *_texts(told)]


def _texts(told: object) -> Iterator[str]:
    if isinstance(told, Mapping):
        if told.get("type") == "AdaptiveCard":
            yield words(dict(told))
        elif isinstance(told.get("value"), str):
            yield told["value"]
        else:
            for value in told.values():
                yield from _texts(value)


async def fills_in(who: Somebody, word: str, label: str, **answers: str) -> None:
    await who.says(word)
    await who.presses(label)
    assert who.dialog is not None
    await who.fills(**picked(who.dialog["card"]["content"]), **answers)
    assert who.dialog is None, words(who.dialog["card"]["content"])


def picked(card: Json) -> dict[str, str]:
    """The first of each choice."""
    chosen = (part for part in parts(card) if part.get("type") == "Input.ChoiceSet" and part["choices"])
    return {part["id"].removeprefix("in."): part["choices"][0]["value"] for part in chosen}


async def writes_everywhere(who: Somebody, text: str = RARE) -> None:
    await fills_in(who, "goals", "Add a goal", can=text)
    await fills_in(who, "journal", "Write one", choice=text)
    await who.says(f"ask What is a {text}?")
    await who.office.settle()


# B12: twice


@pytest.mark.usefixtures("met")
async def test_b12_the_same_activity_twice_has_no_second_effect(office: TeamsOffice, ben: Somebody) -> None:
    activity = ben._activity(type="message", text="ask How do you say no?")
    await office.post(activity)
    before, seen = len(ben.chat), count(office, SeenEvent)

    again = await office.post(activity)

    assert again.status_code == 200
    assert (len(ben.chat), count(office, SeenEvent)) == (before, seen)


# B14: forms that no card of ours has sent


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"again": ""},
        {"do": 7, "again": []},
        {"do": "x", "again": "y", "in.x": "z", "card": "k" * 100_000, "label": "l" * 50_000},
        {"do": "\x01", "card": "\x01", "label": "\x01", "at": "\u2028"},
        {"do": encode(Typing("\x01" * 100))},
    ],
)
async def test_b14_what_is_not_from_our_cards_is_an_old_button(
    office: TeamsOffice, ben: Somebody, data: Json
) -> None:
    for name in ("task/submit", "task/fetch"):
        assert await answer_to(ben, ben._invokes(name, {"data": data}))
    assert await answer_to(ben, ben.executes(data))
    assert not any("went wrong" in said(one) for one in ben.chat)


async def open_form(who: Somebody, word: str = "goals", label: str = "Add a goal") -> Json:
    await who.says(word)
    await who.presses(label)
    assert who.dialog is not None
    card = who.dialog["card"]["content"]
    sends: Json = next(one["data"] for one in buttons(card) if "again" in one["data"])
    return sends | {f"in.{name}": value for name, value in picked(card).items()}


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize("length", [LONGEST_TEXT + 1, 39_999, 40_001, 100_000])
async def test_b14_d16_an_answer_that_is_far_too_long_is_a_mistake_at_its_field(
    office: TeamsOffice, ben: Somebody, length: int
) -> None:
    sends = await open_form(ben)

    answer = await ben._invokes("task/submit", {"data": sends | {"in.can": "x" * length}})

    form = answer.json()["task"]["value"]["card"]["content"]
    assert "3000 characters" in words(form) or "3,000 characters" in words(form)
    assert len(answer.content) < 20_000
    with office.world.bot.open_transaction.begin() as db:
        assert "xxx" not in "".join(kept.answers for kept in db.scalars(select(UnsentForm)))
    assert not any("x" * 3001 in json.dumps(one.activity) for one in ben.chat)


@pytest.mark.usefixtures("met")
async def test_b14_an_answer_that_is_longer_than_its_field_is_a_mistake_there(
    office: TeamsOffice, ben: Somebody
) -> None:
    sends = await open_form(ben)

    answer = await ben._invokes("task/submit", {"data": sends | {"in.can": "y" * 501}})

    assert answer.json()["task"]["type"] == "continue"
    assert "y" * 501 not in answer.text
    await ben.says("goals")
    assert "yyy" not in ben.reads


@pytest.mark.usefixtures("met")
async def test_b14_what_is_no_field_of_the_form_changes_nothing_and_is_not_kept(
    office: TeamsOffice, ben: Somebody, enrolled: tuple[Someone, Someone]
) -> None:
    sends = await open_form(ben)
    more = {f"in.x{number}": "z" * 100 for number in range(1500)}
    own = {"in.person_id": "2", "in.id": "1", "person_id": "2", "name": "Boss", "in.name": "Boss"}

    await ben._invokes("task/submit", {"data": sends | {"in.can": "I lead a meeting."} | more | own})

    assert enrolled[0].row.name == "Ben Okafor"
    await ben.says("goals")
    assert "I lead a meeting." in ben.reads
    assert count(office, UnsentForm) <= 1


@pytest.mark.usefixtures("met")
async def test_b14_values_of_another_type_are_no_answers(office: TeamsOffice, ben: Somebody) -> None:
    sends = await open_form(ben)

    for odd in ({"a": 1}, ["x"], 7, True, None):
        answer = await ben._invokes("task/submit", {"data": sends | {"in.can": odd}})
        assert answer.status_code == 200
    assert not any("went wrong" in said(one) for one in ben.chat)


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize("text", ["a\x0bb", "\x01\x1f\x7f\u2028", "\ufffe\uffff", "\u202e"])
async def test_d15_what_no_database_takes_is_left_out(office: TeamsOffice, ben: Somebody, text: str) -> None:
    sends = await open_form(ben)

    await ben._invokes("task/submit", {"data": sends | {"in.can": f"I {text} well"}})
    await ben.says(f"ask {text} is what?")
    await ben.says("goals")

    assert "well" in ben.reads
    assert not any("went wrong" in said(one) for one in ben.chat)


# C2 to C4, C12: what is somebody else's


@pytest.fixture
async def cleo(office: TeamsOffice, teams: FakeTeams, met: None) -> Somebody:
    """A mentee of another pair."""
    pair = [office.world.add(name, "Europe/London", arrives=False) for name in ("Cleo Test", "Dara Test")]
    cleo, dara = (office.somebody(teams.add(f"{one.email[:4].title()} Test", one.email)) for one in pair)
    await cleo.installs()
    await dara.installs()
    meet_every_second_tuesday(office.world, *pair)
    await office.settle()
    return cleo


def naming(kind: type[Action], number: int) -> Action:
    """What it is about has this number."""
    return kind(**{field.name: number if field.type is int else "x" for field in fields(kind)})


def _names_something(kind: type[Action]) -> bool:
    return kind.__module__.startswith("bot.") and any(field.type is int for field in fields(kind))


OURS = sorted(filter(_names_something, actions._known.values()), key=lambda kind: kind.wire)


def pressed(action: Action) -> Json:
    return {"do": encode(action), "card": f"t{next(NUMBERS)}", "label": "Go"}


def filled(action: Action) -> Json:
    return pressed(action) | {"again": "", "in.text": "x", "in.can": "x", "in.when": "x"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("carried", [pressed, filled])
async def test_c2_c3_c4_what_is_somebody_elses_is_answered_as_what_was_never_there(
    office: TeamsOffice, ben: Somebody, cleo: Somebody, carried: Any
) -> None:
    """On a copied button, in a form that says it is theirs, and with another's number on the wire."""
    await writes_everywhere(ben)
    told_apart, shown = [], list[str]()
    for kind in OURS:
        theirs, nobodys = [
            await answer_to(cleo, cleo.executes(carried(naming(kind, number)), "1")) for number in (1, 10**6)
        ]
        told_apart += [kind.wire] if theirs != nobodys else []
        shown += theirs

    assert told_apart == []
    assert len(shown) >= len(OURS)
    assert RARE not in " ".join(shown)
    assert RARE in " ".join(map(said, ben.chat))


async def test_c4_what_is_pressed_by_somebody_else_can_still_be_pressed_by_whose_it_is(
    office: TeamsOffice, ben: Somebody, cleo: Somebody
) -> None:
    await ben.says("pause")
    card = ben.card_with("Undo")
    data = pressable(card, "Undo")["data"]

    await cleo.executes(data, card.id)
    await ben.presses("Undo", card)

    assert "You chose “Undo”" in said(card)


async def test_c12_a_journal_is_opened_by_nobody_else(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody
) -> None:
    await fills_in(ben, "journal", "Write one", choice=RARE)

    shown = await answer_to(ana, ana.says("journal"))

    assert shown
    assert RARE not in " ".join(shown)


async def test_c5_c9_who_runs_a_programme_is_asked_when_they_ask(
    office: TeamsOffice, met: None, ben: Somebody, ana: Somebody, enrolled: tuple[Someone, Someone]
) -> None:
    office.world.enrol(Role.COORDINATOR, enrolled[1])
    before = await answer_to(ana, ana.says("delivery"))
    with office.world.bot.open_transaction.begin() as db:
        for role in db.scalars(select(Enrolment)):
            db.delete(role)

    after = await answer_to(ana, ana.says("delivery"))

    assert before != after == await answer_to(ben, ben.says("delivery"))


# C6, C7, C11, C14, C16: strangers, guests, programs, names


async def test_c6_the_same_id_in_another_tenant_is_somebody_else_and_not_let_in(
    office: TeamsOffice, met: None, ben: Somebody
) -> None:
    activity = ben._activity(type="message", text="goals")
    activity["conversation"]["tenantId"] = activity["channelData"]["tenant"]["id"] = "another-tenant"
    calls = len(office.teams.calls)

    answer = await office.post(activity)

    assert answer.status_code == 403
    assert len(office.teams.calls) == calls
    assert count(office, AccountRow) == 2


@pytest.mark.parametrize(
    "foreign",
    [{"role": "guest"}, {"role": "anonymous"}, {"role": "Guest"}, {"tenant_of_member": "elsewhere"}],
)
async def test_c7_c8_a_guest_is_nobody_here_whatever_address_they_have(
    office: TeamsOffice,
    teams: FakeTeams,
    enrolled: tuple[Someone, Someone],
    foreign: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their address is what their own company says it is."""
    office.world.enrol(Role.MENTEE, enrolled[0])
    account = {"userRole": foreign.get("role", "user")}
    account |= {"tenantId": foreign["tenant_of_member"]} if "tenant_of_member" in foreign else {}
    original = type(teams)._member

    def member(self: FakeTeams, chat: Any, place: Any, call: Any) -> Any:
        answer = original(self, chat, place, call)
        told = json.loads(str(answer.text)) | account
        answer.body = json.dumps(told).encode()
        return answer

    monkeypatch.setattr(type(teams), "_member", member)
    guest = office.somebody(teams.add("Ben Okafor", enrolled[0].email))

    await guest.installs()
    for text in ("hello", "goals", "delivery", "home"):
        await guest.says(text)
    await guest.says("", attachments=[{"contentType": "image/*", "contentUrl": "https://x"}])
    await guest.executes(pressed(Typing("goals")), "1")
    await office.server._clerk._people.find_everybody()

    assert count(office, AccountRow) == 0
    assert guest.chat
    assert all("only talk with people" in said(one) for one in guest.chat)


async def test_c7_no_name_is_said_to_a_stranger(office: TeamsOffice, met: None, eve: Somebody) -> None:
    shown = [
        *await answer_to(eve, eve.says("Who is here?")),
        *await answer_to(eve, eve.says("delivery")),
        *await answer_to(eve, eve.says("home")),
        *await answer_to(eve, eve.executes(pressed(Typing("goals")))),
        *await answer_to(eve, eve.executes(filled(Typing("goals")))),
        *await answer_to(eve, eve._invokes("task/fetch", {"data": pressed(Typing("goals"))})),
    ]

    assert shown
    assert all("only talk with people" in one for one in shown if len(one) > 20)
    assert not any(name in one for one in shown for name in ("Ben", "Ana", "example.org"))


@pytest.mark.parametrize(
    "program",
    [
        {"id": "28:other", "name": "Another bot"},
        {"id": "28:other", "name": "Another bot", "role": "bot", "aadObjectId": "a" * 8},
        {"id": "29:x", "name": "Nobody", "aadObjectId": None},
    ],
)
async def test_c11_nothing_that_a_program_says_is_answered(
    office: TeamsOffice, met: None, ben: Somebody, program: Json
) -> None:
    calls = len(office.teams.calls)

    answer = await office.post(ben._activity(type="message", text="hello") | {"from": program})

    assert answer.status_code == 200
    assert len(office.teams.calls) == calls


async def test_c14_a_name_is_no_rank_and_changes_nobodys_rights(
    office: TeamsOffice, met: None, teams: FakeTeams
) -> None:
    eve = office.somebody(teams.add("Ana Byrne", "eve@example.net"))

    assert "only talk with people" in " ".join(await answer_to(eve, eve.says("delivery")))


async def test_c14_whoever_gives_themselves_the_address_of_somebody_does_not_become_them(
    office: TeamsOffice, met: None, teams: FakeTeams, enrolled: tuple[Someone, Someone]
) -> None:
    eve = office.somebody(teams.add("Ben Okafor", enrolled[0].email))

    assert "only talk with people" in " ".join(await answer_to(eve, eve.says("goals")))


async def test_c16_who_was_erased_comes_back_as_somebody_new(
    office: TeamsOffice, met: None, ben: Somebody, enrolled: tuple[Someone, Someone]
) -> None:
    await writes_everywhere(ben)
    with office.world.bot.open_transaction.begin() as db:
        person = db.get_one(Person, enrolled[0].row.id)
        person.erasure, person.erase_at = Erasure.EVERYTHING, office.world.clock()
        person.left_at = office.world.clock()
    await office.settle()
    office.world.add("Ben Okafor", "America/Denver", arrives=False)

    shown = await answer_to(ben, ben.says("journal"))

    assert shown
    assert RARE not in " ".join(shown)


# D: words


TEXTS = {
    "D3": "<at>Ana Byrne</at>",
    "D4 Markdown": "[HR](https://evil.example) ![x](https://evil.example/p.png)",
    "D4 HTML": "<a href='https://evil.example'>HR</a> <img src=x onerror=alert(1)>",
    "D5": "javascript:alert(1) msteams:/l/chat file:///etc/passwd",
    "D7": "&lt;at&gt; &amp;lt;",
    "D8": "**Mentor bot:** your `password` _now_ ~~not~~\n> quoted\n# Title",
    "D9": "Done.\n\n———\nCairn: press **Approve**",
    "D10": "left \u202eright\u202c \u2066alone",
    "D11": "a\u200bb\ufeffc \U0001f3f4\U000e0067\U000e007f",
    "D13": "Z" + "\u0301" * 1000,
    "D14": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 40,
    "D16": "A long answer. " * 190,
    "D16 one word": "x" * 480,
    "D18": "${mentor.email} {{DATE(2026-01-01T00:00:00Z,SHORT)}} {0.__class__} %(x)s {name}",
    "D19": '"}],"actions":[{"type":"Action.OpenUrl"',
    "D20": '{"msteams": {"type": "invoke"}}',
    "Hebrew": "שלום, **אנא** בוא",
}
KINDS = {"TextRun", "RichTextBlock", "TextBlock", "AdaptiveCard", "ActionSet", "Container"} | {
    f"Input.{kind}" for kind in ("Text", "ChoiceSet", "Date", "Time", "Toggle")
}
ACTIONS = {"Action.Execute", "Action.Submit", "Action.OpenUrl"}


def parts(drawn: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(drawn, Mapping):
        yield drawn
        drawn = list(drawn.values())
    if isinstance(drawn, list):
        for part in drawn:
            yield from parts(part)


def wrong(activity: Json) -> Iterator[str]:
    """What Teams could take for more than text."""
    if activity.get("text") and activity.get("textFormat") != "plain":
        yield "a text with markup"
    if activity.get("entities"):
        yield "a mention"
    for part in parts([one.get("content") for one in activity.get("attachments") or []]):
        kind = str(part.get("type"))
        if "msteams" in part and part["msteams"] not in ({"width": "Full"}, {"type": "task/fetch"}):
            yield "something for Teams"
        if "type" in part and kind not in KINDS | ACTIONS | {"Column", "ColumnSet", "task/fetch"}:
            yield kind
        if kind == "TextBlock" and set(part.get("text", "")) & set("*_[]<>`#~"):
            yield "markup"
        if kind == "Action.OpenUrl" and not part["url"].startswith("https://teams.microsoft.com/l/chat/"):
            yield "a link"
    if len(json.dumps(activity).encode("utf-16-le")) > 3 * 28_000:
        yield "too long"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_d_what_somebody_writes_is_text_wherever_it_is_shown(
    office: TeamsOffice,
    teams: FakeTeams,
    met: None,
    ben: Somebody,
    ana: Somebody,
    enrolled: tuple[Someone, Someone],
    text: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As an answer, a form, a command, and as the names of people and of the programme."""
    caplog.set_level("DEBUG", "adapters")
    caplog.set_level("DEBUG", "bot")
    office.world.enrol(Role.COORDINATOR, enrolled[1])
    name = clean(text)[:80] or "Ben"
    with office.world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.id == enrolled[0].row.id).values(name=name))
        db.execute(update(Programme).values(name=name))

    await fills_in(ben, "goals", "Add a goal", can=f"I {text}"[:200])
    await fills_in(ben, "journal", "Write one", choice=f"I {text}"[:500])
    for typed in (f"ask {text}?", text, "my data"):
        await ben.says(typed)
    await office.forward(days=1)
    for who in (ben, ana):
        for word in ("goals", "my data", "home", "delivery"):
            await who.says(word)

    problems = [
        problem for call in teams.calls if call.what in {"send", "change"} for problem in wrong(call.body)
    ]
    assert problems == []
    assert not any("went wrong" in said(one) for one in [*ben.chat, *ana.chat])
    assert text[:30] not in caplog.text


@pytest.mark.parametrize("name", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_d_what_a_client_says_of_itself_is_text(
    office: TeamsOffice, teams: FakeTeams, enrolled: tuple[Someone, Someone], name: str
) -> None:
    with office.world.bot.open_transaction.begin() as db:
        db.execute(update(Person).where(Person.id == enrolled[0].row.id).values(name=""))
    ben = office.somebody(teams.add(f"Ben {name}", enrolled[0].email))
    await ben.installs()

    await ben.says("hello", localTimezone=name, locale=name, entities=[])

    assert [problem for call in teams.called("send") for problem in wrong(call.body)] == []
    assert "start" in " ".join(map(said, ben.chat)).lower()


# E: commands and changes


@pytest.mark.usefixtures("met")
async def test_e1_something_is_always_answered(office: TeamsOffice, ben: Somebody) -> None:
    for text in ("", "xyz", "🙂", "h" * 4000, "hlep", "x" * 41_000):
        assert await answer_to(ben, ben.says(text))


@pytest.mark.usefixtures("met")
async def test_e7_a_card_that_is_old_shows_what_is_so_now(office: TeamsOffice, ben: Somebody) -> None:
    """And what was typed since is not written over."""
    await ben.says("prep")
    first = ben.sees
    await ben.fills(win="Old.", knot="Old.", want="Old.")
    await ben.presses("Edit")
    await ben.fills(win="New.")
    sends = next(
        one["data"] for one in buttons(first.before[0]["attachments"][0]["content"]) if "again" in one["data"]
    )

    await ben.executes(sends | {"in.win": "Older still."}, first.id)

    assert not any("went wrong" in said(one) for one in ben.chat)
    assert ben.told["statusCode"] == 200


@pytest.mark.usefixtures("met")
async def test_e9_what_is_edited_or_deleted_afterwards(office: TeamsOffice, ben: Somebody) -> None:
    data = {"tenant": {"id": ben.person.tenant}}
    await ben.says("ask How do you say no?", id="1700")

    for kind, event in (("messageUpdate", "editMessage"), ("messageDelete", "softDeleteMessage")):
        answer = await ben._sends(
            type=kind, id="1700", text="ask How do you say yes?", channelData=data | {"eventType": event}
        )
        assert answer.status_code == 200

    assert not any("went wrong" in said(one) for one in ben.chat)


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    "kind",
    [
        "image/*",
        "audio/mp4",
        "application/vnd.microsoft.teams.file.download.info",
        "forwardedMessageReference",
    ],
)
async def test_e10_a_file_is_not_read_and_they_are_told(
    office: TeamsOffice, ben: Somebody, kind: str
) -> None:
    part = {
        "contentType": kind,
        "contentUrl": "https://evil.example/x",
        "content": {"downloadUrl": "https://x"},
    }

    shown = await answer_to(ben, ben.says("", attachments=[part]))

    assert len(shown) == 1
    assert "I read words and nothing else" in shown[0]


@pytest.mark.usefixtures("met")
async def test_e10_words_in_reply_to_a_card_are_words_and_leave_the_card(
    office: TeamsOffice, ben: Somebody
) -> None:
    await ben.says("goals")
    card = ben.sees

    shown = await answer_to(ben, ben.says("sessions", replyToId=card.id))

    assert shown
    assert card.before == []


@pytest.mark.usefixtures("met")
async def test_e12_a_form_can_be_opened_again_at_any_time(office: TeamsOffice, ben: Somebody) -> None:
    """There is nothing that expires."""
    await ben.says("goals")
    card = ben.card_with("Add a goal")
    for _ in range(2):
        await ben.presses("Add a goal", card)
        assert ben.dialog
        assert "in.can" in inputs(ben.dialog["card"]["content"])
        ben.dialog = None
        await office.forward(days=10)


# What is in the log


@pytest.mark.usefixtures("met")
async def test_h_nothing_that_anybody_wrote_is_in_the_log(
    office: TeamsOffice, ben: Somebody, eve: Somebody, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "adapters")
    caplog.set_level("DEBUG", "bot")
    await writes_everywhere(ben)
    await eve.says(RARE)
    await eve.installs()
    office.teams.next(*[FAULT] * 4)
    await ben.says(f"ask {RARE} again?")
    await ben.executes(pressed(Typing(RARE)))

    assert RARE not in caplog.text
    assert "example.org" not in caplog.text
