// Moves a session by dragging it to another day. The date field on its page does the same without a script.
const form = document.getElementById("drag");
let dragged = null;

function findDay(event) {
  return event.target.closest?.("[data-day]");
}

function markDay(day) {
  for (const marked of document.querySelectorAll(".drop-target")) marked.classList.remove("drop-target");
  day?.classList.add("drop-target");
}

function sendMove(session, day) {
  form.action = session.dataset.move;
  form.elements.version.value = session.dataset.version;
  form.elements.date.value = day.dataset.day;
  form.requestSubmit();
}

for (const session of document.querySelectorAll("[data-move]")) {
  session.draggable = true;
  session.addEventListener("dragstart", event => {
    dragged = session;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", session.dataset.session);
  });
  session.addEventListener("dragend", () => { dragged = null; markDay(null); });
}

document.addEventListener("dragover", event => {
  const day = dragged && findDay(event);
  markDay(day);
  if (day) event.preventDefault();
});

document.addEventListener("drop", event => {
  const day = dragged && findDay(event);
  if (!day) return;
  event.preventDefault();
  if (day !== dragged.closest("[data-day]")) sendMove(dragged, day);
});
