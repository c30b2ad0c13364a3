// A form of the bot, as a dialog. What was typed stays until it has been taken.

import { h, isBusy, setBusy, unseen } from "./dom.js";
import { drawBlocks } from "./message.js";
import { Trouble } from "./server.js";

const FEW = 7; // choices that are seen at a glance
const NEARLY_FULL = 0.8;

const unsent = new Map(); // what was typed into a form that was closed, by person and form

// `send` gets the answers and returns the mistakes, or nothing when all is well.
export function openForm(form, person, send) {
  const kept = unsent.get(keyOf(form, person)) ?? {};
  const fields = form.fields.map((field) => drawField(field, kept[field.name] ?? field.value));
  const dialog = drawDialog(form, person, fields);
  const keep = () => {
    if (fields.some((field, n) => field.answer() !== form.fields[n].value)) {
      unsent.set(keyOf(form, person), answersOf(fields));
    }
  };
  dialog.addEventListener("cancel", keep); // the Escape key
  dialog.querySelector(".cancel").addEventListener("click", () => {
    keep();
    dialog.close();
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(dialog, form, person, fields, send);
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus(); // and not the part that scrolls
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done();
    });
  });
}

const keyOf = (form, person) => `${person.id} ${form.action}`;

const answersOf = (fields) => Object.fromEntries(fields.map((field) => [field.name, field.answer()]));

function drawDialog(form, person, fields) {
  const hasKept = unsent.has(keyOf(form, person));
  return h(
    "dialog",
    { class: "form", "aria-labelledby": "form-title", lang: form.language },
    h(
      "form",
      { novalidate: true, method: "dialog" },
      h("p", { class: "form-who", lang: "en" }, `${person.name}`),
      h("h2", { id: "form-title", dir: "auto" }, form.title),
      drawBlocks(form.blocks),
      hasKept
        ? h("p", { class: "kept", lang: "en" }, "What you had typed here before is still in it.")
        : null,
      h("div", { class: "mistake whole", role: "alert" }),
      fields.map((field) => field.element),
      h(
        "div",
        { class: "form-end" },
        h("button", { type: "submit", class: "strong" }, form.submit),
        h("button", { type: "button", class: "cancel", lang: "en" }, "Cancel"),
      ),
    ),
  );
}

async function submit(dialog, form, person, fields, send) {
  const button = dialog.querySelector("[type=submit]");
  if (isBusy(button)) {
    return;
  }
  const missed = Object.fromEntries(
    fields.map((field) => [field.name, field.check()]).filter(([, words]) => words),
  );
  if (Object.keys(missed).length) {
    showMistakes(dialog, fields, missed, "en");
    return;
  }
  setBusy([button], true);
  try {
    const mistakes = await send(answersOf(fields));
    if (mistakes) {
      showMistakes(dialog, fields, mistakes, form.language);
    } else {
      unsent.delete(keyOf(form, person));
      dialog.close();
    }
  } catch (error) {
    if (!(error instanceof Trouble)) {
      throw error;
    }
    showMistakes(
      dialog,
      fields,
      { "": `${error.message} What you typed is still here. Try again in a moment.` },
      "en",
    );
  } finally {
    setBusy([button], false);
  }
}

function showMistakes(dialog, fields, mistakes, language) {
  const { "": whole, ...others } = mistakes;
  const named = new Set(fields.map((field) => field.name));
  const elsewhere = Object.entries(others)
    .filter(([name]) => !named.has(name))
    .map(([, words]) => words);
  const box = dialog.querySelector(".mistake.whole");
  box.lang = language;
  box.textContent = [whole, ...elsewhere].filter(Boolean).join(" ");
  for (const field of fields) {
    field.showMistake(mistakes[field.name] ?? "", language);
  }
  const first = fields.find((field) => mistakes[field.name]);
  if (first) {
    first.focus();
  } else {
    box.scrollIntoView({ block: "nearest" });
  }
}

