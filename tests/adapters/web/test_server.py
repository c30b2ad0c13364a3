"""The playground's server: the whole loop over HTTP, and everybody it turns away."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from databases import SQLite
from sqlalchemy import text
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message
from teahouse import MONDAY, PICTURE, open_world
from world import World

from adapters.web.chat_log import kept_clock
from adapters.web.guard import MOST_BYTES, Refused, body_of
from adapters.web.server import playground
from bot.database import connect
from bot.models import Person
from bot.prompts import Prompts

HERE = "http://127.0.0.1:8000"
BEN, ANA = 1, 2
Json = dict[str, Any]


@pytest.fixture
def world(sqlite: str, prompts: Prompts) -> Iterator[World]:
    """On SQLite alone: what differs between databases is tried in test_chat_log.py and below."""
    engine = connect(sqlite)
    yield open_world(engine, prompts)
    engine.dispose()


@pytest.fixture(scope="module")
def door(
    sqlite_template: SQLite, tmp_path_factory: pytest.TempPathFactory, prompts: Prompts
) -> Iterator[TestClient]:
    """A page that is only ever turned away, so one is enough for all tests."""
    engine = connect(sqlite_template.fresh(tmp_path_factory.mktemp("door")))
    with open_page(open_world(engine, prompts)) as page:
        yield page
    engine.dispose()


def open_page(world: World) -> TestClient:
    app = playground(world.bot, world.clock)
    return TestClient(app, HERE, client=("127.0.0.1", 50000), headers={"Origin": HERE})


@pytest.fixture
def page(world: World) -> Iterator[TestClient]:
    """What the page is to the server."""
    with open_page(world) as page:
        yield page


def chat(page: TestClient, person: int, after: int = 0) -> list[Json]:
    return cast(list[Json], page.get(f"/people/{person}/messages?after={after}").json()["messages"])


def person(page: TestClient, id_: int) -> Json:
    return next(one for one in page.get("/people").json()["people"] if one["id"] == id_)


def do(page: TestClient, person: int, **done: object) -> Json:
    sent = page.post(f"/people/{person}/events", json={"id": f"event-{next(_ids):08}", **done})
    assert sent.status_code == 200, sent.text
    return cast(Json, sent.json())


_ids = iter(range(10**8))


def press(page: TestClient, person: int, label: str, line: Json | None = None) -> Json:
    """On the newest card that has the button."""
    cards = [line] if line else [line for line in reversed(chat(page, person)) if "card" in line]
    for card in cards:
        for button in card["card"]["buttons"]:
            if button["label"] == label:
                place = {"line": card["id"], "change": card["change"], "pressed": label}
                return do(page, person, pressed=button["action"], place=place)
    raise AssertionError(f"no button {label}")


def words(line: Json) -> str:
    if "card" not in line:
        return cast(str, line.get("typed") or f"[{line['pressed']}]")
    return "".join(run[0] for block in line["card"]["blocks"] for run in block.get("paragraph", ()))


def reads(page: TestClient, person: int) -> list[str]:
    return [words(line) for line in chat(page, person)]


def forward(page: TestClient, far: str) -> Json:
    return cast(Json, page.post("/clock", json={"forward": far}).json())


# Who is there


def test_lists_everybody_with_their_partner_and_their_clock(page: TestClient) -> None:
    ben = person(page, BEN)

    assert (ben["name"], ben["roles"], ben["city"], ben["zone"]) == (
        "Ben Okafor",
        ["mentee"],
        "Denver",
        "America/Denver",
    )
    assert ben["partners"] == [ANA]
    assert page.get("/people").json()["now"] == "2026-02-02T16:00:00Z"


def test_says_why_somebody_would_hear_nothing_now(page: TestClient) -> None:
    assert person(page, BEN)["quiet"] == ""
    assert person(page, ANA)["quiet"] == "holiday"  # St Brigid's Day


def test_lets_everybody_in_who_is_enrolled_and_says_hello_at_a_decent_hour(page: TestClient) -> None:
    assert reads(page, BEN) == ["Hello Ben. Tea is ready.", "Still warm?"]
    assert reads(page, ANA) == []
    assert person(page, BEN)["received"] == 2


def test_lets_in_somebody_who_was_enrolled_later(page: TestClient, world: World) -> None:
    world.add("Leo Santos", "America/Sao_Paulo", arrives=False)

    forward(page, "hour")

    assert "Hello Leo. Tea is ready." in reads(page, 3)


def test_is_the_same_after_a_restart(world: World) -> None:
    with open_page(world) as page:
        forward(page, "day")
        do(page, BEN, said="Good tea")
        before = reads(page, BEN)
    world.clock = world.bot.now = kept_clock(world.bot.open_transaction, MONDAY)

    with open_page(world) as page:
        assert reads(page, BEN) == before
        assert page.get("/people").json()["now"] == "2026-02-03T16:00:00Z"


# What people do


def test_a_pressed_card_is_replaced_where_it_stands(page: TestClient) -> None:
    press(page, BEN, "Pour")

    first, *_ = chat(page, BEN)
    assert (words(first), first["pressed"]) == ("Poured.", "Pour")
    assert len(chat(page, BEN)) == 2


def test_a_card_that_is_kept_is_answered_below(page: TestClient) -> None:
    press(page, BEN, "Smell")

    assert reads(page, BEN) == ["Hello Ben. Tea is ready.", "Still warm?", "[Smell]", "Smoky."]


def test_a_press_in_an_old_window_is_answered_below_what_has_happened_since(page: TestClient) -> None:
    seen, *_ = chat(page, BEN)
    press(page, BEN, "Pour", seen)

    press(page, BEN, "Pour", seen)

    assert reads(page, BEN) == ["Poured.", "Still warm?", "[Pour]", "Poured."]


def test_the_same_press_sent_twice_counts_once(page: TestClient) -> None:
    smell = {"id": "the-same-id", "pressed": chat(page, BEN)[0]["card"]["buttons"][1]["action"]}

    for _ in range(2):
        page.post(f"/people/{BEN}/events", json=smell)

    assert reads(page, BEN).count("Smoky.") == 1


def test_typed_words_stand_in_the_chat_above_their_answer(page: TestClient) -> None:
    do(page, BEN, said="  <b>Tee</b>\n\nund Kuchen ")

    *_, typed, answer = chat(page, BEN)
    assert typed["typed"] == "<b>Tee</b>\n\nund Kuchen"
    assert answer["card"]["buttons"]


def test_a_form_opens_and_its_answer_takes_the_place_of_the_card(page: TestClient) -> None:
    form = press(page, BEN, "Order")["form"]
    assert [field["kind"] for field in form["fields"]] == ["line", "text", "choices", "choice", "day", "time"]

    answers = {"leaf": "green", "with": "m,s", "cup": "l", "at": "16:30"}
    done = do(page, BEN, submitted=form["action"], answers=answers, place=form["place"])

    assert done == {}
    assert reads(page, BEN)[0] == "Ordered: green, m,s, l, 16:30."
    assert chat(page, BEN)[0]["pressed"] == "Order"


def test_typed_words_open_a_form_too(page: TestClient) -> None:
    form = do(page, BEN, said="tea")["form"]
    assert form["place"] is None

    do(page, BEN, submitted=form["action"], answers={"leaf": "green", "with": "", "cup": "", "at": ""})

    assert reads(page, BEN)[2:] == ["tea", "Ordered: green, , , ."]


def test_mistakes_come_back_and_leave_the_card_alone(page: TestClient) -> None:
    form = press(page, BEN, "Order")["form"]

    done = do(page, BEN, submitted=form["action"], answers={"leaf": "coffee"}, place=form["place"])

    assert done == {"mistakes": {"leaf": "That is not a tea.", "": "Nothing was ordered yet."}}
    assert reads(page, BEN)[0] == "Hello Ben. Tea is ready."


def test_what_follows_for_the_partner_reaches_them_at_once_if_the_hour_is_decent(page: TestClient) -> None:
    forward(page, "day")
    form = do(page, BEN, said="tea")["form"]

    do(page, BEN, submitted=form["action"], answers={"leaf": "green", "with": "", "cup": "", "at": ""})

    assert reads(page, ANA)[-1] == "Ben ordered green."


@pytest.mark.expects_errors
def test_a_story_that_fails_says_so_and_leaves_the_card_to_be_pressed_again(page: TestClient) -> None:
    press(page, BEN, "Spill")

    hello, _, pressed, sorry = reads(page, BEN)
    assert (hello, pressed) == ("Hello Ben. Tea is ready.", "[Spill]")
    assert "Something went wrong" in sorry


def test_what_has_changed_since_is_all_that_is_sent(page: TestClient) -> None:
    seen = max(line["change"] for line in chat(page, BEN))

    press(page, BEN, "Pour")

    assert [words(line) for line in chat(page, BEN, after=seen)] == ["Poured."]


def test_files_are_sent_to_be_kept_and_not_to_be_run(page: TestClient) -> None:
    do(page, BEN, said="tea files")
    invitation, html = chat(page, BEN)[-1]["card"]["files"]

    sent = page.get(invitation["address"])
    assert sent.content == b"BEGIN:VCALENDAR"
    assert sent.headers["content-type"] == "text/calendar; method=REQUEST; charset=utf-8"
    assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''tea%20at%20four.ics"
    assert page.get(html["address"]).headers["content-type"] == "application/octet-stream"


def test_nobody_gets_the_file_of_somebody_else(page: TestClient) -> None:
    do(page, BEN, said="tea files")
    address = chat(page, BEN)[-1]["card"]["files"][0]["address"]

    assert page.get(address.replace(f"/people/{BEN}/", f"/people/{ANA}/")).status_code == 404
    assert page.get(address.replace("/files/0", "/files/7")).status_code == 404


def test_a_picture_is_sent_as_one_with_its_words(page: TestClient) -> None:
    do(page, BEN, said="tea picture")
    [shown] = chat(page, BEN)[-1]["card"]["pictures"]

    sent = page.get(shown["address"])

    assert sent.content == PICTURE.content
    assert sent.headers["content-type"] == "image/png"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert (shown["title"], shown["alt"]) == (PICTURE.title, PICTURE.alt)
    assert (shown["width"], shown["height"]) == PICTURE.size


def test_nobody_gets_the_picture_of_somebody_else(page: TestClient) -> None:
    do(page, BEN, said="tea picture")
    [shown] = chat(page, BEN)[-1]["card"]["pictures"]
    address = shown["address"]

    assert page.get(address.replace(f"/people/{BEN}/", f"/people/{ANA}/")).status_code == 404
    assert page.get(address.replace("/pictures/0", "/pictures/1")).status_code == 404


# The clock


def test_time_goes_on_and_brings_what_is_due(page: TestClient) -> None:
    done = forward(page, "day")

    assert done == {"now": "2026-02-03T16:00:00Z", "arrived": {str(ANA): 2}}
    assert reads(page, ANA) == ["Hello Ana. Tea is ready.", "Still warm?"]
    assert chat(page, ANA)[0]["at"] == "2026-02-03T09:00:00Z"  # when her day began


def test_goes_on_to_the_next_thing_that_happens(page: TestClient) -> None:
    done = forward(page, "next")

    assert done == {"now": "2026-02-03T09:00:00Z", "arrived": {str(ANA): 2}}


def test_stands_still_where_nothing_more_happens_by_itself(page: TestClient) -> None:
    forward(page, "next")

    done = forward(page, "next")

    assert done == {"now": "2026-02-03T09:00:00Z", "arrived": {}}


def test_a_message_that_is_stuck_does_not_stop_the_clock(page: TestClient, world: World) -> None:
    with world.bot.open_transaction.begin() as db:
        db.execute(text("UPDATE pace SET free_at = 9e9"))  # another sender holds her, and never lets go

    done = forward(page, "hour")

    assert done["now"] == "2026-02-02T17:00:00Z"


def test_half_a_year_goes_by(page: TestClient) -> None:
    for _ in range(26):
        forward(page, "week")

    assert page.get("/people").json()["now"] == "2026-08-03T16:00:00Z"


@pytest.mark.parametrize("far", ["year", "", "-1", "🕐"])
def test_knows_how_far_the_clock_can_go(page: TestClient, far: str) -> None:
    refused = page.post("/clock", json={"forward": far})

    assert refused.status_code == 400
    assert "hour, day, week" in refused.json()["error"]


# At rest


def test_what_people_read_and_write_is_sealed_in_the_database(page: TestClient, world: World) -> None:
    do(page, BEN, said="SECRET-CANARY-123")

    with world.bot.open_transaction.begin() as db:
        rows = db.execute(text("SELECT * FROM playground_messages")).all()
    assert rows
    assert not any(b"CANARY" in bytes(str(row), "utf8") or "ready" in str(row) for row in rows)


def test_whoever_was_erased_leaves_no_chat_behind(world: World) -> None:
    with open_page(world) as page:
        assert chat(page, BEN)
    with world.bot.open_transaction.begin() as db:
        db.get_one(Person, BEN).email_sealed = None

    with open_page(world) as page:
        assert page.get(f"/people/{BEN}/messages").status_code == 404
    with world.bot.open_transaction.begin() as db:
        left = db.execute(text(f"SELECT count(*) FROM playground_messages WHERE person_id = {BEN}"))  # noqa: S608
        assert left.scalar() == 0


# At the door


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.org", ""])  # noqa: S104
def test_does_not_listen_to_other_machines(world: World, host: str) -> None:
    with pytest.raises(ValueError, match="this machine"):
        playground(world.bot, world.clock, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_listens_to_this_machine(world: World, host: str) -> None:
    assert playground(world.bot, world.clock, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "[::1]:8000", "LOCALHOST"])
def test_answers_to_its_own_names(door: TestClient, host: str) -> None:
    assert door.get("/people", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "127.0.0.1@evil.example", "", "["]
)
def test_answers_to_no_other_name(door: TestClient, host: str) -> None:
    for path in ("/", "/people", "/static/app.js", "/news"):
        assert door.get(path, headers={"Host": host}).status_code == 421


def test_answers_no_other_machine(world: World) -> None:
    app = playground(world.bot, world.clock)
    with TestClient(app, HERE, client=("192.168.1.7", 50000)) as stranger:
        assert stranger.get("/people").status_code == 403


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.example", "http://127.0.0.1:9", "https://127.0.0.1:8000"]
)
def test_only_its_own_page_can_change_anything(door: TestClient, origin: str) -> None:
    refused = door.post("/clock", json={"forward": "week"}, headers={"Origin": origin})

    assert refused.status_code == 403
    assert door.get("/people").json()["now"] == "2026-02-02T16:00:00Z"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_takes_only_json(door: TestClient, kind: str) -> None:
    refused = door.post("/clock", content=b'{"forward": "week"}', headers={"Content-Type": kind})

    assert refused.status_code == 415


def test_refuses_a_large_body_in_words(door: TestClient) -> None:
    large = b'"' + b"x" * MOST_BYTES + b'"'

    refused = door.post("/clock", content=large, headers={"Content-Type": "application/json"})

    assert refused.status_code == 413
    assert "256 kB" in refused.json()["error"]


async def test_does_not_read_an_endless_body_to_its_end() -> None:
    chunks = iter(range(1000))

    async def receive() -> Message:
        next(chunks)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    with pytest.raises(Refused):
        await body_of(Request({"type": "http", "method": "POST"}, receive))

    assert next(chunks) < 2 * MOST_BYTES / 65536


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"id":"x"}', b"\xff", b"9" * 5000]
)
def test_odd_input_is_refused_in_words_and_never_an_accident(door: TestClient, body: bytes) -> None:
    json_ = {"Content-Type": "application/json"}
    for path in (f"/people/{BEN}/events", "/clock"):
        refused = door.post(path, content=body, headers=json_)

        assert refused.status_code == 400
        assert refused.json()["error"]


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\u202e", "a" * 50_000, "\u0301" * 2000, "   ", "🙂"])
def test_odd_words_are_answered_like_any_others(page: TestClient, odd: str) -> None:
    body = json.dumps({"id": "odd-words-1", "said": odd})

    sent = page.post(f"/people/{BEN}/events", content=body, headers={"Content-Type": "application/json"})

    assert sent.status_code == 200
    assert "card" in chat(page, BEN)[-1]


@pytest.mark.parametrize(
    "path",
    [
        "/people/99/messages",
        "/people/x/messages",
        f"/people/{'9' * 5000}/messages",
        "/people/-1/messages",
        "/nothing",
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        f"/people/{BEN}/messages/{'9' * 30}/files/0",
        f"/people/{BEN}/messages/1/pictures/0",
        f"/people/{BEN}/messages/1/pictures/x",
    ],
    ids=lambda path: str(path)[:40],
)
def test_what_is_not_here_is_said_so(door: TestClient, path: str) -> None:
    missing = door.get(path)

    assert missing.status_code == 404
    assert missing.json() == {"error": "nothing is here"}


@pytest.mark.parametrize("after", ["x", "-1", "1e9", "9" * 5000, "²"])
def test_an_odd_number_of_a_change_is_refused(door: TestClient, after: str) -> None:
    assert door.get(f"/people/{BEN}/messages", params={"after": after}).status_code == 400


def test_other_methods_are_refused(door: TestClient) -> None:
    assert door.get("/clock").status_code == 405
    assert door.request("DELETE", "/people", headers={"Content-Type": "application/json"}).status_code == 405


def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_that_was_written(door: TestClient) -> None:
    for path in ("/", "/static/app.js", "/people", "/nothing"):
        headers = door.get(path).headers

        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_an_error_of_the_server_is_told_without_words_of_people(
    page: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("SECRET-CANARY-123")

    monkeypatch.setattr("adapters.web.playroom.words_of", fail)
    failed = page.post(f"/people/{BEN}/events", json={"id": "event-fails", "said": "x"})

    assert failed.status_code == 500
    assert failed.json() == {"error": "something went wrong on the server"}
    assert "RuntimeError" in caplog.text
    assert "CANARY" not in caplog.text
