// What the frame does: tells when the server can't be reached, and lets an open form survive a new sign-in.
"use strict";

const told = (id) => window.tabler.Toast.getOrCreateInstance(document.getElementById(id));

// The answer for the bell brings the form key in force. It changes when somebody signs in anew in another window;
// every form of this page takes it over, so that what was typed here can still be sent.
function takeKey(key) {
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = key;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": key }));
}

document.addEventListener("htmx:afterSwap", () => {
  const count = document.getElementById("bell-count");
  if (!count || count.dataset.taken) return;
  count.dataset.taken = "yes";
  takeKey(count.dataset.csrf);
  told("signed-out").hide();
});

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) told("signed-out").show();
  else if (event.detail.requestConfig.verb !== "get") told("not-reached").show();
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig.verb !== "get") told("not-reached").show();
});

// "n" opens a new complaint, from anywhere but a field.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing) return;
  const link = document.querySelector("a[href='/cases/new']");
  if (!link) return;
  event.preventDefault();
  link.click();
});

// "/" goes to the search box, from anywhere but a field; on a phone, where there is none, to the page of search.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing) return;
  const box = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent);
  const page = document.querySelector(".head-find");
  if (!box && !page) return;
  event.preventDefault();
  if (box) box.select();
  else page.click();
});
