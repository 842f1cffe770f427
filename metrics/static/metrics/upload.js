// Sends each chosen file on its own, with its own progress; without this the form sends them all and shows one page.
(() => {
  "use strict";
  const form = document.getElementById("upload");
  const files = document.getElementById("files");
  const list = document.getElementById("results");
  const card = document.getElementById("results-card");
  const summary = document.getElementById("results-summary");
  const button = form.querySelector("button");

  function row(file) {
    const item = document.createElement("li");
    item.className = "result";
    const name = document.createElement("strong");
    name.className = "filename";
    name.textContent = file.name;
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", `Sending ${file.name}`);
    item.append(name, progress);
    return item;
  }

  function failed(item, file, text) {
    const told = document.createElement("p");
    told.textContent = text;
    item.dataset.outcome = "failed";
    item.querySelector("progress")?.remove();
    item.append(told, again("Try again", item, file, form.accept_partial.checked));
  }

  function again(label, item, file, partial) {
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button quiet";
    retry.textContent = label;
    retry.addEventListener("click", async () => {
      const waiting = row(file);
      item.replaceWith(waiting);
      await send(waiting, file, partial);
      count();
    });
    return retry;
  }

  function settle(item, file, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const result = page.querySelector("#results > li");
    if (!result) {
      failed(item, file, page.querySelector("main p")?.textContent || "The server gave no answer to this file.");
      return;
    }
    item.replaceWith(result);
    if (result.hasAttribute("data-breaks-off")) {
      result.append(again("Store what is readable", result, file, true));
    }
  }

  function send(item, file, partial) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    if (partial) body.set("accept_partial", "on");
    body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    const progress = item.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    return new Promise((done) => {
      request.addEventListener("load", () => { settle(item, file, request); done(); });
      request.addEventListener("error", () => { failed(item, file, "It could not be sent: is there a connection?"); done(); });
      request.open("POST", form.action);
      request.send(body);
    });
  }

  function count() {
    const of = (outcome) => list.querySelectorAll(`[data-outcome=${outcome}]`).length;
    summary.textContent = `${of("stored")} stored, ${of("there")} already there, ${of("refused") + of("failed")} not stored.`;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = [...files.files];
    const partial = form.accept_partial.checked;
    card.hidden = false;
    button.disabled = true;
    const rows = chosen.map(row);
    list.replaceChildren(...rows);
    for (let place = 0; place < chosen.length; place += 1) await send(rows[place], chosen[place], partial);
    count();
    summary.classList.remove("unseen");
    form.reset();
    button.disabled = false;
  });
})();
