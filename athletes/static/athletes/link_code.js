// Copies the code of a link that was sent by e-mail (the part after its #) into the form, and hides the field.
(() => {
  "use strict";
  const form = document.getElementById("link-code");
  const code = location.hash.slice(1);
  if (code && !form.token.value) {
    form.token.value = code;
    history.replaceState(null, "", location.pathname);
  }
  form.token.closest(".field").hidden = form.token.value !== "" && !document.getElementById("error-token");
})();
