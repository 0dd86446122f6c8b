// Forms of steps: keys, focus, files dropped onto them, units filtered by name; lists walked by keyboard.
(() => {
  "use strict";

  function prepare(root) {
    for (const input of root.querySelectorAll("input[data-key]")) {
      if (!input.value) input.value = self.crypto && crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    }
  }

  document.addEventListener("htmx:after:swap", (event) => {
    const place = document.getElementById("deed");
    prepare(document);
    if (!place || !place.contains(event.target) && event.target !== place) return;
    const first = place.querySelector("[role=alert], textarea, select, input:not([type=hidden]), button");
    if (!first) return;
    if (first.matches("[role=alert]")) first.tabIndex = -1;
    if (!place.contains(document.activeElement) || first.matches("[role=alert]")) first.focus();
  });

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    const place = document.querySelector(".order-head #deed");
    if (close && place && place.contains(close)) {
      event.preventDefault();
      place.replaceChildren();
      document.querySelector(".order-buttons .btn")?.focus();
    }
    const all = event.target.closest("[data-all]");
    if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });

  // What was left empty says nothing, so the address need not say it.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-brief]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) zone.querySelector("input[type=file]").files = event.dataTransfer.files;
    });
  }

  document.addEventListener("input", (event) => {
    const filter = event.target.closest("[data-filter]");
    if (!filter) return;
    const said = filter.value.trim();
    for (const one of filter.parentElement.querySelectorAll("[data-say]")) one.hidden = !one.dataset.say.includes(said);
  });

  // j and k walk a list, other keys press the button that names them; never while somebody writes.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const here = document.querySelector(".split-list a[aria-current]");
    if (here && (event.key === "j" || event.key === "k")) {
      const item = here.closest("li");
      const to = event.key === "j" ? item.nextElementSibling : item.previousElementSibling;
      if (to) to.querySelector("a").click();
      return;
    }
    const button = document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); if (button.matches("button, a")) button.click(); else button.focus(); }
  });

  prepare(document);
})();
