// Passkeys: the browser's own dialog between two requests to the portal. A button with data-passkey="get" or "create" names
// both addresses, and is shown where the browser can do it.
(() => {
  const Credential = globalThis.PublicKeyCredential;
  if (!Credential?.parseRequestOptionsFromJSON) return;
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  headers["Content-Type"] = "application/json";
  const post = async (address, body) => {
    const answer = await fetch(address, { method: "POST", headers, body });
    return { ok: answer.ok, ...await answer.json() };
  };
  const ask = async (button) => {
    const options = await post(button.dataset.options, "{}");
    if (!options.ok) return options;
    const credential = button.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: Credential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: Credential.parseRequestOptionsFromJSON(options) });
    return post(button.dataset.answer, JSON.stringify(credential.toJSON()));
  };
  for (const button of document.querySelectorAll("[data-passkey]")) {
    for (const part of document.querySelectorAll("[data-with-passkey]")) part.hidden = false;
    const problem = document.getElementById("passkey-problem");
    button.addEventListener("click", async () => {
      problem.textContent = "";
      button.disabled = true;
      const answer = await ask(button).catch(() => ({ problem: button.dataset.failed }));
      if (answer.next) location.assign(answer.next);
      else problem.textContent = answer.problem || button.dataset.failed;
      button.disabled = false;
    });
  }
})();
