// Adds a passkey, or signs in with one. The browser's answer goes into the form's hidden field, as JSON.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const decode = text =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
  const encode = bytes =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const decodeIds = list => (list || []).map(item => ({ ...item, id: decode(item.id) }));

  const toJson = credential => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = encode(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: encode(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const create = options =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: decode(options.challenge),
        user: { ...options.user, id: decode(options.user.id) },
        excludeCredentials: decodeIds(options.excludeCredentials),
      },
    });

  const get = options =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: decode(options.challenge),
        allowCredentials: decodeIds(options.allowCredentials),
      },
    });

  const loadChallenge = async form => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.csrfmiddlewaretoken.value });
    const answer = await fetch(form.dataset.challengeAddress, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const handle = (form, askBrowser) => {
    const error = form.querySelector("[role=alert]");
    form.hidden = false;
    form.addEventListener("submit", async event => {
      event.preventDefault();
      error.hidden = true;
      try {
        form.credential.value = toJson(await askBrowser(form));
        form.submit();
      } catch {
        error.textContent = "The passkey was not used. Try again.";
        error.hidden = false;
      }
    });
  };

  const signIn = document.getElementById("passkey-sign-in");
  if (signIn) handle(signIn, async form => get(await loadChallenge(form)));
  const add = document.getElementById("new-passkey");
  if (add) handle(add, form => create(JSON.parse(form.dataset.options)));
})();
