"""Moves: what somebody may do when a message reaches them, and how likely each of it is.

A message is known by its name, a button by the word that its story gives it: the same words that stand in
prompts/. For a message that is not in the table there is a small chance that its first button is pressed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.rehearsal.habits import Habits


@dataclass(frozen=True)
class Press:
    """One of the buttons with this word; the first button of all, if no word is given."""

    word: str = ""


@dataclass(frozen=True)
class Write:
    """Type an answer to what was asked, in one's own words."""


@dataclass(frozen=True)
class Say:
    typed: str


@dataclass(frozen=True)
class CloseAfterwards:
    """Keep the card, and press Close when the session is over."""


@dataclass(frozen=True)
class SayHowItWent:
    """Yes or no, as it was, or as they remember it."""


@dataclass(frozen=True)
class OpenParts:
    """Open what came in a digest, one by one."""


@dataclass(frozen=True)
class Remember:
    """It drops out of mind, and comes back by itself days later: whose turn is it?"""


@dataclass(frozen=True)
class KeepWord:
    """Answer, as they said they would, some hours or a day later."""


Move = Press | Write | Say | CloseAfterwards | SayHowItWent | OpenParts | Remember | KeepWord
Odds = Mapping[Move, float]


# How the names of those begin that only remind: of what had dropped out of mind, in a share of the cases
REMINDERS = ("turns.nudge", "turns.promised_day_is_over", "actions.nudge")


def odds(name: str, habits: Habits) -> Odds:
    moves = _MOVES.get(name)
    return moves(habits) if moves else {Press(): habits.looks_around}


def _to_an_invitation(h: Habits) -> Odds:
    return {
        Press("begin"): h.joins,
        Press("later"): (1 - h.joins) * h.puts_off,
        Press("leave"): (1 - h.joins) * h.gives_up,
    }


def _to_the_agreement(h: Habits) -> Odds:
    return {Press("agreement"): h.answers}


def _to_a_half_that_is_missing(h: Habits) -> Odds:
    return {Press("fill"): h.answers * (1 - h.puts_off), Press("later"): h.answers * h.puts_off}


def _to_questions(h: Habits) -> Odds:
    begins = h.answers * (1 - h.puts_off - h.skips - h.calls_off)
    return {
        Press("write"): begins * h.by_form,
        Write(): begins * (1 - h.by_form),
        Press("later"): h.answers * h.puts_off,
        Press("skip"): h.answers * h.skips,
        Say("sessions"): h.answers * h.calls_off,
    }


def _to_the_next_question(h: Habits) -> Odds:
    goes_on = 1 - h.breaks_off
    return {
        Press("private"): goes_on * h.keeps_private,
        Press("skip"): goes_on * h.skips,
        Write(): goes_on * (1 - h.keeps_private - h.skips),
    }


def _to_one_more_question(h: Habits) -> Odds:
    goes_on = 1 - h.breaks_off
    return {Press("skip"): goes_on * h.skips, Write(): goes_on * (1 - h.skips)}


def _to_a_suggestion(h: Habits) -> Odds:
    return {
        Press("agree"): h.answers * h.agrees_at_once,
        Press("times"): h.answers * (1 - h.agrees_at_once),
    }


def _to_did_you_meet(h: Habits) -> Odds:
    return {SayHowItWent(): h.closes, Press("later"): (1 - h.closes) * h.puts_off}


def _to_a_promise(h: Habits) -> Odds:
    return {
        Press("done"): h.answers * h.does,
        Press("another_day"): h.answers * h.moves_on,
        Press("drop"): h.answers * h.drops,
    }


def _to_a_draft(h: Habits) -> Odds:
    return {Press("answer"): h.answers * (1 - h.puts_off), Press("seen"): h.answers * h.puts_off}


def _to_an_invitation_to_show(h: Habits) -> Odds:
    return {
        Press("share"): h.answers * 0.5,
        Press("not_this_month"): h.answers * 0.3,
        Press("never"): h.drops * 0.2,
    }


def _to_an_entry(h: Habits) -> Odds:
    return {
        Press("edit"): h.looks_around,
        Press("share"): h.looks_around,
        Press("earlier"): h.looks_around * 0.5,
        Press("delete"): h.drops * 0.2,
    }


def _to_a_look_back(h: Habits) -> Odds:
    return {
        Press("look_back"): h.answers * 0.7,
        Press("another_day"): h.answers * 0.2,
        Press("close"): h.answers * 0.1,
    }


def _to_a_letter(h: Habits) -> Odds:
    return {Press("write"): h.writes_letters}


