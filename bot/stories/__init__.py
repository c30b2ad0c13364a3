"""All stories, in the order in which they happen to a person."""

from bot.stories.helping import helping
from bot.stories.welcome import welcome

STORIES = (welcome, helping)
