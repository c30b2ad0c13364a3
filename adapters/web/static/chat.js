// One person's chat: who they are, what was said, and a box to type in.

import { h, icon, initials, isBusy, setBusy, unseen } from "./dom.js";
import { openForm } from "./form.js";
import { drawLine } from "./message.js";
import { Trouble, ask } from "./server.js";
import { clock, dayOf, shortDay } from "./time.js";

const NEAR_THE_END = 80; // pixels
const A_MOMENT = 600; // milliseconds that nobody notices
const BREATH = 16; // pixels above what is new
const SEND = "M12 19V5 M6 11l6-6 6 6";
const DOWN = "M12 5v14 M6 13l6 6 6-6";

const QUIET = {
  quiet_hours: "quiet hours",
  day_off: "day off",
  holiday: "public holiday",
  never: "no working hours",
  paused: "paused",
  left: "has left",
};

export const quietWord = (person) => QUIET[person.quiet] ?? "";

export function roleIn(person) {
  const roles = person.roles.length ? person.roles.join(" and ") : "person";
  return `${roles[0].toUpperCase()}${roles.slice(1)} in ${person.city}`;
}

export class Chat {
  constructor(person, room) {
    this.person = person;
    this.room = room;
    this.lines = new Map(); // id -> { line, element }
    this.change = 0;
    this.lastId = 0;
    this.lastAt = null;
    this.sending = Promise.resolve();
    this.follows = true; // what is new, until somebody scrolls back
    this.touchedAt = -Infinity;
    this.tried = new Map(); // what was sent without an answer -> its id, so that it counts once
    this.draw();
  }

  draw() {
    const { id } = this.person;
    this.title = h("h2", { tabindex: "-1", id: `chat-${id}` });
    this.state = h("p", { class: "state" });
    this.pairing = h("div", { class: "pairing" });
    this.log = h("div", { class: "log", role: "log", tabindex: "0", "aria-labelledby": `chat-${id}` });
    this.toEnd = h(
      "button",
      { type: "button", class: "to-end", hidden: true, click: () => this.scrollToEnd() },
      icon("down", DOWN),
      "More below",
    );
    this.element = h(
      "section",
      { class: "chat", "aria-labelledby": `chat-${id}` },
      h(
        "header",
        { class: "chat-head" },
        (this.avatar = h("span", { class: "avatar", "aria-hidden": "true" })),
        h("div", {}, this.title, this.state),
        this.pairing,
      ),
      h(
        "div",
        { class: "chat-body" },
        h("div", { class: "log-frame" }, this.log, this.toEnd),
        this.drawComposer(),
      ),
    );
    this.watchScrolling();
  }

  watchScrolling() {
    const passive = { passive: true };
    this.log.addEventListener("scroll", () => this.noteScroll(), passive);
    for (const touch of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.log.addEventListener(touch, (event) => this.noteTouch(event), passive);
    }
    new ResizeObserver(() => this.wasAtEnd && this.scrollToEnd()).observe(this.log);
  }

