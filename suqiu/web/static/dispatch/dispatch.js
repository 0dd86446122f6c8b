// The pool by keyboard: rows are walked and decided with single keys while a row holds the focus, never while typing.
(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll(".row-order")];
  const open = () => rows().filter((row) => !row.hasAttribute("data-done"));
  const rowOf = (node) => node.closest?.(".row-order");

  function pick(row, button) {
    if (!button) return;
    window.suqiuCombo.choose(row.querySelector("[role=combobox]"), button.dataset.unit, button.dataset.name);
    mark(row);
  }

  function mark(row) {
    const chosen = row.querySelector("input[name=department]")?.value;
    for (const one of row.querySelectorAll("[data-unit]")) one.setAttribute("aria-pressed", String(one.dataset.unit === chosen));
  }

  function walk(row, by) {
    const all = open(), at = all.indexOf(row);
    const to = at < 0 ? all[0] : all[at + by];
    if (!to) return;
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const unit = event.target.closest("[data-unit]");
    if (unit) pick(rowOf(unit), unit);
    if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
    const all = event.target.closest("[data-all]");
    if (all) for (const box of document.querySelectorAll("[data-batch]")) box.checked = all.checked;
  });

  document.addEventListener("change", (event) => { if (event.target.name === "department") mark(rowOf(event.target)); });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (event.key === "?") { event.preventDefault(); document.getElementById("help").showModal(); return; }
    const row = rowOf(event.target);
    if (!row) { if (event.key === "j" && event.target === document.body) walk(null, 1); return; }
    const press = row.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j" || event.key === "k") walk(row, event.key === "j" ? 1 : -1);
    else if (/^[1-3]$/.test(event.key)) pick(row, row.querySelectorAll("[data-unit]")[Number(event.key) - 1]);
    else if (event.key === "u") row.querySelector("[role=combobox]")?.focus();
    else if (event.key === "x") row.querySelector("[data-batch]")?.click();
    else if (event.key === "o") row.querySelector("[data-open]")?.click();
    else if (press) press.click();
    else return;
    event.preventDefault();
  });

  // A row that was decided hands the focus on to the next one that waits; one that was refused takes it back.
  let before = null;
  document.addEventListener("htmx:before:request", (event) => { before = rowOf(event.target)?.id || null; });
  document.addEventListener("htmx:after:swap", () => {
    for (const row of rows()) mark(row);
    const row = before && document.getElementById(before);
    const lost = document.activeElement === document.body;
    if (!row || !(lost || row.contains(document.activeElement))) return;
    if (!row.hasAttribute("data-done")) { if (lost) row.focus(); return; }
    before = null;
    const all = rows(), next = all.slice(all.indexOf(row) + 1).find((one) => !one.hasAttribute("data-done")) || open()[0];
    (next || row).focus();
  });

  for (const row of rows()) mark(row);
})();
