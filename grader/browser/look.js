// What a user sees in some places of a page, as JSON: run in the page by look.py.
//
// `places` maps names to selectors, `before` is what the last look gave. The answer is false as
// long as it would be the same again.
({ places, before }) => {
  const range = document.createRange();

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getClientRects().length > 0;

  // The text as the page has it, before CSS changes its letters, from top to bottom. Two texts that
  // stand next to each other in one element are one: a reader sees no end of the first.
  const pieces = (element) => {
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!node.data.trim() || !box.width || !isShown(node.parentElement)) {
        continue;
      }
      const last = found.at(-1);
      if (last && last.node.nextSibling === node) {
        Object.assign(last, { node, box, text: last.text + node.data });
      } else {
        found.push({ top: box.top, node, box, text: node.data });
      }
    }
    return found.sort((one, other) => one.top - other.top);
  };

  const read = ({ text }) => text.replace(/\s+/g, " ").trim();

  // Whether the end of a text is where a user looks, and not beyond an edge.
  const isInView = ({ node, box: { left, width, bottom } }) =>
    node.parentElement.contains(document.elementFromPoint(left + width / 2, bottom - 2));

  // A placeholder is no name: it is gone as soon as something is typed.
  const isNamed = (element) =>
    Boolean(
      [...(element.labels ?? [])].some((label) => label.textContent.trim()) ||
        element.ariaLabel?.trim() ||
        element.ariaLabelledByElements?.some((label) => label.textContent.trim()) ||
        element.title?.trim(),
    );

  const LIVE = "[role=log], [role=status], [aria-live=polite], [aria-live=assertive]";
  const isLive = (element) => Boolean(element.closest(LIVE) ?? element.querySelector(LIVE));

  const seen = {};
  for (const [name, selector] of Object.entries(places)) {
    const all = [...document.querySelectorAll(selector)];
    const outer = all.filter((element) => !element.parentElement?.closest(selector));
    const texts = outer.flatMap(pieces);
    seen[name] = {
      there: outer.length > 0,
      shown: outer.some(isShown),
      texts: texts.map(read),
      value: outer.map((element) => element.value ?? "").join(""),
      named: outer.length > 0 && outer.every(isNamed),
      live: outer.some(isLive),
      in_view: texts.filter(isInView).map(read),
      focused: outer.some((element) => element.contains(document.activeElement)),
    };
  }
  const rules = [...document.styleSheets]
    .filter((sheet) => !sheet.disabled && new URL(sheet.href ?? location).origin === location.origin)
    .reduce((sum, sheet) => sum + sheet.cssRules.length, 0);

  const now = JSON.stringify({ places: seen, rules });
  return now !== before && now;
};
