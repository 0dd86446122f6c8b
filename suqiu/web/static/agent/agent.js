// The call form by keyboard: suggestions are accepted with one key, demands come and go, nothing takes the focus away.
(() => {
  "use strict";

  const form = document.getElementById("call");
  if (!form) return;
  const MOST = 10;
  const said = document.getElementById("said");
  const panels = () => [...document.querySelectorAll(".demand")];
  const tabs = () => [...document.querySelectorAll("#tabs [role=tab]")];
  const here = () => panels().find((panel) => !panel.hidden);
  const field = (panel, name) => document.getElementById(`d${panel.dataset.n}-${name}`);
  const tell = (words) => { said.textContent = words; };

  function changed(input) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function set(panel, name, value, shown) {
    const combo = field(panel, `${name}-q`);
    if (combo) window.suqiuCombo.choose(combo, value, shown);
    else { const input = field(panel, name); input.value = value; changed(input); }
  }

  // Accept a suggestion: the field gets it, the suggestion goes, the focus stays where it is.
  function take(panel, button) {
    if (!button) return false;
    const { take: name, value, name: shown } = button.dataset;
    if (name === "department") choose(panel, "way", "send");
    set(panel, name, value, shown);
    if (name === "department") mark(panel, "person");
    else {
      const slot = button.closest(".slot");
      if (slot.contains(document.activeElement)) (field(panel, `${name}-q`) || field(panel, name)).focus();
      slot.replaceChildren();
    }
    tell(shown);
    return true;
  }

  function choose(panel, name, value) {
    const radio = panel.querySelector(`input[name="d${panel.dataset.n}-${name}"][value="${value}"]`);
    if (radio && !radio.checked) { radio.checked = true; changed(radio); }
  }

  // Who filled in the department: `auto` beforehand, `person` by hand. Only what came by itself goes by itself.
  function mark(panel, by) {
    const combo = field(panel, "department-q").closest(".combo");
    combo.dataset.by = by;
    for (const one of panel.querySelectorAll("[data-take=department]")) one.setAttribute("aria-pressed", String(one.dataset.value === field(panel, "department").value));
  }

  function preselect(panel) {
    const combo = field(panel, "department-q").closest(".combo");
    const sure = panel.querySelector("[data-take=department][data-sure]");
    const hidden = field(panel, "department");
    if (combo.dataset.by === "person" || (hidden.value && combo.dataset.by !== "auto")) return mark(panel, combo.dataset.by || "person");
    if (document.activeElement === field(panel, "department-q")) return;
    if (sure) window.suqiuCombo.choose(field(panel, "department-q"), sure.dataset.value, sure.dataset.name);
    else if (hidden.value) window.suqiuCombo.choose(field(panel, "department-q"), "", "");
    mark(panel, sure ? "auto" : "");
  }

  document.addEventListener("htmx:after:swap", () => { for (const panel of panels()) preselect(panel); });
  document.addEventListener("combo:chosen", (event) => {
    const panel = event.target.closest(".demand");
    if (panel && event.target.id.endsWith("-department-q")) mark(panel, "person");
  });
  form.addEventListener("focusout", (event) => {
    const panel = event.target.closest(".demand");
    if (panel && event.target.id.endsWith("-department-q") && !event.target.value.trim()) mark(panel, "person");
  });

  // Demands as tabs.
  function show(panel, focus = true) {
    for (const one of panels()) one.hidden = one !== panel;
    for (const tab of tabs()) {
      const mine = tab.getAttribute("aria-controls") === panel.id;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
    }
    if (focus) field(panel, "text").focus();
  }

  function count() {
    tabs().forEach((tab, n) => { tab.querySelector("[data-place]").textContent = String(n + 1); });
    for (const button of document.querySelectorAll("[data-remove]")) button.hidden = panels().length < 2;
  }

  function add(text = "") {
    if (panels().length >= MOST) return null;
    const taken = panels().map((panel) => Number(panel.dataset.n));
    const n = [...Array(MOST).keys()].find((one) => !taken.includes(one));
    const holder = document.createElement("template");
    holder.innerHTML = document.getElementById("demand-template").innerHTML.replaceAll("__n__", String(n));
    const panel = holder.content.firstElementChild;
    document.getElementById("demands").append(panel);
    const tab = tabs()[0].cloneNode(true);
    tab.id = `tab-${n}`;
    tab.setAttribute("aria-controls", panel.id);
    document.getElementById("tabs").append(tab);
    window.htmx.process(panel);
    field(panel, "text").value = text;
    count();
    show(panel);
    if (text) field(panel, "text").dispatchEvent(new Event("read"));
    return panel;
  }

  function remove(panel) {
    if (panels().length < 2) return;
    const all = panels(), at = all.indexOf(panel);
    document.getElementById(`tab-${panel.dataset.n}`).remove();
    panel.remove();
    count();
    show(panels()[Math.max(0, at - 1)]);
    keep();
  }

  function step(by) {
    const all = panels(), to = all[(all.indexOf(here()) + by + all.length) % all.length];
    show(to);
  }

  function split(panel) {
    const parts = [...panel.querySelectorAll("[data-part]")].map((one) => one.textContent.trim());
    if (parts.length < 2) return;
    field(panel, "text").value = parts[0];
    field(panel, "text").dispatchEvent(new Event("read"));
    for (const part of parts.slice(1)) add(part);
    show(panel);
    keep();
  }

  const keep = () => document.getElementById("kept").dispatchEvent(new Event("keep"));

  function merge(panel, number) {
    choose(panel, "way", "merge");
    set(panel, "parent", number, number);
    tell(number);
  }

  function answer(panel, text) {
    choose(panel, "way", "answer");
    const area = field(panel, "answer");
    if (text && !area.value.trim()) { area.value = text; changed(area); }
    area.focus();
  }

  document.addEventListener("click", (event) => {
    const panel = event.target.closest(".demand") || here();
    const on = (selector) => event.target.closest(selector);
    if (on("[data-take]")) take(panel, on("[data-take]"));
    else if (on("[data-add]")) add();
    else if (on("[data-remove]")) remove(panel);
    else if (on("[role=tab]")) show(document.getElementById(on("[role=tab]").getAttribute("aria-controls")), false);
    else if (on("[data-merge]")) merge(panel, on("[data-merge]").dataset.merge);
    else if (on("[data-answer]")) answer(panel, on("[data-answer]").dataset.answer);
    else if (on("[data-split]")) split(panel);
    else if (on("[data-help]")) document.getElementById("help").showModal();
  });

  document.getElementById("tabs").addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.altKey) return;
    event.preventDefault();
    const all = tabs(), tab = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
    show(document.getElementById(tab.getAttribute("aria-controls")), false);
    tab.focus();
  });

  const fields = { KeyC: "category", KeyP: "place", KeyT: "type", KeyU: "urgency", KeyB: "title", KeyX: "address", KeyO: "object_name" };
  const deeds = {
    KeyA: (panel) => { for (const one of [...panel.querySelectorAll("[data-take][data-sure]")]) if (one.isConnected) take(panel, one); },
    KeyS: () => form.requestSubmit(form.querySelector("[data-submit]")),
    KeyN: () => add(),
    KeyL: (panel) => split(panel),
    KeyG: (panel) => answer(panel, panel.querySelector("[data-answer]")?.dataset.answer || ""),
    KeyM: (panel) => panel.querySelector("[data-merge]")?.click(),
    KeyK: (panel) => panel.querySelector("[data-urge]")?.click(),
    KeyZ: (panel) => { const box = field(panel, "acknowledged"); if (box) box.click(); },
    KeyQ: () => document.getElementById("words").focus(),
    KeyI: (panel) => field(panel, "text").focus(),
    BracketLeft: () => step(-1),
    BracketRight: () => step(1),
    Slash: () => document.getElementById("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const panel = here();
    if (event.key === "?" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      document.getElementById("help").showModal();
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || document.getElementById("help").open) return;
    const digit = /^Digit([1-3])$/.exec(event.code);
    const known = digit || fields[event.code] || deeds[event.code];
    if (!known) return;
    event.preventDefault();
    if (digit) take(panel, panel.querySelectorAll("[data-take=department]")[Number(digit[1]) - 1]);
    else if (fields[event.code]) take(panel, panel.querySelector(`[data-take=${fields[event.code]}]`));
    else deeds[event.code](panel);
  });

  // What keeps the call from being submitted is read out and found by the keyboard.
  document.addEventListener("htmx:after:swap", () => {
    const problems = document.getElementById("problems");
    if (problems.childElementCount && problems.dataset.seen !== problems.textContent) {
      problems.dataset.seen = problems.textContent;
      problems.focus();
    }
  });
  form.addEventListener("input", () => {
    const problems = document.getElementById("problems");
    if (problems.childElementCount) { problems.replaceChildren(); delete problems.dataset.seen; }
  });

  count();
})();
