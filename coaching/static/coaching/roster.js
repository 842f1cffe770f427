// Ticks all athletes of the page, counts the ticked ones, and keeps the focus in the queue. All else works without it.
let pressedId = ""; // of the button of the queue that was pressed

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

// The pressed button was replaced. The focus goes to the button in its place: Seen stays, Undo becomes Seen.
function restoreFocus() {
  if (pressedId && document.activeElement === document.body) {
    document.getElementById(pressedId.replace("undo-", "seen-"))?.focus({ preventScroll: true });
  }
  pressedId = "";
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
document.addEventListener("submit", event => {
  pressedId = event.target.closest(".queue-story") ? event.submitter?.id || "" : "";
}, true);
// A refused request is sent again without htmx: the browser then shows the error page.
document.addEventListener("htmx:after:request", event => {
  const { sourceElement, response } = event.detail.ctx;
  if (response.status >= 400 && sourceElement.matches(".queue-story form")) {
    event.preventDefault();
    sourceElement.submit();
  }
});
document.addEventListener("htmx:after:swap", preparePage);
window.addEventListener("pageshow", preparePage); // also after going back: the browser keeps the ticks
preparePage();
