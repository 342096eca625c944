/* How the page looks beside or over a game: `/?compact`, `/overlay`, and the options in the address. */

/** Each option of `/?compact` and `/overlay`: its range, and its value where the address has none. */
const LAYOUT_OPTIONS = {
  lines: { least: 1, most: 50, overlay: 2, compact: 50 },
  size: { least: 8, most: 200, overlay: 40, compact: 18 },
};

/** The whole number that a text is, without what stands behind its point; null if it is none. */
function wholeNumber(text) {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text ?? "") ? Math.trunc(Number(text)) : null;
}

/**
 * The layout that an address asks for: `{kind: "full" | "compact" | "overlay" | "setup", lines, size, align, regions}`.
 * Where `regions` names none, the lines of all are shown.
 */
function layoutOf(address) {
  const query = address.searchParams;
  const own = { "/overlay": "overlay", "/setup": "setup" }[address.pathname.replace(/\/$/, "")];
  const kind = own ?? (query.has("compact") ? "compact" : "full");
  const layout = { kind, align: query.get("align") === "left" || kind === "compact" ? "left" : "center" };
  for (const [name, option] of Object.entries(LAYOUT_OPTIONS)) {
    const given = wholeNumber(query.get(name));
    layout[name] = given === null ? option[kind] : Math.min(Math.max(given, option.least), option.most);
  }
  const regions = kind === "full" || kind === "setup" ? [] : query.getAll("region");
  layout.regions = regions.flatMap((names) => names.split(",")).map((name) => name.trim()).filter(Boolean);
  return layout;
}

const layout = layoutOf(new URL(location.href));
document.documentElement.dataset.layout = layout.kind;

if (layout.kind === "compact" || layout.kind === "overlay") {
  const root = document.documentElement;
  root.style.setProperty("--line-size", `${layout.size}px`);
  root.style.setProperty("--align", layout.align);
  const list = document.getElementById("lines");
  const showLast = () => {
    let shown = 0;
    for (const entry of [...list.children].reverse()) {
      entry.classList.toggle("past", shown >= layout.lines);
      if (entry.matches(".line:not([hidden])")) shown += 1;
    }
  };
  new MutationObserver(showLast).observe(list, { childList: true });
}
