"""Signed, but not as Slack writes it: nothing breaks, nobody is made of it, and Bolt is not left to guess."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from fake_slack import FakeSlack
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from office import Office
from shapes import ODD, SHAPES, Json, every_odd_one, places, spoiled, without
from sqlalchemy import func, select
from world import World

from adapters.slack.body import FORM, JSON, NotUnderstood, read_body
from adapters.slack.parse import happened_at, read, workspace_of
from adapters.slack.people import told_by
from bot.models import AccountRow, Person

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def wired(body: Json) -> tuple[str, str]:
    """As it goes through the line: what kind of body it is, and the body."""
    if "user_id" in body or "command" in body:
        fields = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()
        }
        return FORM, urlencode(fields)
    if "event" in body:
        return JSON, json.dumps(body)
    return FORM, urlencode({"payload": json.dumps(body)})


@pytest.mark.parametrize("name", SHAPES)
def test_reading_never_breaks_whatever_stands_in_one_place(name: str) -> None:
    for body in every_odd_one(SHAPES[name]):
        read(body)
        workspace_of(body)
        happened_at(body)
        match body:
            case {"event": {"user": dict(user)}}:
                list(told_by(user, "T0TEAM"))


@pytest.mark.parametrize("name", SHAPES)
def test_a_body_as_slack_writes_it_is_understood(name: str) -> None:
    kind, raw = wired(SHAPES[name])

    assert read_body(kind, raw.encode())["api_app_id"] == "A0CAIRN"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("said", ("event", "user")),
        ("said", ("event", "channel")),
        ("said", ("authorizations",)),
        ("said", ("authorizations", 0)),
        ("pressed", ("team",)),
        ("pressed", ("actions",)),
        ("pressed", ("actions", 0)),
        ("pressed", ("actions", 0, "action_id")),
        ("sent", ("view",)),
        ("sent", ("view", "callback_id")),
    ],
)
def test_a13_what_bolt_would_stumble_over_stays_outside(name: str, path: tuple[str | int, ...]) -> None:
    kind, raw = wired(spoiled(SHAPES[name], path, 5))

    with pytest.raises(NotUnderstood):
        read_body(kind, raw.encode())


@st.composite
def odd_bodies(draw: st.DrawFn) -> Json:
    body = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(body))))
        odd = draw(st.sampled_from(ODD) | ANYTHING)
        body = without(body, path) if draw(st.booleans()) else spoiled(body, path, odd)
    return body


def counted(world: World) -> list[Any]:
    with world.bot.open_transaction.begin() as db:
        return [db.scalar(select(func.count()).select_from(table)) for table in (Person, AccountRow)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=odd_bodies())
async def test_the_whole_server_survives_it_and_nobody_is_made_of_it(
    met: Office, slack: FakeSlack, body: Json
) -> None:
    before = counted(met.world)
    kind, raw = wired(body)

    answer = await slack.knock(raw, kind)
    await met.shown()

    assert answer.status_code < 500
    assert counted(met.world) == before


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(["type", "event", "user", "team", "view", "actions"]), ANYTHING))
@example(body={"type": "", "view": None})
async def test_so_it_does_any_body_that_is_signed(met: Office, slack: FakeSlack, body: Json) -> None:
    for kind, raw in ((JSON, json.dumps(body)), (FORM, urlencode({"payload": json.dumps(body)}))):
        assert (await slack.knock(raw, kind)).status_code < 500
