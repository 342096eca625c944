/* A colour for each speaker, kept by the browser. */

const COLOURS_KEY = "capture-daemon.colours";
/** Names whose colours are kept; beyond that the oldest are forgotten. */
const COLOURS_KEPT = 300;
const HUES = [262, 25, 155, 320, 75, 205, 350, 120, 290, 50, 180];

/** A speaker's colour by the name alone. */
function usualHue(name) {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  return sum % HUES.length;
}

class Colours {
  #indexes = new Map(this.#kept());

  /** The hue of a speaker: the same as in earlier sessions, and for a new one a hue that few others have. */
  hueOf(name) {
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = this.#free(usualHue(name));
      this.#indexes.set(name, index);
      if (this.#indexes.size > COLOURS_KEPT) this.#indexes.delete(this.#indexes.keys().next().value);
      remember("localStorage", COLOURS_KEY, JSON.stringify([...this.#indexes]));
    }
    return HUES[index];
  }

  /** The hue that a name has or would get; nothing is kept, for the name may be still being typed. */
  likelyHue(name) {
    return HUES[this.#indexes.get(name) ?? this.#free(usualHue(name))];
  }

  /** The hue that the fewest names have; `wanted`, or the next after it, where several are as rare. */
  #free(wanted) {
    const uses = HUES.map(() => 0);
    for (const index of this.#indexes.values()) uses[index] += 1;
    const least = Math.min(...uses);
    for (let step = 0; step < HUES.length; step++) {
      const index = (wanted + step) % HUES.length;
      if (uses[index] === least) return index;
    }
    return wanted;
  }

  #kept() {
    try {
      const kept = JSON.parse(remembered("localStorage", COLOURS_KEY) ?? "[]");
      return kept.filter(([name, index]) => typeof name === "string" && Number.isInteger(index) && HUES[index]);
    } catch {
      return []; // something else wrote there
    }
  }
}
