"""Knocks at the public address of this server, as a platform would, to see who answers there."""

import http.client
from urllib.parse import urlsplit

from adapters.remedy import MendFirst

PATIENCE = 10  # seconds


def check_address(url: str, path: str) -> str:
    """Cairn turns away whoever cannot sign. So an answer of 401 is good news."""
    try:
        status = _post(url, path)
    except (OSError, http.client.HTTPException) as error:
        raise MendFirst(
            f"{url}{path} does not answer: {type(error).__name__}.",
            "Start Cairn (python app.py serve). DNS, certificate and reverse proxy have to lead to it.",
        ) from None
    if status == 401:
        return f"{url}{path} answers, and turns away whoever cannot sign"
    raise MendFirst(
        f"{url}{path} answers with {status}; Cairn would answer 401.",
        "Something else answers there. Have the reverse proxy pass on that path, and POST, to Cairn.",
    )


def _post(url: str, path: str) -> int:
    """Without following to anywhere else, as the platforms do not either."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body=b"{}", headers={"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()
