"""Messages, kept and read again."""

from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Typing
from bot.events import Account, Said, Submitted
from bot.messages import Button, Fact, File, Message, Run, from_json, to_json

words = st.text(st.characters(codec="utf-8"))
messages = st.builds(
    Message,
    name=words,
    text=st.lists(st.builds(Run, words, st.booleans())).map(tuple),
    facts=st.lists(st.builds(Fact, words, words)).map(tuple),
    buttons=st.lists(st.builds(Button, words, st.builds(Typing, words), words)).map(tuple),
    files=st.lists(st.builds(File, words, words, st.binary())).map(tuple),
    listens=st.none() | st.builds(Typing, words),
    wording=words,
    language=words,
)


@given(messages)
def test_a_kept_message_is_the_same_message(message: Message) -> None:
    assert from_json(to_json(message)) == message


def test_what_people_wrote_is_not_in_repr() -> None:
    """H9, for logs."""
    ben = Account("test", "here", "ben")
    things = (
        Said(id="1", who=ben, text="CANARY"),
        Submitted(id="1", who=ben, action=Typing("x"), answers={"win": "CANARY"}),
        Fact("A win", "CANARY"),
        File("x.txt", "text/plain", b"CANARY"),
    )

    assert "CANARY" not in repr(things)