// A field: its element, its answer, what is wrong with it before it is sent, and how to say so.
function drawField(field, value) {
  const isGroup = (field.kind === "choice" && field.choices.length <= FEW) || field.kind === "choices";
  const controls = isGroup ? options(field, value) : [control(field, value)];
  const ids = {
    label: `f-${field.name}-label`,
    hint: `f-${field.name}-hint`,
    mistake: `f-${field.name}-mistake`,
  };
  const hint = field.hint ? h("p", { class: "hint", id: ids.hint, dir: "auto" }, field.hint) : null;
  const mistake = h("p", { class: "mistake", id: ids.mistake });
  const told = [hint && ids.hint, ids.mistake].filter(Boolean).join(" ");
  const label = [
    field.label,
    field.required ? null : h("span", { class: "optional", lang: "en" }, " (optional)"),
  ];
  const element = isGroup
    ? h(
        "fieldset",
        { class: "field", "aria-describedby": told },
        h("legend", { dir: "auto" }, label),
        hint,
        h(
          "div",
          { class: "options" },
          controls.map((one) => one.parentElement),
        ),
        mistake,
      )
    : h(
        "div",
        { class: "field" },
        h("label", { for: controls[0].id, dir: "auto" }, label),
        hint,
        controls[0],
        counter(field, controls[0]),
        mistake,
      );
  if (!isGroup) {
    controls[0].setAttribute("aria-describedby", told);
  }
  const answer = () =>
    isGroup
      ? controls
          .filter((one) => one.checked)
          .map((one) => one.value)
          .join(",")
      : controls[0].value;
  return {
    name: field.name,
    element,
    answer,
    check: () => whatIsMissing(field, answer()),
    focus: () => controls[0].focus(),
    showMistake(words, language) {
      mistake.textContent = words;
      mistake.lang = language;
      for (const one of controls) {
        one.setAttribute("aria-invalid", String(Boolean(words)));
      }
    },
  };
}

// What Slack and Teams check themselves before they send a form.
function whatIsMissing(field, answer) {
  if (field.required && !answer.trim()) {
    return field.choices.length ? "Please choose one." : "Please fill this in.";
  }
  const over = answer.length - field.limit;
  return over > 0
    ? `This is ${over} ${over === 1 ? "character" : "characters"} too long. Nothing is cut off: please shorten it.`
    : "";
}

function control(field, value) {
  const basics = { id: `f-${field.name}`, name: field.name, required: field.required, dir: "auto", value };
  switch (field.kind) {
    case "text":
      return h("textarea", { ...basics, rows: "4" });
    case "choice":
      return select(field, value, basics);
    case "day":
      return h("input", { ...basics, type: "date" });
    case "time":
      return h("input", { ...basics, type: "time" });
    default:
      return h("input", { ...basics, type: "text", autocomplete: "off" });
  }
}

function select(field, value, basics) {
  const { value: _, ...others } = basics;
  const element = h(
    "select",
    others,
    field.choices.map((one) => h("option", { value: one.value }, one.label)),
  );
  if (!value) {
    element.prepend(h("option", { value: "" }, "…"));
  }
  element.value = value;
  return element;
}

function options(field, value) {
  const chosen = field.kind === "choices" ? value.split(",") : [value];
  return field.choices.map((choice) => {
    const input = h("input", {
      type: field.kind === "choices" ? "checkbox" : "radio",
      name: field.name,
      value: choice.value,
    });
    input.checked = chosen.includes(choice.value);
    h("label", { class: "option" }, input, h("span", { dir: "auto" }, choice.label));
    return input;
  });
}

function counter(field, input) {
  if (field.kind !== "text" && field.kind !== "line") {
    return null;
  }
  const element = h("p", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    const isNear = input.value.length > field.limit * NEARLY_FULL;
    element.textContent = isNear
      ? `${input.value.length.toLocaleString("en")} of ${field.limit.toLocaleString("en")}`
      : "";
    element.classList.toggle("over", input.value.length > field.limit);
  };
  input.addEventListener("input", count);
  count();
  return element;
}
