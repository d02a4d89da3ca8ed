// What htmx and HTML do not do by themselves: say what was swapped, keep the focus, close popovers with Escape.
(() => {
  const say = (text) => {
    const region = document.getElementById("announce");
    if (region && text) {
      region.textContent = "";
      setTimeout(() => {
        region.textContent = text;
      }, 50);
    }
  };
  // Where the focus was, by what stays the same when a part is exchanged; and which details were open.
  const pathOf = (element) => {
    if (!element || element === document.body) return "";
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.matches("summary")) return `${pathOf(element.parentElement)} > summary`;
    if (element.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
    return element.form ? `form[action="${CSS.escape(element.form.getAttribute("action"))}"] button` : "";
  };
  let focused = "";
  let holder;
  let parts = [];
  let unfolded = [];
  // One answer may bring several parts: htmx says which elements they take the place of.
  document.addEventListener("htmx:before:swap", (event) => {
    parts = (event.detail.tasks || []).map(({ target }) =>
      typeof target === "string" ? document.querySelector(target) : target
    ).filter(Boolean);
    holder = parts.find((part) => part.contains(document.activeElement));
    focused = holder ? pathOf(document.activeElement) : "";
    unfolded = parts.flatMap((part) => [...part.querySelectorAll("details[open][id]")].map((details) => details.id));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    const now = (part) => (part?.id && document.getElementById(part.id)) || part;
    const gone = !document.activeElement || document.activeElement === document.body;
    if (gone && focused) {
      (document.querySelector(focused) || now(holder)?.querySelector("a, button"))?.focus({ preventScroll: true });
    }
    placeOf(event.detail.ctx?.sourceElement)?.classList.remove("failed");
    const fresh = parts.map(now);
    for (const part of fresh) if (part.matches("[data-place]") && part.querySelector("[data-fresh]")) unfold(part);
    const speakers = fresh.map((part) => part.matches("[data-say]") ? part : part.querySelector("[data-say]"));
    say(speakers.map((speaker) => speaker?.dataset.say).filter(Boolean).join(". "));
  });
  // A part that does not come says so in its place, is asked for twice more, then when somebody presses Try again.
  const PAUSES = [2000, 6000];
  const asking = new WeakMap();
  const unfold = (element) => element.closest("details:not([open])")?.setAttribute("open", "");
  const placeOf = (element) => element?.closest?.("[data-place]");
  const again = (element) => element.isConnected && element.dispatchEvent(new Event("again"));
  const failed = (event) => {
    const asker = event.detail.ctx?.sourceElement;
    const place = placeOf(asker);
    if (!place) return;
    if (!place.classList.contains("failed")) say(place.querySelector(".failed-text span")?.textContent.trim());
    const tries = asking.get(place)?.tries ?? 0;
    const others = asker.dataset.also ? document.querySelectorAll(asker.dataset.also) : [];
    for (const each of [place, ...others]) {
      each.classList.add("failed");
      unfold(each);
      asking.set(each, { asker, tries: tries + 1 });
    }
    if (!("reduce" in document.body.dataset) && tries < PAUSES.length) setTimeout(again, PAUSES[tries], asker);
  };
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-again]") && placeOf(event.target);
    if (!place) return;
    place.classList.remove("failed");
    again(asking.get(place).asker);
  });
  for (const button of document.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) return window.print();
    const text = document.getElementById(button.dataset.copy).innerText;
    navigator.clipboard?.writeText(text).then(() => say(button.textContent = button.dataset.done));
  });
  for (const input of document.querySelectorAll("input[data-show]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button link slim";
    button.textContent = input.dataset.show;
    button.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.textContent = hidden ? input.dataset.hide : input.dataset.show;
    });
    input.after(button);
  }
  const open = () => [...document.querySelectorAll("details.pop[open], details.menu[open]")];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const details of open()) {
      if (details.contains(document.activeElement)) details.querySelector("summary").focus();
      details.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    for (const details of open()) if (!details.contains(event.target)) details.open = false;
  });
  const idle = document.getElementById("idle");
  if (!idle?.showModal) return;
  const headers = {
    "Content-Type": "application/json",
    ...JSON.parse(document.body.getAttribute("hx-headers:inherited")),
  };
  const WARNING = 120;
  let timer = 0;
  const filled = () =>
    [...document.querySelectorAll('main form[method="post"]')].find((form) =>
      [...form.elements].some((field) => field.defaultValue !== undefined && field.value !== field.defaultValue)
    );
  const leave = async () => {
    const page = location.pathname + location.search;
    const form = filled();
    if (form) {
      const fields = [...new FormData(form)].filter(([name, value]) =>
        typeof value === "string" && form.elements[name]?.type !== "password"
      );
      const body = JSON.stringify({ action: new URL(form.action).pathname, page, fields });
      await fetch(idle.dataset.keep, { method: "POST", headers, body }).catch(() => {});
    }
    location.assign(`${idle.dataset.out}?next=${encodeURIComponent(page)}`);
  };
  const wait = (left) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(1, left > WARNING ? left - WARNING : left) * 1000);
  };
  const look = async () => {
    const { seconds: left, at } = await fetch(idle.dataset.left).then((answer) => answer.json()).catch(() => ({
      seconds: 0,
    }));
    if (left <= 0) return setTimeout(leave, 1500); // the server counts whole seconds
    if (left > WARNING + 5) idle.close();
    else if (!idle.open) {
      idle.querySelector("[data-at]").textContent = at;
      idle.showModal();
    }
    wait(left);
  };
  const stay = async () => {
    idle.close();
    await fetch(idle.dataset.stay, { method: "POST", headers, body: "{}" }).then((answer) => answer.json()).then(
      ({ seconds }) => wait(seconds),
      leave,
    );
  };
  idle.querySelector("[data-stays]").addEventListener("click", stay);
  idle.addEventListener("cancel", stay);
  wait(Number(idle.dataset.seconds));
})();
