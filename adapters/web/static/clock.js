// The clock on top: it stands still until somebody lets time go on, and says what came of it.

import { isBusy, setBusy, unseen } from "./dom.js";
import { Trouble, ask } from "./server.js";
import { clock, shortDay } from "./time.js";

const MOST_NAMES = 3;

export class Clock {
  constructor(room) {
    this.room = room;
    this.face = document.getElementById("now");
    this.happened = document.getElementById("happened");
    this.buttons = [...document.querySelectorAll("#forward button")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.goOn(button));
    }
  }

  show(now, [first]) {
    this.face.textContent = first
      ? whenAndWhere(now, first)
      : `${shortDay(now, "UTC")}, ${clock(now, "UTC")} UTC`;
  }

  showMoving(isMoving) {
    document.body.classList.toggle("moving", isMoving);
  }

  async goOn(button) {
    if (isBusy(button)) {
      return;
    }
    setBusy(this.buttons, true);
    this.happened.textContent = "Time goes on …";
    try {
      const { now, arrived } = await ask("/clock", { forward: button.dataset.far });
      await this.room.refresh();
      this.happened.replaceChildren(...this.whatHappened(now, arrived, button.dataset.far));
    } catch (error) {
      if (!(error instanceof Trouble)) {
        throw error;
      }
      this.happened.textContent = `${error.message} The clock may not have moved. Try again in a moment.`;
    } finally {
      setBusy(this.buttons, false);
    }
  }

  // Those on the screen come first.
  namesOf(ids) {
    const shown = this.room.shown.map((person) => person.id);
    const sorted = [...ids].sort((a, b) => shown.includes(b) - shown.includes(a));
    return sorted.map((id) => this.room.people.get(id)?.name.split(" ")[0] ?? "somebody");
  }

  // When and where is on the clock's face already; who listens hears it again.
  whatHappened(now, arrived, far) {
    const count = Object.values(arrived).reduce((sum, n) => sum + n, 0);
    if (!count && far === "next") {
      return ["Nothing more happens by itself. Now somebody has to write or press something."];
    }
    const names = this.namesOf(Object.keys(arrived).map(Number));
    const [first] = this.room.shown;
    const when = first ? unseen(`${whenAndWhere(now, first)} · `) : "";
    return [
      when,
      count
        ? `${count} ${count === 1 ? "message" : "messages"} arrived, for ${listed(names)}`
        : "Nothing arrived",
    ];
  }
}

const whenAndWhere = (now, person) =>
  `${shortDay(now, person.zone)}, ${clock(now, person.zone)} in ${person.city}`;

function listed(names) {
  const said = names.slice(0, names.length > MOST_NAMES + 1 ? MOST_NAMES : names.length);
  const more = names.length - said.length;
  const all = more ? [...said, `${more} others`] : said;
  return new Intl.ListFormat("en-GB").format(all);
}
