// Sends each chosen file on its own, with its own progress. Without this script the form sends all at once.
(() => {
  "use strict";
  const form = document.getElementById("upload");
  const files = document.getElementById("files");
  const list = document.getElementById("results");
  const card = document.getElementById("results-card");
  const summary = document.getElementById("results-summary");
  const button = form.querySelector("button");

  function createProgressRow(file) {
    const row = document.createElement("li");
    row.className = "result";
    const name = document.createElement("strong");
    name.className = "filename";
    name.textContent = file.name;
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", `Sending ${file.name}`);
    row.append(name, progress);
    return row;
  }

  function createRetryButton(label, row, file, acceptPartial) {
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button secondary";
    retry.textContent = label;
    retry.addEventListener("click", async () => {
      const newRow = createProgressRow(file);
      row.replaceWith(newRow);
      await sendFile(newRow, file, acceptPartial);
      showSummary();
    });
    return retry;
  }

  function showFailure(row, file, text) {
    const message = document.createElement("p");
    message.textContent = text;
    row.dataset.outcome = "failed";
    row.querySelector("progress")?.remove();
    row.append(message, createRetryButton("Try again", row, file, form.accept_partial.checked));
  }

  function showResult(row, file, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const result = page.querySelector("#results > li");
    if (!result) {
      showFailure(row, file, page.querySelector("main p")?.textContent || "The server gave no answer to this file.");
      return;
    }
    row.replaceWith(result);
    if (result.hasAttribute("data-partial")) {
      result.append(createRetryButton("Store what is readable", result, file, true));
    }
  }

  function sendFile(row, file, acceptPartial) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    if (acceptPartial) body.set("accept_partial", "on");
    body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    const progress = row.querySelector("progress");
    request.upload.addEventListener("progress", event => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    return new Promise(resolve => {
      request.addEventListener("load", () => { showResult(row, file, request); resolve(); });
      request.addEventListener("error", () => {
        showFailure(row, file, "It could not be sent: is there a connection?");
        resolve();
      });
      request.open("POST", form.action);
      request.send(body);
    });
  }

  function countResults(outcome) {
    return list.querySelectorAll(`[data-outcome=${outcome}]`).length;
  }

  function showSummary() {
    const notStored = countResults("refused") + countResults("failed");
    summary.textContent =
      `${countResults("stored")} stored, ${countResults("there")} already there, ${notStored} not stored.`;
  }

  form.addEventListener("submit", async event => {
    event.preventDefault();
    const chosenFiles = [...files.files];
    const acceptPartial = form.accept_partial.checked;
    card.hidden = false;
    button.disabled = true;
    const rows = chosenFiles.map(createProgressRow);
    list.replaceChildren(...rows);
    for (const [index, file] of chosenFiles.entries()) await sendFile(rows[index], file, acceptPartial);
    showSummary();
    summary.classList.remove("visually-hidden");
    form.reset();
    button.disabled = false;
  });
})();
