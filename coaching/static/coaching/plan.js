// Says what typed sessions mean while one types: steps as rows of fields, and the sums of a plan's week.
// Without a script the lines do the same when they are saved.
const WAIT_MS = 300;
let timer = 0;
let latest = 0;

async function load(place, query, show) {
  const number = ++latest;
  const answer = await fetch(`${place.dataset.source}?${query}`, { headers: { "HX-Request": "true" } });
  if (number !== latest || !answer.ok || answer.status === 204) return;
  show(await answer.text());
}

function later(action) {
  clearTimeout(timer);
  timer = setTimeout(action, WAIT_MS);
}

function findLine() {
  return document.querySelector("input[name=steps]");
}

function findSport() {
  return findLine()?.form.elements.sport?.value || "run";
}

// Keeps the focus, and what was typed in that field since the question was sent.
function showRows(rows, text) {
  const old = rows.contains(document.activeElement) ? document.activeElement : null;
  rows.innerHTML = text;
  const field = old?.id ? document.getElementById(old.id) : null;
  if (!field) return;
  field.focus();
  if (field.type !== "text") return;
  field.value = old.value;
  field.setSelectionRange(old.selectionStart, old.selectionEnd);
}

function loadFromLine() {
  const rows = document.getElementById("step-rows");
  const query = new URLSearchParams({ line: findLine().value, sport: findSport() });
  load(rows, query, text => showRows(rows, text));
}

function loadFromRows(extra = {}) {
  const rows = document.getElementById("step-rows");
  const query = new URLSearchParams({ sport: findSport(), ...extra });
  for (const field of rows.querySelectorAll("input, select")) {
    if (field.type === "checkbox" ? field.checked : field.value) query.set(field.name, field.value);
  }
  load(rows, query, text => {
    showRows(rows, text);
    findLine().value = rows.querySelector("[data-line]").dataset.line;
  });
}

function loadWeek(form) {
  const preview = document.getElementById("week-preview");
  const query = new URLSearchParams();
  let isTyped = false;
  for (const field of form.elements) {
    if (!/^(week|day\d)$/.test(field.name) || !field.value) continue;
    query.set(field.name, field.value);
    isTyped ||= field.name !== "week";
  }
  if (!isTyped) { latest++; preview.replaceChildren(); return; }
  load(preview, query, text => { preview.innerHTML = text; });
}

document.addEventListener("input", event => {
  if (event.target.name === "steps") later(loadFromLine);
  else if (event.target.closest("#step-rows")) later(loadFromRows);
  else if (/^day\d$/.test(event.target.name)) later(() => loadWeek(event.target.form));
});

document.addEventListener("change", event => {
  if (event.target.name === "sport" && findLine()) later(loadFromLine);
});

document.addEventListener("click", event => {
  const button = event.target.closest("#step-rows [data-do]");
  if (button) loadFromRows({ do: button.dataset.do, row: button.dataset.row });
});

if (findLine() && document.getElementById("step-rows")) loadFromLine();
