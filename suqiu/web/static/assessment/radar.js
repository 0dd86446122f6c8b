// The domains' scores as a radar: the sure part, and how far the unknown could lift it.
(() => {
  "use strict";
  const place = document.getElementById("radar");
  if (!place || !window.echarts) return;
  const data = JSON.parse(document.getElementById("radar-data").textContent);
  const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
  const chart = echarts.init(place, dark ? "dark" : null, { renderer: "svg" });
  const narrow = place.clientWidth < 420;
  chart.setOption({
    backgroundColor: "transparent",
    animation: false,
    legend: { bottom: 0, data: [place.dataset.lower, place.dataset.upper] },
    radar: { radius: narrow ? "48%" : "62%", center: ["50%", "46%"], indicator: data.names.map((name) => ({ name, max: 100 })), axisName: { color: dark ? "#dce3ec" : "#2b3644", width: narrow ? 64 : 150, overflow: "break" } },
    series: [{ type: "radar", symbolSize: 5, data: [
      { value: data.upper, name: place.dataset.upper, lineStyle: { type: "dashed" }, itemStyle: { color: "#d08a2e" } },
      { value: data.lower, name: place.dataset.lower, areaStyle: { opacity: .25 }, itemStyle: { color: "#2f77c8" } },
    ] }],
  });
  window.addEventListener("resize", () => chart.resize());
})();
