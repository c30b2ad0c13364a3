// Vercel's Chat SDK with its Slack adapter and its PostgreSQL state, for `python -m benchmarks slack`.
// Every command and every click writes one row. COMMIT_FIRST=1 answers only after that, as Cairn does;
// otherwise it answers as the SDK does by itself, and writes later. It says its port on a line.

import { createServer } from "node:http";
import { createSlackAdapter } from "@chat-adapter/slack";
import { createPostgresState } from "@chat-adapter/state-pg";
import { Chat, ConsoleLogger } from "chat";

const logger = new ConsoleLogger("error");
const commitFirst = process.env.COMMIT_FIRST === "1";

const slackItself = createServer((_request, response) => {
  const user = { id: "U1", name: "somebody", real_name: "Somebody", profile: { display_name: "Somebody" } };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ ok: true, user_id: "UBOT", bot_id: "B1", team_id: "T1", user }));
});
await new Promise((listening) => slackItself.listen(0, "127.0.0.1", listening));

const state = createPostgresState({ url: process.env.DATABASE_URL, logger });
const slack = createSlackAdapter({
  botToken: "xoxb-1",
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  apiUrl: `http://127.0.0.1:${slackItself.address().port}/api/`,
  logger,
});
const bot = new Chat({ userName: "mentor", adapters: { slack }, state, logger });

bot.onSlashCommand("/mentor", (event) => state.set(`command:${event.triggerId}`, { text: event.text }));
bot.onAction("press.1", (event) => state.set(`click:${event.triggerId}`, { value: event.value }));
await bot.initialize();

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const begun = [];
  const asked = new Request(`http://127.0.0.1${request.url}`, {
    method: "POST",
    headers: request.headers,
    body: Buffer.concat(chunks),
  });
  const said = await bot.webhooks.slack(asked, { waitUntil: (task) => begun.push(task) });
  if (commitFirst) await Promise.all(begun);
  const body = Buffer.from(await said.arrayBuffer());
  response.writeHead(said.status, { "content-length": body.length });
  response.end(body);
}

const server = createServer(answer);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
