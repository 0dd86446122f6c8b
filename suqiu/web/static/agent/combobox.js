// A field with a list that the server searches: the ARIA combobox pattern with listbox, by keyboard and by mouse.
// <div data-combo="/address/"> holds the input with role=combobox, the hidden input with the id, and the list.
(() => {
  "use strict";

  const WAIT = 150;
  const states = new WeakMap();

  function of(input) {
    let state = states.get(input);
    if (!state) {
      const box = input.closest("[data-combo]");
      state = { box, hidden: box.querySelector("input[type=hidden]"), list: box.querySelector("[role=listbox]"), at: -1, asked: 0, shown: input.value };
      states.set(input, state);
    }
    return state;
  }

  const options = (state) => [...state.list.querySelectorAll("[role=option]:not([aria-disabled])")];

  function close(input) {
    const state = of(input);
    state.list.hidden = true;
    state.at = -1;
    state.asked += 1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function point(input, at) {
    const state = of(input), all = options(state);
    if (!all.length) return;
    state.at = (at + all.length) % all.length;
    all.forEach((one, n) => one.setAttribute("aria-selected", String(n === state.at)));
    input.setAttribute("aria-activedescendant", all[state.at].id);
    all[state.at].scrollIntoView({ block: "nearest" });
  }

  async function ask(input) {
    const state = of(input), mine = ++state.asked;
    const query = new URLSearchParams({ q: input.value === state.shown ? "" : input.value, list: state.list.id });
    const answer = await fetch(`${state.box.dataset.combo}?${query}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || mine !== state.asked) return; // an old answer, or none
    state.list.innerHTML = await answer.text();
    if (mine !== state.asked) return;
    state.list.hidden = false;
    state.at = -1;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    if (input.value && input.value !== state.shown) point(input, 0);
  }

  // What was chosen: shown, kept in the hidden input, told to the page.
  function choose(input, value, name) {
    const state = of(input);
    input.value = state.shown = name;
    const changed = state.hidden.value !== value;
    state.hidden.value = value;
    close(input);
    if (changed) state.hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function take(input, option) {
    choose(input, option.dataset.value, option.dataset.name);
    input.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true }));
  }

  document.addEventListener("input", (event) => {
    const input = event.target.closest("[role=combobox]");
    if (!input) return;
    clearTimeout(of(input).timer);
    of(input).timer = setTimeout(() => ask(input), WAIT);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (!input || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const state = of(input), open = !state.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) ask(input).then(() => point(input, event.key === "ArrowDown" ? 0 : -1));
      else point(input, state.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const all = options(state);
      if (state.at >= 0 && all[state.at]) take(input, all[state.at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close(input);
    }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-combo] [role=option]:not([aria-disabled])");
    if (!option) return;
    event.preventDefault(); // the focus stays in the field
    take(option.closest("[data-combo]").querySelector("[role=combobox]"), option);
  });

  // Words that chose nothing do not stay: the field shows what is chosen; emptied, nothing is.
  document.addEventListener("focusout", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (!input) return;
    const state = of(input);
    clearTimeout(state.timer);
    const all = options(state);
    if (!input.value.trim()) choose(input, "", "");
    else if (!state.list.hidden && state.at >= 0 && all[state.at] && input.value !== state.shown) take(input, all[state.at]);
    else { input.value = state.shown; close(input); }
  });

  window.suqiuCombo = { choose };
})();
