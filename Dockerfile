# With the settings of docs/slack.md it works in Slack:
#
#   docker build --tag cairn .
#   docker run --detach --env-file slack.env --publish 8000:8000 --volume cairn:/data cairn
#
# Without them it opens the playground, which listens on the machine itself and nowhere else, so its container
# needs the host's network: docker run --rm --network host --volume cairn:/data cairn
# and then http://127.0.0.1:8000. Database and key are in the volume: back up both, and not in one place.
FROM python:3.13-slim

ENV DATABASE_URL=sqlite:////data/cairn.db \
    HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY app.py pyproject.toml ./
COPY adapters ./adapters
COPY bot ./bot
COPY migrations ./migrations
COPY prompts ./prompts
COPY examples ./examples

RUN mkdir --mode=0700 /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD python -c "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 8000)}/health', timeout=4)"

# The playground begins with the people of the example, until a roster of your own is imported
CMD python app.py migrate \
    && { [ -n "$SLACK_BOT_TOKEN$SLACK_CLIENT_ID$TEAMS_APP_ID" ] || python app.py import examples/roster.csv --yes --if-empty; } \
    && exec python app.py serve
