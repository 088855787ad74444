// Arrow keys go from day to day; one stop of the tab key for the whole year. Without this script every day is a stop.
"use strict";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function days() {
  return [...document.querySelectorAll("[data-days] [data-day]")];
}

function stopAt(day) {
  for (const one of days()) one.tabIndex = one === day ? 0 : -1;
}

document.addEventListener("keydown", (event) => {
  const day = event.target.closest("[data-days] [data-day]");
  const step = STEPS[event.key];
  if (!day || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = days();
  const next = all[all.indexOf(day) + step];
  event.preventDefault();
  if (!next) return;
  stopAt(next);
  next.focus();
});

if (days().length) stopAt(document.querySelector("[data-days] .day-today") ?? days()[0]);
