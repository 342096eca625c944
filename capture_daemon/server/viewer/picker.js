/* The region picker: the current frame as a picture, boxes on it, and what is read in them. */

const TITLES = { dialogue: "Dialogue", speaker: "Speaker", choices: "Menus" };
/** Boxes that may be taken away; so may each further region's speaker's, which is called NAME.speaker. */
const REMOVABLE = ["speaker", "choices"];
const OF_SPEAKER = ".speaker";
const WITHOUT = {
  choices: "Menus have no box yet. Draw one round all the place that options can take, and apart from the dialogue.",
  dialogue: "The dialogue has no box. Draw one round all the place that its text can take.",
  speaker: "Names have no place of their own yet. If the game shows them in one, draw a box round it.",
};
/** Where a box is put that nobody drew, in fractions of the frame: where most games have theirs. */
const USUAL = { dialogue: [0.1, 0.74, 0.8, 0.22], speaker: [0.1, 0.67, 0.2, 0.06], choices: [0.2, 0.2, 0.6, 0.4] };

/** A box as the daemon takes it: fractions, so that it goes on fitting when the resolution changes. */
function fractions([left, top, width, height], [wide, high]) {
  return [left / wide, top / high, width / wide, height / high].map((number) => number.toFixed(5)).join(",");
}

/** What a box is called: as in the configuration, but for those that every game has. */
function titleOf(name) {
  return TITLES[name] ?? (name.endsWith(OF_SPEAKER) ? `${name.slice(0, -OF_SPEAKER.length)}: speaker` : name);
}

/** Of a speaker's box, the one that the text is in that the names belong to; else null. */
function textOf(name) {
  if (name === "speaker") return "dialogue";
  return name.endsWith(OF_SPEAKER) ? name.slice(0, -OF_SPEAKER.length) : null;
}

/** Bytes out of base64. */
function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

class Picker {
  #control;
  #dialog = document.getElementById("picker");
  #picture = document.getElementById("picture");
  #read = document.getElementById("read");
  #numbers = ["left", "top", "width", "height"].map((name) => document.getElementById(`number-${name}`));
  #boxes;
  #names = [];
  #original = {};
  #rows = {};
  #warnings = {};
  #applied = {};
  #work = Promise.resolve();
  #address = null;

