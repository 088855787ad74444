// The call-back list by keyboard. Without this script every outcome is a link to its own page.

const list = document.getElementById("calls");
const panel = document.getElementById("step"); // one form at a time: it moves under the case that it is about
const cards = () => [...list.querySelectorAll("[data-call]")];
const called = (id) => list.querySelector(`[data-call="${CSS.escape(id)}"]`);
const here = () => document.activeElement.closest("[data-call]") ?? (list.contains(panel) ? panel.closest("[data-call]") : null);

// The case that a key is meant for: where the focus stands, else the first of the customer.
function caseHere() {
  return document.activeElement.closest("[data-case]") ?? (here() ?? cards()[0])?.querySelector("[data-case]");
}

function move(by) {
  const all = cards(), at = all.indexOf(here());
  (all[at < 0 ? 0 : at + by] ?? all[at])?.focus();
}

function moveCase(by) {
  const all = [...(here()?.querySelectorAll("[data-case]") ?? [])], at = all.indexOf(caseHere());
  (all[at + by] ?? all[at])?.focus();
}

const KEYS = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  ArrowRight: () => moveCase(1), ArrowLeft: () => moveCase(-1),
};

// What was typed and not yet kept goes to the draft before its form goes.
function putAway() {
  const form = panel.querySelector("form");
  const line = form?.dataset.typed && form.querySelector(".draft-line");
  if (line) navigator.sendBeacon(line.getAttribute("hx-post"), new FormData(form));
  panel.replaceChildren();
}

function close() {
  const form = panel.querySelector("form"), about = panel.closest("[data-case]");
  if (!form || !about) return;
  const moved = !form.querySelector(".send"); // a colleague was first: the card no longer tells the truth
  putAway();
  if (moved) renew(about);
  else about.focus();
}

// Draws the customer of `about` anew, or takes them off the list; then whoever is next gets the focus.
async function renew(about, saved = "") {
  const card = about.closest("[data-call]"), all = cards(), at = all.indexOf(card);
  const order = [...all.slice(at), ...all.slice(0, at)].map((one) => one.dataset.call);
  panel.replaceChildren();
  list.after(panel);
  await htmx.ajax("GET", `${about.dataset.again}?saved=${saved}`, { source: card, target: card, swap: "outerHTML" });
  if (!cards().length) return location.reload(); // says what to do now, or brings the next page
  const fresh = called(order[0]);
  if (fresh) htmx.process(fresh); // at once: a key may come sooner than htmx gets round to it
  if (fresh?.hasAttribute("data-planned")) list.insertBefore(fresh, list.querySelector(".call-more"));
  const next = order.map(called).find((one) => one && !one.hasAttribute("data-planned"));
  (next ?? cards()[0]).focus();
}

document.addEventListener("keydown", (event) => {
  if (!list || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close();
  if (event.target.matches("input, textarea, select") || panel.contains(event.target) || document.querySelector(".offcanvas.show, .dropdown-menu.show")) return;
  const outcome = /^[1-9]$/.test(event.key) && caseHere()?.querySelector(`[data-outcome="${event.key}"]`);
  const go = outcome ? () => outcome.click() : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!go) return;
  event.preventDefault();
  go();
});

// Before htmx asks for a form, its place moves under the case; before forms.js closes one, the focus has a place to go.
document.addEventListener("click", (event) => {
  const outcome = event.target.closest("[data-outcome]");
  if (outcome && !event.ctrlKey && !event.metaKey) {
    putAway();
    outcome.closest("[data-case]").append(panel);
  }
  if (panel?.contains(event.target) && event.target.closest("[data-close]")) {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}, true);

// Here too.
panel?.addEventListener("htmx:afterSwap", () => htmx.process(panel));

panel?.addEventListener("input", (event) => { event.target.form.dataset.typed = "yes"; });

// A step that was taken answers with the way to its case. Here the list goes on instead.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const target = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!target || !panel?.contains(event.target)) return;
  event.preventDefault();
  renew(panel.closest("[data-case]"), new URL(target, location).searchParams.get("saved") ?? "");
});

if (list && matchMedia("(pointer: fine)").matches) cards()[0]?.focus({ preventScroll: true });
