// What a user sees in some places of a page, as JSON: run in the page by look.py.
//
// `places` maps names to selectors, `before` is what the last look gave. The answer is false as
// long as it would be the same again.
({ places, before }) => {
  const range = document.createRange();

  // What is asked of an element again and again in one look is computed once.
  const once = (compute) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) {
        known.set(element, compute(element));
      }
      return known.get(element);
    };
  };
  const styleOf = once((element) => {
    const { display, position, visibility, overflowX, overflowY } = getComputedStyle(element);
    return { display, position, visibility, overflowX, overflowY };
  });
  const boxOf = once((element) => element.getClientRects()[0]);

  // What a node is drawn in: open shadow roots count as what they stand for.
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
  const trees = (root) => [
    root,
    ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ? trees(shadowRoot) : []),
  ];
  const roots = trees(document);
  const find = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const closest = (element, selector) =>
    element && (element.closest(selector) ?? closest(element.getRootNode().host, selector));

  // An element of display: contents has no box of its own, and what is in it is drawn.
  const isBoxless = (element) => styleOf(element).display === "contents";
  const boxed = (element) => (isBoxless(element) ? boxed(parentOf(element)) : element);

  const HIDING = ["hidden", "clip"];
  const AXES = [
    ["overflowX", "left", "right", () => scrollX],
    ["overflowY", "top", "bottom", () => scrollY],
  ];
  const isOutside = (start, end, from, to) =>
    end < from || start > to || (start < end && (end <= from || start >= to));

  // Whether its own frame, or one around it, lets nothing of it be seen: of a part that is
  // collapsed, or slid aside. What a user can scroll to is not cut off.
  const isCutOff = (element) =>
    AXES.some(([overflow, near, far, scrolled]) => {
      const own = boxOf(element);
      let [start, end, from, to] = [own[near], own[far], -Infinity, Infinity];
      let position = "";
      for (let at = element; at && at !== document.body; at = parentOf(at)) {
        const style = styleOf(at);
        const holds = at === element || position !== "absolute" || style.position !== "static";
        const frames = holds && !["inline", "contents"].includes(style.display);
        const box = frames && boxOf(at);
        if (box && HIDING.includes(style[overflow])) {
          [from, to] = [Math.max(from, box[near]), Math.min(to, box[far])];
          if (to - from <= 1 || isOutside(start, end, from, to)) {
            return true;
          }
        } else if (box && style[overflow] !== "visible") {
          [start, end, from, to] = [box[near], box[far], -Infinity, Infinity];
        }
        position = holds ? style.position : position;
        if (position === "fixed") {
          break;
        }
      }
      return isOutside(start, end, -scrolled(), Infinity);
    });

  const isDrawn = once(
    (element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      boxOf(element) !== undefined &&
      !isCutOff(element),
  );

  const isShown = (element) =>
    isBoxless(element)
      ? pieces(element).length > 0 || [...element.children].some(isShown)
      : isDrawn(element);

  const isVisible = (node) =>
    styleOf(parentOf(node)).visibility === "visible" && isDrawn(boxed(parentOf(node)));

  const textsIn = (node) =>
    node.nodeType === Node.TEXT_NODE
      ? [node]
      : [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes].flatMap(textsIn);

  // The option of a list box draws its text itself.
  const boxesOf = (node) => {
    range.selectNodeContents(node);
    const drawn = node.parentElement?.localName === "option" ? node.parentElement : range;
    return [...drawn.getClientRects()].filter(({ width }) => width);
  };

  // The text as the page has it, before CSS changes its letters, from top to bottom. Two texts that
  // stand next to each other in one element are one: a reader sees no end of the first.
  const pieces = (element) => {
    const found = [];
    for (const node of textsIn(element)) {
      const lines = node.data.trim() ? boxesOf(node) : [];
      const box = lines.at(-1);
      if (!box || !isVisible(node)) {
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
    boxed(parentOf(node)).contains(
      node.getRootNode().elementFromPoint(left + width / 2, bottom - 2),
    );

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

  const valueOf = (element) =>
    element.value ?? (element.isContentEditable ? element.innerText.trim() : "");

  const LIVE =
    "output, [role=log], [role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  const isLive = (element) => Boolean(closest(element, LIVE) ?? element.querySelector(LIVE));
  // A page may say what has come in a place of its own, which need not be seen.
  const said = find(LIVE).filter((element) => element.checkVisibility());
  const isSaid = ({ text }) => said.some((region) => region.textContent.includes(text.trim()));

  const seen = {};
  for (const [name, selector] of Object.entries(places)) {
    const all = find(selector);
    const outer = all.filter((element) => !closest(parentOf(element), selector));
    const texts = outer.flatMap(pieces);
    seen[name] = {
      there: outer.length > 0,
      shown: outer.some(isShown),
      texts: texts.map(read),
      value: outer.map(valueOf).join(""),
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
