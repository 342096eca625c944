// The feed for programs in Node: calls back with each line, in order, and comes back where it was after a break.
const WebSocket = require("ws");

exports.follow = (address, onLine) => {
  let stream = null, seq = null;
  const open = () => {
    const from = seq === null ? "" : `?after=${seq}&stream=${stream}`;
    const socket = new WebSocket(`${address}/v1/lines${from}`);
    let turn = Promise.resolve();
    socket.on("message", (data) => {
      const record = JSON.parse(data);
      if (record.type === "hello") {
        [stream, seq] = [record.stream, seq ?? record.latest];
      } else if (record.type === "line") {
        seq = record.seq;
        turn = turn.then(() => onLine(record)).catch((error) => console.error(String(error)));
      }
    });
    socket.on("error", (error) => console.error(String(error)));
    socket.on("close", () => setTimeout(open, 1000));
  };
  open();
};

// The game's picture now, half as large, as a JPEG in base64.
exports.picture = (address) =>
  new Promise((resolve, reject) => {
    const control = new WebSocket(`${address}/v1/control`);
    control.on("open", () => control.send(JSON.stringify({ id: 1, do: "frame", format: "jpeg", scale: 0.5 })));
    control.on("message", (data) => (resolve(JSON.parse(data).jpeg), control.close()));
    control.on("error", reject);
  });

exports.post = async (url, body) => {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(20000) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
};
