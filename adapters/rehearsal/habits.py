"""Habits: what the people in a rehearsal are like. Every probability and every delay is in this file.

A share is out of 1. Change a number here, rehearse with the same seed, and only what depends on it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What one kind of person tends to do."""

    # When
    reply_after: timedelta  # median, from reading a message to acting on it
    sleeps_on_it: float  # share of messages that wait for another day
    odd_hours: float  # share of acts in the evening or on a day off

    # How they answer
    answers: float  # share of what the bot brings them that they act on at all
    by_form: float  # of those, all at once in the form; the others type one answer at a time
    skips: float
    puts_off: float  # "later", "not now"
    breaks_off: float  # stops in the middle, at each step
    keeps_private: float
    types_buttons: float  # types "skip" instead of pressing Skip
    presses_twice: float
    presses_old: float  # share of cards of which they press a button days later
    looks_around: float  # looks, corrects, undoes: whatever else a card offers

    # Meeting
    joins: float  # each time they are invited
    agrees_at_once: float  # takes the middle, or the time that was suggested
    in_writing: float  # would rather write although there is a time
    turns_up: float
    moves: float  # of the sessions they look at
    calls_off: float
    closes: float  # answers "did you meet?"
    closes_at_once: float  # without being asked, right after the session
    misremembers: float  # says that they met when they did not, or the other way round
    writes_letters: float  # in an exchange, each time it is their turn

    # Promises
    promises: float  # mean number of action items in a closing
    does: float  # of what they promised, when they are asked
    moves_on: float  # to another day
    drops: float

    # Between sessions
    asks_a_week: float  # of the partner
    replies: float  # to what a partner asks or writes, without being reminded; else it drops out of mind
    one_taps: float  # of those, with a button and without a word
    names_a_day: float  # of those, "I answer by ..." first
    keeps_word: float  # of the days they named
    passes: float  # "not my field"
    thanks: float  # for an answer
    asks_back: float  # of the answers they give
    remembers: float  # share of what dropped out of mind that comes back by itself
    wants_fewer: float  # nudges, when they look at how many there are

    # Of their own accord
    whims_a_week: float  # says or asks something out of the blue
    leaves: float  # mean number of absences in twelve weeks
    leave: timedelta  # median length of one
    says_so: float  # share of absences for which they pause the bot
    says_until: float  # of those, with the day on which they are back
    corrects_clock: float  # at the welcome; only ever to shorter hours
    gives_up: float  # leaves the programme within twelve weeks


DILIGENT = Habits(
    reply_after=timedelta(minutes=50),
    sleeps_on_it=0.05,
    odd_hours=0.05,
    answers=0.95,
    by_form=0.4,
    skips=0.02,
    puts_off=0.08,
    breaks_off=0.02,
    keeps_private=0.1,
    types_buttons=0.1,
    presses_twice=0.02,
    presses_old=0.02,
    looks_around=0.06,
    joins=0.9,
    agrees_at_once=0.8,
    in_writing=0.03,
    turns_up=0.97,
    moves=0.12,
    calls_off=0.04,
    closes=0.9,
    closes_at_once=0.3,
    misremembers=0.01,
    writes_letters=0.9,
    promises=1.6,
    does=0.65,
    moves_on=0.2,
    drops=0.06,
    asks_a_week=0.35,
    replies=0.85,
    one_taps=0.15,
    names_a_day=0.12,
    keeps_word=0.85,
    passes=0.03,
    thanks=0.5,
    asks_back=0.15,
    remembers=0.5,
    wants_fewer=0.4,
    whims_a_week=0.3,
    leaves=0.5,
    leave=timedelta(days=5),
    says_so=0.8,
    says_until=0.9,
    corrects_clock=0.15,
    gives_up=0.01,
)
BUSY = replace(
    DILIGENT,
    reply_after=timedelta(hours=4),
    sleeps_on_it=0.2,
    odd_hours=0.2,
    answers=0.8,
    by_form=0.6,
    skips=0.12,
    puts_off=0.2,
    breaks_off=0.12,
    types_buttons=0.25,
    joins=0.75,
    agrees_at_once=0.65,
    in_writing=0.08,
    turns_up=0.9,
    moves=0.3,
    calls_off=0.12,
    closes=0.7,
    closes_at_once=0.15,
    promises=1.1,
    does=0.5,
    moves_on=0.3,
    drops=0.12,
    asks_a_week=0.25,
    replies=0.65,
    one_taps=0.3,
    names_a_day=0.25,
    keeps_word=0.7,
    passes=0.06,
    thanks=0.35,
    remembers=0.35,
)
FORGETFUL = replace(
    DILIGENT,
    reply_after=timedelta(hours=8),
    sleeps_on_it=0.35,
    answers=0.6,
    skips=0.05,
    breaks_off=0.25,
    presses_twice=0.06,
    presses_old=0.06,
    joins=0.6,
    turns_up=0.82,
    closes=0.45,
    closes_at_once=0.02,
    misremembers=0.05,
    promises=0.9,
    does=0.35,
    replies=0.4,
    names_a_day=0.15,
    keeps_word=0.45,
    remembers=0.2,
    says_so=0.3,
    says_until=0.6,
    whims_a_week=0.5,
    gives_up=0.03,
)
TRAVELLER = replace(
    BUSY,
    odd_hours=0.3,
    moves=0.4,
    leaves=2.5,
    leave=timedelta(days=8),
    says_so=0.75,
    says_until=0.7,
    corrects_clock=0.3,
)

KINDS: Mapping[Habits, float] = {DILIGENT: 0.4, BUSY: 0.3, FORGETFUL: 0.18, TRAVELLER: 0.12}

SOON = timedelta(minutes=4)  # median, to the next step of what one is in the middle of
SECOND_PRESS = timedelta(minutes=5)
OLD_BUTTON = timedelta(days=9)  # median age of a button that somebody finds again
MINDS_AGAIN = 3  # times that somebody mends a form before they let it be
BACK_AT_WORK = timedelta(hours=5)  # median, from the end of an absence to acting on what came meanwhile
UNHURRIED = timedelta(minutes=30)  # median, from the beginning of the day to what was left for it
LETS_IT_LIE = 0.5  # share of what came during an absence that is not acted on afterwards
ARRIVES_WITHIN = timedelta(days=2)  # of the start, everybody's account shows up

A_NUDGE_REMINDS = (
    0.6  # share of nudges that bring back what had dropped out of mind; at 0 they change nothing
)
REMEMBERED_AFTER = timedelta(days=6)  # median, from what dropped out of mind to when it comes back by itself
KEEPS_WORD_AFTER = timedelta(hours=20)  # median, from naming a day to answering
