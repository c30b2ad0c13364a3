"""The clouds of Microsoft: where each signs, logs in and takes messages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    name: str
    login: str  # where we get our own token
    scope: str  # what it is for
    issuer: str  # who signs what comes in
    metadata: str  # where the keys are named with which it is signed
    hosts: tuple[str, ...]  # which serviceUrl may name, see `takes`
    web: str = "https://teams.microsoft.com"  # for links
    is_local: bool = False  # an emulator on this machine: http, any port

    def takes(self, service_url: str) -> bool:
        """Whether messages, and our token with them, may be sent there."""
        raise NotImplementedError