def _to_a_question(h: Habits) -> Odds:
    writes = h.replies * (1 - h.one_taps - h.names_a_day - h.passes)
    return {
        Press("reply"): writes,
        Press("yes"): h.replies * h.one_taps * 0.5,
        Press("next_session"): h.replies * h.one_taps * 0.4,
        Press("no"): h.replies * h.one_taps * 0.1,
        Press("by"): h.replies * h.names_a_day,
        Press("not_mine"): h.replies * h.passes,
        Remember(): (1 - h.replies) * h.remembers,
    }


def _to_words(h: Habits) -> Odds:
    """Of an exchange in writing."""
    return {
        Press("reply"): h.writes_letters * 0.6,
        Press("by"): h.writes_letters * h.names_a_day,
        Remember(): (1 - h.writes_letters) * h.remembers,
    }


def _to_a_question_brought_up_again(h: Habits) -> Odds:
    """Whoever is reminded mostly acts."""
    return {
        Press("reply"): 0.9 - h.one_taps - h.names_a_day - h.passes,
        Press("next_session"): h.one_taps,
        Press("by"): h.names_a_day,
        Press("not_mine"): h.passes,
    }


def _to_a_last_word_about_it(h: Habits) -> Odds:
    return {
        Press("reply"): 0.7 - h.names_a_day - h.passes,
        Press("by"): h.names_a_day,
        Press("not_mine"): h.passes,
        Press("smaller"): h.one_taps * 0.5,
        Press("pause"): h.puts_off * 0.1,
    }


def _to_a_question_that_changed(h: Habits) -> Odds:
    return {Press("reply"): h.replies * 0.5, Remember(): (1 - h.replies) * h.remembers}


def _to_an_answer(h: Habits) -> Odds:
    return {Press("thanks"): h.thanks, Press("reply"): h.asks_back * (1 - h.thanks)}


def _to_what_they_sent(h: Habits) -> Odds:
    return {Press("edit"): h.looks_around * 0.4, Press("take_back"): h.looks_around * 0.3}


def _to_a_digest(h: Habits) -> Odds:
    return {OpenParts(): h.answers}


def _to_a_session_ahead(h: Habits) -> Odds:
    return {
        Press("move"): h.moves,
        Press("skip"): h.calls_off,
        Press("times"): h.looks_around * 0.5,
    }


def _to_the_brief(h: Habits) -> Odds:
    return {CloseAfterwards(): h.closes_at_once, Press("latest"): h.looks_around, Press("move"): h.calls_off}


def _to_a_goal(h: Habits) -> Odds:
    return {
        Press("done"): h.answers * h.does * 0.4,
        Press("under_way"): h.answers * 0.2,
        Press("nearly"): h.answers * 0.1,
        Press("more"): h.looks_around,
        Press("edit"): h.looks_around * 0.3,
    }


def _to_how_it_stands(h: Habits) -> Odds:
    says = h.answers * (1 - h.moves_on - h.drops)
    return {
        Press("under_way"): says * 0.5,
        Press("nearly"): says * 0.2,
        Press("there"): says * 0.15,
        Press("not_started"): says * 0.15,
        Press("another_date"): h.answers * h.moves_on,
        Press("drop"): h.answers * h.drops,
    }


def _to_a_pulse(h: Habits) -> Odds:
    return {
        Press("answer"): h.answers * (1 - h.puts_off - h.skips),
        Press("later"): h.answers * h.puts_off,
        Press("skip"): h.answers * h.skips,
    }


def _to_a_quiet_pair(h: Habits) -> Odds:
    return {
        Press("well"): h.answers * 0.3,
        Press("shorter"): h.answers * 0.15,
        Press("later"): h.answers * 0.1,
        Press("topic"): h.answers * 0.15,
        Press("pause"): h.answers * 0.05,
        Press("finish"): h.answers * 0.1,
    }


def _to_a_sheet(h: Habits) -> Odds:
    return {
        Press("write"): h.answers * (1 - h.skips - h.puts_off),
        Press("skip"): h.answers * h.skips,
    }


def _to_half_time(h: Habits) -> Odds:
    return {**_to_a_sheet(h), Press("later"): h.answers * h.puts_off}


