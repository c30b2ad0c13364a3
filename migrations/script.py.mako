<%!
    def plainly(code):
        return "\n".join(line for line in code.splitlines() if "###" not in line).strip()
%>"""${message[:1].upper() + message[1:]}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${plainly(upgrades) or "pass"}
