"""All stories, in the order in which they happen to a person."""

from bot.stories.actions import actions
from bot.stories.agreement import agreement
from bot.stories.closing import closing
from bot.stories.ending import ending
from bot.stories.exchange import exchange
from bot.stories.helping import helping
from bot.stories.intro import intro
from bot.stories.mydata import mydata
from bot.stories.pause import pause
from bot.stories.prep import prep
from bot.stories.quiet import quiet
from bot.stories.review import review
from bot.stories.sessions import sessions
from bot.stories.welcome import welcome

STORIES = (
    welcome,
    intro,
    agreement,
    sessions,
    prep,
    exchange,
    closing,
    actions,
    review,
    quiet,
    pause,
    ending,
    mydata,
    helping,
)
