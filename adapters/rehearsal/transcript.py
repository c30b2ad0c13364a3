"""The transcript: one JSON object in a line for everything that happens in a rehearsal, in order of time.

No line holds a word that anybody wrote. `docs/rehearsal.md` says what each line and field means.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TextIO

from adapters.rehearsal.audience import Delivered
from bot.calendar import Hours
from bot.happenings import Happened, Meeting

Fields = Mapping[str, Any]

SESSIONS = frozenset({"session_planned", "session_moved", "session_held", "session_missed"})


class Transcript:
    def __init__(self, file: TextIO, pairs: Mapping[int, tuple[str, str]]) -> None:
        self._file = file
        self._pairs = pairs
        self._anchors: dict[int, str] = {}  # a session that somebody moves still belongs to its rhythm

    def delivered(self, delivered: Delivered) -> None:
        fields = {
            "to": delivered.to,
            "kind": delivered.kind,
            "class": delivered.of_class,
            "pair": delivered.pair,
            "session": delivered.session,
        }
        hours = {"hours": _hours(delivered.hours)} if delivered.hours else {}
        parts = {"parts": [asdict(part) for part in delivered.parts]} if delivered.parts else {}
        self._write("delivered", delivered.at, fields | hours | parts)

    def happened(self, happened: Happened) -> None:
        match happened.what:
            case what if what in SESSIONS and happened.meeting:
                self._write(what, happened.at, self._session(happened.pair or 0, happened.meeting))
            case "action_made" | "action_ended" as what:
                self._write(what, happened.at, {"pair": happened.pair, "owner": happened.who})
            case "action_reopened":
                again = {"pair": happened.pair, "owner": happened.who, "again": True}
                self._write("action_made", happened.at, again)
            case "paused":
                until = happened.until and _iso(happened.until)
                self._write("paused", happened.at, {"who": happened.who, "until": until})
            case "turn_began" | "turn_ended" as what:
                fields = {"pair": happened.pair, "turn": happened.turn, "who": happened.who}
                self._write(what, happened.at, fields)
            case "turn_promised" if happened.until:
                fields = {"pair": happened.pair, "turn": happened.turn, "who": happened.who}
                self._write("turn_promised", happened.at, {**fields, "until": _iso(happened.until)})
            case "resumed":
                self._write("resumed", happened.at, {"who": happened.who})

    def _session(self, pair: int, meeting: Meeting) -> Fields:
        mentee, mentor = self._pairs[pair]
        return {
            "pair": pair,
            "session": meeting.id,
            "starts_at": _iso(meeting.starts_at),
            "anchor_zone": self._anchors.setdefault(meeting.id, meeting.zone),
            "format": meeting.format,
            "mentee": mentee,
            "mentor": mentor,
        }

    def _write(self, event: str, at: datetime, fields: Fields) -> None:
        line = {"event": event, "at": _iso(at), **fields}
        self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _hours(hours: Hours) -> Fields:
    return {
        "timezone": hours.timezone,
        "starts": f"{hours.start:%H:%M}",
        "ends": f"{hours.end:%H:%M}",
        "days": "".join(map(str, sorted(hours.days))),
    }
