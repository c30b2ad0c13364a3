// Everybody you can be, by role, with what they have not read yet.

import { h, initials, unseen } from "./dom.js";
import { quietWord, roleIn } from "./chat.js";
import { clock } from "./time.js";

const GROUPS = [
  ["mentee", "Mentees"],
  ["mentor", "Mentors"],
  ["coordinator", "Coordinators"],
  ["", "Others"],
];

export class People {
  constructor(room) {
    this.room = room;
    this.list = document.getElementById("people-list");
    this.found = document.getElementById("found");
    this.search = document.getElementById("search");
    this.search.addEventListener("input", () => this.draw(true));
  }

  draw(isSearch = false) {
    const wanted = this.search.value.trim().toLowerCase();
    const people = [...this.room.people.values()].filter((person) => this.fits(person, wanted));
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement.getAttribute("href")
      : null;
    this.list.replaceChildren(
      ...GROUPS.map(([role, title]) =>
        this.drawGroup(
          title,
          people.filter((person) => groupOf(person) === role),
        ),
      ).filter(Boolean),
    );
    if (!people.length) {
      this.list.append(
        h(
          "p",
          { class: "hint" },
          this.room.people.size
            ? "Nobody fits that."
            : "Nobody is enrolled yet. Import a roster first: python app.py import",
        ),
      );
    }
    if (isSearch) {
      this.found.textContent = `${people.length} ${people.length === 1 ? "person" : "people"}`;
    }
    if (focused) {
      [...this.list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
    }
  }

  fits(person, wanted) {
    const partners = person.partners.map((id) => this.room.people.get(id)?.name ?? "");
    return [person.name, person.city, ...person.roles, ...partners].join(" ").toLowerCase().includes(wanted);
  }

  drawGroup(title, people) {
    return people.length
      ? h(
          "section",
          {},
          h("h3", {}, title),
          h(
            "ul",
            {},
            people.map((person) => this.drawPerson(person)),
          ),
        )
      : null;
  }

  drawPerson(person) {
    const unread = this.room.unread(person);
    const isShown = this.room.shown[0]?.id === person.id;
    return h(
      "li",
      {},
      h(
        "a",
        {
          href: `#${person.id}`,
          class: quietWord(person) ? "is-quiet" : null,
          "aria-current": isShown ? "page" : null,
        },
        h("span", { class: `avatar ${groupOf(person)}`, "aria-hidden": "true" }, initials(person.name)),
        h(
          "span",
          { class: "person" },
          h("span", { class: "name" }, h("bdi", {}, person.name)),
          h("span", { class: "where" }, `${roleIn(person)} ·\u00a0${clock(this.room.now, person.zone)}`),
        ),
        unread ? h("span", { class: "unread" }, String(unread), unseen(" unread")) : null,
      ),
    );
  }
}

const groupOf = (person) => GROUPS.map(([role]) => role).find((role) => person.roles.includes(role)) ?? "";
