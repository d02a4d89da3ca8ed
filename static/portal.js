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
  let focused = "";
  document.addEventListener("htmx:before:swap", () => {
    focused = document.activeElement?.id || "";
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const gone = !document.activeElement || document.activeElement === document.body;
    if (gone && focused) document.getElementById(focused)?.focus({ preventScroll: true });
    const target = event.detail.ctx?.target;
    const id = target?.id;
    const fresh = (id && document.getElementById(id)) || target;
    const speaker = fresh?.matches?.("[data-say]") ? fresh : fresh?.querySelector?.("[data-say]");
    say(speaker?.dataset.say);
  });
  const failed = (event) => {
    const place = event.detail.ctx?.sourceElement?.closest?.(".place, .tile, [data-place]");
    place?.classList.add("failed");
    say(place?.querySelector(".failed-text")?.textContent.trim());
  };
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", failed);
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