  constructor(control) {
    this.#control = control;
    this.#boxes = new Boxes(document.getElementById("stage"), {
      selected: () => this.#show(),
      moved: () => this.#show(),
      placed: (name) => this.#apply(name),
    });
    for (const name of ["dialogue", "speaker"]) this.#know(name);
    for (const number of this.#numbers) number.addEventListener("change", () => this.#typed());
    this.#on("add-box", () => this.#add());
    this.#on("remove-box", () => this.#remove());
    this.#on("renew", () => this.#lookAgain());
    this.#on("put-back", () => this.#putBack());
    this.#on("keep", () => this.#finish(() => this.#dialog.close()));
    this.#on("save", () => this.#save());
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#putBack();
    });
    this.#dialog.addEventListener("close", () => this.#forgetPicture());
  }

  #choice(name) {
    return [...this.#choices].find((choice) => choice.value === name);
  }

  get #choices() {
    return this.#dialog.querySelectorAll("input[name=region]");
  }

  /** Have a box, and a button to choose it by. */
  #know(name) {
    if (this.#names.includes(name)) return;
    this.#names.push(name);
    const title = titleOf(name);
    this.#boxes.add(name, title);
    const choice = make("input", "");
    choice.type = "radio";
    choice.name = "region";
    choice.value = name;
    choice.addEventListener("change", () => this.#boxes.select(name));
    document.getElementById("which-box").append(make("label", "", choice, " ", make("span", "", title)));
  }

  #on(id, act) {
    document.getElementById(id).addEventListener("click", act);
  }

  /** Take a picture, and show where the boxes are now. */
  async open() {
    this.#original = {};
    this.#rows = {};
    this.#warnings = {};
    this.#applied = {};
    for (const name of this.#names) this.#boxes.set(name, null);
    this.#dialog.classList.add("blank");
    this.#dialog.showModal();
    await this.#finish(async () => {
      const regions = await this.#take();
      for (const name of Object.keys(regions ?? {})) this.#know(name);
      for (const name of this.#names) {
        this.#original[name] = regions?.[name] ?? null;
        this.#boxes.set(name, this.#original[name]);
        // A region that the configuration no longer has can't be set.
        this.#choice(name).closest("label").hidden = regions !== undefined && !(name in regions);
      }
      this.#applied = { ...this.#original };
      this.#boxes.select(Object.keys(regions ?? {})[0] ?? "dialogue");
    });
  }

  /** One thing after another: what is asked for while the daemon is busy waits its turn. */
  #finish(work) {
    const done = this.#work.then(async () => {
      this.#dialog.setAttribute("aria-busy", "true");
      try {
        await work();
      } catch (error) {
        this.#tell(error.message);
      } finally {
        this.#dialog.removeAttribute("aria-busy");
      }
    });
    this.#work = done;
    return done;
  }

  /** Take a picture; returns the regions that came with it. */
  async #take() {
    const { png, size, regions } = await this.#control.request("frame");
    this.#forgetPicture();
    this.#address = URL.createObjectURL(new Blob([bytesOf(png)], { type: "image/png" }));
    this.#picture.src = this.#address;
    await this.#picture.decode();
    this.#boxes.size = size;
    this.#dialog.classList.remove("blank");
    return regions;
  }

  #forgetPicture() {
    if (this.#address !== null) URL.revokeObjectURL(this.#address);
    this.#address = null;
  }

  /** Have the daemon use a box from now on, and show what it reads there. */
  #apply(name) {
    return this.#finish(async () => {
      this.#rows[name] = null;
      this.#warnings[name] = [];
      this.#show();
      try {
        // The picture first, so that it shows what is read: reading takes a while, and the game goes on.
        await this.#take();
        const { rows, warnings } = await this.#set(name, this.#boxes.get(name), false);
        this.#rows[name] = rows ?? [];
        this.#warnings[name] = warnings ?? [];
      } catch (error) {
        this.#rows[name] = undefined;
        throw error;
      }
      this.#show();
    });
  }

  async #set(name, box, save) {
    const answer = await this.#control.request("set_region", {
      region: name,
      box: box ? fractions(box, this.#boxes.size) : "",
      save,
    });
    this.#applied[name] = box;
    return answer;
  }

  #lookAgain() {
    this.#boxes.settle();
    if (this.#boxes.get(this.#boxes.selected)) this.#apply(this.#boxes.selected);
    else this.#finish(() => this.#take());
  }

  #typed() {
    const values = this.#numbers.map((number) => number.valueAsNumber);
    if (values.some((value) => !Number.isFinite(value))) {
      this.#show();
      return;
    }
    this.#boxes.set(this.#boxes.selected, values);
    this.#show();
    this.#apply(this.#boxes.selected);
  }

  /** A box where there was none; for names above that of their text. */
  #add() {
    const name = this.#boxes.selected;
    const text = textOf(name);
    const usual = USUAL[text === null ? name : "speaker"] ?? USUAL.choices;
    const box = usual.map((share, at) => share * this.#boxes.size[at % 2]);
    const below = text === null ? null : this.#boxes.get(text);
    if (below) [box[0], box[1]] = [below[0], Math.max(0, below[1] - box[3] - 4)];
    this.#boxes.set(name, box);
    this.#show();
    this.#apply(name);
  }

  #remove() {
    const name = this.#boxes.selected;
    this.#boxes.set(name, null);
    this.#finish(async () => {
      await this.#set(name, null, false);
      this.#rows[name] = undefined;
      this.#show();
    });
  }

  async #save() {
    this.#boxes.settle();
    await this.#finish(async () => {
      for (const name of this.#names) {
        const box = this.#boxes.get(name);
        if (box || this.#original[name]) await this.#set(name, box, true);
      }
      this.#dialog.close();
      say("Saved in the configuration");
    });
  }

  async #putBack() {
    await this.#finish(async () => {
      try {
        for (const [name, box] of Object.entries(this.#original)) {
          if (String(this.#applied[name]) !== String(box)) await this.#set(name, box, false);
        }
      } catch (error) {
        say(`Can't put the boxes back: ${error.message}`);
      }
      this.#dialog.close();
    });
  }

  /** Show the selected box's numbers, and what was read in it. */
  #show() {
    const name = this.#boxes.selected;
    const box = this.#boxes.get(name);
    for (const choice of this.#choices) choice.checked = choice.value === name;
    document.getElementById("numbers").hidden = !box;
    document.getElementById("no-box").hidden = box !== null;
    document.getElementById("no-box-text").textContent = WITHOUT[textOf(name) === null ? name : "speaker"] ?? "This region has no box in this frame. Draw one.";
    document.getElementById("remove-box").hidden = box === null || !(REMOVABLE.includes(name) || textOf(name) !== null);
    this.#numbers.forEach((number, at) => {
      number.max = this.#boxes.size[at % 2];
      number.value = box ? box[at] : "";
    });
    this.#showRead(name, box);
  }

  #showRead(name, box) {
    const rows = this.#rows[name];
    if (!box) this.#tellQuietly("There is no box to read in.");
    else if (rows === undefined) this.#tellQuietly("Move the box, or look again, and what is read in it stands here.");
    else if (rows === null) this.#tellQuietly("Reading …");
    else if (rows.length === 0) this.#tellQuietly("No text.");
    else this.#read.replaceChildren(...rows.map((row) => make("p", "read-row", row)));
    if (box) this.#read.append(...(this.#warnings[name] ?? []).map((text) => make("p", "read-warning", text)));
  }

  #tellQuietly(text) {
    this.#read.replaceChildren(make("p", "read-none", text));
  }

  #tell(text) {
    this.#read.replaceChildren(make("p", "read-error", text));
  }
}
