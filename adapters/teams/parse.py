"""What Teams sends, read by its shape: what somebody did, and where the answer belongs. Pure.

Whatever is not for us (reactions, other kinds of invokes, shapes of tomorrow) is nothing. Who somebody is, is
their id in Entra and never a name; whoever has none there is a stranger from elsewhere, and nothing as well.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from adapters.teams.inputs import answers as answers_in
from adapters.teams.port import Chat
from adapters.teams.words import has_more, said
from bot.actions import Action, decode
from bot.events import Account, Changed, Commanded, Event, Gone, Pressed, Profile, Said, Submitted

PLATFORM = "teams"

Json = Mapping[str, Any]

_ID = re.compile(r"[\w:.;=@-]{1,200}")  # of a message: it becomes a part of an address


class Invoke(Enum):
    """What is answered at once, and how."""

    CARD = "adaptiveCard/action"
    OPEN_DIALOG = "task/fetch"
    SEND_DIALOG = "task/submit"


@dataclass(frozen=True)
class Place:
    """Where somebody did something, and so where the answer belongs."""

    chat: Chat
    user: str  # their id in this chat, such as "29:…"
    invoke: Invoke | None = None  # none: the answer is a message of its own
    card: str = ""  # the id of the card at which they pressed
    is_shared: bool = False  # others read along
    is_channel: bool = False  # of a team: too many to be asked who they are


@dataclass(frozen=True)
class Sent:
    event: Event
    place: Place
    label: str = ""  # of the button that was pressed, of the form that was sent
    again: Action | None = None  # what opens the form that was sent
    has_more: bool = False  # than words, which is not read

    @property
    def has_no_words(self) -> bool:
        return self.has_more and isinstance(self.event, Said) and not self.event.text.strip()


@dataclass(frozen=True)
class Installed:
    """Somebody has the app now, or somebody has brought it into a chat of several."""

    who: Account
    place: Place


@dataclass(frozen=True)
class Upload:
    """Somebody lets a file of ours come to theirs, or would rather not have it."""

    who: Account
    place: Place
    file: str
    accepts: bool
    url: str = field(default="", repr=False)  # knowing it is enough to write there
    told: Json = field(default_factory=dict, repr=False)  # what Teams wants to hear of it again


def account_of(activity: Json) -> Account | None:
    """Who did it. None: a program, or somebody who is not in the directory of this company."""
    person = _of(activity.get("from"))
    id_, tenant = person.get("aadObjectId"), tenant_of(activity)
    if not _checked_id(id_) or not _checked_id(tenant) or person.get("role") == "bot":
        return None
    if _text(person.get("tenantId") or tenant).lower() != tenant:
        return None
    return Account(PLATFORM, tenant, str(id_).lower())


def tenant_of(activity: Json) -> str:
    told = _of(_of(activity.get("channelData")).get("tenant")).get("id")
    return _text(told or _of(activity.get("conversation")).get("tenantId")).lower()


def profile_of(activity: Json) -> Profile:
    """As the client reports it with everything that somebody does."""
    client = next((one for one in objects(activity, "entities") if one.get("type") == "clientInfo"), {})
    locale = _text(activity.get("locale") or client.get("locale"))
    zone = _text(client.get("timezone") or activity.get("localTimezone"))
    return Profile(_text(_of(activity.get("from")).get("name")), zone, locale[:2].lower())


def read(activity: Json) -> Sent | Installed | Upload | None:
    """What somebody did, or nothing that is for us."""
    who = account_of(activity)
    if who is None:
        return None
    if activity.get("type") == "invoke":
        return _invoke(activity, who, _of(activity.get("value")))
    if activity.get("type") == "message":
        return _message(activity, who)
    return _event(activity, who)


def _event(activity: Json, who: Account) -> Sent | Installed | None:
    match activity:
        case {"type": "messageUpdate", "channelData": {"eventType": "editMessage" | "undeleteMessage"}}:
            return _changed(activity, who, said(activity))
        case {"type": "messageDelete"}:
            return _changed(activity, who, None)
        case {"type": "installationUpdate", "action": str(what)}:
            return _installation(activity, who, what)
        case {"type": "conversationUpdate"} if _is_shared(activity):
            came = any(one.get("id") == _ours(activity) for one in objects(activity, "membersAdded"))
            return Installed(who, _place(activity)) if came else None
    return None


def _message(activity: Json, who: Account) -> Sent | None:
    value = activity.get("value")
    if isinstance(value, dict) and "do" in value:
        return _pressed(activity, who, value, _place(activity))
    place, words = _place(activity), said(activity)
    id_ = f"said:{_print(place.chat.id)}:{_id_of(activity)}"
    if place.is_shared:
        return Sent(Commanded(id=id_, who=who, text=words), place)
    event = Said(id=id_, who=who, address=kept(place.chat), text=words, said_in=_id_of(activity))
    return Sent(event, place, has_more=has_more(activity))


def _changed(activity: Json, who: Account, text: str | None) -> Sent | None:
    place, message = _place(activity), _id_of(activity)
    if place.is_shared or not message:
        return None
    id_ = f"changed:{_print(place.chat.id)}:{message}:{_print(activity.get('timestamp'), text)}"
    return Sent(Changed(id=id_, who=who, address=kept(place.chat), said_in=message, text=text), place)


def _installation(activity: Json, who: Account, what: str) -> Sent | Installed | None:
    place = _place(activity)
    if what == "add":
        return Installed(who, place)
    if what == "remove" and not place.is_shared:
        id_ = f"gone:{who.user}:{_id_of(activity)}:{_print(activity.get('timestamp'))}"
        return Sent(Gone(id=id_, who=who), place)
    return None  # a new release of the app


def _invoke(activity: Json, who: Account, value: Json) -> Sent | Upload | None:
    if activity.get("name") == "fileConsent/invoke":
        return _upload(activity, who, value)
    invoke = next((known for known in Invoke if known.value == activity.get("name")), None)
    if invoke is None:
        return None
    data = _of(_of(value.get("action")).get("data") if invoke is Invoke.CARD else value.get("data"))
    return _pressed(activity, who, data, _place(activity, invoke, data))


def _pressed(activity: Json, who: Account, data: Json, place: Place) -> Sent:
    action = decode(_text(data.get("do")))
    label, card, id_ = _text(data.get("label")), _checked_id(data.get("card")), _id_of(activity)
    address = "" if place.is_shared else kept(place.chat)
    if isinstance(data.get("again"), str):
        answers = answers_in(data)
        id_ = f"sent:{who.user}:{card or id_}:{_print(answers, data.get('do'))}"
        sent = Submitted(id=id_, who=who, address=address, action=action, answers=answers)
        return Sent(sent, place, label, again=decode(data["again"]))
    once = id_ if action.keeps_card or action.opens_form or not card else card
    id_ = f"click:{who.user}:{once}:{_print(data.get('do'))}"
    return Sent(Pressed(id=id_, who=who, address=address, action=action), place, label)


def _upload(activity: Json, who: Account, value: Json) -> Upload | None:
    file, told = _checked_id(_of(value.get("context")).get("file")), _of(value.get("uploadInfo"))
    if not file:
        return None
    is_wanted = value.get("action") == "accept"
    return Upload(who, _place(activity), file, is_wanted, _text(told.get("uploadUrl")), told)


# Where


def _place(activity: Json, invoke: Invoke | None = None, data: Json | None = None) -> Place:
    """The card of a dialog is the one from which it was opened: it carries that."""
    conversation, user = _of(activity.get("conversation")), _text(_of(activity.get("from")).get("id"))
    is_shared = _is_shared(activity)
    chat = Chat(
        service_url=_text(activity.get("serviceUrl")),
        id=_text(conversation.get("id")),
        tenant=tenant_of(activity),
        bot=_ours(activity),
        user="" if is_shared else user,
    )
    came_from = (data or {}).get("at") if invoke is Invoke.SEND_DIALOG else activity.get("replyToId")
    is_channel = conversation.get("conversationType") == "channel"
    return Place(chat, user, invoke, _checked_id(came_from), is_shared, is_channel)


def _is_shared(activity: Json) -> bool:
    conversation = _of(activity.get("conversation"))
    kind = conversation.get("conversationType")
    return conversation.get("isGroup") is True or kind not in {None, "personal"}


def _ours(activity: Json) -> str:
    return _text(_of(activity.get("recipient")).get("id"))


def kept(chat: Chat) -> str:
    """What is needed to write there, as it is kept with an account."""
    return json.dumps({name: value for name, value in vars(chat).items() if value}, separators=(",", ":"))


def chat_at(address: str) -> Chat | None:
    """None where it is no address of ours."""
    try:
        chat = Chat(**json.loads(address))
    except (ValueError, TypeError, RecursionError):
        return None
    return chat if all(isinstance(value, str) for value in vars(chat).values()) and chat.id else None


def _id_of(activity: Json) -> str:
    return _checked_id(activity.get("id")) or _print(activity.get("timestamp"), activity.get("value"))


def _checked_id(id_: object) -> str:
    return id_ if isinstance(id_, str) and _ID.fullmatch(id_) else ""


def _print(*things: object) -> str:
    text = json.dumps(things, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _of(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def objects(activity: Json, name: str) -> list[dict[str, Any]]:
    """What is in a list of objects, whatever else is in it."""
    values = activity.get(name)
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
