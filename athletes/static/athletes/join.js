// Sends the invitation's code from the link (after its #), so that nobody has to copy it. On the invitation it fills
// in the browser's time zone. sessionStorage keeps the code if the person signs in first.
(() => {
  "use strict";
  const codeForm = document.getElementById("invitation-code");
  const joinForm = document.getElementById("join");
  if (codeForm && !document.getElementById("error-token")) {
    const code = location.hash.slice(1) || sessionStorage.getItem("invitation") || "";
    if (code) {
      codeForm.token.value = code;
      sessionStorage.setItem("invitation", code);
      history.replaceState(null, "", location.pathname);
      codeForm.requestSubmit();
    }
  } else if (codeForm) {
    sessionStorage.removeItem("invitation"); // it does not work, so do not send it again
  }
  if (joinForm) {
    joinForm.addEventListener("submit", () => sessionStorage.removeItem("invitation"));
    if (joinForm.timezone && !joinForm.timezone.value) {
      joinForm.timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
    }
  }
})();
