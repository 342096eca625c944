/* The lines on the page. Whatever was on screen is put in as text, never as markup. */

/** Lines that the page holds; beyond that the oldest leave it, and can be had again. */
const KEPT = 5000;
/** Below this confidence a line is marked as doubtful. */
const DOUBTFUL = 0.8;
/** Milliseconds after which text that was being typed, and never became a line, is taken away. */
const STALE = 10_000;

/** The region that needs no mention. */
const MAIN = "dialogue";

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const minute = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const percent = new Intl.NumberFormat([], { style: "percent", maximumFractionDigits: 0 });
const whole = new Intl.NumberFormat();

/** An element with a class, and with text or children in it. */
function make(name, className, ...content) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...content);
  return element;
}

const GAPS = {
  rotated: "are in a part of the log that is no longer kept",
  damaged: "can't be read in the log",
  future: "were never said: the log ends before them",
};

/** What a gap means, in words. */
function gapText(gap) {
  if (gap.reason === "stream") return "A new log was begun here";
  const numbers = gap.from === gap.to ? `Line ${whole.format(gap.from)}` : `Lines ${whole.format(gap.from)} to ${whole.format(gap.to)}`;
  const why = GAPS[gap.reason] ?? "not available";
  return `${numbers} ${gap.from === gap.to ? why.replace(/^are /, "is ").replace(/^were /, "was ") : why}`;
}

class Transcript {
  #list = document.getElementById("lines");
  #empty = document.getElementById("empty");
  #typing = document.getElementById("typing");
  #typingSpeaker = document.getElementById("typing-speaker");
  #typingText = document.getElementById("typing-text");
  #stale = null;
  #entries = [];
  #known = new Map();
  #query = "";
  #region = "";
  #regions = new Set();
  #colours = new Colours();
  #copy;
  #picture;
  #only;

  /**
   * `copy(text)` is called for a line's own copy button, `picture(line)` for that of its picture. Nothing is ever shown of
   * regions other than `only`, if it names any.
   */
  constructor(copy, picture, only) {
    this.#copy = copy;
    this.#picture = picture;
    this.#only = new Set(only);
  }

  get size() {
    return this.#known.size;
  }

  /** The number of the first line held of a stream; null where there is none. */
  first(stream) {
    const entry = this.#entries.find((candidate) => candidate.stream === stream);
    return entry ? entry.seq : null;
  }

  /** Lines that are shown, those found where something is searched for, as text for the clipboard. */
  get text() {
    return this.shownLines.map(spoken).join("\n");
  }

  /** The records of the lines that are shown, in order. */
  get shownLines() {
    return this.#shown.map(({ line }) => line);
  }

  /** When the first line held was said, in milliseconds since 1970; infinite where there is none. */
  get begins() {
    const first = this.#entries.find((entry) => entry.line);
    return first ? Date.parse(first.line.time) : Infinity;
  }

  /** Scroll to the first line shown that was said at `time`, in milliseconds since 1970, or later; false where none was. */
  showFrom(time) {
    const entry = this.#shown.find(({ line }) => Date.parse(line.time) >= time);
    if (!entry) return false;
    entry.element.scrollIntoView({ block: "start", behavior: "instant" });
    for (const { element } of this.#shown) element.classList.toggle("sought", element === entry.element);
    return true;
  }

  get shownCount() {
    return this.#shown.length;
  }

  get #shown() {
    return this.#entries.filter((entry) => entry.line && !entry.element.hidden);
  }

