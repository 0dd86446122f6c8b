// The wall's clock, and the word that it has stopped: a picture that looks alive and is not would mislead.
(() => {
  "use strict";
  const wall = document.querySelector(".wall");
  if (!wall) return;
  const patience = 150 * 1000;
  const stale = document.getElementById("stale"), day = document.getElementById("wall-day"), time = document.getElementById("wall-time");
  const zone = wall.dataset.zone, chinese = document.documentElement.lang.startsWith("zh");
  const days = new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", { timeZone: zone, month: "long", day: "numeric", weekday: "short" });
  const times = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  let epoch = 0, taken = 0;

  const take = () => {
    const said = Number(document.getElementById("wall-at").dataset.epoch);
    if (said === epoch) return;
    epoch = said;
    taken = performance.now();
  };
  const tick = () => {
    const since = performance.now() - taken, now = new Date(epoch + since);
    day.textContent = days.format(now);
    time.textContent = times.format(now);
    stale.hidden = since < patience;
    if (!stale.hidden) stale.querySelector("span").textContent = times.format(new Date(epoch));
  };
  take();
  tick();
  document.addEventListener("htmx:after:swap", take);
  setInterval(tick, 1000);
})();
