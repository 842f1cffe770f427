// Ticks all athletes of the page, counts the ticked ones, and keeps the focus in the queue. All else works without it.
let pressedPosition = -1; // in the queue's buttons; -1 if none was pressed

function listQueueButtons() {
  return [...document.querySelectorAll(".waiting .acknowledge-form .button")];
}

function listAthleteBoxes() {
  return [...document.querySelectorAll("#roster input[name=athletes]")];
}

function showSelectAllBox() {
  const box = document.getElementById("choose-all");
  if (box) box.hidden = false;
}

function showSelectedCount() {
  const target = document.getElementById("selected-count");
  const count = listAthleteBoxes().filter(box => box.checked).length;
  if (target) target.textContent = count ? ` (${count})` : "";
}

// The pressed button is gone with its reason. The focus moves to the button in its place.
function restoreFocus() {
  const buttons = listQueueButtons();
  if (pressedPosition >= 0 && document.activeElement === document.body) {
    buttons[Math.min(pressedPosition, buttons.length - 1)]?.focus({ preventScroll: true });
  }
  pressedPosition = -1;
}

function preparePage() {
  showSelectAllBox();
  showSelectedCount();
  restoreFocus();
}

document.addEventListener("change", event => {
  if (event.target.id === "choose-all") {
    for (const box of listAthleteBoxes()) box.checked = event.target.checked;
  }
  showSelectedCount();
});
document.addEventListener("submit", event => { pressedPosition = listQueueButtons().indexOf(event.submitter); }, true);
document.addEventListener("htmx:after:swap", preparePage);
window.addEventListener("pageshow", preparePage); // also after going back: the browser keeps the ticks
preparePage();
