// What our forms do by themselves. Without this script everything is shown and everything works.
"use strict";

// Values of the fields called `name` in `form`, as they would be sent.
function valuesOf(form, name) {
  return [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((field) => field.type !== "hidden" && ((field.type !== "checkbox" && field.type !== "radio") || field.checked))
    .map((field) => field.value);
}

function holds(form, conditions) {
  return Object.entries(conditions).every(([name, wanted]) => {
    const values = valuesOf(form, name);
    return wanted.some((value) => values.includes(value) || (value === "off" && !values.includes("on")));
  });
}

// Shows fields only while they are asked for, and the mark of those that are required at times.
function reveal(form) {
  for (const field of form.querySelectorAll("[data-asked-if]")) field.hidden = !holds(form, JSON.parse(field.dataset.askedIf));
  for (const field of form.querySelectorAll("[data-must-if]")) {
    const mark = field.querySelector("[data-mark]");
    if (mark) mark.hidden = !holds(form, JSON.parse(field.dataset.mustIf));
  }
}

// Adds up the amounts of one group, where all that stands there are amounts.
function addUp(group) {
  const typed = [...group.querySelectorAll("input")].map((field) => field.value.normalize("NFKC").replace(/[,\s¥元]/g, ""));
  const sum = typed.reduce((all, text) => all + Math.round(Number(text) * 100), 0);
  const total = group.querySelector("[data-total]");
  total.hidden = !sum;
  total.querySelector("output").value = `¥${(sum / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;
}

// A text area as high as its text.
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.rows = Math.max(area.rows, Math.min(20, area.value.split("\n").length + 1));
}

// Where the coach has a column of its own it stands open. Newer browsers are told so by case.css, older ones here.
function unfold(card) {
  const beside = getComputedStyle(card).getPropertyValue("--beside").trim() === "1";
  if (beside && !CSS.supports("selector(::details-content)")) card.open = true;
}

function prepare(root) {
  for (const form of root.querySelectorAll("form[data-form]")) reveal(form);
  for (const area of root.querySelectorAll("[data-grow]")) grow(area);
  for (const group of root.querySelectorAll("[data-amounts]")) addUp(group);
  for (const card of root.querySelectorAll("[data-coach]")) unfold(card);
}

// A wrong field inside a closed group would not be seen.
function openAround(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-form]");
  if (form) reveal(form);
  if (event.target.matches("[data-grow]")) grow(event.target);
  if (event.target.closest("[data-amounts]")) addUp(event.target.closest("[data-amounts]"));
  if (event.target.matches(".capitals")) event.target.classList.toggle("typed", event.target.value !== "");
});

// Ctrl+Enter (⌘+Enter) sends the form that somebody is typing in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const send = event.target.closest("form[data-form]")?.querySelector(".send");
  if (!send) return;
  event.preventDefault();
  send.click();
});

// A second press while the first is on its way sends nothing; the server would know it as the same one anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-form]:not([hx-post])") || event.submitter?.name === "discard") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  form.querySelector(".send")?.setAttribute("aria-disabled", "true");
});

// Coming back with the browser's own button: the form may be sent again, with the same key.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector(".send")?.removeAttribute("aria-disabled");
  }
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  const panel = close?.closest("#step");
  if (panel) {
    event.preventDefault();
    panel.replaceChildren();
    document.getElementById("choices")?.querySelector("a, button")?.focus();
  }
  const anew = event.target.closest("[data-anew]");
  if (anew) {
    anew.closest("[data-same]").hidden = true;
    document.getElementById("f-content")?.focus();
  }
  const fill = event.target.closest("[data-fill]");
  if (fill) fillIn(document.querySelector("form[data-form]"), JSON.parse(fill.dataset.fill));
  const hint = event.target.closest("[data-tick]");
  if (hint) tick(hint);
  const wrong = event.target.closest(".alert a[href^='#f-']");
  if (wrong) openAround(document.querySelector(wrong.getAttribute("href")) ?? document.body);
});

// What is known already goes into the fields that are still empty; nothing typed is overwritten.
function fillIn(form, known) {
  for (const [name, value] of Object.entries(known)) {
    const field = form.elements[name];
    if (field && !field.value && value) field.value = value;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// What a text hints at is ticked only when somebody says so; the hint has then done its part.
function tick(hint) {
  const form = hint.closest("form");
  const box = form.querySelector(`[name="${CSS.escape(hint.dataset.tick)}"][value="${CSS.escape(hint.dataset.value)}"]`);
  if (!box) return;
  openAround(box);
  if (!box.checked) box.click();
  hint.remove();
}

// A refusal because somebody may not do this is an answer like any other: the form comes back with what was typed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 403 && event.detail.target?.closest("#step, .step")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A form that has just come gets the focus: at its first wrong field, else at what was refused, else at its first field.
function arrive() {
  const form = document.querySelector("form[data-form][hx-post]:not([data-drawn])");
  if (!form) return;
  form.dataset.drawn = "yes";
  const place =
    form.querySelector("[autofocus]") ??
    form.querySelector("[role=alert]") ??
    form.querySelector("textarea, input:not([type=hidden]), select, button");
  openAround(place);
  form.closest(".step").scrollIntoView({ block: "nearest" });
  place.focus();
}

document.addEventListener("htmx:afterSwap", () => {
  prepare(document);
  arrive();
});

prepare(document);
for (const field of document.querySelectorAll("[autofocus]")) openAround(field);
arrive();
