// What a user sees in some places of a page, as JSON: run in the page by grader/page.py.
//
// `places` maps names to selectors, `before` is what the last look gave. The answer is false as
// long as it would be the same again.
({ places, before }) => {
  const range = document.createRange();

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    element.getClientRects().length > 0;

  // The text as the page has it, before CSS changes its letters, from top to bottom.
  const texts = (element) => {
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      range.selectNodeContents(node);
      const { top, width } = range.getBoundingClientRect();
      const text = node.data.replace(/\s+/g, " ").trim();
      if (text && width && isShown(node.parentElement)) {
        found.push([top, text]);
      }
    }
    return found.sort(([one], [other]) => one - other).map(([, text]) => text);
  };

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
    seen[name] = {
      there: outer.length > 0,
      shown: outer.some(isShown),
      texts: outer.flatMap(texts),
      value: outer.map((element) => element.value ?? "").join(""),
      named: outer.length > 0 && outer.every(isNamed),
      live: outer.some(isLive),
      focused: outer.some((element) => element.contains(document.activeElement)),
    };
  }
  const rules = [...document.styleSheets]
    .filter((sheet) => !sheet.disabled && new URL(sheet.href ?? location).origin === location.origin)
    .reduce((sum, sheet) => sum + sheet.cssRules.length, 0);

  const now = JSON.stringify({ places: seen, rules });
  return now !== before && now;
};
