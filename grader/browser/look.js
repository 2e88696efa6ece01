// What a user sees in some places of a page, as JSON: run in the page by look.py.
//
// `places` maps names to selectors, `before` is what the last look gave. The answer is false as
// long as it would be the same again.
({ places, before }) => {
  const range = document.createRange();

  // An element of display: contents has no box of its own, and what is in it is drawn.
  const isBoxless = (element) => getComputedStyle(element).display === "contents";
  const boxed = (element) => (isBoxless(element) ? boxed(element.parentElement) : element);

  const isDrawn = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getClientRects().length > 0;

  const isShown = (element) =>
    isBoxless(element)
      ? pieces(element).length > 0 || [...element.children].some(isShown)
      : isDrawn(element);

  const isVisible = (node) =>
    getComputedStyle(node.parentElement).visibility === "visible" &&
    isDrawn(boxed(node.parentElement));

  // The text as the page has it, before CSS changes its letters, from top to bottom. Two texts that
  // stand next to each other in one element are one: a reader sees no end of the first.
  const pieces = (element) => {
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter(({ width }) => width);
      const box = lines.at(-1);
      if (!node.data.trim() || !box || !isVisible(node)) {
        continue;
      }
      const last = found.at(-1);
      if (last && last.node.nextSibling === node) {
        Object.assign(last, { node, box, text: last.text + node.data });
      } else {
        found.push({ top: lines[0].top, node, box, text: node.data });
      }
    }
    return found.sort((one, other) => one.top - other.top);
  };

  const read = ({ text }) => text.replace(/\s+/g, " ").trim();

  // Whether the end of a text is where a user looks, and not beyond an edge.
  const isInView = ({ node, box: { left, width, bottom } }) =>
    boxed(node.parentElement).contains(document.elementFromPoint(left + width / 2, bottom - 2));

  // The picture of a label is read by its alternative text.
  const isTold = (label) =>
    label.textContent.trim() || [...label.querySelectorAll("img")].some(({ alt }) => alt.trim());

  // A placeholder is no name: it is gone as soon as something is typed.
  const isNamed = (element) =>
    Boolean(
      [...(element.labels ?? [])].some(isTold) ||
        element.ariaLabel?.trim() ||
        element.ariaLabelledByElements?.some(isTold) ||
        element.title?.trim(),
    );

  const LIVE =
    "output, [role=log], [role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  const isLive = (element) => Boolean(element.closest(LIVE) ?? element.querySelector(LIVE));
  // A page may say what has come in a place of its own, which need not be seen.
  const said = [...document.querySelectorAll(LIVE)].filter((element) => element.checkVisibility());
  const isSaid = ({ text }) => said.some((region) => region.textContent.includes(text.trim()));

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
      live: outer.some(isLive) || texts.slice(-1).some(isSaid),
      in_view: texts.filter(isInView).map(read),
    };
  }
  const rules = [...document.styleSheets]
    .filter((sheet) => !sheet.disabled && new URL(sheet.href ?? location).origin === location.origin)
    .reduce((sum, sheet) => sum + sheet.cssRules.length, 0);

  const now = JSON.stringify({ places: seen, rules });
  return now !== before && now;
};
