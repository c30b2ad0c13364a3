"""Wording: the codes of a proposal as sentences in the reader's language, for chat and command line alike."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot import speech
from bot.matching.explaining import Change, Cost, Left, Proposed, Reason, Why, WhyNot, WouldChange
from bot.matching.people import Clash, Conflict
from bot.prompts import Prompts

CHOICES: Mapping[str, str] = {
    "structured": "match.style_structured",
    "exploring": "match.style_exploring",
    "direct": "match.style_direct",
    "gentle": "match.style_gentle",
    "hands-on": "match.style_hands_on",
    "big-picture": "match.style_big_picture",
    "writing": "match.contact_writing",
    "voice": "match.contact_voice",
    "video": "match.contact_video",
    "in-person": "match.contact_in_person",
}
WHY_NOT: Mapping[WhyNot, str] = {
    WhyNot.NOBODY: "match.why_nobody",
    WhyNot.FULL: "match.why_full",
    WhyNot.NOT_NEEDED: "match.why_not_needed",
    WhyNot.LINE: "match.why_line",
    WhyNot.LANGUAGE: "match.why_language",
    WhyNot.SITE: "match.why_site",
    WhyNot.HOURS: "match.why_hours",
    WhyNot.LEFT_OUT: "match.why_left_out",
    WhyNot.PERSONAL: "match.why_personal",
}
BARRED: Mapping[str, str] = {
    "line": "match.barred_line",
    "language": "match.barred_language",
    "site": "match.barred_site",
    "left_out": "match.barred_left_out",
    "personal": "match.barred_personal",
}
CLASHES: Mapping[Clash, str] = {
    Clash.UNKNOWN: "match.clash_unknown",
    Clash.TWICE: "match.clash_twice",
    Clash.FULL: "match.clash_full",
    Clash.BARRED: "match.clash_barred",
}


class Wording:
    def __init__(self, prompts: Prompts, language: str, names: Mapping[str, str]) -> None:
        """`names` by id, of everybody in the proposal."""
        self.prompts, self.language, self.names = prompts, language, names

    def pair(self, pair: Proposed) -> Iterator[str]:
        """Why, what it cost, what would change it."""
        if pair.is_locked:
            yield self._say("match.locked")
        yield from (self.reason(pair, reason) for reason in pair.reasons)
        yield self.cost(pair.mentee, pair.cost)
        yield from map(self.change, pair.changes)

    def reason(self, pair: Proposed, reason: Reason) -> str:
        phrase, language = self.prompts.phrase, self.language
        match reason.code:
            case Why.HOURS:
                return phrase(language, "match.hours", count=round(reason.number / 60))
            case Why.STYLE:
                return phrase(language, "match.style", things=self._choices(reason.things))
            case Why.CONTACT:
                return phrase(language, "match.contact", things=self._choices(reason.things))
            case Why.POSSIBLE:
                return self._say("match.possible")
        return self._reason_of_both(pair, reason)

    def _reason_of_both(self, pair: Proposed, reason: Reason) -> str:
        phrase, language = self.prompts.phrase, self.language
        mentee, mentor = self.names[pair.mentee], self.names[pair.mentor]
        match reason.code:
            case Why.MET:
                quoted = [phrase(language, "match.thing", thing=thing) for thing in reason.things]
                things = speech.listed(quoted, language)
                return phrase(language, "match.met", mentee=mentee, mentor=mentor, things=things)
            case Why.WISHED:
                return phrase(language, "match.wished", mentee=mentee, mentor=mentor, number=reason.number)
        return phrase(language, "match.stage", mentee=mentee, mentor=mentor)

    def cost(self, mentee: str, cost: Cost | None) -> str:
        phrase, language, name = self.prompts.phrase, self.language, self.names[mentee]
        if cost is None:
            return phrase(language, "match.best", mentee=name)
        best, points = self.names[cost.mentor], cost.points
        if cost.is_free:
            return phrase(language, "match.cost_free", mentee=name, best=best, points=points)
        if not cost.held_by:
            return phrase(language, "match.cost_full", mentee=name, best=best, points=points)
        others = speech.listed([self.names[other] for other in cost.held_by], language)
        return phrase(language, "match.cost", mentee=name, best=best, points=points, others=others)

    def change(self, change: WouldChange) -> str:
        phrase, language, points = self.prompts.phrase, self.language, change.points
        match change.code:
            case Change.PLACE:
                return phrase(language, "match.would_place", best=self.names[change.mentor])
            case Change.SITE:
                best = self.names[change.mentor]
                return phrase(language, "match.would_site", best=best, points=points)
            case Change.HOURS:
                return phrase(language, "match.would_hours", points=points)

    def left(self, left: Left, today: date) -> Iterator[str]:
        """Why somebody has no pair, what would change it, and how long the wait is."""
        yield self.why_not(left)
        yield from map(self.change, left.changes)
        if left.until:
            until = speech.day(left.until, today, self.language)
            yield self.prompts.phrase(self.language, "match.until", date=until)
        elif left.why is WhyNot.FULL:
            yield self._say("match.until_unknown")

    def why_not(self, left: Left) -> str:
        phrase, language = self.prompts.phrase, self.language
        if left.why is not WhyNot.SEVERAL:
            return self._say(WHY_NOT[left.why])
        rules = [phrase(language, BARRED[bar], number=number) for bar, number in left.barred if bar in BARRED]
        return phrase(language, "match.why_several", rules=speech.listed(rules, language))

    def conflict(self, conflict: Conflict) -> str:
        mentee, mentor = (self.names.get(one, one) for one in (conflict.mentee, conflict.mentor))
        return self.prompts.phrase(self.language, CLASHES[conflict.why], mentee=mentee, mentor=mentor)

    def _choices(self, things: tuple[str, ...]) -> str:
        return speech.listed([self._say(CHOICES[thing]) for thing in things], self.language)

    def _say(self, name: str) -> str:
        return self.prompts.phrase(self.language, name)
