/* Setting up a game, at /setup: what to capture, its picture, boxes on it, what is read in them, its profile. */

/** Boxes for what is to be left out. */
const LEFT_OUT = ["ignore-1", "ignore-2", "ignore-3"];
const SETUP_TITLES = { dialogue: "Dialogue", speaker: "Speaker", ...Object.fromEntries(LEFT_OUT.map((name) => [name, "Leave out"])) };
const KINDS = { window: "Windows", screen: "Screens", device: "Capture devices", obs: "OBS" };
const ENGINES = { onnxruntime: "ONNX Runtime", paddle: "Paddle", tesseract: "Tesseract" };
const HINTS = {
  dialogue: "Draw a box round all the place that the dialogue can take.",
  speaker: "If names have a place of their own, draw a box round it. Else leave it.",
  ignore: "Draw a box round what changes inside the dialogue's box and isn't dialogue, such as a clock.",
};
/** Pixels to which the live picture is made smaller, and milliseconds from one to the next. */
const LIVE_WIDTH = 1280;
const LIVE_PAUSE = 300;
const SUGGEST_PAUSE = 1000;
/** Letters of a proposed name, at most. */
const LONGEST_NAME = 24;
const rest = (time) => new Promise((resolve) => setTimeout(resolve, time));

class Setup {
  #control;
  #live;
  #boxes;
  #chosen = null;
  #round = 0;
  #size = null;
  #suggested = null;
  #profiles = [];
  #saved = null;
  #tries = 0;
  #reading = Promise.resolve();
  #address = null;

