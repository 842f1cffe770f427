// Sends recordings one by one, each with its own progress. Archives, tables and many files go together and become
// an import. Without this script the form sends all at once.
(() => {
  "use strict";
  const form = document.getElementById("upload");
  const input = document.getElementById("files");
  const list = document.getElementById("results");
  const card = document.getElementById("results-card");
  const summary = document.getElementById("results-summary");
  const dropZone = document.getElementById("drop-zone");
  const button = form.querySelector("button");
  const maxFiles = Number(form.dataset.maxFiles);
  const maxRecordingBytes = Number(form.dataset.maxRecordingBytes);
  const MAX_ONE_BY_ONE = 50;
  const FOR_IMPORT = /\.(zip|csv|json|xml)$/i;

  function createProgressRow(label) {
    const row = document.createElement("li");
    row.className = "result";
    const name = document.createElement("strong");
    name.className = "filename";
    name.textContent = label;
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute("aria-label", `Sending ${label}`);
    row.append(name, progress);
    return row;
  }

  function createRetryButton(label, resend) {
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button secondary";
    retry.textContent = label;
    retry.addEventListener("click", resend);
    return retry;
  }

  function resendFile(row, file, acceptPartial) {
    return async () => {
      const newRow = createProgressRow(file.name);
      row.replaceWith(newRow);
      await sendOne(newRow, file, acceptPartial);
      showSummary();
    };
  }

  function showFailure(row, text, resend) {
    const message = document.createElement("p");
    message.textContent = text;
    row.dataset.outcome = "failed";
    row.querySelector("progress")?.remove();
    row.append(message, createRetryButton("Try again", resend));
  }

  function showLink(row, url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = "It became an import. See how it goes";
    row.dataset.outcome = "import";
    row.querySelector("progress").replaceWith(link);
  }

  function parseAnswer(request) {
    return new DOMParser().parseFromString(request.responseText, "text/html");
  }

  function findErrorText(page) {
    return page.querySelector(".field-error, .notice.error, main p")?.textContent || "The server gave no answer.";
  }

  function isImportUrl(url) {
    return new URL(url, location.href).pathname.startsWith("/imports/");
  }

  // Resolves with the finished request; null if there is no connection.
  function post(files, acceptPartial, progress) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    if (acceptPartial) body.set("accept_partial", "on");
    if (form.dry_run.checked) body.set("dry_run", "on");
    for (const file of files) body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", event => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    return new Promise(resolve => {
      request.addEventListener("load", () => resolve(request));
      request.addEventListener("error", () => resolve(null));
      request.open("POST", form.action);
      request.send(body);
    });
  }

  async function sendOne(row, file, acceptPartial) {
    const request = await post([file], acceptPartial, row.querySelector("progress"));
    const resend = resendFile(row, file, acceptPartial);
    if (!request) return showFailure(row, "It could not be sent: is there a connection?", resend);
    if (isImportUrl(request.responseURL)) return showLink(row, request.responseURL);
    const page = parseAnswer(request);
    const result = page.querySelector("#results > li");
    if (!result) return showFailure(row, findErrorText(page), resend);
    row.replaceWith(result);
    if (result.hasAttribute("data-partial")) {
      result.append(createRetryButton("Store what is readable", resendFile(result, file, true)));
    }
  }

  async function sendTogether(files, acceptPartial) {
    const row = createProgressRow(files.length === 1 ? files[0].name : `${files.length} files`);
    list.replaceChildren(row);
    const resend = () => sendTogether(files, acceptPartial);
    const progress = row.querySelector("progress");
    const sent = files.length > maxFiles ? [await packFiles(files)] : files;
    const request = await post(sent, acceptPartial, progress);
    if (!request) return showFailure(row, "It could not be sent: is there a connection?", resend);
    if (isImportUrl(request.responseURL)) return location.assign(request.responseURL);
    showFailure(row, findErrorText(parseAnswer(request)), resend);
  }

  function countResults(outcome) {
    return list.querySelectorAll(`[data-outcome=${outcome}]`).length;
  }

  function showSummary() {
    const notStored = countResults("refused") + countResults("failed");
    summary.textContent =
      `${countResults("stored")} stored, ${countResults("there")} already there, ${notStored} not stored.`;
    summary.classList.remove("visually-hidden");
  }

  function isForImport(files) {
    return form.dry_run.checked || files.length > MAX_ONE_BY_ONE
      || files.some(file => FOR_IMPORT.test(file.name) || file.size > maxRecordingBytes);
  }

  async function sendFiles(files) {
    if (!files.length || button.disabled) return;
    const acceptPartial = form.accept_partial.checked;
    card.hidden = false;
    button.disabled = true;
    card.scrollIntoView({block: "nearest"});
    if (isForImport(files)) {
      await sendTogether(files, acceptPartial);
    } else {
      const rows = files.map(file => createProgressRow(file.name));
      list.replaceChildren(...rows);
      for (const [index, file] of files.entries()) await sendOne(rows[index], file, acceptPartial);
      showSummary();
      form.reset();
    }
    button.disabled = false;
  }

  // The files of a dropped folder, and of the folders in it.
  async function readEntry(entry) {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!entries.length) return found;
      for (const inner of entries) found.push(...await readEntry(inner));
    }
  }

  async function readDropped(transfer) {
    const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some(entry => entry.isDirectory)) return [...transfer.files];
    const found = [];
    for (const entry of entries) found.push(...await readEntry(entry));
    return found;
  }

  function hasFiles(event) {
    return event.dataTransfer?.types.includes("Files");
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    sendFiles([...input.files]);
  });
  window.addEventListener("dragover", event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropZone.hidden = false;
  });
  window.addEventListener("dragleave", event => {
    if (!event.relatedTarget) dropZone.hidden = true;
  });
  window.addEventListener("drop", async event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropZone.hidden = true;
    sendFiles(await readDropped(event.dataTransfer));
  });
  document.getElementById("drop-hint").hidden = false;
})();
