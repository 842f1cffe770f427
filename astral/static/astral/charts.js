// Reads values off the charts: a crosshair with a readout, zoom, and marks of laps. All else works without it.
//
// The values come from the drawn paths and the ends of the axes, so a page does not send them twice. Charts in one
// [data-linked-charts] share the position and the zoom. With the keyboard a chart is a slider over its points.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const EPOCH_DAY = 719163; // day number of 1970-01-01
  const DAY_MS = 86_400_000;
  const WIDTH = 1000; // of a path
  const BAR_SHARE = 0.8; // of the width between two bars
  const NEAR_SHARE = 0.01; // of the axis: a point further away has no value to show
  const MIN_WINDOW_DAYS = 7;
  const MIN_WINDOW_SHARE = 0.02; // of the axis
  const CLOSE_SHARE = 0.25; // of the axis: a window in which all ticks have room
  const DRAG_PX = 6; // less is a click
  const PAGE_STEPS = 10;
  const HINT = "Arrow keys read values; plus and minus zoom";

  const NUMBERS = [0, 1, 2].map(digits => new Intl.NumberFormat("en-US", {maximumFractionDigits: digits}));
  const DAYS = new Intl.DateTimeFormat("en-GB",
    {weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC"});

  let charts = new WeakMap(); // frame → what was read from it
  let routes = new WeakMap(); // map → its pieces of [x, left, top]
  let windows = new WeakMap(); // group → [low, high] of its zoom
  let drag = null; // {chart, fromX, fromPx, isZooming}
  let waiting = null; // {chart, clientX} to show in the next picture of the screen

  function findGroup(frame) {
    return frame.closest("[data-linked-charts]") ?? frame.closest(".chart");
  }

  function listFrames(group) {
    return [...group.querySelectorAll(".chart-frame")];
  }

  // Texts

  function formatNumber(value, digits) {
    return NUMBERS[digits].format(value).replace("-", "−");
  }

  function formatClock(seconds) {
    const whole = Math.round(seconds);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
    return hours ? `${hours}:${tail}` : tail;
  }

  function formatDay(number) {
    return DAYS.format(new Date((Math.round(number) - EPOCH_DAY) * DAY_MS)).replace(",", "");
  }

  // Three digits: a path tells no more of a power of ten.
  function formatLogDuration(x) {
    const seconds = Number((10 ** x).toPrecision(3));
    return seconds < 60 ? `${Math.round(seconds)} s` : formatClock(seconds);
  }

  function formatPosition(chart, x) {
    if (chart.quantity === "day") return formatDay(x);
    if (chart.quantity === "log-duration") return formatLogDuration(x);
    return chart.quantity === "number" ? `${formatNumber(x, 2)} ${chart.unit}`.trim() : formatClock(x);
  }

  function formatValue(line, y) {
    const value = line.top + (line.bottom - line.top) * y / line.height;
    const digits = Math.abs(line.top - line.bottom) <= line.height ? 1 : 0; // what a tenth of a pixel tells
    const text = line.quantity === "number" ? formatNumber(value, digits) : formatClock(value);
    const isAtEdge = line.isCut && (y === 0 || y === line.height);
    const sign = !isAtEdge ? "" : (y === 0) === (line.top > line.bottom) ? "≥ " : "≤ ";
    return `${sign}${text} ${line.unit}`.trim();
  }

  // Reading a chart: once, when it is first needed

  function readChart(frame) {
    if (!charts.has(frame)) charts.set(frame, buildChart(frame));
    return charts.get(frame);
  }

  function buildChart(frame) {
    const {x: quantity, unit, low, high} = frame.dataset;
    const chart = {
      frame, group: findGroup(frame), quantity, unit, low: Number(low), high: Number(high),
      window: frame.querySelector(".chart-window"), plot: frame.querySelector(".chart-plot"),
      stretched: frame.querySelector(".chart-stretched"),
    };
    chart.height = chart.stretched.getAttribute("height");
    chart.lines = [...chart.stretched.querySelectorAll("[data-label]")].map(path => readLine(chart, path));
    chart.flags = [...chart.plot.querySelectorAll(".chart-flag")].map(flag => (
      {x: toPosition(chart, parseFloat(flag.getAttribute("x")) / 100), text: flag.textContent.trim()}));
    chart.bars = [...chart.plot.querySelectorAll(".chart-bar")].map(bar => readBar(chart, bar));
    const all = chart.lines.flatMap(line => line.points.map(point => point.x));
    if (!all.length) all.push(...chart.bars.map(bar => bar.start));
    all.push(...chart.flags.map(flag => flag.x));
    chart.positions = [...new Set(all)].sort((one, other) => one - other);
    return chart;
  }

  function toPosition(chart, share) {
    const x = chart.low + share * (chart.high - chart.low);
    return chart.quantity === "day" ? Math.round(x) : x;
  }

  // A column goes from zero to its value and back: its middle is the position.
  function readPath(path) {
    const drawn = path.getAttribute("d");
    if (path.classList.contains("chart-columns")) {
      return [...drawn.matchAll(/M([\d.]+) [\d.]+V([\d.]+)H([\d.]+)/g)]
        .map(([, left, y, right]) => [(Number(left) + Number(right)) / 2, Number(y)]);
    }
    return [...drawn.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  }

  function readLine(chart, path) {
    const side = path.parentElement.dataset;
    const points = readPath(path).map(([x, y]) => ({x: toPosition(chart, x / WIDTH), y}));
    const style = path.getAttribute("class").match(/chart-line-(\d)/)[1];
    for (const dot of chart.plot.querySelectorAll(`.chart-dot-${style}`)) {
      const [share, y] = [parseFloat(dot.getAttribute("cx")) / 100, Number(dot.getAttribute("cy"))];
      points.push({x: toPosition(chart, share), y});
    }
    points.sort((one, other) => one.x - other.x);
    return {
      label: path.dataset.label, style, points, quantity: side.y, unit: side.unit, isCut: "cut" in side,
      top: Number(side.top), bottom: Number(side.bottom), height: Number(chart.height),
    };
  }

  function readBar(chart, bar) {
    const [left, drawn] = ["x", "width"].map(name => parseFloat(bar.getAttribute(name)) / 100);
    const before = left - drawn * (1 / BAR_SHARE - 1) / 2;
    const [start, end] = [before, before + drawn / BAR_SHARE].map(share => toPosition(chart, share));
    return {start, end, text: bar.textContent.trim()};
  }

  function findNearest(sorted, x, getX = item => item) {
    let [first, last] = [0, sorted.length - 1];
    while (first < last) {
      const middle = (first + last) >> 1;
      if (getX(sorted[middle]) < x) first = middle + 1; else last = middle;
    }
    const isEarlierNearer = first > 0 && x - getX(sorted[first - 1]) <= getX(sorted[first]) - x;
    return isEarlierNearer ? first - 1 : first;
  }

  // The values of a chart at x, as texts, and where its points are
  function readValues(chart, x) {
    const reach = chart.quantity === "day" ? 0.5 : NEAR_SHARE * (chart.high - chart.low);
    const found = {texts: [], points: []};
    found.texts.push(...chart.flags.filter(flag => flag.x === x).map(flag => flag.text));
    const bar = chart.bars.find(({start, end}) => start <= x && x < end);
    if (bar) found.texts.push(bar.text);
    for (const line of chart.lines) {
      const point = line.points[findNearest(line.points, x, ({x: place}) => place)];
      if (!point || Math.abs(point.x - x) > reach) continue;
      const isAlone = chart.lines.length + chart.bars.length === 1;
      found.texts.push(isAlone ? formatValue(line, point.y) : `${line.label} ${formatValue(line, point.y)}`);
      found.points.push({y: point.y, style: line.style});
    }
    return found;
  }

  // Positions on the screen

  function getWindow(chart) {
    const zoomed = windows.get(chart.group);
    const isOver = zoomed && zoomed[0] < chart.high && zoomed[1] > chart.low;
    return isOver ? zoomed : [chart.low, chart.high];
  }

  function getPointerPosition(chart, clientX) {
    const box = chart.window.getBoundingClientRect();
    const [low, high] = getWindow(chart);
    const share = Math.min(Math.max((clientX - box.left) / box.width, 0), 1);
    return low + share * (high - low);
  }

  // Drawing

  function addShape(parent, name, attributes) {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    parent.append(shape);
    return shape;
  }

  // The overlay lies on the drawing, so that the drawing is not laid out again at each step.
  function clearOverlay(frame) {
    frame.querySelector(".chart-overlay")?.remove();
  }

  function showChart(chart, x) {
    clearOverlay(chart.frame);
    const [low, high] = getWindow(chart);
    if (x < low || x > high) return "";
    const {texts, points} = readValues(chart, x);
    const said = chart.lines.length ? [formatPosition(chart, x), ...texts] : texts; // bars name their time
    const overlay = Object.assign(document.createElement("div"), {className: "chart-overlay"});
    const share = (x - low) / (high - low);
    const at = `${100 * share}%`;
    const drawing = addShape(overlay, "svg", {width: "100%", height: "100%"});
    addShape(drawing, "line", {class: "chart-crosshair", x1: at, x2: at, y2: chart.height});
    for (const {y, style} of points) {
      addShape(drawing, "circle", {class: `chart-point chart-dot chart-dot-${style}`, cx: at, cy: y, r: 4});
    }
    if (said.length) overlay.append(buildReadout(share, said));
    chart.frame.append(overlay);
    return said.join(", ");
  }

  function buildReadout(share, texts) {
    const readout = Object.assign(document.createElement("div"), {className: "chart-readout"});
    for (const [index, text] of texts.entries()) {
      readout.append(Object.assign(document.createElement(index ? "span" : "strong"), {textContent: text}));
    }
    if (share < 0.5) readout.style.left = `calc(${100 * share}% + 8px)`;
    else readout.style.right = `calc(${100 * (1 - share)}% + 8px)`;
    return readout;
  }

  function show({chart, x}) {
    chart.at = x;
    showPlace(chart.group, x);
    for (const frame of listFrames(chart.group)) {
      const words = showChart(readChart(frame), x);
      if (frame === chart.frame && frame === document.activeElement) {
        frame.setAttribute("aria-valuenow", x);
        frame.setAttribute("aria-valuetext", words);
      }
    }
  }

  // At most once for each picture of the screen, and read before anything is written.
  function showSoon(chart, clientX) {
    if (!waiting) requestAnimationFrame(showWaiting);
    waiting = {chart, clientX};
  }

  function showWaiting() {
    if (!waiting) return;
    const {chart, clientX} = waiting;
    waiting = null;
    show({chart, x: snap(chart, getPointerPosition(chart, clientX))});
  }

  function hide(group) {
    waiting = null;
    listFrames(group).forEach(clearOverlay);
    clearPlace(group);
  }

  function snap(chart, x) {
    const {positions} = chart;
    return positions.length ? positions[findNearest(positions, x)] : x;
  }

  // Zoom

  function zoom(chart, low, high) {
    const whole = chart.high - chart.low;
    const least = chart.quantity === "day" ? Math.min(MIN_WINDOW_DAYS, whole) : MIN_WINDOW_SHARE * whole;
    const width = Math.max(high - low, least);
    const start = Math.max(chart.low, Math.min((low + high - width) / 2, chart.high - width));
    if (width >= whole) windows.delete(chart.group);
    else windows.set(chart.group, [start, start + width]);
    for (const frame of listFrames(chart.group)) drawWindow(readChart(frame));
    sayWindow(chart);
  }

  function zoomBy(chart, factor) {
    const [low, high] = getWindow(chart);
    const center = chart.at !== undefined && chart.at >= low && chart.at <= high ? chart.at : (low + high) / 2;
    zoom(chart, center - (center - low) * factor, center + (high - center) * factor);
  }

  function resetZoom(chart) {
    zoom(chart, chart.low, chart.high);
  }

  function drawWindow(chart) {
    const [low, high] = getWindow(chart);
    const whole = chart.high - chart.low;
    const isZoomed = high - low < whole;
    chart.frame.classList.toggle("chart-zoomed", isZoomed);
    chart.frame.classList.toggle("chart-close", high - low <= CLOSE_SHARE * whole);
    chart.plot.setAttribute("x", `${-100 * (low - chart.low) / (high - low)}%`);
    chart.plot.setAttribute("width", `${100 * whole / (high - low)}%`);
    const reset = chart.frame.parentElement.querySelector(".chart-reset");
    if (reset) reset.hidden = !isZoomed;
  }

  // Only the chart in use says its range, or every linked chart would speak.
  function sayWindow(chart) {
    const range = getWindow(chart).map(x => formatPosition(chart, x)).join(" to ");
    const status = chart.frame.parentElement.querySelector(".chart-range");
    if (status) status.textContent = windows.has(chart.group) ? range : "";
    for (const frame of listFrames(chart.group)) {
      const other = frame.parentElement.querySelector(".chart-range");
      if (other !== status) other.textContent = "";
    }
  }

  // A drag of the mouse marks the part to zoom into.
  function drawSelection(clientX) {
    const {chart, fromPx} = drag;
    const box = chart.window.getBoundingClientRect();
    const [left, right] = [Math.min(fromPx, clientX), Math.max(fromPx, clientX)]
      .map(px => Math.min(Math.max(px - box.left, 0), box.width));
    drag.shape ??= addShape(chart.window, "rect", {class: "chart-selection", y: 0});
    drag.shape.setAttribute("height", chart.height);
    drag.shape.setAttribute("x", left);
    drag.shape.setAttribute("width", right - left);
  }

  function endDrag() {
    drag?.shape?.remove();
    drag = null;
  }

  // The map of a route in the same group: where the crosshair is, and the part that is marked. Between two pieces
  // nothing is known, and nothing is shown.

  function readRoute(map) {
    if (!routes.has(map)) {
      routes.set(map, map.dataset.routePoints.split(";").map(
        piece => piece.split(" ").map(point => point.split(",").map(Number))));
    }
    return routes.get(map);
  }

  function findMap(group) {
    return group.querySelector("[data-route-points]");
  }

  function findPlace(piece, x) {
    if (x < piece[0][0] || x > piece.at(-1)[0]) return null;
    const after = Math.max(piece.findIndex(point => point[0] >= x), 1);
    const [from, to] = [piece[after - 1], piece[after]];
    const share = to[0] > from[0] ? (x - from[0]) / (to[0] - from[0]) : 0;
    return [1, 2].map(axis => from[axis] + share * (to[axis] - from[axis]));
  }

  function showPlace(group, x) {
    clearPlace(group);
    const map = findMap(group);
    const place = map && readRoute(map).map(piece => findPlace(piece, x)).find(Boolean);
    if (place) addShape(map, "circle", {class: "route-place", cx: place[0], cy: place[1], r: 15});
  }

  function clearPlace(group) {
    group.querySelector(".route-place")?.remove();
  }

  function markRoute(group, [low, high]) {
    const map = findMap(group);
    if (!map) return;
    for (const piece of readRoute(map)) {
      const [first, last] = [Math.max(low, piece[0][0]), Math.min(high, piece.at(-1)[0])];
      if (first >= last) continue;
      const inside = piece.filter(([x]) => x > first && x < last).map(([, left, top]) => [left, top]);
      const places = [findPlace(piece, first), ...inside, findPlace(piece, last)];
      const shape = addShape(map, "polyline", {class: "route-mark", points: places.join(" ")});
      map.querySelector(".route-outline").before(shape);
    }
  }

  // Laps: the rows of a [data-marks-in] table are parts of the charts

  function readMark(row) {
    const {marksIn, marksOf = "marks"} = row?.closest("[data-marks-in]")?.dataset ?? {};
    const group = document.getElementById(marksIn);
    const part = group?.dataset[marksOf]?.split(" ")[row.sectionRowIndex];
    return part ? {group, ends: part.split("/").map(Number)} : null;
  }

  function showMark(row) {
    clearMarks();
    const mark = readMark(row);
    if (!mark) return;
    markRoute(mark.group, mark.ends);
    for (const frame of listFrames(mark.group)) {
      const chart = readChart(frame);
      const [left, right] = mark.ends.map(x => (x - chart.low) / (chart.high - chart.low) * 100);
      const width = Math.max(right - left, 0.2);
      const shape = addShape(chart.plot, "rect",
        {class: "chart-mark", x: `${left}%`, width: `${width}%`, height: chart.height});
      chart.plot.prepend(shape);
    }
  }

  function clearMarks() {
    for (const shape of document.querySelectorAll(".chart-mark, .route-mark")) shape.remove();
  }

  // One stop for the Tab key in a table of laps: up and down go through its rows.
  function moveToRow(row, event) {
    const next = {ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling}[event.key];
    if (!next) return;
    event.preventDefault();
    row.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  // Events. They are heard on the document, because htmx exchanges the charts.

  function findChart(event) {
    const frame = event.target.closest?.(".chart-frame");
    return frame ? readChart(frame) : null;
  }

  document.addEventListener("pointermove", event => {
    if (drag?.isMouse && Math.abs(event.clientX - drag.fromPx) > DRAG_PX) drag.isZooming = true;
    if (drag?.isZooming) return drawSelection(event.clientX);
    const chart = drag?.chart ?? findChart(event);
    if (chart) showSoon(chart, event.clientX);
  });

  document.addEventListener("pointerdown", event => {
    const chart = findChart(event);
    if (!chart || event.button !== 0) return;
    endDrag();
    const isMouse = event.pointerType === "mouse";
    drag = {chart, isMouse, fromPx: event.clientX, fromX: getPointerPosition(chart, event.clientX)};
    showSoon(chart, event.clientX);
    if (isMouse) event.preventDefault(); // no selection of text
    chart.frame.focus({preventScroll: true});
  });

  document.addEventListener("pointerup", event => {
    if (drag?.isZooming) {
      const ends = [drag.fromX, getPointerPosition(drag.chart, event.clientX)].sort((one, other) => one - other);
      hide(drag.chart.group);
      zoom(drag.chart, ...ends);
    }
    endDrag();
  });
  document.addEventListener("pointercancel", endDrag);

  document.addEventListener("pointerout", event => {
    const chart = findChart(event);
    const isInside = chart && event.relatedTarget && chart.frame.contains(event.relatedTarget);
    if (chart && !isInside && event.pointerType === "mouse" && !drag) hide(chart.group);
  });

  function step(chart, key) {
    const {positions} = chart;
    const [low, high] = getWindow(chart);
    const visible = positions.filter(x => x >= low && x <= high);
    const last = visible.length - 1;
    if (last < 0) return;
    const now = chart.at === undefined ? last : findNearest(visible, chart.at);
    const places = {
      ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, Home: 0, End: last,
      PageDown: now - PAGE_STEPS, PageUp: now + PAGE_STEPS,
    };
    const isFirst = chart.at === undefined && !["Home", "End"].includes(key);
    show({chart, x: visible[isFirst ? last : Math.min(Math.max(places[key], 0), last)]});
  }

  const KEYS = {
    "+": chart => zoomBy(chart, 0.5), "=": chart => zoomBy(chart, 0.5), "-": chart => zoomBy(chart, 2),
    Escape: chart => { resetZoom(chart); hide(chart.group); },
  };
  for (const key of ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "Home", "End", "PageDown", "PageUp"]) {
    KEYS[key] = chart => step(chart, key);
  }

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("[data-marks-in] tr")) return moveToRow(event.target, event);
    const action = event.target.matches(".chart-frame") && KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    const chart = readChart(event.target);
    action(chart);
    if (chart.at !== undefined && event.key !== "Escape") show({chart, x: chart.at});
  });

  document.addEventListener("focusin", event => showMark(event.target.closest?.("[data-marks-in] tr")));
  document.addEventListener("focusout", event => {
    clearMarks();
    const chart = event.target.matches?.(".chart-frame") ? readChart(event.target) : null;
    if (chart) hide(chart.group);
  });
  document.addEventListener("pointerover", event => {
    const row = event.target.closest?.("[data-marks-in] tr");
    if (row) showMark(row);
    else if (document.querySelector(".chart-mark")) {
      showMark(document.activeElement?.closest("[data-marks-in] tr"));
    }
  });

  // Preparing a page: roles and buttons, no reading

  function addButton(tools, label, words, action) {
    const button = document.createElement("button");
    Object.assign(button, {type: "button", textContent: label});
    button.addEventListener("click", action);
    if (words) button.setAttribute("aria-label", words);
    tools.append(button);
    return button;
  }

  function addTools(frame, name) {
    const tools = document.createElement("div");
    tools.className = "chart-tools";
    const range = Object.assign(document.createElement("span"), {className: "chart-range"});
    range.setAttribute("role", "status");
    tools.append(range);
    const use = action => () => {
      const chart = readChart(frame);
      action(chart);
      frame.focus({preventScroll: true}); // Reset is gone, and the keys go on where they were
      if (chart.at !== undefined) show({chart, x: chart.at});
    };
    // The keys + and − do the same.
    for (const [label, words, factor] of [["−", "Zoom out", 2], ["+", "Zoom in", 0.5]]) {
      addButton(tools, label, `${words}: ${name}`, use(chart => zoomBy(chart, factor))).tabIndex = -1;
    }
    const reset = addButton(tools, "Reset", `Reset zoom: ${name}`, use(resetZoom));
    Object.assign(reset, {className: "chart-reset", hidden: true});
    frame.before(tools);
  }

  function prepareFrame(frame) {
    const name = frame.querySelector("title").textContent;
    const {low, high} = frame.dataset;
    Object.entries({
      role: "slider", tabindex: 0, "aria-label": name, "aria-valuetext": HINT, "aria-valuemin": low,
      "aria-valuemax": high, "aria-valuenow": high, "aria-describedby": frame.querySelector("desc").id,
    }).forEach(([key, value]) => frame.setAttribute(key, value));
    addTools(frame, name);
  }

  function preparePage() {
    [charts, routes, windows, drag, waiting] = [new WeakMap(), new WeakMap(), new WeakMap(), null, null];
    for (const old of document.querySelectorAll(".chart-tools")) old.remove();
    for (const frame of document.querySelectorAll(".chart-frame")) {
      clearOverlay(frame);
      prepareFrame(frame);
      frame.classList.remove("chart-zoomed", "chart-close");
      for (const [name, value] of [["x", "0"], ["width", "100%"]]) {
        frame.querySelector(".chart-plot").setAttribute(name, value);
      }
    }
    for (const row of document.querySelectorAll("[data-marks-in] tr:first-child")) row.tabIndex = 0;
  }

  document.addEventListener("htmx:after:swap", preparePage);
  preparePage();
})();
