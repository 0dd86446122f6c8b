// What every page shares: the menu on small screens, drop-downs, double clicks, the way back to signing in.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-menu]");
    if (toggle) {
      const open = document.body.classList.toggle("menu-open");
      toggle.setAttribute("aria-expanded", String(open));
    }
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      if (!drop.contains(event.target)) drop.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
    if (document.body.classList.contains("menu-open")) document.querySelector("[data-menu]").click();
  });

  // A form is sent once: its buttons rest until the answer is there. The server refuses a second time as well.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sent]")) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post")) form.setAttribute("data-sent", "");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
  });

  // A key of its own for every deed, so that a repeated sending is known as the same.
  for (const input of document.querySelectorAll("input[data-key]")) {
    if (!input.value) input.value = self.crypto && crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  }
})();
