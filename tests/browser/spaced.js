// What a page at 320 px must not have when its text is spaced out (WCAG 2.2, 1.4.12): a list of sentences.
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.querySelectorAll("main details:not(.pop)").forEach((each) => each.open = true);

  const problems = [];
  const told = (element) => `<${element.localName}> ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`;
  const box = (element) => element.getBoundingClientRect();
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && box(element).width > 1;

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const beyond = [...document.querySelectorAll("body *")].filter((each) => seen(each) && box(each).right > innerWidth + 1);
    problems.push(`scrolls sideways to ${wide} px: ${beyond.slice(0, 3).map(told).join(", ")}`);
  }

  // A word is not broken where the block that it stands in is wide enough for it, beside a mark or a symbol if need be.
  const room = (element) => {
    const block = element.closest("li, .card, section, main"), style = getComputedStyle(block);
    const beside = element.closest("td, th") ? block.clientWidth / 2 : element.closest(".item, .rows") ? 56 : 0;
    return block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - beside;
  };
  const range = document.createRange();
  const written = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (written.nextNode()) {
    const element = written.currentNode.parentElement;
    if (!seen(element) || element.closest("option, textarea, pre, code, .vh, noscript")) continue;
    for (const word of written.currentNode.data.matchAll(/(?<![^\s(“])[\p{L}\p{M}]{3,}(?![^\s.,;:!?)”])/gu)) {
      range.setStart(written.currentNode, word.index);
      range.setEnd(written.currentNode, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter((part) => part.width > 0);
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      if (parts.length > 1 && parts.at(-1).top > parts[0].top + 4 && width <= room(element)) {
        problems.push(`a word broken in its middle: ${word[0]} in ${told(element)}`);
      }
    }
  }

  // Nothing that can be pressed cuts its own words off.
  for (const each of document.querySelectorAll("button, .button, .tag, summary, .chips a, .nav a")) {
    if (seen(each) && each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 0 && getComputedStyle(each).overflowX !== "visible") {
      problems.push(`cut off: ${told(each)}`);
    }
  }
  return problems;
}
