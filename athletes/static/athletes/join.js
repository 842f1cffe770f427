// Copies the invitation's code from the link (after its #) into the form, and hides the field once it has a code.
// sessionStorage keeps the code if the person signs in first.
(() => {
  "use strict";
  const form = document.getElementById("join");
  const code = location.hash.slice(1) || sessionStorage.getItem("invitation") || "";
  if (code && !form.token.value) {
    form.token.value = code;
    sessionStorage.setItem("invitation", code);
    history.replaceState(null, "", location.pathname);
  }
  form.token.closest(".field").hidden = form.token.value !== "" && !document.getElementById("error-token");
  form.addEventListener("submit", () => sessionStorage.removeItem("invitation"));
  if (form.timezone && !form.timezone.value) {
    form.timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }
})();
