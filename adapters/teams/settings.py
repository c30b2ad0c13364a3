"""Settings for Teams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from adapters.teams.clouds import Cloud

Sdk = Literal["botbuilder", "agents"]
Way = Literal["password", "certificate", "managed identity", "anonymous"]


@dataclass(frozen=True)
class TeamsSettings:
    way: Way
    cloud: Cloud
    app_id: str = ""
    tenant: str = ""  # the bot's own, where it logs in
    tenants: frozenset[str] = frozenset()  # whose people it talks with
    sdk: Sdk = "botbuilder"
    password: str = field(default="", repr=False)
    certificate: Path | None = None  # a PEM file: the certificate and its key
    public_url: str = ""  # without a slash at the end

    @property
    def is_anonymous(self) -> bool:
        """A local emulator: nobody signs anything, and everything is on this machine."""
        return self.way == "anonymous"

    @property
    def has_dialogs(self) -> bool:
        """The emulators have none: a form stands in the card instead."""
        return not self.is_anonymous


def read_teams(environment: Mapping[str, str]) -> TeamsSettings | None:
    """Nothing, where nothing is said of Teams."""
    raise NotImplementedError