_MOVES: Mapping[str, Callable[[Habits], Odds]] = {
    "welcome.hello": _to_an_invitation,
    "welcome.hello_without_host": _to_an_invitation,
    "welcome.hello_again": _to_an_invitation,
    "welcome.not_now": lambda h: {Press("begin"): h.looks_around},
    "welcome.clock": lambda h: {Press("edit"): h.corrects_clock, Press("yes"): 0.97 - h.corrects_clock},
    "welcome.wish": lambda h: {Write(): h.answers - h.skips, Press("skip"): h.skips},
    "intro.your_mentor": _to_the_agreement,
    "intro.your_mentee": _to_the_agreement,
    "agreement.remind": _to_a_half_that_is_missing,
    "agreement.partner_waits": _to_a_half_that_is_missing,
    "agreement.later": lambda h: {Press("fill"): 0.3},
    "agreement.which": lambda _: {Press("fill"): 0.9},
    "agreement.waiting": lambda h: {Press("edit"): h.looks_around},
    "agreement.differ": lambda h: {
        Press("settle"): h.answers * h.agrees_at_once,
        Press("theirs"): h.answers * (1 - h.agrees_at_once) * 0.6,
        Press("edit"): h.answers * (1 - h.agrees_at_once) * 0.3,
    },
    "agreement.settled_by_partner": lambda h: {Press("edit"): h.looks_around * 0.3},
    "agreement.settled_by_you": lambda h: {Press("edit"): h.looks_around * 0.2},
    "agreement.settled": lambda h: {Press("sessions"): h.looks_around, Press("goals"): h.looks_around * 3},
    "sessions.times": lambda h: {
        Press("writing"): h.in_writing,
        Press("other"): h.answers * h.looks_around,
        Press("suggest"): h.answers * (1 - h.looks_around) - h.in_writing,
    },
    "sessions.no_overlap": lambda h: {Press("writing"): h.answers},
    "sessions.suggested": _to_a_suggestion,
    "sessions.suggested_in_writing": lambda h: {Press("agree"): h.answers},
    "sessions.rhythm_holds": lambda h: {Press("sessions"): h.looks_around},
    "sessions.planned": lambda h: {Press("sessions"): h.looks_around},
    "sessions.next": _to_a_session_ahead,
    "sessions.next_in_writing": _to_a_session_ahead,
    "sessions.moved_by_partner": lambda h: {Press("move"): h.looks_around, Press("skip"): h.looks_around},
    "sessions.skipped": lambda h: {Press("undo"): h.looks_around},
    "sessions.skipped_by_partner": lambda h: {Press("move"): h.moves},
    "sessions.none_yet": _to_the_agreement,
    "prep.ask": _to_questions,
    "prep.ask_in_writing": _to_questions,
    "prep.remind": _to_questions,
    "prep.saved": _to_the_next_question,
    "prep.left_out": _to_one_more_question,
    "prep.private_go_on": _to_one_more_question,
    "prep.later": lambda h: {Press("write"): h.looks_around},
    "prep.done": lambda h: {Press("edit"): h.looks_around},
    "prep.skipped": lambda h: {Press("undo"): h.looks_around},
    "prep.late": lambda h: {Press("brief"): h.answers * 0.5},
    "prep.brief": _to_the_brief,
    "prep.brief_in_writing": lambda h: {
        Press("write"): h.writes_letters * (1 - h.types_buttons),
        Say("write"): h.writes_letters * h.types_buttons,
    },
    "exchange.write": lambda h: {Write(): h.answers, Press("no"): (1 - h.answers) * h.puts_off},
    "asks.whom": lambda _: {Press("them"): 0.9, Press("no"): 0.05},
    "asks.type": lambda h: {Write(): 0.8, Press("form"): h.looks_around, Press("no"): 0.05},
    "asks.asked": _to_a_question,
    "asks.wrote": _to_words,
    "asks.changed": _to_a_question_that_changed,
    "asks.answered": _to_an_answer,
    "asks.type_reply": lambda h: {Write(): 1 - h.breaks_off - h.looks_around, Press("form"): h.looks_around},
    "asks.sent": _to_what_they_sent,
    "asks.replied": lambda h: {Press("asked_back"): h.asks_back, **_to_what_they_sent(h)},
    "asks.change_kept": lambda h: {Press("take_back"): h.looks_around * 0.2},
    "asks.taken_back": lambda _: {Press("again"): 0.3},
    "asks.taken_back_late": lambda _: {Press("again"): 0.3},
    "asks.partner_not_mine": lambda h: {Press("reply"): h.looks_around},
    "asks.partner_smaller": lambda h: {Press("reply"): h.replies},
    "asks.not_mine": lambda h: {Press("reply"): h.looks_around},
    "asks.is_their_turn": lambda h: {Press("show"): h.looks_around},
    "asks.answered_already": lambda h: {Press("reply"): h.looks_around},
    "turns.yours": lambda _: {Press("reply"): 0.9},
    "turns.nobodys": lambda h: {Press("ask"): h.asks_a_week * 0.3},
    "turns.by_when": lambda h: {Press("day"): 0.75, Press("another_day"): 0.2},
    "turns.promise_kept": lambda h: {KeepWord(): h.keeps_word},
    "turns.nudge": _to_a_question_brought_up_again,
    "turns.nudge_with_choices": _to_a_last_word_about_it,
    "turns.nudge_draft": lambda h: {Press("drafts"): 0.9 - h.names_a_day, Press("by"): h.names_a_day},
    "turns.promised_day_is_over": _to_a_question_brought_up_again,
    "digest.nudges": _to_a_digest,
    "digest.landing": _to_a_digest,
    "why.this": lambda h: {Press("all"): 0.4, Press("fewer"): h.wants_fewer * 0.5},
    "why.ledger": lambda h: {Press("fewer"): h.wants_fewer * 0.5},
    "why.nudges": lambda h: {Press("fewer"): h.wants_fewer},
    "exchange.midway": _to_a_letter,
    "exchange.midway_answer": _to_a_letter,
    "closing.did_you_meet": _to_did_you_meet,
    "closing.did_you_write": _to_did_you_meet,
    "closing.both_wrote": lambda h: {Press("write"): h.answers * 0.5},
    "closing.going_on": _to_did_you_meet,
    "closing.later": lambda h: {Press("yes"): h.looks_around},
    "closing.list": lambda h: {Press("add"): h.looks_around},
    "closing.not_met": lambda h: {Press("sessions"): h.looks_around},
    "closing.not_held": lambda h: {Press("met"): h.misremembers},
    "closing.partner_says_not_met": lambda h: {Press("met"): h.misremembers},
    "actions.list": lambda h: {Press("item"): h.answers - h.looks_around, Press("add"): h.looks_around},
    "actions.nothing_open": lambda h: {Press("add"): h.looks_around * 2},
    "actions.only_theirs": lambda h: {Press("add"): h.looks_around * 2},
    "actions.one": _to_a_promise,
    "actions.nudge": _to_a_promise,
    "actions.reopened": _to_a_promise,
    "actions.added_by_partner": _to_a_promise,
    "actions.done": lambda h: {Press("undo"): h.looks_around * 0.5},
    "actions.dropped": lambda h: {Press("undo"): h.looks_around},
    "drafts.offer": lambda h: {Press("share"): h.answers},
    "drafts.list": lambda h: {Press("draft"): h.answers * 0.5, Press("share"): h.looks_around},
    "drafts.none_yet": lambda h: {Press("share"): h.answers * 0.5},
    "drafts.sent": lambda h: {Press("edit"): h.looks_around, Press("take_back"): h.looks_around * 0.5},
    "drafts.received": _to_a_draft,
    "drafts.updated": _to_a_draft,
    "drafts.theirs": _to_a_draft,
    "drafts.seen": lambda h: {Press("answer"): h.answers * 0.4},
    "drafts.answered": lambda h: {Press("more"): h.looks_around},
    "drafts.answer": lambda h: {Press("show"): h.looks_around, Press("edit"): h.answers * 0.2},
    "drafts.partner_has_seen": lambda h: {Press("show"): h.looks_around},
    "drafts.mine": lambda h: {Press("edit"): h.looks_around, Press("take_back"): h.drops},
    "drafts.taken_back": lambda h: {Press("again"): h.looks_around},
    "drafts.taken_back_in_time": lambda h: {Press("again"): h.looks_around},
    "monthly.mentor_shows": _to_an_invitation_to_show,
    "monthly.mentee_shows": _to_an_invitation_to_show,
    "monthly.mentee_reviews": lambda h: {Press("show"): h.answers, Press("not_this_month"): h.drops * 0.5},
    "monthly.mentee_asks": lambda h: {Press("ask"): h.answers, Press("not_this_month"): h.drops * 0.5},
    "monthly.asked": lambda h: {Press("share"): h.answers * 0.8, Press("not_this_month"): h.skips},
    "monthly.never": lambda h: {Press("undo"): h.looks_around},
    "journal.nothing_yet": lambda h: {Press("write"): h.answers},
    "journal.list": lambda h: {Press("entry"): h.answers * 0.5, Press("write"): h.answers * 0.3},
    "journal.kept": _to_an_entry,
    "journal.kept_until": _to_an_entry,
    "journal.one": _to_an_entry,
    "journal.changed": lambda h: {Press("earlier"): h.looks_around, Press("share_change"): h.looks_around},
    "journal.earlier": lambda h: {Press("newest"): h.looks_around},
    "journal.look_again": _to_a_look_back,
    "journal.look_again_unsure": _to_a_look_back,
    "sharing.ask_share": lambda _: {Press("share"): 0.7, Press("no"): 0.3},
    "journal.shared": lambda h: {Press("unshare"): h.looks_around},
    "sharing.shown": lambda h: {Press("open"): h.looks_around},
    "journal.deleted": lambda h: {Press("undo"): 0.2},
    "goals.none_open": lambda h: {Press("add"): h.answers * 0.8},
    "goals.list": lambda h: {Press("goal"): h.answers * 0.7, Press("add"): h.looks_around},
    "goals.one": _to_a_goal,
    "goals.added": lambda h: {Press("edit"): h.looks_around * 0.3, Press("more"): h.looks_around},
    "goals.more": lambda h: {Press("add_step"): h.answers * 0.5, Press("drop"): h.drops * 0.2},
    "goals.check": _to_how_it_stands,
    "goals.noted": lambda h: {Press("line"): h.looks_around, Press("another_date"): h.moves_on},
    "goals.made": lambda h: {Press("add_step"): h.answers * 0.4, Press("undo"): h.looks_around * 0.5},
    "goals.step_added": lambda h: {Press("undo"): h.looks_around * 0.3},
    "goals.reached": lambda h: {Press("undo"): h.looks_around * 0.5},
    "goals.let_go": lambda h: {Press("undo"): h.looks_around * 0.5},
    "goals.news": lambda h: {Press("goals"): h.answers * 0.5},
    "pulse.ask": _to_a_pulse,
    "pulse.remind": _to_a_pulse,
    "pulse.in_words": lambda h: {Press("answer"): h.answers, Press("skip"): h.skips},
    "pulse.kept": lambda h: {Press("edit"): h.looks_around * 0.5, Press("agreement"): h.looks_around},
    "pulse.skipped": lambda h: {Press("answer"): h.looks_around * 0.5},
    "review.ask": _to_half_time,
    "review.remind": _to_half_time,
    "review.later": lambda h: {Press("write"): 0.3},
    "review.waiting": lambda h: {Press("edit"): h.looks_around},
    "review.skipped": lambda h: {Press("write"): h.looks_around},
    "review.shown": lambda h: {Press("agreement"): h.looks_around},
    "quiet.ask": _to_a_quiet_pair,
    "quiet.ask_again": _to_a_quiet_pair,
    "quiet.ends_soon": _to_a_quiet_pair,
    "quiet.shorter": lambda _: {Press("agreement"): 0.7},
    "quiet.topic": lambda _: {Press("prep"): 0.7},
    "ending.confirm": lambda _: {Press("finish"): 0.5, Press("pause"): 0.2, Press("stay"): 0.2},
    "ending.on_its_way": lambda h: {Press("undo"): h.looks_around},
    "ending.near": lambda h: {Press("go_on"): h.answers * 0.5, Press("let_end"): h.answers * 0.4},
    "ending.ended": _to_a_sheet,
    "ending.waiting": lambda h: {Press("edit"): h.looks_around},
    "ending.skipped": lambda h: {Press("write"): h.looks_around},
    "ending.goodbye": lambda h: {Press("help"): h.looks_around, Press("mydata"): h.looks_around},
    "pause.until": lambda h: {Press("undo"): h.looks_around * 0.5, Press("until"): h.looks_around},
    "pause.for_now": lambda h: {Press("undo"): h.looks_around * 0.5, Press("until"): h.looks_around},
    "pause.welcome_back": lambda h: {Press("actions"): h.answers * 0.5},
    "pause.leave": lambda _: {Press("leave"): 0.5, Press("pause"): 0.2, Press("stay"): 0.2},
    "pause.leaving": lambda h: {Press("undo"): h.looks_around},
    "mydata.overview": lambda _: {Press("see"): 0.3, Press("export"): 0.3, Press("erase"): 0.05},
    "mydata.readable": lambda _: {Press("export"): 0.2},
    "helping.menu": lambda _: {
        Press("sessions"): 0.2,
        Press("actions"): 0.3,
        Press("goals"): 0.1,
        Press("mydata"): 0.1,
    },
    "helping.after_ending": lambda _: {Press("mydata"): 0.1},
    "helping.guess": lambda _: {Press("yes"): 0.6, Press("help"): 0.2},
    "helping.unplaced": lambda _: {Press("keep"): 0.4, Press("help"): 0.2},
}
NAMES = frozenset(_MOVES)