  drawComposer() {
    const id = `type-${this.person.id}`;
    this.box = h("textarea", { id, rows: "1", dir: "auto", placeholder: "Write to Cairn" });
    this.boxLabel = h("label", { class: "unseen", for: id });
    this.trouble = h("p", { class: "trouble", role: "alert" });
    this.send = h("button", { type: "submit", class: "send" }, icon("send", SEND), unseen("Send"));
    const composer = h(
      "form",
      { class: "composer" },
      this.boxLabel,
      this.trouble,
      h("div", { class: "box" }, this.box, this.send),
    );
    composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.say();
      }
    });
    this.box.addEventListener("input", () => this.fitBox());
    return composer;
  }

  fitBox() {
    this.box.rows = Math.min(
      8,
      Math.max(1, this.box.value.split("\n").length, Math.ceil(this.box.value.length / 60)),
    );
  }

  // What is known about the person and the time may have changed since.
  show(person, now) {
    const hasMoved = person.zone !== this.person.zone;
    this.person = person;
    this.title.replaceChildren(h("bdi", {}, person.name));
    this.avatar.textContent = initials(person.name);
    this.avatar.className = `avatar ${person.roles[0] ?? ""}`;
    this.boxLabel.textContent = `Write to Cairn as ${person.name}`;
    this.state.replaceChildren(
      `${roleIn(person)} `,
      h("time", { datetime: now }, `${shortDay(now, person.zone)}, ${clock(now, person.zone)}`),
      quietWord(person) ? h("span", { class: "quiet-word" }, quietWord(person)) : "",
    );
    if (hasMoved) {
      this.drawAll();
    }
    this.showEmpty();
  }

  showEmpty() {
    this.log.querySelector(".empty")?.remove();
    if (this.lines.size === 0) {
      this.log.append(h("p", { class: "empty" }, emptyWords(this.person)));
    }
  }

  async load() {
    const { messages } = await ask(`/people/${this.person.id}/messages?after=${this.change}`);
    if (messages.length) {
      this.take(messages);
    }
  }

  take(messages) {
    const lastBefore = this.lastId;
    if (!lastBefore) {
      this.log.setAttribute("aria-live", "off"); // the history is not news
    }
    this.log.querySelectorAll(".empty, .under-way").forEach((element) => element.remove());
    for (const line of messages) {
      this.change = Math.max(this.change, line.change);
      this.put(line);
    }
    this.showNews(
      lastBefore,
      messages.find((line) => line.id > lastBefore),
    );
    setTimeout(() => this.log.removeAttribute("aria-live"), A_MOMENT);
  }

  showNews(lastBefore, firstNew) {
    if (!lastBefore) {
      this.scrollToEnd();
    } else if (firstNew && this.follows) {
      this.scrollTo(this.lines.get(firstNew.id).element);
    } else if (firstNew) {
      this.toEnd.hidden = false;
    }
  }

  put(line) {
    const element = drawLine(line, this.person, (button, pressed) => this.press(line, button, pressed));
    const before = this.lines.get(line.id);
    this.lines.set(line.id, { line, element });
    if (before) {
      before.element.replaceWith(element);
      return;
    }
    this.putDay(line);
    this.log.append(element);
    this.lastId = line.id;
    this.lastAt = line.at;
  }

  putDay(line) {
    const day = dayOf(line.at, this.person.zone);
    if (!this.lastAt || dayOf(this.lastAt, this.person.zone) !== day) {
      this.log.append(h("h3", { class: "day" }, day));
    }
  }

  drawAll() {
    const lines = [...this.lines.values()].map(({ line }) => line);
    this.forget();
    this.take(lines);
  }

  forget() {
    this.log.replaceChildren();
    this.lines.clear();
    this.lastId = 0;
    this.lastAt = null;
    this.change = 0;
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END;
  }

  // Somebody who scrolls back wants to read, and is not pulled to the end by what is new.
  noteTouch(event) {
    if (!event.target.closest("button, a")) {
      this.touchedAt = performance.now();
    }
  }

  noteScroll() {
    this.wasAtEnd = this.isAtEnd();
    if (performance.now() - this.touchedAt < A_MOMENT) {
      this.follows = this.wasAtEnd;
    }
    if (this.wasAtEnd) {
      this.toEnd.hidden = true;
    }
  }

  scrollToEnd() {
    this.follows = this.wasAtEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.toEnd.hidden = true;
  }

  // To the end, but not past the beginning of what is new.
  scrollTo(element) {
    this.log.scrollTop = element.offsetTop - this.log.offsetTop - BREATH;
    this.wasAtEnd = this.isAtEnd();
    this.toEnd.hidden = this.wasAtEnd;
  }

  // What the person does

  async post(done) {
    const key = JSON.stringify(done);
    const id = this.tried.get(key) ?? crypto.randomUUID();
    this.tried.set(key, id);
    const answer = await ask(`/people/${this.person.id}/events`, { id, ...done });
    this.tried.delete(key);
    return answer;
  }

  // What is sent while something else is on its way waits for its turn.
  say() {
    const said = this.box.value;
    if (!said.trim()) {
      return;
    }
    this.setBox("");
    this.trouble.textContent = "";
    this.sending = this.sending.catch(() => null).then(() => this.deliver(said));
  }

  async deliver(said) {
    const slow = setTimeout(() => this.showUnderWay(said), A_MOMENT);
    try {
      const answer = await this.post({ said });
      this.scrollToEnd();
      await this.follow(answer, this.trouble);
    } catch (error) {
      this.setBox([said, this.box.value].filter(Boolean).join("\n"));
      showTrouble(this.trouble, error, "Your words are still in the box. Send them again in a moment.");
    } finally {
      clearTimeout(slow);
      this.log.querySelector(".under-way")?.remove();
    }
  }

  showUnderWay(said) {
    this.log.append(h("p", { class: "under-way" }, said));
    this.scrollToEnd();
  }

  setBox(text) {
    this.box.value = text;
    this.fitBox();
  }

  async press(line, button, pressed) {
    const all = pressed.parentElement.querySelectorAll("button");
    if (isBusy(pressed)) {
      return;
    }
    setBusy(all, true);
    const trouble = troubleAt(pressed.parentElement);
    try {
      const place = { line: line.id, change: line.change, pressed: button.label };
      const answer = await this.post({ pressed: button.action, place });
      await this.follow(answer, trouble);
      this.focusOn(line, pressed);
    } catch (error) {
      showTrouble(trouble, error, "Nothing has changed here. Press again in a moment.");
    } finally {
      setBusy(all, false);
    }
  }

  // A card that has taken another one's place takes over its focus, too.
  focusOn(line, pressed) {
    const { element, line: nowThere } = this.lines.get(line.id) ?? {};
    if (pressed.isConnected || !element) {
      return;
    }
    const next = nowThere.card?.buttons.length ? element.querySelector(".buttons button") : element;
    next.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }

  async follow(answer, trouble) {
    if (answer.mistakes) {
      trouble.textContent = Object.values(answer.mistakes).join(" ");
    }
    if (answer.form) {
      await this.ask(answer.form);
    }
    await this.room.refresh();
  }

  async ask(form) {
    let next = null;
    await openForm(form, this.person, async (answers) => {
      const answer = await this.post({ submitted: form.action, answers, place: form.place });
      next = answer.form;
      return answer.mistakes;
    });
    if (next) {
      await this.ask(next);
    }
  }
}

function troubleAt(buttons) {
  const card = buttons.parentElement;
  card.querySelector(".trouble")?.remove();
  return card.appendChild(h("p", { class: "trouble", role: "alert", lang: "en" }));
}

function showTrouble(element, error, whatNow) {
  if (!(error instanceof Trouble)) {
    throw error;
  }
  element.textContent = `${error.message} ${whatNow}`;
}

const WHY_EMPTY = {
  quiet_hours: "It is outside working hours there",
  day_off: "It is a day off there",
  holiday: "It is a public holiday there",
  never: "There are no working hours",
  paused: "Everything is paused",
};

function emptyWords(person) {
  const why = WHY_EMPTY[person.quiet];
  const first = why ? `${why}, so nothing has arrived yet.` : "Nothing has arrived yet.";
  return `${first} Let time go on, or write something.`;
}
