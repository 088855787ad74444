// Ticks of the list: shows what can be done with the chosen cases once one is chosen.
"use strict";

const bar = document.getElementById("together");
const ticks = () => [...document.querySelectorAll("input[name=case][form=together]")];

function count() {
  const chosen = ticks().filter((one) => one.checked).length;
  const all = bar.querySelector("[data-all]");
  bar.hidden = chosen === 0;
  bar.querySelector("[data-count]").textContent = chosen;
  all.checked = chosen > 0 && chosen === ticks().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const one of ticks()) one.checked = event.target.checked;
  if (event.target.matches("[data-all], input[name=case]")) count();
});
document.addEventListener("htmx:afterSwap", count);
window.addEventListener("pageshow", count);
