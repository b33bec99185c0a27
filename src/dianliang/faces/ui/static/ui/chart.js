// Charts: <data-chart> draws what the JSON beside it describes (faces/ui/charts.py says what).
// The library is fetched when the first chart comes into view. Tooltips are painted, not written
// as HTML, and every colour is a token, so nothing here needs an inline style.
const PALETTE = 6;
const SHADES = 5;
const DASHES = ["solid", "dashed", "dotted"];
const TONES = { danger: "--red", warn: "--lamp", soft: "--ink-soft" };
const SMALL_PX = 480;
const DENSE = 80;
const LIMIT_PX = 76;

let library;
function load(source) {
  library ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => done(window.echarts);
    script.onerror = fail;
    document.head.append(script);
  });
  return library;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const seriesColour = (tone, i) => token(TONES[tone] || `--series-${(i % PALETTE) + 1}`);
const shadeOf = (edges, value) => edges.filter((edge) => value >= edge).length;

function shown(value, digits) {
  if (value === null || value === undefined) return "—";
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(document.documentElement.lang, exact).format(value);
}

// A rating of 400 is 400, not 400.0: the decimals are those of what was measured.
const level = (value, digits) => shown(value, Number.isInteger(value) ? 0 : digits);

function common(isStill) {
  const ink = token("--ink");
  return {
    animation: !isStill,
    animationDuration: 300,
    backgroundColor: "transparent",
    textStyle: { color: ink, fontFamily: token("--font") },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: token("--card"), borderColor: token("--line"),
      textStyle: { color: ink, fontSize: 13 },
    },
  };
}

function axis(name, extra) {
  const soft = token("--ink-soft");
  return {
    name, nameTextStyle: { color: soft }, axisLabel: { color: soft, hideOverlap: true },
    axisLine: { lineStyle: { color: soft } }, splitLine: { lineStyle: { color: token("--line") } }, ...extra,
  };
}

const pairs = (data, values) => (data.isNumber ? data.x.map((x, i) => [x, values[i]]) : values);

// An interval is drawn as two stacked lines: an unseen one at its low end, its width upon it.
function band(data, one, i) {
  if (!one.low.length) return [];
  const width = one.low.map((low, k) => (low === null || one.high[k] === null ? null : one.high[k] - low));
  const line = {
    type: "line", yAxisIndex: one.axis, stack: `band-${i}`, stackStrategy: "all", symbol: "none", silent: true,
    lineStyle: { opacity: 0 }, tooltip: { show: false }, legendHoverLink: false, name: one.name, z: 1,
  };
  return [
    { ...line, data: pairs(data, one.low) },
    { ...line, data: pairs(data, width), areaStyle: { color: seriesColour(one.tone, i), opacity: 0.18 } },
  ];
}

function drawn(data, one, i) {
  const colour = seriesColour(one.tone, i);
  const base = { name: one.name, data: pairs(data, one.values), yAxisIndex: one.axis, itemStyle: { color: colour }, color: colour };
  if (one.shape === "bar") return { ...base, type: "bar", stack: one.stack || undefined, barMaxWidth: 28 };
  if (one.shape === "points") return { ...base, type: "scatter", symbolSize: 7, itemStyle: { color: colour, opacity: 1 } };
  return {
    ...base, type: "line", step: one.shape === "step" ? "end" : false, showSymbol: data.x.length <= DENSE, symbolSize: 5,
    sampling: "minmax", lineStyle: { width: 2, color: colour, type: DASHES[i % DASHES.length] },
  };
}

// One unseen point lets the axis reach the limit: a load far below its rating must look so.
function limits(data) {
  return data.limits.map((limit) => {
    const colour = token(TONES[limit.tone] || "--ink-soft");
    return {
      type: "line", data: [[data.x[0], limit.value]], symbol: "none", silent: true, tooltip: { show: false },
      markLine: {
        symbol: "none", silent: true, data: [{ yAxis: limit.value }], lineStyle: { color: colour, type: "dashed", width: 1.5 },
        label: { position: "end", distance: 4, width: LIMIT_PX, overflow: "break", color: colour, formatter: `${limit.name} ${level(limit.value, data.digits)}` },
      },
    };
  });
}

function said(data, i) {
  const x = data.isNumber ? shown(data.x[i], 3).replace(/([.,]\d*?)0+$/, "$1").replace(/[.,]$/, "") : data.x[i];
  const lines = data.series.map((one) => {
    const interval = one.low.length && one.low[i] !== null ? ` [${shown(one.low[i], data.digits)}, ${shown(one.high[i], data.digits)}]` : "";
    return `${one.name}  ${shown(one.values[i], data.digits)}${interval}`;
  });
  return [`${data.xName} ${x}`, ...lines].join("\n");
}

function linesOption(data, { isStill, isSmall }) {
  const base = common(isStill);
  const many = data.series.length > 1;
  return {
    ...base,
    tooltip: { ...base.tooltip, trigger: "axis", formatter: (points) => said(data, points[0].dataIndex) },
    legend: { show: many, type: "scroll", top: 0, textStyle: { color: token("--ink") }, data: data.series.map((one) => one.name) },
    grid: { left: isSmall ? 8 : 16, right: (isSmall ? 12 : 24) + (data.limits.length ? LIMIT_PX : 0), top: many ? 64 : 36, bottom: data.isZoomed ? 64 : 28 },
    dataZoom: data.isZoomed ? [{ type: "slider", bottom: 4, height: 24, textStyle: { color: token("--ink-soft") } }] : [],
    xAxis: axis(data.xName, {
      type: data.isNumber ? "value" : "category", nameLocation: "middle", nameGap: 26, scale: true,
      ...(data.isNumber ? {} : { data: data.x, boundaryGap: data.series.some((one) => one.shape === "bar") }),
    }),
    yAxis: data.names.map((name, side) => axis(name, {
      type: "value", nameTextStyle: { align: side ? "right" : "left", color: token("--ink-soft") }, scale: data.series.every((one) => one.axis !== side || one.shape !== "bar"), splitLine: { show: !side, lineStyle: { color: token("--line") } },
    })),
    series: [
      ...data.series.map((one, i) => drawn(data, one, i)),
      ...data.series.flatMap((one, i) => band(data, one, i)),
      ...limits(data),
    ],
  };
}

