// Draws what `data-chart` says, in the page's colours, anew when the theme or the data change.
// Specs are data only: names are drawn on a canvas, never read as markup.
(() => {
  "use strict";
  if (!window.echarts) return;

  const charts = new Map();
  // Blue and orange keep apart for every kind of colour vision; grey is what came before.
  const palette = ["accent", "#d9730d", "#6b7f99", "#2a9d8f", "#8a5a9e"];

  const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const colours = (box) => {
    const dark = document.documentElement.dataset.bsTheme === "dark" || box.closest("[data-dark]") !== null;
    return {
      dark,
      accent: dark ? "#5aa2f0" : "#1f5fae",
      text: dark ? "#dbe3ee" : "#2b3440",
      quiet: dark ? "#8795a8" : "#7b8794",
      line: dark ? "#39475a" : "#d9dee5",
      surface: dark ? "#1a2433" : "#ffffff",
      low: dark ? "#233246" : "#e3edf8",
      high: dark ? "#5aa2f0" : "#174a8a",
      warm: dark ? "#f0a35a" : "#c25e0a",
    };
  };
  const size = (box) => parseFloat(getComputedStyle(box).fontSize) || 14;
  const said = (value, unit) =>
    value === null || value === undefined ? "—"
      : unit === "%" ? `${Number(value).toFixed(1)}%` : `${Number(value).toLocaleString("en-US", { maximumFractionDigits: 2 })}${unit ? " " + unit : ""}`;

  const frame = (box, spec) => {
    const c = colours(box), px = size(box);
    return {
      animation: false,
      textStyle: { fontFamily: css("--tblr-font-sans-serif") || "sans-serif", color: c.text, fontSize: px },
      color: palette.map((one) => (one === "accent" ? c.accent : one)),
      tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c.line, textStyle: { color: c.text, fontSize: px } },
      grid: { left: px, right: px * 1.5, top: spec.series && spec.series.length > 1 ? px * 3.2 : px * 2.2, bottom: px * .5, containLabel: true },
      legend: { show: Boolean(spec.series && spec.series.length > 1), top: 0, right: 0, textStyle: { color: c.text, fontSize: px }, icon: "roundRect", itemWidth: px, itemHeight: px * .4 },
    };
  };
  const category = (box, data, name) => {
    const c = colours(box), px = size(box);
    return { type: "category", data, name: name || "", nameTextStyle: { color: c.quiet, fontSize: px * .9 }, axisLabel: { color: c.quiet, hideOverlap: true, fontSize: px * .9 }, axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false } };
  };
  const value = (box, unit, more) => {
    const c = colours(box), px = size(box);
    return { type: "value", name: unit, nameTextStyle: { color: c.quiet, fontSize: px * .9 }, axisLabel: { color: c.quiet, fontSize: px * .9 }, splitLine: { lineStyle: { color: c.line, type: [3, 4] } }, ...more };
  };

  const kinds = {
    line(box, spec) {
      const c = colours(box), series = [];
      for (const [n, one] of spec.series.entries()) {
        const hue = one.quiet ? c.quiet : n === 0 || spec.series[0].quiet && n === 1 ? c.accent : palette[n % palette.length];
        if (one.lower) {
          series.push({ type: "line", data: one.lower, stack: "band" + n, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } });
          series.push({ type: "line", name: one.band, data: one.upper.map((top, at) => (top === null ? null : top - one.lower[at])), stack: "band" + n, symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: c.quiet, opacity: .18 }, silent: true, tooltip: { show: false } });
        }
        series.push({
          type: one.bars ? "bar" : "line", name: one.name, data: one.values, symbol: ["circle", "rect", "triangle", "diamond", "roundRect"][n % 5],
          showSymbol: Boolean(spec.marks) || one.values.length < 3, symbolSize: size(box) * .45, connectNulls: false, z: one.quiet ? 2 : 3,
          lineStyle: { width: one.quiet ? 1.5 : 2.5, type: one.quiet ? "dashed" : "solid", color: hue }, itemStyle: { color: hue },
        });
      }
      const base = frame(box, spec);
      base.tooltip.trigger = "axis";
      base.tooltip.valueFormatter = (one) => said(one, spec.unit);
      base.legend.data = spec.series.map((one) => one.name);
      return { ...base, xAxis: category(box, spec.x, spec.axis), yAxis: value(box, spec.unit, { scale: spec.from_zero === false, minInterval: spec.unit === "%" ? 0 : 1 }), series };
    },
    bars(box, spec) {
      const c = colours(box), px = size(box), labels = [...spec.labels].reverse(), values = [...spec.values].reverse();
      const series = [{ type: "bar", data: values, itemStyle: { color: c.accent, opacity: spec.lower ? .75 : 1 }, barMaxWidth: px * 1.2 }];
      if (spec.lower) {
        const ends = [...spec.lower].reverse().map((low, n) => [n, low, [...spec.upper].reverse()[n]]).filter((one) => one[1] !== null);
        series.push({
          type: "custom", data: ends, silent: true, z: 5, encode: { x: [1, 2], y: 0 },
          renderItem: (_, api) => {
            const from = api.coord([api.value(1), api.value(0)]), to = api.coord([api.value(2), api.value(0)]), half = px * .3;
            const style = { stroke: c.text, lineWidth: 1.5, fill: "none" };
            const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
            return { type: "group", children: [stroke(from[0], from[1], to[0], to[1]), stroke(from[0], from[1] - half, from[0], from[1] + half), stroke(to[0], to[1] - half, to[0], to[1] + half)] };
          },
        });
      }
      if (spec.reference !== null && spec.reference !== undefined) {
        series[0].markLine = { symbol: "none", silent: true, lineStyle: { color: c.warm, type: "dashed", width: 1.5 }, label: { color: c.text, fontSize: px * .9, formatter: said(spec.reference, spec.unit) }, data: [{ xAxis: spec.reference }] };
      }
      const base = frame(box, spec);
      base.tooltip.formatter = (one) => `${one.name}  ${said(one.value, spec.unit)}`;
      return { ...base, xAxis: value(box, spec.unit, { max: spec.most ?? null, nameLocation: "end" }), yAxis: { ...category(box, labels), axisLabel: { color: c.text, fontSize: px * .9, width: Math.min(box.clientWidth * .36, px * 13), overflow: "truncate" } }, series };
    },
    heat(box, spec) {
      const c = colours(box), px = size(box), known = spec.cells.map((one) => one[2]).filter((one) => one !== null);
      const base = frame(box, spec);
      base.tooltip.formatter = (one) => `${spec.y[one.value[1]]}  ${spec.x[one.value[0]]}  ${said(one.value[2], spec.unit)}`;
      base.grid.bottom = px * 3.5;
      return {
        ...base, xAxis: category(box, spec.x), yAxis: { ...category(box, spec.y), inverse: true, axisLabel: { color: c.text, fontSize: px * .9, width: Math.min(box.clientWidth * .34, px * 12), overflow: "truncate" } },
        visualMap: { min: Math.min(...known), max: Math.max(...known), calculable: false, orient: "horizontal", left: "center", bottom: 0, itemHeight: px * 10, itemWidth: px, inRange: { color: [c.low, c.high] }, textStyle: { color: c.quiet, fontSize: px * .9 }, text: [said(Math.max(...known), spec.unit), said(Math.min(...known), spec.unit)] },
        series: [{ type: "heatmap", data: spec.cells.filter((one) => one[2] !== null), itemStyle: { borderColor: c.surface, borderWidth: 1 } }],
      };
    },
    box(box, spec) {
      const c = colours(box), px = size(box), base = frame(box, spec);
      base.tooltip.formatter = (one) => `${one.name}\n${spec.points.map((name, n) => `${name}  ${said(one.value[n + 1], spec.unit)}`).join("\n")}`;
      return {
        ...base, xAxis: value(box, spec.unit), yAxis: { ...category(box, [...spec.labels].reverse()), axisLabel: { color: c.text, fontSize: px * .9, width: Math.min(box.clientWidth * .36, px * 13), overflow: "truncate" } },
        series: [{ type: "boxplot", data: [...spec.boxes].reverse(), itemStyle: { color: c.low, borderColor: c.accent, borderWidth: 1.5 } }],
      };
    },
    map(box, spec) {
      const c = colours(box), px = size(box), outlines = document.getElementById(spec.outlines);
      if (!outlines) return null;
      echarts.registerMap("districts", JSON.parse(outlines.textContent));
      const names = new Map(spec.places.map((one) => [one.id, one]));
      const known = spec.places.map((one) => one.value).filter((one) => one !== null);
      const least = Math.min(...known, 0), most = Math.max(...known, 0), wide = Math.max(Math.abs(least), Math.abs(most), 1);
      const range = spec.diverging ? { min: -wide, max: wide, inRange: { color: [c.high, c.surface, c.warm] } }
        : { min: known.length ? Math.min(...known) : 0, max: known.length ? Math.max(...known) : 1, inRange: { color: [c.low, c.high] } };
      const base = frame(box, spec);
      base.tooltip.formatter = (one) => { const place = names.get(one.name); return place ? `${place.name}  ${place.said}` : "—"; };
      return {
        textStyle: base.textStyle, animation: false, tooltip: base.tooltip,
        visualMap: { ...range, calculable: false, left: 0, bottom: 0, itemWidth: px * .8, itemHeight: px * 6, textStyle: { color: c.text, fontSize: px * .9 }, formatter: (one) => said(one, spec.unit), text: [said(range.max, spec.unit), said(range.min, spec.unit)], show: known.length > 0 },
        series: [{
          type: "map", map: "districts", roam: false, nameProperty: "name", left: px * 5.5, right: px * .5, top: px * .5, bottom: px * .5, aspectScale: .86,
          label: {
            show: true, color: c.text, fontSize: px, lineHeight: px * 1.35, textBorderColor: c.surface, textBorderWidth: px * .22,
            formatter: (one) => { const place = names.get(one.name); return place ? (spec.values ? `${place.name}\n${place.bare}` : place.name) : ""; },
          },
          itemStyle: { areaColor: c.low, borderColor: c.surface, borderWidth: Math.max(1.5, px * .12) },
          emphasis: { label: { color: c.text }, itemStyle: { areaColor: null, borderColor: c.text } }, select: { disabled: true },
          data: spec.places.map((one) => ({ name: one.id, value: one.value === null ? NaN : one.value })),
        }],
      };
    },
  };

  const draw = (box) => {
    const said_ = box.dataset.chart;
    let held = charts.get(box);
    const spec = JSON.parse(said_), option = kinds[spec.kind] ? kinds[spec.kind](box, spec) : null;
    if (!option) return;
    if (!held) {
      held = echarts.init(box, null, { renderer: "canvas" });
      charts.set(box, held);
      if (spec.kind === "map" && spec.drill) held.on("click", (one) => { const place = spec.places.find((each) => each.id === one.name); if (place && place.address) location.assign(place.address); });
    }
    held.setOption(option, { notMerge: true });
  };
  const drawAll = () => {
    for (const [box, chart] of charts) if (!box.isConnected) { chart.dispose(); charts.delete(box); }
    for (const box of document.querySelectorAll("[data-chart]")) if (box.clientWidth) draw(box);
  };
  window.suqiuCharts = { drawAll };

  drawAll();
  document.addEventListener("htmx:after:swap", drawAll);
  document.addEventListener("toggle", drawAll, true);
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => { for (const [box, chart] of charts) { chart.resize(); draw(box); } }, 120); });
  window.addEventListener("beforeprint", () => { for (const chart of charts.values()) chart.resize(); });
})();
