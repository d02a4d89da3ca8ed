// What a page at 320 px in forced colours must not have: a list of sentences. Used by test_every_page.py.
() => {
  const problems = [];
  const told = (element) => {
    const name = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim();
    return `<${element.localName}> ${name.replace(/\s+/g, " ").slice(0, 40)}`;
  };
  const box = (element) => element.getBoundingClientRect();
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && box(element).width > 1;

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const beyond = [...document.querySelectorAll("body *")].filter((each) => seen(each) && box(each).right > innerWidth + 1);
    problems.push(`scrolls sideways to ${wide} px: ${beyond.slice(0, 3).map(told).join(", ")}`);
  }

  // A word of half a line, or of a heading's whole line, is not broken in its middle.
  const range = document.createRange();
  const written = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (written.nextNode()) {
    const element = written.currentNode.parentElement;
    if (!seen(element) || element.closest("option, textarea, pre, code")) continue;
    for (const word of written.currentNode.data.matchAll(/[\p{L}\p{M}\p{N}]{3,}/gu)) {
      range.setStart(written.currentNode, word.index);
      range.setEnd(written.currentNode, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter((part) => part.width > 0);
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      const line = element.closest("h1, h2, h3, h4") ? innerWidth - 66 : innerWidth / 2;
      if (parts.length > 1 && parts.at(-1).top > parts[0].top + 4 && width < line) {
        problems.push(`a word broken in its middle: ${word[0]} in ${told(element)}`);
      }
    }
  }

  // 2.5.8: 24 by 24, or a circle of 24 around it that no other target reaches into; links in a sentence are excepted.
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter(seen);
  const inSentence = (element) =>
    getComputedStyle(element).display === "inline" &&
    element.parentElement.textContent.trim().length > element.textContent.trim().length;
  const centre = (b) => [b.x + b.width / 2, b.y + b.height / 2];
  const reaches = (a, b) => {
    const [x, y] = centre(a);
    const dx = Math.max(b.left - x, 0, x - b.right), dy = Math.max(b.top - y, 0, y - b.bottom);
    return Math.hypot(dx, dy) < 12;
  };
  for (const target of targets) {
    const b = box(target);
    if ((b.width >= 23.5 && b.height >= 23.5) || inSentence(target)) continue;
    const near = targets.find((other) =>
      other !== target && !other.contains(target) && !target.contains(other) && reaches(b, box(other)) &&
      getComputedStyle(other, "::after").position !== "absolute"
    );
    if (near) problems.push(`target of ${Math.round(b.width)} by ${Math.round(b.height)} px: ${told(target)}, near ${told(near)}`);
  }

  // Telephone numbers can be pressed.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!/\(\d{3}\) \d{3}-\d{4}/.test(texts.currentNode.data) || !seen(element)) continue;
    if (!element.closest("a[href^='tel:'], script, style, option, textarea, [data-letter]")) {
      problems.push(`a number that cannot be pressed: ${texts.currentNode.data.trim().slice(0, 60)}`);
    }
  }

  // What came from elsewhere has its own direction: a name in another script does not turn the sentence around it.
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    let block = words.currentNode.parentElement;
    if (!/qzmark|qzletter/i.test(words.currentNode.data) || !seen(block) || block.closest("[dir=auto], option, textarea, pre")) {
      continue;
    }
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    if (getComputedStyle(block).unicodeBidi !== "plaintext") problems.push(`direction of ${told(block)}`);
  }

  // Forced colours: the current one of several looks different from the others.
  const looks = (element) => {
    const style = getComputedStyle(element);
    return [style.outlineStyle, style.borderBottomColor, style.borderBottomWidth, style.textDecorationLine, style.color,
      style.backgroundColor].join();
  };
  for (const current of document.querySelectorAll("nav [aria-current], .chips [aria-current]")) {
    const list = current.closest("ul, ol, nav, .chips");
    const other = [...list.querySelectorAll(current.localName)].find((each) => !each.hasAttribute("aria-current") && seen(each));
    if (seen(current) && other && looks(current) === looks(other)) problems.push(`not told apart: ${told(current)}`);
  }

  // What is a picture for who cannot see it is one for who can: a QR code, a course.
  for (const picture of document.querySelectorAll("main [role=img]")) {
    if (!seen(picture)) problems.push(`a picture that nobody sees: ${told(picture)}`);
  }
  return problems;
}