const HEAT = { left: 52, right: 8, top: 8, bottom: 28 };

function heatOption(data, { isStill, width, height }) {
  const base = common(isStill);
  const gap = Math.min(width / data.x.length, height / data.y.length) > 6 ? 1 : 0;
  const size = [(width - HEAT.left - HEAT.right) / data.x.length - gap, (height - HEAT.top - HEAT.bottom) / data.y.length - gap];
  const cells = data.values.flatMap((row, y) => row.map((value, x) => ({ value: [x, y, value] }))).filter((cell) => cell.value[2] !== null);
  const plain = { type: "category", splitLine: { show: false }, axisTick: { show: false } };
  return {
    ...base,
    animation: false,
    tooltip: {
      ...base.tooltip, trigger: "item",
      formatter: ({ value: [x, y, value] }) => `${data.x[x]}  ${data.y[y]}\n${shown(value, data.digits)} ${data.unit}`,
    },
    grid: { ...HEAT, outerBoundsMode: "none" },
    xAxis: axis("", { ...plain, data: data.x }),
    yAxis: axis("", { ...plain, data: data.y, inverse: true }),
    series: [{
      type: "scatter", symbol: "rect", symbolSize: size, data: cells,
      itemStyle: { opacity: 1, color: ({ value }) => token(`--heat-${Math.min(SHADES - 1, shadeOf(data.edges, value[2]))}`) },
    }],
  };
}

// A bar over days is two stacked ones: an unseen one up to its first day, its length upon it.
function spansOption(data, { isStill, isSmall }) {
  const base = common(isStill);
  const day = (text) => Date.parse(`${text}T00:00:00Z`);
  const shownDay = (value) => new Date(value).toISOString().slice(0, 10);
  const all = [...data.first, ...data.last, ...data.marks.filter(Boolean)].map(day);
  const start = Math.min(...all);
  const unseen = { type: "bar", stack: "bar", silent: true, itemStyle: { color: "transparent" }, tooltip: { show: false } };
  const line = token("--ink-soft");
  const now = day(data.today) - start;
  return {
    ...base,
    tooltip: {
      ...base.tooltip, trigger: "item",
      formatter: ({ dataIndex: i }) => `${data.names[i]}  ${data.words[i]}\n${data.first[i]} – ${data.last[i]}${data.marks[i] ? `\n${data.markName} ${data.marks[i]}` : ""}`,
    },
    grid: { left: 8, right: 24, top: 28, bottom: 8 },
    xAxis: axis("", {
      type: "value", min: 0, max: Math.max(...all) - start, splitNumber: isSmall ? 3 : 6,
      axisLabel: { color: line, hideOverlap: true, formatter: (value) => shownDay(start + value).slice(2, 7) },
    }),
    yAxis: axis("", { type: "category", data: data.names, inverse: true, axisTick: { show: false } }),
    series: [
      { ...unseen, data: data.first.map((text) => day(text) - start) },
      {
        type: "bar", stack: "bar", barMaxWidth: 18,
        data: data.first.map((text, i) => ({ value: day(data.last[i]) - day(text), itemStyle: { color: seriesColour(data.tones[i], 0) } })),
        markLine: now >= 0 && now <= Math.max(...all) - start ? {
          symbol: "none", silent: true, data: [{ xAxis: now }], lineStyle: { color: token("--ink"), type: "dashed" },
          label: { formatter: data.todayName, color: token("--ink") },
        } : undefined,
      },
      {
        type: "scatter", symbol: "diamond", symbolSize: 10, z: 3, itemStyle: { color: token("--ink"), opacity: 1 },
        data: data.marks.map((text, i) => (text ? [day(text) - start, i] : null)),
      },
    ],
  };
}

const OPTIONS = { heat: heatOption, lines: linesOption, spans: spansOption };

class DataChart extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(document.getElementById(this.dataset.source).textContent);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
    this.seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) this.begin(); }, { rootMargin: "200px" });
    this.seen.observe(this);
  }

  disconnectedCallback() {
    this.seen.disconnect();
    this.size?.disconnect();
    this.theme?.disconnect();
    this.dark.removeEventListener("change", this.redraw);
    this.canvas?.dispose();
    this.canvas = undefined;
  }

  async begin() {
    this.seen.disconnect();
    const echarts = await load(this.dataset.library);
    if (!this.isConnected) return;
    this.canvas = echarts.init(this, null, { renderer: "canvas" });
    this.size = new ResizeObserver(() => { this.canvas.resize(); this.draw(); });
    this.size.observe(this);
    this.theme = new MutationObserver(this.redraw);
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.dark.addEventListener("change", this.redraw);
    this.draw();
  }

  draw() {
    if (!this.clientWidth) return;
    const room = { isStill: this.still.matches, isSmall: this.clientWidth < SMALL_PX, width: this.clientWidth, height: this.clientHeight };
    this.canvas.setOption(OPTIONS[this.data.kind](this.data, room), true);
    this.dataset.ready = "1";
  }
}

customElements.define("data-chart", DataChart);