  /** Put in a line that was just said; false where it is there already. */
  add(line) {
    const added = this.#add(line);
    if (this.#shows(line.region)) this.stopTyping();
    while (this.#entries.length > KEPT) this.#remove(this.#entries[0]);
    return added;
  }

  /** Put in what was read back: lines and gaps of one stream. */
  addEarlier(records, stream) {
    this.#list.setAttribute("aria-busy", "true");
    for (const record of records) {
      if (record.type === "line" || record.type === "choice") this.#add(record);
      else this.addGap(record, stream);
    }
    this.#list.removeAttribute("aria-busy");
  }

  /** Mark a gap, in its place among the lines of `stream`. */
  addGap(gap, stream) {
    const element = make("li", "gap", gapText(gap));
    this.#insert({ stream, seq: gap.from, line: null, element, session: null, hay: "" });
  }

  /** Show text that is still being typed; not where its line is there already, for partials may come late. */
  type(partial) {
    if (!this.#shows(partial.region)) return;
    const last = this.#entries.findLast((entry) => entry.line?.type === "line" && entry.line.region === partial.region)?.line;
    if (last && (partial.text === last.text || partial.time <= last.time)) return;
    this.#typingSpeaker.textContent = partial.speaker ?? "";
    this.#typingSpeaker.style.setProperty("--hue", this.#colours.likelyHue(partial.speaker ?? ""));
    this.#typingText.textContent = partial.text;
    this.#typing.hidden = false;
    this.#empty.hidden = true;
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => this.stopTyping(), STALE);
  }

  stopTyping() {
    clearTimeout(this.#stale);
    this.#typing.hidden = true;
    this.#typingText.textContent = "";
    this.#empty.hidden = this.#known.size > 0;
  }

  /** The regions that lines and menus were seen in. */
  get regions() {
    return [...this.#regions];
  }

  /** Show only what was seen in a region; all where it is empty. */
  showRegion(region) {
    this.#region = region;
    for (const entry of this.#entries) this.#match(entry);
    this.#highlight();
  }

  /** Show only lines that hold `query`, in their text or as who says it; all where it is empty. */
  search(query) {
    this.#query = fold(query.trim());
    for (const entry of this.#entries) this.#match(entry);
    this.#highlight();
  }

  #add(line) {
    const key = `${line.stream}:${line.seq}`;
    if (this.#known.has(key)) return false;
    if (line.replaces !== undefined) this.#remove(this.#known.get(`${line.stream}:${line.replaces}`));
    const words = line.type === "choice" ? line.options.join("\n") : `${line.speaker ?? ""}\n${line.text}`;
    const entry = { stream: line.stream, seq: line.seq, line, session: line.session, hay: fold(words) };
    entry.element = this.#draw(line);
    this.#regions.add(line.region);
    this.#known.set(key, entry);
    this.#insert(entry);
    this.#empty.hidden = true;
    if (this.#query) this.#highlight();
    return true;
  }

  #insert(entry) {
    let at = this.#entries.length;
    const last = this.#entries.at(-1);
    if (last && last.stream === entry.stream && last.seq > entry.seq) {
      at = this.#entries.findIndex((other) => other.stream === entry.stream && other.seq > entry.seq);
    }
    this.#list.insertBefore(entry.element, this.#entries[at]?.element ?? null);
    this.#entries.splice(at, 0, entry);
    this.#match(entry);
    this.#divide(at);
    this.#divide(at + 1);
  }

  #remove(entry) {
    if (!entry) return;
    const at = this.#entries.indexOf(entry);
    this.#entries.splice(at, 1);
    this.#known.delete(`${entry.stream}:${entry.seq}`);
    entry.element.remove();
    this.#divide(at);
  }

  /** A line that is the first of a run of the daemon says so above itself. */
  #divide(at) {
    const entry = this.#entries[at];
    if (!entry?.line) return;
    const before = this.#entries.slice(Math.max(0, at - 2), at).findLast((other) => other.line);
    const there = entry.element.querySelector(".session");
    if (before?.session === entry.session) there?.remove();
    else if (!there) {
      const began = new Date(entry.session);
      entry.element.prepend(make("p", "session", `${day.format(began)}, ${minute.format(began)}`));
    }
  }

  #draw(line) {
    const said = new Date(line.time);
    const time = make("time", "time", clock.format(said));
    time.dateTime = line.time;
    time.title = line.media_time === null ? said.toLocaleString() : `${line.media_time.toFixed(1)} s into the recording`;
    const words = make("div", "words");
    if (line.region !== MAIN) words.append(make("span", "region", line.region));
    if (line.type === "choice") words.append(optionsOf(line));
    if (line.speaker) {
      const speaker = make("span", "speaker", line.speaker);
      speaker.style.setProperty("--hue", this.#colours.hueOf(line.speaker));
      words.append(speaker, make("span", "unseen", ": "));
    }
    if (line.type === "line") words.append(make("p", "text", line.text));
    for (const text of words.querySelectorAll(".text")) text.lang = line.language;
    const confidence = make("span", "confidence", make("span", "unseen", "Confidence "), percent.format(line.confidence));
    confidence.title = "How sure the reading is of its weakest row";
    confidence.classList.toggle("doubtful", line.confidence < DOUBTFUL);
    const side = make("div", "side", confidence);
    if (line.replaces !== undefined) {
      const note = make("span", "note", "corrected");
      note.title = "The game went on after what looked like the end";
      side.prepend(note);
    }
    if (line.picture !== undefined) {
      const picture = make("button", "copy picture", make("span", "unseen", "Picture of this line"));
      picture.title = "Picture";
      picture.append(document.querySelector("#line-picture .icon").cloneNode(true));
      picture.addEventListener("click", () => this.#picture(line));
      side.append(picture);
    }
    const copy = make("button", "copy", make("span", "unseen", "Copy this line"));
    copy.title = "Copy";
    copy.append(document.querySelector("#copy .icon").cloneNode(true));
    copy.addEventListener("click", () => this.#copy(line.type === "choice" ? (answerOf(line) ?? line.options.join("\n")) : line.text));
    side.append(copy);
    const element = make("li", line.type === "choice" ? "line choice-made" : "line", time, words, side);
    element.dataset.seq = line.seq;
    return element;
  }

  #match(entry) {
    const found = this.#query === "" || (entry.line && entry.hay.includes(this.#query));
    entry.element.hidden = !found || (entry.line !== null && !this.#shows(entry.line.region));
  }

  #shows(region) {
    return (this.#region === "" || region === this.#region) && (this.#only.size === 0 || this.#only.has(region));
  }

  /** Mark what was found by ranges, so that the text itself stays as it is. */
  #highlight() {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    if (!this.#query) return;
    const ranges = [];
    for (const { element } of this.#shown) {
      for (const part of element.querySelectorAll(".speaker, .text")) ranges.push(...rangesOf(part.firstChild, this.#query));
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }
}

/** The options of a menu, with the one that was chosen marked. */
function optionsOf(choice) {
  const list = make("ol", "options");
  choice.options.forEach((option, at) => {
    const item = make("li", "option", make("p", "text", option));
    if (at + 1 === choice.chosen) {
      item.classList.add("chosen");
      item.append(make("span", "unseen", " (chosen)"));
    }
    list.append(item);
  });
  return list;
}

/** Text as it is compared: without regard to case, and to full or half width. */
function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** Where `query` stands in a text node; nowhere where folding changes the text's length, for then nobody can tell. */
function* rangesOf(node, query) {
  if (!node || node.nodeType !== Node.TEXT_NODE) return;
  const text = fold(node.data);
  if (text.length !== node.data.length) return;
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + query.length);
    yield range;
  }
}
