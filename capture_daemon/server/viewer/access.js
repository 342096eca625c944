/* Who this page is to the daemon: the token, where one is asked for, and how its doors are dialled. */

const TOKEN_KEY = "capture-daemon.token";
/** Milliseconds without a word from a door that speaks first; then it waits for a token. */
const SILENCE = 800;

/** Something kept by the browser; null where there is nothing, or where it keeps nothing for this page. */
function remembered(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

/** Keep a value, or forget it where it is null. */
function remember(storage, key, value) {
  try {
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, value);
  } catch {
    // A browser that keeps nothing for this page asks again the next time.
  }
}

/** The token in the page's own address, `#token=…`, which browsers don't send; it is taken out of the address bar. */
function tokenInAddress() {
  if (!location.hash.startsWith("#token=")) return null;
  const written = location.hash.slice("#token=".length);
  history.replaceState(null, "", location.pathname + location.search);
  let token;
  try {
    token = decodeURIComponent(written);
  } catch {
    // A sign % that was not written as %25.
    token = written;
  }
  remember("sessionStorage", TOKEN_KEY, token);
  return token;
}

class Access {
  #token = tokenInAddress() ?? remembered("sessionStorage", TOKEN_KEY) ?? remembered("localStorage", TOKEN_KEY);
  #dialog = document.getElementById("token");
  #why = document.getElementById("token-why");
  #field = document.getElementById("token-field");
  #waiting = [];
  #silent = new Set();
  #wrong = false;

  constructor() {
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.#dialog.addEventListener("close", () => this.#take());
  }

  /** What a request over plain HTTP shows of who this page is. */
  get headers() {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }

  get asking() {
    return this.#dialog.open;
  }

  /**
   * Dial a door. `heard` gets each message as an object, `closed` gets the close event, once. `speaks`: whether the
   * door says something by itself, so that its silence means that it wants a token.
   */
  dial(path, { heard, closed, opened = () => {}, speaks = true }) {
    const address = new URL(path, location.origin);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    const token = this.#token;
    let greeted = false;
    let silence;
    socket.addEventListener("open", () => {
      if (token) socket.send(JSON.stringify({ type: "auth", token }));
      if (speaks) silence = setTimeout(() => this.#ask(socket), SILENCE);
      opened();
    });
    socket.addEventListener("message", (event) => {
      clearTimeout(silence);
      greeted = true;
      this.#wrong = false;
      // It was only slow to speak, and asks for nothing.
      if (this.#silent.delete(socket) && !this.#silent.size) this.#dialog.close("nothing");
      const message = parsed(event.data);
      if (message !== null) heard(message);
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(silence);
      this.#silent.delete(socket);
      // A token that a daemon doesn't know, or doesn't want: without it the door either speaks or stays silent.
      if (event.code === 1008 && !greeted && token && token === this.#token) this.#forget();
      closed(event);
    });
    return socket;
  }

  /** Call `then` once the question for a token is answered, at once where none is open. */
  whenAnswered(then) {
    if (this.asking) this.#waiting.push(then);
    else then();
  }

  #ask(socket) {
    this.#silent.add(socket);
    if (this.asking) return;
    if (this.#wrong) this.#why.textContent = "That is not this daemon's token. It is in the file that server.token_file names.";
    this.#field.value = "";
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  #take() {
    if (this.#dialog.returnValue === "token") {
      this.#token = this.#field.value.trim();
      remember("sessionStorage", TOKEN_KEY, this.#token);
      remember("localStorage", TOKEN_KEY, document.getElementById("token-keep").checked ? this.#token : null);
    }
    // They would be silent until the daemon loses patience; whoever dialled them does so again.
    for (const socket of this.#silent) socket.close();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }

  #forget() {
    this.#wrong = true;
    this.#token = null;
    remember("sessionStorage", TOKEN_KEY, null);
    remember("localStorage", TOKEN_KEY, null);
  }
}

/** The object in a message; null where it is none, which a newer daemon may send. */
function parsed(text) {
  try {
    const message = JSON.parse(text);
    return typeof message === "object" ? message : null;
  } catch {
    return null;
  }
}