  /** `live` asks for pictures, on a connection of its own: they must not wait for what is read. */
  constructor(control, live) {
    this.#control = control;
    this.#live = live;
    this.#boxes = new Boxes(byId("setup-stage"), {
      selected: () => this.#show(),
      moved: () => this.#show(),
      placed: () => this.#changed(),
    });
    for (const [name, title] of Object.entries(SETUP_TITLES)) this.#boxes.add(name, title);
    for (const choice of this.#choices) choice.addEventListener("change", () => this.#select(choice.value));
    byId("setup-list").addEventListener("click", () => this.list());
    byId("setup-take").addEventListener("click", () => this.#take());
    byId("setup-add").addEventListener("click", () => this.#add());
    byId("setup-remove").addEventListener("click", () => this.#remove());
    byId("setup-more").addEventListener("click", () => this.#select(LEFT_OUT.find((name) => !this.#boxes.get(name)) ?? LEFT_OUT[0]));
    byId("setup-read-again").addEventListener("click", () => this.#try());
    for (const id of ["setup-language", "setup-engine"]) byId(id).addEventListener("change", () => this.#choose(this.#chosen, true));
    byId("setup-name").addEventListener("input", () => this.#unsaved());
    byId("setup-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    byId("setup-start").addEventListener("click", () => this.#start());
  }

  get #choices() {
    return document.querySelectorAll("input[name=setup-region]");
  }

  /** Show what could be captured. */
  async list() {
    byId("setup-list").disabled = true;
    try {
      const answer = await this.#ask("sources");
      this.#profiles = answer.profiles;
      this.#showSources(answer);
      if (!byId("setup-language").options.length) this.#showReading(answer);
      this.#say("");
    } catch (error) {
      this.#say(error.message);
    } finally {
      byId("setup-list").disabled = false;
    }
  }

  #ask(what, values = {}) {
    return this.#control.request("setup", { what, ...values });
  }

  #showSources({ sources, missing }) {
    const groups = Object.entries(KINDS).map(([kind, title]) => {
      const group = make("fieldset", "sources", make("legend", "", title));
      for (const source of sources.filter((one) => one.kind === kind)) {
        const radio = make("input", "");
        Object.assign(radio, { type: "radio", name: "setup-source", value: source.name, checked: source.name === this.#chosen });
        radio.addEventListener("change", () => this.#choose(source.name, false));
        group.append(make("label", "source", radio, make("span", "", source.label)));
      }
      if (missing[kind]) group.append(make("p", "missing", missing[kind]));
      else if (group.children.length === 1) group.append(make("p", "missing", "None."));
      return group;
    });
    byId("setup-sources").replaceChildren(...groups);
  }

  #showReading({ languages, engines, language, engine }) {
    const names = new Intl.DisplayNames(undefined, { type: "language", fallback: "code" });
    const named = (code) => {
      if (code === "auto") return "Automatic: English, Japanese, Chinese, Korean, Latin script";
      try {
        return `${names.of(code)} (${code})`;
      } catch {
        return code; // one that only the models know
      }
    };
    byId("setup-language").replaceChildren(...languages.map((code) => new Option(named(code), code, false, code === language)));
    byId("setup-engine").replaceChildren(...engines.map((name) => new Option(ENGINES[name] ?? name, name, false, name === engine)));
  }

  /** Show a source; `again` keeps the boxes, as only how it is read has changed. */
  async #choose(source, again) {
    if (!source) return;
    const round = ++this.#round;
    byId("setup").setAttribute("aria-busy", "true");
    if (!again) {
      this.#size = null;
      byId("setup").classList.add("blank");
      byId("setup-wait").textContent = "Taking a picture …";
      for (const name of Object.keys(SETUP_TITLES)) this.#boxes.set(name, null);
      this.#boxes.select("dialogue");
    }
    this.#suggest(null);
    this.#unsaved();
    try {
      const language = byId("setup-language").value;
      const answer = await this.#ask("choose", { source, language, engine: byId("setup-engine").value });
      if (round !== this.#round) return;
      this.#chosen = source;
      this.#say("");
      if (!byId("setup-name").value) byId("setup-name").value = nameOf(answer.label);
      this.#unsaved();
      this.#showLive(round);
      this.#lookForDialogue(round);
      if (again) this.#try();
    } catch (error) {
      if (round !== this.#round) return;
      byId("setup-wait").textContent = "No picture.";
      this.#say(error.message);
      // What was shown before still is, on the daemon's side, but not what is chosen on the page.
      this.#chosen = again ? this.#chosen : null;
      if (again) this.#showLive(round);
    } finally {
      if (round === this.#round) byId("setup").removeAttribute("aria-busy");
    }
  }

  /** The picture, again and again until another source is chosen. */
  async #showLive(round) {
    let scale = 1;
    while (round === this.#round) {
      try {
        const { jpeg, size } = await this.#live.request("frame", { format: "jpeg", scale });
        if (round !== this.#round) return;
        scale = Math.max(0.05, Math.min(1, LIVE_WIDTH / size[0]));
        await this.#showPicture(jpeg, size);
      } catch (error) {
        if (round !== this.#round) return;
        this.#say(error.message);
        await rest(SUGGEST_PAUSE);
      }
      await rest(LIVE_PAUSE);
      while (document.hidden) await rest(LIVE_PAUSE);
    }
  }

  async #showPicture(jpeg, size) {
    const address = URL.createObjectURL(new Blob([bytesOf(jpeg)], { type: "image/jpeg" }));
    const picture = byId("setup-picture");
    picture.src = address;
    await picture.decode();
    if (this.#address !== null) URL.revokeObjectURL(this.#address);
    this.#address = address;
    if (String(size) === String(this.#size)) return;
    this.#size = this.#boxes.size = size;
    byId("setup").classList.remove("blank");
    this.#show();
  }

  async #lookForDialogue(round) {
    while (round === this.#round && !this.#boxes.get("dialogue")) {
      try {
        const found = await this.#ask("suggest");
        // A box may have been drawn meanwhile.
        if (round !== this.#round || this.#boxes.get("dialogue")) return;
        this.#suggest(found.dialogue ? found : null);
      } catch {
        // What is wrong with the picture is said where the picture is asked for.
      }
      await rest(SUGGEST_PAUSE);
    }
  }

  /** Draw where dialogue was found, and names over it; null takes that away. */
  #suggest(found) {
    this.#suggested = found;
    for (const name of ["dialogue", "speaker"]) {
      const mark = byId(`setup-found-${name}`);
      const box = found?.[name];
      mark.hidden = !box || !this.#size;
      if (mark.hidden) continue;
      const [wide, high] = this.#size;
      mark.style.left = `${(box[0] / wide) * 100}%`;
      mark.style.top = `${(box[1] / high) * 100}%`;
      mark.style.width = `${(box[2] / wide) * 100}%`;
      mark.style.height = `${(box[3] / high) * 100}%`;
    }
    this.#show();
  }

  #take() {
    const found = this.#suggested;
    if (!found) return;
    this.#boxes.set("dialogue", found.dialogue);
    if (found.speaker) this.#boxes.set("speaker", found.speaker);
    this.#suggest(null);
    this.#select("dialogue");
    this.#changed();
  }

  #select(name) {
    this.#boxes.select(name === "ignore" ? (LEFT_OUT.find((one) => this.#boxes.get(one)) ?? LEFT_OUT[0]) : name);
  }

  #add() {
    const name = this.#boxes.selected;
    const share = USUAL[name] ?? [0.45, 0.8, 0.1, 0.1];
    this.#boxes.set(name, share.map((part, at) => part * this.#boxes.size[at % 2]));
    this.#changed();
  }

  #remove() {
    this.#boxes.set(this.#boxes.selected, null);
    this.#changed();
  }

  #changed() {
    if (this.#boxes.get("dialogue")) this.#suggest(null);
    else if (this.#chosen) this.#lookForDialogue(this.#round);
    this.#unsaved();
    this.#show();
    this.#try();
  }

  get #regions() {
    const written = (name) => (this.#boxes.get(name) ? fractions(this.#boxes.get(name), this.#boxes.size) : "");
    return { dialogue: written("dialogue"), speaker: written("speaker"), ignore: LEFT_OUT.map(written).filter(Boolean) };
  }

  /** Show what is read in the boxes now. One is read at a time, then the newest: a busy machine takes seconds for each. */
  async #try() {
    const read = byId("setup-read");
    const turn = ++this.#tries;
    if (!this.#boxes.get("dialogue")) {
      read.replaceChildren(make("p", "read-none", "Draw a box, and what is read in it stands here."));
      return;
    }
    read.replaceChildren(make("p", "read-none", "Reading …"));
    await this.#reading;
    if (turn === this.#tries) this.#reading = this.#read(read, turn);
  }

  /** Read the boxes, and show it unless something newer is to be read by then; doesn't reject. */
  async #read(shown, turn) {
    try {
      const { rows, warnings } = await this.#ask("try", this.#regions);
      if (turn !== this.#tries) return;
      const texts = [...(rows.speaker ?? []).map((row) => make("p", "read-row read-name", row)), ...rows.dialogue.map((row) => make("p", "read-row", row))];
      shown.replaceChildren(...(texts.length ? texts : [make("p", "read-none", "No text.")]));
      shown.append(...warnings.map((text) => make("p", "read-warning", text)));
    } catch (error) {
      if (turn === this.#tries) shown.replaceChildren(make("p", "read-error", error.message));
    }
  }

  async #save() {
    this.#boxes.settle();
    const name = byId("setup-name").value.trim();
    try {
      const { file } = await this.#ask("save", { name, overwrite: this.#profiles.includes(name), ...this.#regions });
      this.#profiles = [...new Set([...this.#profiles, name])];
      this.#saved = name;
      this.#say(`Saved as ${file}`);
    } catch (error) {
      this.#say(error.message);
    }
    this.#show();
  }

  async #start() {
    byId("setup-start").disabled = true;
    try {
      await this.#ask("start", { name: this.#saved });
      this.#round++;
      location.assign("/");
    } catch (error) {
      this.#say(error.message);
      this.#show();
    }
  }

  #unsaved() {
    this.#saved = null;
    this.#show();
  }

  #say(text) {
    if (byId("setup-said").textContent !== text) byId("setup-said").textContent = text;
  }

  #show() {
    const selected = this.#boxes.selected;
    const kind = selected.startsWith("ignore") ? "ignore" : selected;
    for (const choice of this.#choices) choice.checked = choice.value === kind;
    const drawn = this.#boxes.get(selected) !== null;
    byId("setup-hint").textContent = HINTS[kind];
    byId("setup-add").hidden = drawn;
    byId("setup-add").disabled = !this.#size;
    byId("setup-remove").hidden = !drawn;
    byId("setup-more").hidden = kind !== "ignore" || !drawn || LEFT_OUT.every((name) => this.#boxes.get(name));
    byId("setup-suggestion").hidden = !this.#suggested;
    const name = byId("setup-name").value.trim();
    byId("setup-save").textContent = this.#profiles.includes(name) && name !== this.#saved ? "Overwrite the profile" : "Save as profile";
    byId("setup-save").disabled = !this.#chosen || !this.#boxes.get("dialogue") || !name;
    byId("setup-start").disabled = this.#saved === null;
  }
}

/** A profile's name out of a window's title or a source's: its first words, in small letters. */
function nameOf(label) {
  const [first, ...others] = label.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["game"];
  let name = first.slice(0, LONGEST_NAME);
  for (const word of others) {
    if (name.length + 1 + word.length > LONGEST_NAME) break;
    name += `-${word}`;
  }
  return name;
}

if (layout.kind === "setup") {
  byId("setup").hidden = false;
  document.title = "Set up a game – capture-daemon";
  new Setup(control, new Control(access)).list();
}
