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
})();
