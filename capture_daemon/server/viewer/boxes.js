/* Boxes on a picture: moved, resized and drawn by mouse, finger and keyboard. All numbers are pixels of the frame. */

const SMALLEST = 4;
const EDGES = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Milliseconds without a key before what the keyboard did counts as done. */
const KEY_REST = 400;

const clamp = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));

class Boxes {
  #stage;
  #titles = {};
  #listener;
  #size = [1, 1];
  #boxes = {};
  #elements = {};
  #selected;
  #drag = null;
  #resting = null;

  /**
   * `listener.selected(name)`, `listener.moved(name)` at each step,
   * `listener.placed(name)` when a box has come to rest.
   */
  constructor(stage, listener) {
    this.#stage = stage;
    this.#listener = listener;
    stage.addEventListener("pointerdown", (event) => this.#press(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", () => this.#release(true));
    stage.addEventListener("pointercancel", () => this.#release(false));
  }

  /** Have a box of that name, with a title; the first is selected. */
  add(name, title) {
    this.#titles[name] = title;
    this.#elements[name] = this.#make(name);
    this.#selected ??= name;
  }

  get selected() {
    return this.#selected;
  }

  get size() {
    return this.#size;
  }

  /** The size of the frame, as [width, height]. */
  set size(size) {
    this.#size = size;
  }

  /** A box as [left, top, width, height], or null. */
  get(name) {
    return this.#boxes[name] ?? null;
  }

  /** Place a box, or take it away with null; kept within the frame. */
  set(name, box) {
    this.#boxes[name] = box && this.#within(box.map(Math.round));
    this.#draw(name);
  }

  select(name) {
    this.#selected = name;
    for (const [other, element] of Object.entries(this.#elements)) element.classList.toggle("selected", other === name);
    this.#listener.selected(name);
  }

  /** Have done with what the keyboard did but that has not come to rest yet. */
  settle() {
    if (this.#resting === null) return;
    clearTimeout(this.#resting);
    this.#resting = null;
    this.#listener.placed(this.#selected);
  }

  #make(name) {
    const element = make("div", "box", make("span", "box-name", this.#titles[name]));
    for (const edges of EDGES) {
      const handle = make("span", `handle ${edges}`);
      handle.dataset.edges = edges;
      element.append(handle);
    }
    element.dataset.name = name;
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-roledescription", "movable box");
    element.setAttribute("aria-describedby", "picker-help");
    element.hidden = true;
    element.addEventListener("focus", () => this.select(name));
    element.addEventListener("keydown", (event) => this.#key(event, name));
    this.#stage.append(element);
    return element;
  }

  #draw(name) {
    const element = this.#elements[name];
    const box = this.#boxes[name];
    element.hidden = !box;
    if (!box) return;
    const [width, height] = this.#size;
    element.style.left = `${(box[0] / width) * 100}%`;
    element.style.top = `${(box[1] / height) * 100}%`;
    element.style.width = `${(box[2] / width) * 100}%`;
    element.style.height = `${(box[3] / height) * 100}%`;
    element.setAttribute("aria-label", `${this.#titles[name]}: left ${box[0]}, top ${box[1]}, ${box[2]} wide, ${box[3]} high`);
  }

  #within([left, top, width, height]) {
    const [wide, high] = this.#size;
    const fitting = [clamp(width, SMALLEST, wide), clamp(height, SMALLEST, high)];
    return [clamp(left, 0, wide - fitting[0]), clamp(top, 0, high - fitting[1]), ...fitting];
  }

  /** Where a pointer is, in pixels of the frame. */
  #at(event) {
    const shown = this.#stage.getBoundingClientRect();
    const [width, height] = this.#size;
    return [
      clamp(((event.clientX - shown.left) / shown.width) * width, 0, width),
      clamp(((event.clientY - shown.top) / shown.height) * height, 0, height),
    ];
  }

  #press(event) {
    if (event.button !== 0 || this.#drag) return;
    this.settle();
    const element = event.target.closest(".box");
    const name = element?.dataset.name ?? this.#selected;
    this.select(name);
    const edges = event.target.dataset.edges ?? (element ? "" : "new");
    this.#drag = { name, edges, from: this.#at(event), box: this.get(name), before: this.get(name) };
    this.#stage.setPointerCapture(event.pointerId);
    if (element) element.focus({ preventScroll: true });
    event.preventDefault();
  }

  #move(event) {
    if (!this.#drag) return;
    const { name, edges, from, box } = this.#drag;
    const to = this.#at(event);
    const by = [to[0] - from[0], to[1] - from[1]];
    if (edges === "new") {
      if (Math.abs(by[0]) < SMALLEST || Math.abs(by[1]) < SMALLEST) return;
      this.set(name, [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(by[0]), Math.abs(by[1])]);
    } else if (edges === "") {
      this.set(name, [box[0] + by[0], box[1] + by[1], box[2], box[3]]);
    } else {
      this.set(name, this.#stretched(box, edges, by));
    }
    this.#listener.moved(name);
  }

  /** A box with the edges named moved; it can't be turned inside out. */
  #stretched([left, top, width, height], edges, by) {
    const [wide, high] = this.#size;
    let [right, bottom] = [left + width, top + height];
    if (edges.includes("w")) left = clamp(left + by[0], 0, right - SMALLEST);
    if (edges.includes("e")) right = clamp(right + by[0], left + SMALLEST, wide);
    if (edges.includes("n")) top = clamp(top + by[1], 0, bottom - SMALLEST);
    if (edges.includes("s")) bottom = clamp(bottom + by[1], top + SMALLEST, high);
    return [left, top, right - left, bottom - top];
  }

  #release(kept) {
    if (!this.#drag) return;
    const { name, before } = this.#drag;
    this.#drag = null;
    if (!kept) this.set(name, before);
    this.#listener.moved(name);
    if (kept && String(before) !== String(this.get(name))) this.#listener.placed(name);
  }

  #key(event, name) {
    const direction = KEYS[event.key];
    if (!direction || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.ctrlKey ? 10 : 1;
    const [x, y] = [direction[0] * step, direction[1] * step];
    const [left, top, width, height] = this.get(name);
    this.set(name, event.shiftKey ? this.#stretched([left, top, width, height], "se", [x, y]) : [left + x, top + y, width, height]);
    this.#listener.moved(name);
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.settle(), KEY_REST);
  }
}
