"""All stories, in the order in which they happen to a person."""

from bot.stories.actions import actions
from bot.stories.agreement import agreement
from bot.stories.asks import asks
from bot.stories.audit import audit
from bot.stories.closing import closing
from bot.stories.coffee import coffee
from bot.stories.coordinators import coordinators
from bot.stories.delivery import delivery
from bot.stories.digest import digest
from bot.stories.drafts import drafts
from bot.stories.ending import ending
from bot.stories.enrol import enrol
from bot.stories.exchange import exchange
from bot.stories.export import export
from bot.stories.goals import goals
from bot.stories.hand import hand
from bot.stories.health import health
from bot.stories.helping import helping
from bot.stories.intro import intro
from bot.stories.introducing import introducing
from bot.stories.join import join
from bot.stories.journal import journal
from bot.stories.match import match
from bot.stories.monthly import monthly
from bot.stories.moving import moving
from bot.stories.mydata import mydata
from bot.stories.next import next_
from bot.stories.pairs import pairs
from bot.stories.pause import pause
from bot.stories.people import people
from bot.stories.prep import prep
from bot.stories.profile import profile
from bot.stories.programme import programme
from bot.stories.progress import progress
from bot.stories.pulse import pulse
from bot.stories.quiet import quiet
from bot.stories.rematch import rematch
from bot.stories.review import review
from bot.stories.rounds import rounds
from bot.stories.sessions import sessions
from bot.stories.sharing import sharing
from bot.stories.turns import turns
from bot.stories.weekly import weekly
from bot.stories.welcome import welcome
from bot.stories.why import why
from bot.stories.wishes import wishes
from bot.stories.workspaces import workspaces

STORIES = (
    welcome,
    profile,
    wishes,
    intro,
    agreement,
    sessions,
    prep,
    exchange,
    closing,
    pulse,
    actions,
    goals,
    progress,
    asks,
    turns,
    drafts,
    monthly,
    journal,
    sharing,
    review,
    quiet,
    ending,
    rematch,
    digest,
    join,
    hand,
    coffee,
    rounds,
    programme,
    people,
    pairs,
    coordinators,
    export,
    audit,
    enrol,
    health,
    next_,
    weekly,
    match,
    introducing,
    why,
    pause,
    moving,
    delivery,
    workspaces,
    mydata,
    helping,
)
