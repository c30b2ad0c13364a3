"""The keys of Teams: fetched when needed, kept, rotated. B2 is a number in our list of attacks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from identity import KEYS, METADATA, Fault, Identity, Key

from adapters.teams import keys as keys_module
from adapters.teams.keys import APART, APART_WITHOUT, KEPT, Keys, NoKeys

FAULTS = [fault for fault in get_args(Fault) if fault]
EVERYWHERE = [(fault, at) for fault in FAULTS for at in (METADATA, KEYS)]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def identity(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Identity]:
    monkeypatch.setattr(keys_module, "WITHIN", 0.5)
    async with Identity() as identity:
        yield identity


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(identity: Identity, clock: Clock) -> Keys:
    return Keys(identity.cloud(), now=clock)


async def test_keys_are_fetched_when_the_first_is_needed_and_then_kept(
    identity: Identity, keys: Keys
) -> None:
    assert identity.asked == []

    first, second = await keys.find("key-1"), await keys.find("key-1")

    assert first is not None
    assert first is second
    assert identity.asked == [METADATA, KEYS]


async def test_many_at_once_cause_one_fetch(identity: Identity, keys: Keys) -> None:
    found = await asyncio.gather(*(keys.find("key-1") for _ in range(100)))

    assert len({id(key) for key in found}) == 1
    assert identity.asked == [METADATA, KEYS]


async def test_after_a_day_they_are_fetched_again(identity: Identity, keys: Keys, clock: Clock) -> None:
    before = await keys.find("key-1")
    clock.now += KEPT - 1
    assert await keys.find("key-1") is before
    clock.now += 1
    after = await keys.find("key-1")

    assert after is not None
    assert after is not before
    assert identity.key_fetches == 2


async def test_a_key_that_is_gone_after_a_day_is_no_key_of_ours(
    identity: Identity, keys: Keys, clock: Clock
) -> None:
    await keys.find("key-1")
    identity.rotate()
    clock.now += KEPT

    assert await keys.find("key-1") is None
    assert await keys.find("key-2") is not None


async def test_a_new_key_is_fetched_when_somebody_signs_with_it(
    identity: Identity, keys: Keys, clock: Clock
) -> None:
    await keys.find("key-1")
    clock.now += APART
    identity.rotate(keep=1)

    assert await keys.find("key-2") is not None
    assert await keys.find("key-1") is not None
    assert identity.key_fetches == 2


async def test_b2_strange_keys_cause_one_fetch_a_minute(identity: Identity, keys: Keys, clock: Clock) -> None:
    await keys.find("key-1")
    clock.now += APART

    at_once = await asyncio.gather(*(keys.find(f"strange-{number}") for number in range(1000)))
    for number in range(1000):
        clock.now += (APART - 2) / 1000
        assert await keys.find(f"another-{number}") is None

    assert at_once == [None] * 1000
    assert identity.key_fetches == 2
    clock.now += 3
    assert await keys.find("strange-1") is None
    assert identity.key_fetches == 3


async def test_b2_strange_keys_leave_no_trace(keys: Keys) -> None:
    await keys.find("key-1")
    for number in range(1000):
        await keys.find("x" * 1000 + str(number))

    assert list(keys._keys) == ["key-1"]


@pytest.mark.parametrize(("fault", "at"), EVERYWHERE)
async def test_old_keys_stay_in_force_while_new_ones_cannot_be_had(
    identity: Identity, keys: Keys, clock: Clock, fault: Fault, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = await keys.find("key-1")
    identity.fault, identity.faulty = fault, (at,)
    clock.now += KEPT

    assert await keys.find("key-1") is before
    assert await keys.find("key-2") is None
    assert "/elsewhere" not in identity.asked
    assert len(caplog.records) == 1

    identity.fault = ""
    identity.rotate(keep=1)
    clock.now += APART
    assert await keys.find("key-2") is not None


@pytest.mark.parametrize(("fault", "at"), EVERYWHERE)
async def test_without_any_keys_nobody_can_be_known_and_soon_they_are_tried_again(
    identity: Identity, keys: Keys, clock: Clock, fault: Fault, at: str
) -> None:
    identity.fault, identity.faulty = fault, (at,)

    for _ in range(10):
        with pytest.raises(NoKeys):
            await keys.find("key-1")
    tries = 2 if fault == "shut" else 1  # aiohttp knocks twice at a door that is shut in its face
    assert identity.metadata_fetches <= tries

    identity.fault = ""
    clock.now += APART_WITHOUT
    assert await keys.find("key-1") is not None


async def test_a_server_that_is_not_there(identity: Identity, clock: Clock) -> None:
    async with Identity() as gone:
        cloud = gone.cloud()

    with pytest.raises(NoKeys):
        await Keys(cloud, now=clock).find("key-1")


async def test_while_they_are_fetched_everything_else_goes_on(identity: Identity, keys: Keys) -> None:
    identity.fault, identity.seconds = "slow", 0.2
    waiting = asyncio.create_task(keys.find("key-1"))
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert await waiting is not None
    assert turns > 5


async def test_whoever_hangs_up_does_not_end_the_fetch_for_the_others(identity: Identity, keys: Keys) -> None:
    identity.fault, identity.faulty, identity.seconds = "slow", (METADATA,), 0.05
    first = asyncio.create_task(keys.find("key-1"))
    second = asyncio.create_task(keys.find("key-1"))
    await asyncio.sleep(0.01)
    first.cancel()

    assert await second is not None
    assert first.cancelled()
    assert identity.asked == [METADATA, KEYS]


@pytest.mark.parametrize(
    "address",
    [
        None,
        7,
        "",
        "http://example.org/keys",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://user@example.org/keys",
        "https://example.org",
        "//example.org/keys",
        ["https://example.org/keys"],
    ],
)
async def test_keys_are_fetched_from_no_odd_place(identity: Identity, keys: Keys, address: Any) -> None:
    identity.metadata = {"jwks_uri": address}

    with pytest.raises(NoKeys):
        await keys.find("key-1")

    assert identity.asked == [METADATA]


async def test_in_a_real_cloud_nothing_is_fetched_without_encryption(
    identity: Identity, clock: Clock
) -> None:
    with pytest.raises(NoKeys):
        await Keys(replace(identity.cloud(), is_local=False), now=clock).find("key-1")

    assert identity.asked == []


# Which keys count


async def test_a_key_that_signs_for_other_channels_is_none_of_ours(identity: Identity, keys: Keys) -> None:
    identity.more_keys = [
        Key(2).jwk(endorsements=["webchat", "directline"]),
        Key(3).jwk(endorsements=[]),
        Key(4).jwk(endorsements="msteams"),
        Key(5).jwk(endorsements=None),
        Key(6).jwk(),  # says nothing of it, as those of the government do
    ]

    found = [await keys.find(f"key-{number}") is not None for number in range(1, 7)]

    assert found == [True, False, False, False, False, True]


ODD_KEYS: dict[str, Any] = {
    "not an object": "key",
    "nothing in it": {},
    "without a name": Key(2).jwk(kid=None),
    "a name that is a list": Key(2).jwk(kid=["key-2"]),
    "a secret": {"kid": "key-2", "kty": "oct", "k": "c2VjcmV0"},
    "a curve": {"kid": "key-2", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    "RSA in name only": {"kid": "key-2", "kty": "RSA"},
    "no number": Key(2).jwk(n="!!!"),
    "a number that is one": Key(2).jwk(n=7),
    "a list for a number": Key(2).jwk(e=["AQAB"]),
    "nothing for a number": Key(2).jwk(n=""),
    "an even number": Key(2).jwk(e="Ag"),
    "for encryption": Key(2).jwk(use="enc"),
    "for another way of signing": Key(2).jwk(alg="RS512"),
    "too short": Key(20, bits=1024).jwk(kid="key-2"),
}


@pytest.mark.parametrize("odd", ODD_KEYS)
async def test_an_odd_key_is_left_out_and_the_others_stay(identity: Identity, keys: Keys, odd: str) -> None:
    identity.more_keys = [ODD_KEYS[odd]]

    assert await keys.find("key-2") is None
    assert await keys.find("key-1") is not None


async def test_two_keys_of_one_name_are_none(identity: Identity, keys: Keys) -> None:
    identity.more_keys = [Key(2).jwk(), Key(3).jwk(kid="key-2")]

    assert await keys.find("key-2") is None
    assert await keys.find("key-1") is not None


async def test_of_a_key_that_is_told_whole_only_the_public_part_is_kept(
    identity: Identity, keys: Keys
) -> None:
    numbers = Key(2).private.private_numbers()
    identity.more_keys = [Key(2).jwk(d=str(numbers.d), p="AQ", q="AQ", dp="AQ", dq="AQ", qi="AQ")]

    key = await keys.find("key-2")

    assert key is not None
    assert type(key.key).__name__ == "RSAPublicKey"


async def test_too_many_keys_are_none(identity: Identity, keys: Keys) -> None:
    identity.more_keys = [Key(1).jwk(kid=f"more-{number}") for number in range(300)]

    with pytest.raises(NoKeys):
        await keys.find("key-1")
