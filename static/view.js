// A shared link, opened in the browser: the key is behind the "#" of the address and never leaves this page.
// Source: HL7 SMART Health Cards and Links IG, STU 1; RFC 7516 (JWE); RFC 1951 (raw DEFLATE).
(() => {
  const found = /shlink:\/([\w-]+)/.exec(location.hash);
  if (!found || !globalThis.crypto?.subtle) return;
  const section = document.getElementById("in-browser");
  const problem = document.getElementById("view-problem");
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const json = (content) => JSON.parse(new TextDecoder().decode(content));
  const tell = (text) => problem.textContent = text;
  let link;
  try {
    link = json(bytes(found[1]));
  } catch {
    link = {};
  }
  section.hidden = false;
  document.getElementById("with-code").hidden = true;
  const form = document.getElementById("view-form");
  const stop = (text) => {
    tell(text);
    form.hidden = true;
  };
  const needsPasscode = link.flag?.includes("P");
  document.getElementById("passcode-field").hidden = !needsPasscode;
  if (!link.url || !link.key) return stop(section.dataset.failed);
  if (new URL(link.url, location).origin !== location.origin) return stop(section.dataset.foreign);
  if (link.exp && link.exp * 1000 <= Date.now()) return stop(section.dataset.expired);

  const decrypted = async (file) => {
    const [head, , vector, sealed, tag] = file.trim().split(".");
    const header = json(bytes(head));
    if (header.alg !== "dir" || header.enc !== "A256GCM") throw new Error("algorithm");
    const key = await crypto.subtle.importKey("raw", bytes(link.key), "AES-GCM", false, ["decrypt"]);
    const data = new Uint8Array([...bytes(sealed), ...bytes(tag)]);
    const parameters = { name: "AES-GCM", iv: bytes(vector), additionalData: new TextEncoder().encode(head) };
    const plain = await crypto.subtle.decrypt(parameters, key, data);
    if (header.zip !== "DEF") return json(plain);
    const inflated = new Blob([plain]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return json(await new Response(inflated).arrayBuffer());
  };
  const file = async (recipient, passcode) => {
    const ask = link.flag?.includes("U")
      ? fetch(`${link.url}?${new URLSearchParams({ recipient })}`)
      : fetch(link.url, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ recipient, ...(passcode && { passcode }) }),
      });
    const answer = await ask;
    if (answer.status === 401) throw new Error(`${section.dataset.wrong} ${(await answer.json()).remainingAttempts}`);
    if (!answer.ok) throw new Error(section.dataset.gone);
    if (link.flag?.includes("U")) return answer.text();
    const [{ location: address }] = (await answer.json()).files;
    return (await fetch(address)).text();
  };

  // Only these elements of a narrative are drawn, without any attribute but how many rows a cell stands for (without
  // it, what follows moves under another heading): the text is a stranger's.
  const drawn = new Set(["div", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "b", "i", "br"]);
  const copy = (from, to) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
      else if (node.nodeType === Node.ELEMENT_NODE) {
        const name = node.localName.toLowerCase();
        const target = drawn.has(name) ? to.appendChild(document.createElement(name)) : to;
        if (node.rowSpan > 1 && target !== to) target.rowSpan = node.rowSpan;
        if (name !== "script" && name !== "style") copy(node, target);
      }
    }
  };
  const element = (name, text, parent) => {
    const made = parent.appendChild(document.createElement(name));
    made.textContent = text;
    return made;
  };
  // What is in no section: its name, what it says of itself, its day; and its files, to be saved.
  const list = (resource, content) => {
    const code = [resource.code, resource.medicationCodeableConcept, resource.vaccineCode, resource.type].flat().find(
      Boolean,
    );
    const title = code?.text ?? code?.coding?.[0]?.display;
    const amount = resource.valueQuantity && `${resource.valueQuantity.value} ${resource.valueQuantity.unit ?? ""}`;
    const day = resource.date ?? resource.authoredOn ?? resource.effectiveDateTime ?? resource.occurrenceDateTime ??
      resource.recordedDate ?? resource.period?.start;
    const doses = (resource.dosageInstruction ?? []).map((dose) => dose.text);
    const told = [title, amount, resource.valueString, ...doses, day?.slice(0, 10)].filter(Boolean);
    if (title) element("p", told.join(" · "), content);
    for (const { attachment } of resource.content ?? []) {
      if (attachment?.contentType !== "application/pdf" || !attachment.data) continue;
      const link = element("a", section.dataset.save, element("p", "", content));
      link.href = URL.createObjectURL(new Blob([bytes(attachment.data)], { type: "application/pdf" }));
      link.download = "document.pdf";
    }
  };
  const dayOf = (text, more) =>
    /^\d{4}-\d\d-\d\d/.test(text ?? "")
      ? new Date(text).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", ...more })
      : text;
  const show = (bundle) => {
    const content = document.getElementById("view-content");
    const resources = bundle.entry.map((entry) => entry.resource);
    const patient = resources.find((resource) => resource.resourceType === "Patient");
    const name = patient?.name?.[0];
    const called = name?.text ?? [...(name?.given ?? []), name?.family].filter(Boolean).join(" ");
    element("h2", [called, dayOf(patient?.birthDate, { timeZone: "UTC" })].filter(Boolean).join(", "), content);
    const composition = resources.find((resource) => resource.resourceType === "Composition");
    if (composition?.date) element("p", section.dataset.made.replace("{}", dayOf(composition.date)), content);
    for (const part of composition?.section ?? []) {
      const card = content.appendChild(document.createElement("section"));
      card.className = "card stack tight";
      card.lang = "en";
      element("h3", part.title, card);
      const text = card.appendChild(document.createElement("div"));
      text.className = "original told";
      text.role = "region";
      text.tabIndex = 0; // it may scroll sideways
      text.ariaLabel = part.title;
      copy(new DOMParser().parseFromString(part.text?.div ?? "", "text/html").body, text);
    }
    for (const resource of composition ? [] : resources) list(resource, content);
    section.hidden = true;
    content.hidden = false;
    history.replaceState(null, "", location.pathname);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("");
    try {
      const passcode = document.getElementById("passcode").value.trim();
      show(await decrypted(await file(document.getElementById("who").value.trim(), passcode)));
    } catch (error) {
      tell(error instanceof DOMException || error instanceof TypeError ? section.dataset.failed : error.message);
    }
  });
})();
