"""What Slack sends, read by its shape: what somebody did, and where the answer belongs. Pure.

Whatever is not for us (our own messages, channels, other people's apps, shapes of tomorrow) is nothing.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack.inputs import whole
from adapters.slack.manifest import SHORTCUTS
from bot.actions import Action, Outdated, decode
from bot.events import (
    Account,
    Changed,
    Commanded,
    Event,
    HomeOpened,
    Pointed,
    Pressed,
    Said,
    Submitted,
    Unsent,
    WorkspaceGone,
)

PLATFORM = "slack"
EVERYBODY = ("channel", "everyone", "here")
END_OF_TIME = 2**32  # seconds since 1970; Slack names no later moment
POINTS = tuple(name for name, *_ in SHORTCUTS)  # at a message, and what to do with it

Json = Mapping[str, Any]

_LINK = re.compile(r"<((?:https?|mailto|tel):[^|<>]*)(?:\|([^<>]*))?>")
_NAMED = re.compile(r"<([@#!])([^|<>]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Place:
    """Where somebody did something, and so where the answer belongs. Empty: not there."""

    channel: str = ""
    message: str = ""  # the timestamp that names a card
    response_url: str = ""  # five answers within half an hour
    trigger: str = ""  # opens a form within three seconds
    view: str = ""  # the form, or the page, in which it was
    view_hash: str = ""
    is_home: bool = False
    is_ephemeral: bool = False  # only they see the card, and only response_url can change it
    thread: str = ""  # they wrote below a message, and look there for an answer

    def kept(self) -> str:
        """What a form carries, to know at the end where it came from."""
        lasts = {"channel", "message", "response_url", "is_home", "is_ephemeral"}
        here = asdict(self) | {"is_home": self.is_home or bool(self.view)}  # or on top of it
        return json.dumps({name: value for name, value in here.items() if value and name in lasts})


@dataclass(frozen=True)
class Sent:
    event: Event
    place: Place
    label: str = ""  # of the button that was pressed
    title: str = ""  # of the form that was sent
    has_more: bool = False  # files, or somebody else's message: more than words, which is not read

    @property
    def has_no_words(self) -> bool:
        return self.has_more and isinstance(self.event, Said) and not self.event.text.strip()


def workspace_of(body: Json) -> str:
    """The team, or the organisation where the app was installed for all of it."""
    told = _first(body.get("authorizations"))
    is_for_all = body.get("is_enterprise_install", told.get("is_enterprise_install"))
    if is_for_all in (True, "true"):
        return _id(body.get("enterprise")) or str(
            body.get("enterprise_id") or told.get("enterprise_id") or ""
        )
    return _id(body.get("team")) or str(body.get("team_id") or _of(body.get("user")).get("team_id") or "")


def happened_at(body: Json) -> datetime:
    """When an event happened, which may be long ago: to the second."""
    return moment(body.get("event_time")) or datetime.now(UTC)


def moment(seconds: object) -> datetime | None:
    """Since 1970. Nothing, where it is no time at all."""
    if not isinstance(seconds, int) or not 0 < seconds < END_OF_TIME:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def read(body: Json) -> Sent | None:
    """What somebody did, or nothing that is for us."""
    match body:
        case {"type": "event_callback", "event": dict(event), "event_id": str(id_)}:
            return _event(body, event, id_)
        case {"command": str(), "user_id": str(user), "trigger_id": str(trigger)}:
            return _command(body, user, trigger)
        case {"type": "block_actions", "user": {"id": str(user)}, "actions": [dict(action), *_]}:
            return _click(body, user, action)
        case {"type": "view_submission", "user": {"id": str(user)}, "view": dict(view)}:
            return _submission(body, user, view)
        case {"type": "message_action", "user": {"id": str(user)}, "callback_id": str(what)}:
            return _pointed(body, user, what)
    return None


def _event(body: Json, event: Json, id_: str) -> Sent | None:
    match event:
        case {"type": "message", "channel": str(channel)} if channel.startswith("D"):
            return _message(body, event, id_, Place(channel=channel))  # where nobody else listens
        case {"type": "app_home_opened", "user": str(user), "tab": "home"}:
            return Sent(HomeOpened(id=id_, who=_who(body, user)), Place(is_home=True))
        case {"type": "app_uninstalled"} | {"type": "tokens_revoked", "tokens": {"bot": [_, *_]}}:
            return Sent(WorkspaceGone(id=id_, who=_who(body, "")), Place())
    return None


def _message(body: Json, event: Json, id_: str, place: Place) -> Sent | None:
    match event:
        case {"subtype": "message_changed", "message": dict(new), "previous_message": dict(old)}:
            return _changed(body, id_, place, new, old)
        case {"subtype": "message_deleted", "deleted_ts": str(ts), "previous_message": dict(old)}:
            return _took_back(body, id_, place, old, ts)
        case {"bot_id": str()} | {"hidden": True}:
            return None
        case {"user": str(user), "ts": str(ts)} if event.get("subtype") in (None, "file_share"):
            return _said(body, event, id_, Place(channel=place.channel, thread=_thread(event)), user, ts)
    return None


def _said(body: Json, event: Json, id_: str, place: Place, user: str, ts: str) -> Sent:
    who, words = _who(body, user), said(event.get("text"))
    has_more = bool(event.get("files") or event.get("attachments"))
    return Sent(
        Said(id=id_, who=who, address=place.channel, text=words, said_in=ts), place, has_more=has_more
    )


def _thread(event: Json) -> str:
    return str(event.get("thread_ts") or "")


def _changed(body: Json, id_: str, place: Place, new: Json, old: Json) -> Sent | None:
    """By its author. Slack also says so when it has drawn a preview of a link."""
    if _author(new) and new.get("text") != old.get("text"):
        return _change(body, id_, place, _author(new), str(new.get("ts")), said(new.get("text")))
    return None


def _took_back(body: Json, id_: str, place: Place, old: Json, ts: str) -> Sent | None:
    return _change(body, id_, place, _author(old), ts, None) if _author(old) else None


def _change(body: Json, id_: str, place: Place, user: str, ts: str, text: str | None) -> Sent:
    who = _who(body, user)
    return Sent(Changed(id=id_, who=who, address=place.channel, said_in=ts, text=text), place)


def _author(message: Json) -> str:
    """The person who wrote it; nobody, where it was a bot."""
    return "" if message.get("bot_id") else str(message.get("user") or "")


def _command(body: Json, user: str, trigger: str) -> Sent:
    place = Place(
        channel=str(body.get("channel_id", "")),
        response_url=str(body.get("response_url", "")),
        trigger=trigger,
        is_ephemeral=True,
    )
    return Sent(Commanded(id=trigger, who=_who(body, user), text=said(body.get("text"))), place)


def _click(body: Json, user: str, clicked: Json) -> Sent | None:
    place, who = _place_of_click(body), _who(body, user)
    view = _of(body.get("view"))
    if clicked.get("type") != "button":
        action, answers = carried(view)[0], _answers(view)
        id_ = f"{view.get('id')}:{clicked.get('action_ts')}"
        return Sent(Unsent(id=id_, who=who, action=action, answers=answers), place)
    if "value" not in clicked:
        return None  # a link, which Slack itself has opened
    wire = str(clicked["value"])
    id_ = _id_of_click(user, clicked, wire)
    event = Pressed(id=id_, who=who, action=decode(wire), address=_own_chat(place))
    return Sent(event, place, str(_of(clicked.get("text")).get("text", "")))


def _own_chat(place: Place) -> str:
    return place.channel if place.channel.startswith("D") and not place.is_ephemeral else ""


def _id_of_click(user: str, clicked: Json, wire: str) -> str:
    """A card is drawn with a token, so that a double click is one; where it stays, each click counts.

    Whoever clicks on what is not theirs takes no click away from whose it is.
    """
    action = decode(wire)
    if action.keeps_card or action.opens_form:
        return f"click:{user}:{clicked.get('action_ts')}:{_print(wire)}"
    token = str(clicked.get("block_id", "")).partition(".")[0]
    return f"click:{user}:{token}:{_print(wire)}"


def _place_of_click(body: Json) -> Place:
    inside, view = _of(body.get("container")), _of(body.get("view"))
    return Place(
        channel=str(inside.get("channel_id") or _id(body.get("channel"))),
        message=str(inside.get("message_ts", "")),
        response_url=str(body.get("response_url", "")),
        trigger=str(body.get("trigger_id", "")),
        view=str(view.get("id", "")),
        view_hash=str(view.get("hash", "")),
        is_home=view.get("type") == "home",
        is_ephemeral=inside.get("is_ephemeral") is True,
    )


def _submission(body: Json, user: str, view: Json) -> Sent:
    action, place = carried(view)
    answers = _answers(view)
    id_ = f"{view.get('id')}:{_print(json.dumps(answers, sort_keys=True))}"
    sent = Submitted(id=id_, who=_who(body, user), action=action, answers=answers)
    return Sent(sent, place, title=str(_of(view.get("title")).get("text", "")))


def carried(view: Json) -> tuple[Action, Place]:
    """What a form means and where it came from, as render.modal has put it in."""
    try:
        match json.loads(view.get("private_metadata") or "{}"):
            case {"do": str(wire), "at": str(place)}:
                return decode(wire), _kept(place)
    except (ValueError, TypeError, RecursionError):
        pass
    return Outdated(), Place()


def _kept(place: str) -> Place:
    known = Place(**json.loads(place or "{}"))
    if any(type(value) is not type(getattr(Place, name)) for name, value in asdict(known).items()):
        raise TypeError
    return known


def _answers(view: Json) -> dict[str, str]:
    values = _of(_of(view.get("state")).get("values"))
    return whole(
        {
            name: _answer(element)
            for name, elements in values.items()
            for element in _of(elements).values()
            if isinstance(element, dict)
        }
    )


def _answer(element: Json) -> str:
    match element:
        case {"selected_options": list(options)}:
            return ",".join(str(_of(option).get("value", "")) for option in options)
        case {"selected_option": dict(option)}:
            return str(option.get("value", ""))
    typed = element.get("value") or element.get("selected_date") or element.get("selected_time")
    return str(typed or "")


def _pointed(body: Json, user: str, what: str) -> Sent | None:
    if what not in POINTS:
        return None
    trigger = str(body.get("trigger_id", ""))
    place = Place(
        channel=_id(body.get("channel")),
        response_url=str(body.get("response_url", "")),
        trigger=trigger,
        is_ephemeral=True,
    )
    words = said(_of(body.get("message")).get("text"))
    return Sent(Pointed(id=trigger, who=_who(body, user), command=what, text=words), place)


def said(text: object) -> str:
    """What somebody typed, as they saw it: Slack escapes three characters and writes links its own way."""
    if not isinstance(text, str):
        return ""
    return html.unescape(_NAMED.sub(_as_named, _LINK.sub(_as_typed, text)))


def _as_typed(link: re.Match[str]) -> str:
    address, shown = link[1], link[2]
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if not shown or shown == bare or address in (f"http://{shown}", f"https://{shown}"):
        return bare
    return f"{shown} ({bare})"


def _as_named(name: re.Match[str]) -> str:
    """Nobody learns an id from it, or that there is a channel in which they are not."""
    kind, id_, shown = name[1], name[2], name[3]
    if kind == "#":
        return "#…"
    everybody = id_ if kind == "!" and id_ in EVERYBODY else "…"
    return f"@{(shown or everybody).removeprefix('@')}"


def _who(body: Json, user: str) -> Account:
    return Account(PLATFORM, workspace_of(body), user)


def _print(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _of(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(value: object) -> dict[str, Any]:
    return _of(value[0]) if isinstance(value, list) and value else {}


def _id(value: object) -> str:
    return str(_of(value).get("id") or "")
