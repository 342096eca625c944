/* How the page looks beside or over a game: `/?compact`, `/overlay`, and the options in the address. */

/** Each option of `/?compact` and `/overlay`: its range, and its value where the address has none. */
const LAYOUT_OPTIONS = {
  lines: { least: 1, most: 50, overlay: 2, compact: 50 },
  size: { least: 8, most: 200, overlay: 40, compact: 18 },
};

/** The layout that an address asks for: `{kind: "full" | "compact" | "overlay" | "setup", lines, size, align}`. */
function layoutOf(address) {
  const query = address.searchParams;
  const own = { "/overlay": "overlay", "/setup": "setup" }[address.pathname];
  const kind = own ?? (query.has("compact") ? "compact" : "full");
  const layout = { kind, align: query.get("align") === "left" || kind === "compact" ? "left" : "center" };
  for (const [name, option] of Object.entries(LAYOUT_OPTIONS)) {
    const given = Number.parseInt(query.get(name), 10);
    layout[name] = Number.isNaN(given) ? option[kind] : Math.min(Math.max(given, option.least), option.most);
  }
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
    const lines = [...list.children];
    lines.forEach((line, index) => line.classList.toggle("past", index < lines.length - layout.lines));
  };
  new MutationObserver(showLast).observe(list, { childList: true });
}
