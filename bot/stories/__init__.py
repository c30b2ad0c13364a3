"""All stories, in the order in which they happen to a person."""

from bot.stories.agreement import agreement
from bot.stories.exchange import exchange
from bot.stories.helping import helping
from bot.stories.intro import intro
from bot.stories.prep import prep
from bot.stories.sessions import sessions
from bot.stories.welcome import welcome

STORIES = (welcome, intro, agreement, sessions, prep, exchange, helping)
