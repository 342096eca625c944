/* Asking the daemon to do something. */

/** Milliseconds for an answer; reading a box takes the longest. */
const ANSWER_LIMIT = 30_000;

class Control {
  #access;
  #opening = null;
  #asked = new Map();
  #last = 0;

  constructor(access) {
    this.#access = access;
  }

  /** Ask for something; resolves with the answer, rejects with an Error whose message tells what is wrong. */
  async request(what, values = {}) {
    const socket = await (this.#opening ??= this.#open());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.#settle(id, { ok: false, error: "the daemon doesn't answer" }), ANSWER_LIMIT);
      this.#asked.set(id, { resolve, reject, limit });
      socket.send(JSON.stringify({ id, do: what, ...values }));
    });
  }

  #open() {
    return new Promise((resolve, reject) => {
      let reached = false;
      const socket = this.#access.dial("/v1/control", {
        speaks: false,
        opened: () => {
          reached = true;
          resolve(socket);
        },
        heard: (answer) => this.#settle(answer.id, answer),
        closed: (event) => {
          this.#opening = null;
          const error = event.reason || (reached ? "the connection was lost" : "the daemon can't be reached");
          reject(new Error(error));
          for (const id of [...this.#asked.keys()]) this.#settle(id, { ok: false, error });
        },
      });
    });
  }

  #settle(id, answer) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    clearTimeout(asked.limit);
    if (answer.ok) asked.resolve(answer);
    else asked.reject(new Error(answer.error || "the daemon refuses, and doesn't say why"));
  }
}
