"""All stories, in the order in which they happen to a person."""

from bot.stories.actions import actions
from bot.stories.agreement import agreement
from bot.stories.closing import closing
from bot.stories.drafts import drafts
from bot.stories.exchange import exchange
from bot.stories.helping import helping
from bot.stories.intro import intro
from bot.stories.journal import journal
from bot.stories.mydata import mydata
from bot.stories.pause import pause
from bot.stories.prep import prep
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
    drafts,
    journal,
    pause,
    mydata,
    helping,
)
