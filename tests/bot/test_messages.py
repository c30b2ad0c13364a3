"""Messages, kept and read again."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Typing
from bot.events import Account, Said, Submitted
from bot.messages import (
    Button,
    Choice,
    Fact,
    Field,
    File,
    Form,
    Meet,
    Message,
    Picture,
    Run,
    from_json,
    to_json,
)

words = st.text(st.characters(codec="utf-8"))
fields = st.builds(
    Field,
    name=words,
    kind=st.sampled_from(("line", "text", "choice", "choices", "day", "time")),
    label=words,
    hint=words,
    value=words,
    required=st.booleans(),
    choices=st.lists(st.builds(Choice, words, words)).map(tuple),
    limit=st.integers(1, 3000),
)
forms = st.builds(
    Form,
    name=words,
    title=words,
    intro=st.lists(st.builds(Run, words, st.booleans())).map(tuple),
    fields=st.lists(fields).map(tuple),
    submit=words,
    action=st.builds(Typing, words),
    again=st.none() | st.builds(Typing, words),
)
accounts = st.builds(Account, words, words, words)
meets = st.builds(
    Meet,
    accounts,
    words,
    opening=st.lists(st.builds(Run, words, st.booleans())).map(tuple),
    others=st.lists(accounts, max_size=2).map(tuple),
)
messages = st.builds(
    Message,
    name=words,
    text=st.lists(st.builds(Run, words, st.booleans())).map(tuple),
    facts=st.lists(st.builds(Fact, words, words)).map(tuple),
    buttons=st.lists(st.builds(Button, words, st.builds(Typing, words), words)).map(tuple),
    files=st.lists(st.builds(File, words, words, st.binary())).map(tuple),
    pictures=st.lists(st.builds(Picture, words, st.binary(), words, words)).map(tuple),
    listens=st.none() | st.builds(Typing, words),
    meet=st.none() | meets,
    form=st.none() | forms,
    wording=words,
    language=words,
)


@given(messages)
def test_a_kept_message_is_the_same_message(message: Message) -> None:
    assert from_json(to_json(message)) == message


def test_a_meeting_of_an_older_release_is_one_of_two() -> None:
    ana = Account("test", "here", "ana")
    kept = to_json(Message(name="x", text=(), meet=Meet(ana, "Write to Ana")))

    older = kept.replace(',"Write to Ana",[],[]]', ',"Write to Ana",[]]')

    assert older != kept
    assert from_json(older).meet == Meet(ana, "Write to Ana")


def test_what_people_wrote_is_not_in_repr() -> None:
    """H9, for logs."""
    ben = Account("test", "here", "ben")
    things = (
        Said(id="1", who=ben, text="CANARY"),
        Submitted(id="1", who=ben, action=Typing("x"), answers={"win": "CANARY"}),
        Fact("A win", "CANARY"),
        File("x.txt", "text/plain", b"CANARY"),
        Picture("x.png", b"CANARY", "", ""),
    )

    assert "CANARY" not in repr(things)


def test_a_message_of_an_older_release_has_no_pictures() -> None:
    kept = json.loads(to_json(Message(name="x", text=(Run("Hello"),))))
    del kept["pictures"]

    assert from_json(json.dumps(kept)).pictures == ()
