// The charts of the overview. Each is drawn of plain data that stands in a table as well, and the page does without them.
// Colours are names of tokens: the dark, the light and paper follow without drawing anew.
import { init } from "../echarts/echarts.js";

const NARROW = 420; // px
const colour = (name) => `var(--${name})`;
// Told apart without colour: by the mark and the dash of a line, by the pattern of a bar.
const LINES = [
  { color: colour("accent"), symbol: "circle", type: "solid" },
  { color: colour("paused"), symbol: "rect", type: "dashed" },
];
const BARS = [
  { color: colour("accent"), pattern: null },
  { color: colour("paused"), pattern: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4, color: colour("surface") } },
];
// Named in full: the width of a text is measured with it, where nothing can be inherited.
const FONT = getComputedStyle(document.body).fontFamily;
const text = (more) => ({ color: colour("ink-2"), fontFamily: FONT, fontSize: 12, ...more });

// A value as the tables have it: in words of its own, or with its unit.
const words = (chart, point) => {
  if (point.value == null) return "—";
  return chart.series[point.seriesIndex].words?.[point.dataIndex] ?? `${point.value}${chart.unit}`;
};

// As an element: what a tooltip shows is never read as HTML.
function tip(chart) {
  return (points) => {
    const box = document.createElement("div");
    box.className = "chart-tip";
    const head = document.createElement("strong");
    head.textContent = points[0].name;
    box.append(head);
    for (const point of points) {
      const line = document.createElement("span");
      const value = document.createElement("b");
      value.textContent = words(chart, point);
      line.append(point.seriesName, value);
      box.append(line);
    }
    return box;
  };
}

const common = (chart, label) => ({
  animation: false,
  aria: { enabled: true, label: { description: label } },
  tooltip: {
    trigger: "axis", confine: true, formatter: tip(chart), textStyle: { color: colour("ink"), fontFamily: FONT, fontSize: 13 },
    backgroundColor: colour("surface"), borderColor: colour("line"), axisPointer: { type: "shadow", shadowStyle: { color: colour("sunken"), opacity: 0.7 } },
  },
  legend: { show: chart.series.length > 1, orient: chart.narrow ? "vertical" : "horizontal", top: 0, left: 0, itemWidth: 28, itemGap: 18, textStyle: text() },
});

const axis = (more) => ({
  axisLine: { lineStyle: { color: colour("edge") } }, axisTick: { show: false }, axisLabel: text(),
  splitLine: { lineStyle: { color: colour("line") } }, ...more,
});

// What the legend takes; on a phone its entries stand below each other.
const above = ({ series, narrow }) => (series.length < 2 ? 8 : narrow ? 14 + 24 * series.length : 34);

// Shares lie near a hundred: the axis begins at the next ten below the least.
function least(series) {
  const shown = series.flatMap((each) => [...each.data, each.goal]).filter((value) => value != null);
  return Math.max(0, Math.floor((Math.min(...shown, 100) - 1) / 10) * 10);
}

function lines(chart, label) {
  return {
    ...common(chart, label),
    grid: { left: 8, right: 24, top: above(chart), bottom: 4, containLabel: true },
    xAxis: axis({ type: "category", data: chart.names, splitLine: { show: false } }),
    yAxis: axis({ type: "value", min: least(chart.series), max: 100, axisLabel: text({ formatter: "{value}%" }) }),
    series: chart.series.map((each, place) => {
      const look = LINES[place % LINES.length];
      return {
        type: "line", name: each.name, data: each.data, symbol: look.symbol, symbolSize: 8, emphasis: { disabled: true }, showAllSymbol: chart.names.length < 40,
        itemStyle: { color: look.color }, lineStyle: { color: look.color, type: look.type, width: 2 },
        markLine: each.goal == null ? undefined : {
          silent: true, symbol: "none", data: [{ yAxis: each.goal }], lineStyle: { color: look.color, type: "dotted", width: 1.5 }, label: { show: false },
        },
      };
    }),
  };
}

function bars(chart, label) {
  const share = chart.unit === "%";
  return {
    ...common(chart, label),
    grid: { left: 8, right: 64, top: above(chart), bottom: 4, containLabel: true },
    xAxis: axis({ type: "value", min: 0, max: share ? 100 : undefined, axisLabel: text({ formatter: `{value}${share ? "%" : ""}`, hideOverlap: true }) }),
    yAxis: axis({ type: "category", data: chart.names, inverse: true, splitLine: { show: false }, axisLabel: text({ width: 140, overflow: "truncate" }) }),
    series: chart.series.map((each, place) => {
      const look = BARS[place % BARS.length];
      return {
        type: "bar", name: each.name, data: each.data, barMaxWidth: 16, emphasis: { disabled: true }, cursor: chart.links ? "pointer" : "default",
        itemStyle: { color: look.color, decal: look.pattern ?? { symbol: "none" }, borderRadius: [0, 3, 3, 0] },
        label: text({ show: true, position: "right", formatter: (point) => words(chart, point) }),
      };
    }),
  };
}

function draw(box, chart) {
  box.dataset.kind = chart.kind;
  box.style.setProperty("--lines", chart.names.length * chart.series.length * (chart.series.length > 1 ? 0.7 : 1));
  chart.narrow = box.clientWidth < NARROW;
  const label = box.closest(".card")?.querySelector(".card-title")?.textContent ?? "";
  const drawn = init(box, null, { renderer: "svg" });
  drawn.setOption(chart.kind === "lines" ? lines(chart, label) : bars(chart, label));
  if (chart.links) drawn.on("click", (point) => location.assign(chart.links[point.dataIndex]));
  new ResizeObserver(() => drawn.resize()).observe(box);
}

const data = document.getElementById("oversight-charts");
if (data) {
  const charts = JSON.parse(data.textContent);
  for (const box of document.querySelectorAll("[data-chart]")) {
    const chart = charts[box.dataset.chart];
    if (chart?.names.length) draw(box, chart);
    else box.hidden = true;
  }
}
