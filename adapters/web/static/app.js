// The playground: who is shown, what time it is, and everything that is new.

import { Chat, roleIn } from "./chat.js";
import { Clock } from "./clock.js";
import { h, initials, unseen } from "./dom.js";
import { People } from "./people.js";
import { Trouble, ask, listen } from "./server.js";
import { hoursApart } from "./time.js";

const SEEN = "cairn.seen"; // how many messages of each chat have been on the screen: numbers, no words
const TITLE = document.title;
const OFFLINE_AFTER = 1500; // milliseconds; a restart is quicker

const room = {
  people: new Map(),
  shown: [], // the person that was chosen, and the partner
  chats: new Map(),
  now: new Date().toISOString(),
  refresh: () => refresh().catch(sayOffline), // what was sent has been taken, whether or not we see it now
  unread,
};

const main = document.getElementById("main");
const people = new People(room);
const clock = new Clock(room);
let seen = readSeen();
let chosen = null; // what the address says, and who that is
let front = 0; // on narrow screens: whose chat is in front

// What is new. One look at a time; whoever asks meanwhile gets the next one.

let looking = null;
let next = null;

function refresh() {
  if (!looking) {
    looking = look().finally(() => (looking = null));
    return looking;
  }
  next ??= looking
    .catch(() => null)
    .then(() => {
      next = null;
      return refresh();
    });
  return next;
}

async function look() {
  const found = await ask("/people");
  room.now = found.now;
  room.people = new Map(found.people.map((person) => [person.id, person]));
  const wanted = whoIsWanted();
  const choice = JSON.stringify([location.hash, wanted.map((person) => [person.id, person.partners])]);
  if (choice !== chosen) {
    chosen = choice;
    choose(wanted);
  }
  await Promise.all(room.shown.map((person) => chatOf(person).load()));
  show();
}

function show() {
  room.shown = room.shown.map((person) => room.people.get(person.id)).filter(Boolean);
  for (const person of room.shown) {
    chatOf(person).show(person, room.now);
  }
  clock.show(room.now, room.shown);
  showSeen();
}

// Who is shown: "#3" is person 3 beside their first partner, "#3/7" beside partner 7.

function whoIsWanted() {
  const [id, partnerId] = location.hash.slice(1).split("/").map(Number);
  const person = room.people.get(id);
  const partner = room.people.get(person?.partners.includes(partnerId) ? partnerId : person?.partners[0]);
  return [person, partner].filter(Boolean);
}

function choose(wanted) {
  const [person, partner] = wanted;
  room.shown = wanted;
  document.body.dataset.view = person ? "chat" : "people";
  document.getElementById("skip").textContent = person ? "Skip to the conversation" : "Skip to the beginning";
  if (!person) {
    main.replaceChildren(drawBeginning());
    return;
  }
  const chats = wanted.map(chatOf);
  main.replaceChildren(
    drawTabBar(),
    h(
      "div",
      { class: "chats" },
      chats.map((chat) => chat.element),
    ),
  );
  chats.forEach((chat) => chat.pairing.replaceChildren());
  chats.at(-1).pairing.replaceChildren(...drawPartners(person, partner));
  bringToFront(0);
}

function chatOf(person) {
  if (!room.chats.has(person.id)) {
    room.chats.set(person.id, new Chat(person, room));
  }
  return room.chats.get(person.id);
}

function drawPartners(person, partner) {
  if (!partner) {
    return [h("p", { class: "hint" }, "No partner at the moment")];
  }
  if (person.partners.length < 2) {
    return [];
  }
  const select = h(
    "select",
    {
      "aria-label": `Which partner of ${person.name} to show`,
      change: () => (location.hash = `#${person.id}/${select.value}`),
    },
    person.partners.map((id) => h("option", { value: String(id) }, room.people.get(id)?.name ?? "")),
  );
  select.value = String(partner.id);
  return [select];
}

// On narrow screens one of the two is in front

function drawTabBar() {
  return h(
    "nav",
    { class: "tabs", "aria-label": "Whose chat is shown" },
    room.shown.map((person, n) =>
      h("button", { type: "button", "data-person": String(person.id), click: () => bringToFront(n) }),
    ),
  );
}

function bringToFront(n) {
  front = n;
  room.shown.forEach((person, i) => chatOf(person).element.classList.toggle("is-front", i === n));
  room.shown.forEach((person) => chatOf(person).scrollToEnd());
  showSeen();
}

function showSeen() {
  markSeen();
  people.draw();
  drawTabs();
  drawTitle();
}

