// Puts the invitation's code, which stands behind the # of the link, into the form, also after signing in on the way.
(() => {
  "use strict";
  const form = document.getElementById("join");
  const code = location.hash.slice(1) || sessionStorage.getItem("invitation") || "";
  if (code && !form.token.value) {
    form.token.value = code;
    form.token.readOnly = true; // it came with the link: nothing to type
    sessionStorage.setItem("invitation", code);
    history.replaceState(null, "", location.pathname);
  }
  form.addEventListener("submit", () => sessionStorage.removeItem("invitation"));
  if (form.timezone && !form.timezone.value) {
    form.timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }
})();
