// The feed for programs in Node: calls back with each line, in order, and comes back where it was after a break.
const WebSocket = require("ws");

const LIMIT = 20000;
// The daemon's token, if it requires one: the content of the file that its configuration, or its start, names.
const TOKEN = process.env.CAPTURE_TOKEN;
const headers = TOKEN ? { Authorization: `Bearer ${TOKEN.trim()}` } : {};
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

exports.follow = (address, onLine) => {
  let stream = null, seq = null, turn = Promise.resolve();
  const hear = (record) => {
    if (record.type === "hello") {
      if (seq === null || seq > record.latest) seq = record.latest;
      if (stream !== null && stream !== record.stream) seq = 0;
      stream = record.stream;
    } else if (record.type === "line" || record.type === "choice") {
      seq = record.seq;
    } else if (record.type === "gap" && !["stream", "future"].includes(record.reason)) {
      seq = record.to;
    }
    if (record.type === "line") turn = turn.then(() => onLine(record)).catch((error) => console.error(String(error)));
  };
  const open = () => {
    const from = seq === null ? "" : `?after=${seq}&stream=${stream}`;
    const socket = new WebSocket(`${address}/v1/lines${from}`, { handshakeTimeout: LIMIT, headers });
    socket.on("message", (data) => hear(JSON.parse(data)));
    socket.on("error", (error) => console.error(String(error)));
    socket.on("close", () => setTimeout(open, 1000));
  };
  open();
};

// The line's picture if the daemon keeps it, else the game's now, half as large: a JPEG in base64; null if there is none.
exports.picture = async (address, line) => {
  try {
    return await (line.picture === undefined ? frame(address) : kept(address, line));
  } catch (error) {
    console.error(`no picture: ${error.message}`);
    return null;
  }
};

const kept = async (address, { seq, stream }) => {
  const url = `${address.replace(/^ws/, "http")}/v1/pictures/${seq}?stream=${stream}`;
  // It is written just after its line.
  for (let left = 5; ; left--) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(LIMIT) });
    if (answer.ok) return Buffer.from(await answer.arrayBuffer()).toString("base64");
    const reason = `HTTP ${answer.status}: ${(await answer.text()).trim()}`;
    if (![404, 503].includes(answer.status) || !left) throw new Error(reason);
    await sleep(300);
  }
};

const frame = async (address) => {
  const control = new WebSocket(`${address}/v1/control`, { handshakeTimeout: LIMIT, headers });
  let limit;
  try {
    return await new Promise((resolve, reject) => {
      limit = setTimeout(() => reject(new Error("the daemon doesn't answer")), LIMIT);
      control.on("open", () => control.send(JSON.stringify({ id: 1, do: "frame", format: "jpeg", scale: 0.5 })));
      control.on("message", (data) => {
        const answer = JSON.parse(data);
        if (answer.ok) resolve(answer.jpeg);
        else reject(new Error(answer.error));
      });
      control.on("error", reject);
      control.on("close", (code) => reject(new Error(`the daemon hung up (${code})`)));
    });
  } finally {
    clearTimeout(limit);
    control.close();
  }
};

// Sends `body` and returns the answer's. A server that wants fewer requests (429) says for how long to wait.
exports.post = async (url, body) => {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  for (let left = 5; ; left--) {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(LIMIT) });
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    // Without the path, which may hold a secret.
    if (answer.status !== 429 || !left) throw new Error(`${new URL(url).host} answers ${answer.status}`);
    const seconds = Number.parseFloat(answer.headers.get("Retry-After"));
    await sleep(1000 * (seconds >= 0 ? Math.min(seconds, 60) : 1));
  }
};