function drawTabs() {
  room.shown.forEach((person, n) => {
    const tab = main.querySelector(`.tabs [data-person="${person.id}"]`);
    const count = unread(person);
    tab?.replaceChildren(
      h("bdi", {}, person.name),
      count ? h("span", { class: "unread" }, String(count), unseen(" unread")) : "",
    );
    tab?.setAttribute("aria-pressed", String(n === front));
  });
}

// What has not been seen yet

function readSeen() {
  try {
    return JSON.parse(localStorage.getItem(SEEN)) ?? {};
  } catch {
    return {};
  }
}

function unread(person) {
  const before = seen[person.id] ?? 0;
  return before > person.received ? person.received : person.received - before; // more than there is: a new database
}

function markSeen() {
  if (document.visibilityState !== "visible") {
    return;
  }
  const visible = room.shown.filter((person) => chatOf(person).element.offsetParent !== null);
  for (const person of visible) {
    seen[person.id] = person.received;
  }
  try {
    localStorage.setItem(SEEN, JSON.stringify(seen));
  } catch {
    // without storage the marks last as long as the page
  }
}

function drawTitle() {
  const waiting = [...room.people.values()].reduce((sum, person) => sum + unread(person), 0);
  const who = room.shown[0] ? `${room.shown[0].name} · ` : "";
  document.title = `${waiting ? `(${waiting}) ` : ""}${who}${TITLE}`;
}

// The beginning

function drawBeginning() {
  const pairs = [...room.people.values()].filter(
    (person) => person.roles.includes("mentee") && person.partners.length,
  );
  return h(
    "section",
    { class: "beginning", "aria-labelledby": "beginning" },
    h("h2", { id: "beginning", tabindex: "-1" }, "Half a year of mentoring, in two minutes"),
    h(
      "p",
      {},
      "This is the whole bot: the same questions, cards and reminders that people get in Slack or Teams, on the same database. Nobody outside this machine sees it.",
    ),
    h(
      "ol",
      { class: "steps" },
      h(
        "li",
        {},
        h("strong", {}, "Be somebody."),
        " Read what Cairn writes to them, press, type, fill in its forms. Their partner’s chat is beside it.",
      ),
      h(
        "li",
        {},
        h("strong", {}, "Let time go on."),
        " The clock above stands still until you move it. Nothing arrives at night, on days off or on public holidays.",
      ),
      h(
        "li",
        {},
        h("strong", {}, "Be the other one."),
        " Answer or don’t, come back, pause, leave. See what both of them see.",
      ),
    ),
    pairs.length ? h("h3", {}, "Two people far apart") : null,
    h("div", { class: "pairs" }, farApart(pairs).map(drawPair)),
  );
}

const MOST_PAIRS = 4;

function farApart(pairs) {
  const apart = (person) =>
    hoursApart(room.now, person.zone, room.people.get(person.partners[0])?.zone ?? person.zone);
  return pairs
    .filter(apart)
    .sort((a, b) => apart(b) - apart(a))
    .slice(0, MOST_PAIRS);
}

function drawPair(person) {
  const partner = room.people.get(person.partners[0]);
  return h("a", { class: "pair", href: `#${person.id}` }, [person, partner].map(drawOneOfPair));
}

function drawOneOfPair(person) {
  return h(
    "span",
    { class: "one" },
    h("span", { class: `avatar ${person.roles[0] ?? ""}`, "aria-hidden": "true" }, initials(person.name)),
    h(
      "span",
      { class: "person" },
      h("span", { class: "name" }, h("bdi", {}, person.name), " "),
      h("span", { class: "where" }, roleIn(person)),
    ),
  );
}

// The server

const offline = document.getElementById("offline");
let lost = null;
let life = null; // of the server; after it was started anew its chats may be others

listen({
  onNews(news) {
    clearTimeout(lost);
    lost = null;
    offline.hidden = true;
    clock.showMoving(news.moving);
    if (life && life !== news.life) {
      room.chats.forEach((chat) => chat.forget());
    }
    life = news.life;
    refresh().catch(sayOffline);
  },
  onLost() {
    lost ??= setTimeout(sayOffline, OFFLINE_AFTER);
  },
});

function sayOffline(error) {
  if (error && !(error instanceof Trouble)) {
    throw error;
  }
  offline.textContent = `${error?.message ?? "The playground does not answer."} What you have typed is still here. I look again every few seconds.`;
  offline.hidden = false;
}

addEventListener("hashchange", async () => {
  await refresh().catch(sayOffline);
  (document.getElementById(room.shown[0] ? `chat-${room.shown[0].id}` : "beginning") ?? main).focus({
    preventScroll: true,
  });
});

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the hash says who is shown
  (document.querySelector(".log") ?? main).focus();
});

document.addEventListener("visibilitychange", showSeen);
addEventListener("resize", showSeen); // a second chat may have come into sight
