/* The feed, live and looking back. */

const FIRST_DELAY = 250;
const LONGEST_DELAY = 15_000;
/** Milliseconds that reading back may go without a record. */
const BACK_LIMIT = 20_000;

/**
 * Follows the feed; when the connection is lost it comes back, with delays that grow, and goes on where it was.
 *
 * `listener` has a method for each record (hello, line, choice, partial, gap, status), and `connection(state, seconds)` with
 * "connected", "stopped" (the daemon said that it stops) or "lost", and in how many seconds the next attempt comes.
 */
class LiveFeed {
  #access;
  #listener;
  #socket = null;
  #timer = null;
  #attempts = 0;
  #after = null;
  #stream = null;
  #stopped = false;

  constructor(access, listener) {
    this.#access = access;
    this.#listener = listener;
    window.addEventListener("online", () => this.retry());
    // A tab in the background has its timers slowed down; once it is looked at nobody should wait.
    document.addEventListener("visibilitychange", () => document.hidden || this.retry());
  }

  start() {
    const query = new URLSearchParams({ partials: "1" });
    if (this.#after !== null) {
      query.set("after", this.#after);
      query.set("stream", this.#stream);
    }
    this.#timer = null;
    this.#socket = this.#access.dial(`/v1/lines?${query}`, {
      heard: (record) => this.#heard(record),
      closed: (event) => this.#closed(event),
    });
  }

  /** Don't wait for the next attempt. */
  retry() {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.start();
  }

  #heard(record) {
    this.#attempts = 0;
    this.#stopped = false;
    if (record.type === "hello") {
      if (this.#after === null || this.#after > record.latest) this.#after = record.latest;
      if (this.#stream !== null && this.#stream !== record.stream) this.#after = 0;
      this.#stream = record.stream;
      this.#listener.connection("connected", 0);
    } else if (record.type === "line" || record.type === "choice") {
      this.#after = record.seq;
    } else if (record.type === "gap" && record.reason !== "stream" && record.reason !== "future") {
      this.#after = record.to;
    }
    this.#listener[record.type]?.(record);
  }

  #closed(event) {
    // A daemon that said that it stops is not lost because it isn't back yet.
    this.#stopped ||= event.code === 1001;
    this.#access.whenAnswered(() => {
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts++) * (0.5 + Math.random() / 2);
      this.#listener.connection(this.#stopped ? "stopped" : "lost", Math.round(delay / 1000));
      this.#timer = setTimeout(() => this.start(), delay);
    });
  }
}

/** The records from `first` to `last` of a stream: lines, and gaps where there are none. Rejects where none come. */
function readBack(access, stream, first, last) {
  return new Promise((resolve, reject) => {
    const records = [];
    let limit;
    const finish = (settle, value) => {
      clearTimeout(limit);
      socket.close();
      settle(value);
    };
    const wait = () => {
      clearTimeout(limit);
      limit = setTimeout(() => finish(reject, new Error("the daemon doesn't answer")), BACK_LIMIT);
    };
    const query = new URLSearchParams({ after: first - 1, stream });
    const socket = access.dial(`/v1/lines?${query}`, {
      heard: (record) => {
        wait();
        const number = record.type === "line" || record.type === "choice" ? record.seq : record.type === "gap" ? record.to : 0;
        if (number && number <= last) records.push(record);
        if (number >= last || (record.type === "gap" && record.reason === "stream")) finish(resolve, records);
      },
      closed: () => finish(reject, new Error("the connection was lost")),
    });
    wait();
  });
}
