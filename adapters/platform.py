"""A platform, as the server puts it to work: what comes in, and somebody who brings what was posted."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.routing import BaseRoute

from adapters.desk import Desk
from bot.adapter import Adapter


class Platform(Protocol):
    @property
    def platform(self) -> str:
        """As accounts name it: "slack"."""

    @property
    def name(self) -> str:
        """As people do."""

    @property
    def described(self) -> str:
        """How it is connected, in a few words."""

    @property
    def routes(self) -> list[BaseRoute]:
        """Where it comes to us, if it does."""

    def running(self, desk: Desk) -> AbstractAsyncContextManager[Adapter]:
        """It listens and answers until that is left."""
