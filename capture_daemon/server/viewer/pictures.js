/* The picture of a line: fetched when it is asked for, with the token, and shown over the page. */

class LinePictures {
  #access;
  #say;
  #dialog = document.getElementById("line-picture");
  #image = document.getElementById("line-picture-image");
  #text = document.getElementById("line-picture-text");

  /** `say(text)` tells why there is none. */
  constructor(access, say) {
    this.#access = access;
    this.#say = say;
    this.#dialog.addEventListener("close", () => this.#drop());
    this.#image.addEventListener("load", () => {
      if (!this.#dialog.open) this.#dialog.showModal();
    });
    this.#image.addEventListener("error", () => {
      if (this.#image.getAttribute("src")) this.#say("The picture can't be shown");
    });
  }

  /** Show the picture of a line. */
  async show(line) {
    try {
      const path = `/v1/pictures/${line.seq}?stream=${encodeURIComponent(line.stream)}`;
      const answer = await fetch(path, { headers: this.#access.headers });
      if (!answer.ok) throw new Error((await answer.text()).trim());
      this.#drop();
      this.#image.src = URL.createObjectURL(await answer.blob());
      this.#image.alt = `The picture of: ${line.text}`;
      this.#text.textContent = line.text;
      this.#text.lang = line.language;
    } catch (error) {
      this.#say(`No picture: ${error.message}`);
    }
  }

  #drop() {
    if (this.#image.src) URL.revokeObjectURL(this.#image.src);
    this.#image.removeAttribute("src");
  }
}
