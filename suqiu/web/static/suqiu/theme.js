// Before the first paint: the theme that the reader chose, or that of the system.
(() => {
  const root = document.documentElement;
  if (root.dataset.themeChoice === "auto") {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const set = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
    set();
    dark.addEventListener("change", set);
  }
})();
