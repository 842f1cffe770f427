// Choose all athletes of the page at once; everything else of the roster works without a script.
function show() {
  const box = document.getElementById("choose-all");
  if (box) box.hidden = false;
}

document.addEventListener("change", event => {
  if (event.target.id !== "choose-all") return;
  for (const box of document.querySelectorAll("#roster input[name=athletes]")) box.checked = event.target.checked;
});
document.addEventListener("htmx:after:swap", show);
show();
