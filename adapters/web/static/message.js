// One line of a chat as an element: what the bot said, what a person typed, or a button they pressed.

import { h, icon, unseen } from "./dom.js";
import { clock, dayOf, shortDay } from "./time.js";

const LONG = { characters: 700, lines: 12 };
const KINDS = {
  "text/calendar": "Calendar invitation",
  "application/json": "Data",
  "text/plain": "Text",
  "text/csv": "Table",
};
const PAPER = "M7 3h7l4 4v14H7z M14 3v4h4";
const CALENDAR = "M5 6h14v14H5z M5 10h14 M9 3v4 M15 3v4";

export function drawLine(line, person, onPress) {
  if ("typed" in line) {
    return drawTyped(line, person);
  }
  return "card" in line ? drawCard(line, person, onPress) : drawNote(line, person);
}

function drawTyped(line, person) {
  return h(
    "article",
    { class: "line mine", "aria-labelledby": headId(line) },
    head(line, person, "You", `${person.name}, `),
    h("div", { class: "bubble" }, words(line.typed)),
  );
}

function drawNote(line, person) {
  return h(
    "p",
    { class: "line note" },
    unseen(`${person.name}, ${dayOf(line.at, person.zone)}: `),
    "You pressed: ",
    h("bdi", {}, line.pressed),
    " ",
    h("time", { datetime: line.at }, clock(line.at, person.zone)),
  );
}

function drawCard(line, person, onPress) {
  const { card } = line;
  return h(
    "article",
    { class: "line bot", "aria-labelledby": headId(line), tabindex: "-1" },
    head(line, person, "Cairn", `to ${person.name}, `),
    h(
      "div",
      { class: "card", lang: card.language },
      line.pressed ? drawPressed(line, person) : null,
      drawBlocks(card.blocks),
      card.facts.length ? h("dl", { class: "facts" }, card.facts.map(drawFact)) : null,
      card.pictures.map(drawPicture),
      card.buttons.length
        ? h(
            "div",
            { class: "buttons" },
            card.buttons.map((button) => drawButton(button, onPress)),
          )
        : null,
      card.files.length ? h("ul", { class: "files" }, card.files.map(drawFile)) : null,
    ),
  );
}

function drawPressed(line, person) {
  const isLater = dayOf(line.pressed_at, person.zone) !== dayOf(line.at, person.zone);
  const when = `${isLater ? `${shortDay(line.pressed_at, person.zone)}, ` : ""}${clock(line.pressed_at, person.zone)}`;
  return h(
    "p",
    { class: "pressed", lang: "en" },
    "You pressed: ",
    h("bdi", {}, line.pressed),
    " ",
    h("time", { datetime: line.pressed_at }, when),
  );
}

const headId = (line) => `line-${line.id}-head`;

function head(line, person, who, toWhom) {
  return h(
    "p",
    { class: "head", id: headId(line) },
    h("span", { class: "who" }, who, " "),
    unseen(`${toWhom}${dayOf(line.at, person.zone)}, `),
    h("time", { datetime: line.at }, clock(line.at, person.zone)),
  );
}

export function drawBlocks(blocks) {
  return blocks.map((block) =>
    block.list || block.numbers
      ? h(
          block.list ? "ul" : "ol",
          {},
          (block.list ?? block.numbers).map((item) => h("li", { dir: "auto" }, runs(item))),
        )
      : h("p", { dir: "auto" }, runs(block.paragraph)),
  );
}

const runs = (item) => item.map(([text, bold]) => (bold ? h("strong", {}, text) : text));

function drawFact(fact) {
  return h(
    "div",
    { class: "fact" },
    h("dt", {}, fact.label),
    h("dd", {}, fact.link ? link(fact.value) : fact.value ? words(fact.value, rows(fact.value)) : "–"),
  );
}

// Somebody's link, in full, so that everybody sees where it leads; it is never opened by the page itself.
const link = (address) =>
  address.startsWith("https://")
    ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address)
    : address;

// A list has one line for each promise: a little room between them, so that long ones stay apart.
const rows = (text) =>
  text.split("\n").flatMap((row, n) => [n ? "\n" : null, h("span", { class: "row" }, row)]);

// What a person wrote, to the letter. What is very long can be opened.
function words(text, drawn = [text]) {
  const quote = h("div", { class: "words", dir: "auto" }, drawn);
  if (text.length <= LONG.characters && text.split("\n").length <= LONG.lines) {
    return quote;
  }
  quote.classList.add("folded");
  const more = h(
    "button",
    { type: "button", class: "quiet", "aria-expanded": "false", lang: "en" },
    "Show all of it",
  );
  more.addEventListener("click", () => {
    const isOpen = !quote.classList.toggle("folded");
    more.setAttribute("aria-expanded", String(isOpen));
    more.textContent = isOpen ? "Show less" : "Show all of it";
  });
  return [quote, more];
}

// Its words are what it shows. The room for it is there before it is, so that nothing jumps; one that does not
// come leaves its words.
function drawPicture({ address, title, alt, width, height }) {
  const image = h("img", { src: address, alt, width, height });
  image.addEventListener("error", () => image.replaceWith(h("p", { dir: "auto" }, alt)), { once: true });
  return h("figure", { class: "picture" }, h("figcaption", { dir: "auto" }, title), image);
}

function drawFile(file) {
  const type = file.type.split(";")[0];
  return h(
    "li",
    {},
    h(
      "a",
      { class: "file", href: file.address, download: file.name },
      icon("paper", type === "text/calendar" ? CALENDAR : PAPER),
      h("span", { class: "file-name", dir: "auto" }, file.name),
      h("span", { class: "file-kind", lang: "en" }, `${KINDS[type] ?? "File"}, ${size(file.size)}`),
    ),
  );
}

const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`);

function drawButton(button, onPress) {
  const element = h(
    "button",
    { type: "button", dir: "auto", "aria-haspopup": button.opens ? "dialog" : null },
    button.label,
  );
  element.addEventListener("click", () => onPress(button, element));
  return element;
}
