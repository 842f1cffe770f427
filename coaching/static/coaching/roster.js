// Choose all athletes of the page at once, and keep one's place in the queue; everything else works without a script.
let place = -1;

function queueButtons() {
  return [...document.querySelectorAll(".waiting .seen .button")];
}

function show() {
  const box = document.getElementById("choose-all");
  if (box) box.hidden = false;
  const buttons = queueButtons();
  if (place >= 0 && document.activeElement === document.body) buttons[Math.min(place, buttons.length - 1)]?.focus({ preventScroll: true });
  place = -1;
}

document.addEventListener("change", event => {
  if (event.target.id !== "choose-all") return;
  for (const box of document.querySelectorAll("#roster input[name=athletes]")) box.checked = event.target.checked;
});
// The button that was pressed goes with its reason: the focus goes on to the one that takes its place.
document.addEventListener("submit", event => { place = queueButtons().indexOf(event.submitter); }, true);
document.addEventListener("htmx:after:swap", show);
show();
