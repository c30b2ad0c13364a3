"""The clouds of Microsoft: where each signs, logs in and takes messages, and which hosts may be written to.

Where the addresses are from:
- issuer, metadata, login, scope: microsoft/teams.py, `api/auth/cloud_environment.py`; all but China's also
  botframework-connector 4.17.1, `AuthenticationConstants` and `GovernmentConstants`.
- hosts of serviceUrl: `allowedServiceUrls` in `cloud-environment.ts` of microsoft/teams.ts, the same in
  teams.net; all but China's and the "onyx" one also `TeamsServiceEndpoints` of Microsoft's Agents-for-js.
- GCC is the public cloud but for its host: nothing else of its own stands in any of them.
- web: learn.microsoft.com, "Sovereign cloud", the table "Supported clouds".
- uploads: the names that SharePoint has in each cloud, as PnP's tools know them. Bots cannot send files in
  GCC High, DoD and China as yet (bots-filesv4.md).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from adapters.loopback import is_loopback

LONGEST = 2000  # characters of an address

# Nothing that two readers could take for different hosts: no user, port, query or fragment, no escapes.
_PATH = r"(?:/(?!\.{1,2}(?:/|\Z))[\w.~-]+)*/?"
_SERVICE = re.compile(rf"https://([a-z0-9.-]+){_PATH}", re.ASCII)
_PEER = re.compile(rf"http://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{{1,5}})?{_PATH}", re.ASCII)
_FILE = re.compile(r"https://([a-z0-9.-]+)/[!-~]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Cloud:
    name: str
    login: str  # where we get our own token; the tenant is added to it
    scope: str  # what it is for
    issuer: str  # who signs what comes in
    metadata: str  # where the keys are named with which it is signed
    hosts: tuple[str, ...]  # which serviceUrl may name, see `takes`
    web: str = "https://teams.microsoft.com"  # for links
    uploads: tuple[str, ...] = (".sharepoint.com",)  # how the hosts end that take files, see `takes_file`
    has_targeted: bool = False  # in a shared chat a message can be for one person alone
    has_files: bool = True  # a bot may put a file among somebody's own
    is_local: bool = False  # an emulator on this machine: http, any port

    def takes(self, service_url: str) -> bool:
        """Whether messages, and our token with them, may be sent there."""
        if len(service_url) > LONGEST:
            return False
        if self.is_local:
            return is_here(service_url)
        found = _SERVICE.fullmatch(service_url)
        return found is not None and found[1] in self.hosts

    def takes_file(self, url: str) -> bool:
        """Whether a file may be uploaded there. No token of ours goes with it: the address is the key."""
        found = _FILE.fullmatch(url) if len(url) <= LONGEST else None
        if found is None:
            return self.is_local and is_here(url.partition("?")[0])
        name, dot, rest = found[1].lower().partition(".")
        return bool(name.strip("-")) and dot + rest in self.uploads


@lru_cache(maxsize=1000)  # one address comes with everything that people do
def is_here(url: str) -> bool:
    """Whether it is a plain http address of this machine itself."""
    found = _PEER.fullmatch(url)
    return found is not None and is_loopback(found[1].strip("[]"))


_PUBLIC = (
    "https://login.microsoftonline.com",
    "https://api.botframework.com/.default",
    "https://api.botframework.com",
    "https://login.botframework.com/v1/.well-known/openidconfiguration",
)
_GOVERNMENT = (
    "https://login.microsoftonline.us",
    "https://api.botframework.us/.default",
    "https://api.botframework.us",
    "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
)
_CHINA = (
    "https://login.partner.microsoftonline.cn",
    "https://api.botframework.azure.cn/.default",
    "https://api.botframework.azure.cn",
    "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
)
_PUBLIC_HOSTS = ("smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net")

CLOUDS: Mapping[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud("public", *_PUBLIC, hosts=_PUBLIC_HOSTS, has_targeted=True),
        Cloud("gcc", *_PUBLIC, hosts=("smba.infra.gcc.teams.microsoft.com", *_PUBLIC_HOSTS)),
        Cloud(
            "gcc-high",
            *_GOVERNMENT,
            hosts=("smba.infra.gov.teams.microsoft.us",),
            web="https://gov.teams.microsoft.us",
            uploads=(".sharepoint.us",),
            has_files=False,
        ),
        Cloud(
            "dod",
            *_GOVERNMENT,
            hosts=("smba.infra.dod.teams.microsoft.us",),
            web="https://dod.teams.microsoft.us",
            uploads=(".sharepoint-mil.us",),
            has_files=False,
        ),
        Cloud(
            "china",
            *_CHINA,
            hosts=("frontend.botapi.msg.infra.teams.microsoftonline.cn",),
            web="https://teams.microsoftonline.cn",
            uploads=(".sharepoint.cn",),
            has_files=False,
        ),
    )
}


def local_cloud(
    base_url: str = "",
    *,
    issuer: str = "https://api.botframework.com",
    metadata: str = "",
    login: str = "",
    scope: str = "https://api.botframework.com/.default",
) -> Cloud:
    """An emulator on this machine. `base_url` is where somebody signs and logs in as Microsoft does."""
    base_url = base_url.rstrip("/")
    return Cloud(
        "local",
        login or base_url,
        scope,
        issuer,
        metadata or (f"{base_url}/v1/.well-known/openidconfiguration" if base_url else ""),
        hosts=(),
        has_targeted=True,
        is_local=True,
    )
