"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const make = (name, kind, text) => { const one = document.createElement(name); if (kind) one.className = kind; if (text !== undefined) one.textContent = text; return one; };
const seconds = (time) => `${time.toFixed(2)} s`;
const KINDS = {
  came: ["came", "grew", "moved", "revealing"], went: ["went", "joined", "replaced", "gone", "dropped"],
  doubt: ["ink seems gone"], look: ["look", "read"], left: ["left"], said: ["complete", "said"],
};
const kindOf = (one) => {
  if (one.verdict === "read" && one.value !== null && one.value < one.limit) return "went";
  for (const [kind, verdicts] of Object.entries(KINDS)) if (verdicts.includes(one.verdict)) return kind;
  return "stands";
};
const measured = (one) => one.value === null ? "" : `${one.verdict === "read" ? "confidence" : "measured"} ${one.value.toFixed(2)}` + (one.limit === null ? "" : `, limit ${one.limit.toFixed(2)}`);
const why = (one) => one.verdict === "read" ? (one.reason ? `“${one.reason}”` : "nothing") : one.reason;
const told = (one) => `${one.subject} ${one.verdict}${one.reason || one.verdict === "read" ? `: ${why(one)}` : ""}`;
const tipOf = (one) => [`${seconds(one.time)} · ${one.stage}`, told(one), measured(one)].filter(Boolean).join("\n");
const tip = (element, text) => { element.dataset.tip = text; return element; };

// Lines that were said stand among the decisions, where they came.
const said = data.lines.map((line) => ({
  time: line.time, stage: "said", subject: `line said, number ${line.number}`, verdict: "said",
  reason: `${line.speaker ? `${line.speaker}: ` : ""}${line.text}${line.replaces !== null ? ` (corrects number ${line.replaces})` : ""}`,
  value: line.confidence, limit: null, box: line.box, line,
}));
const events = [...data.decisions, ...said].sort((a, b) => a.time - b.time);
const frames = data.frames;
const frameAt = (time) => { let best = 0; frames.forEach((frame, number) => { if (Math.abs(frame.time - time) < Math.abs(frames[best].time - time) - 1e-6) best = number; }); return best; };
events.forEach((one) => { one.frame = frames.length ? frameAt(one.time) : 0; });

const share = (a, b) => {
  const across = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]), down = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0 ? across * down / Math.min(a[2] * a[3], b[2] * b[3]) : 0;
};

// What was followed: rows, and the lines they make up.
function lives(word, ends) {
  const found = new Map();
  for (const one of [...data.before.map((one) => ({ ...one, early: true })), ...data.decisions]) {
    if (one.stage !== "follow" && one.stage !== "endpoint") continue;
    if (!one.subject.startsWith(`${word} `)) continue;
    if (!found.has(one.subject)) found.set(one.subject, { subject: one.subject, from: Math.max(one.time, data.start), early: Boolean(one.early), to: data.end, open: true, steps: [], text: "", box: one.box });
    const life = found.get(one.subject);
    life.steps.push(one);
    if (one.box) life.box = one.box;
    if (ends.includes(one.verdict)) { life.to = one.time; life.open = false; life.end = one; }
  }
  return [...found.values()];
}
const rows = lives("row", ["went", "joined"]);
const lines = lives("line", ["gone"]);
const boxAt = (life, time) => { let box = life.steps[0].box; for (const step of life.steps) if (step.time <= time + 1e-6 && step.box) box = step.box; return box; };
for (const frame of frames) for (const standing of frame.standing) {
  const alive = rows.filter((row) => row.from <= frame.time + 1e-6 && frame.time <= row.to + 1e-6 && row.box);
  const best = alive.sort((a, b) => share(boxAt(b, frame.time), standing.box) - share(boxAt(a, frame.time), standing.box))[0];
  if (best && share(boxAt(best, frame.time), standing.box) > 0.5) { best.text = standing.text; standing.row = best.subject; }
}
// What was read last in a row that no later frame shows.
for (const one of data.decisions) if (one.verdict === "read" && one.subject === "row" && one.reason && one.value >= one.limit) {
  const row = rows.filter((row) => row.from <= one.time + 1e-6 && one.time < row.to && row.box && share(row.box, one.box) > 0.5)[0];
  if (row && !frames.some((frame) => frame.time > one.time && frame.standing.some((standing) => standing.row === row.subject))) row.text = one.reason;
}
for (const line of lines) {
  const inside = rows.filter((row) => row.text && row.from < line.to && row.to > line.from && line.box && row.box && share(line.box, row.box) > 0.7);
  line.text = inside.sort((a, b) => a.box[1] - b.box[1] || a.box[0] - b.box[0]).map((row) => row.text).join(" ");
}

// The picture.
let current = 0;
const boxes = at("boxes");
boxes.setAttribute("viewBox", data.view.join(" "));
boxes.setAttribute("preserveAspectRatio", "none");
function draw(box, kind, text) {
  for (const layer of kind === "region" || kind === "look" ? [kind] : ["shadow", kind]) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: box[0], y: box[1], width: box[2], height: box[3], class: layer })) rect.setAttribute(name, value);
    if (layer !== "shadow" && text) rect.dataset.tip = text;
    boxes.append(rect);
  }
}
function entry(kind, text, small, life) {
  const one = make("div", `entry ${kind}`, text);
  if (small) one.append(make("small", "", small));
  if (life) tip(one, life);
  return one;
}
function show(number) {
  if (!frames.length) return;
  current = Math.max(0, Math.min(frames.length - 1, number));
  const frame = frames[current];
  at("image").src = `data:image/jpeg;base64,${data.pictures[frame.picture]}`;
  at("slider").value = current;
  at("clock").textContent = `${frame.time.toFixed(3)} s · frame ${current + 1} of ${frames.length}`;
  boxes.replaceChildren();
  draw(data.dialogue, "region");
  if (data.speaker) draw(data.speaker, "region");
  for (const hidden of data.ignored) draw(hidden, "region");
  const here = events.filter((one) => one.frame === current);
  for (const one of here) if (one.box && one.subject === "region") draw(one.box, "look", tipOf(one));
  for (const row of frame.standing) draw(row.box, "stands", `${row.row || "row"} stands\n“${row.text}”\nconfidence ${row.confidence.toFixed(2)}`);
  for (const one of here) if (one.box && one.subject !== "region" && !one.subject.startsWith("line")) draw(one.box, kindOf(one), tipOf(one));
  at("happened").replaceChildren(...here.map((one) => entry(kindOf(one), told(one), [one.stage, measured(one)].filter(Boolean).join(" · "))));
  if (!here.length) at("happened").append(make("p", "none", "Nothing was decided."));
  at("standing").replaceChildren(...frame.standing.map((row) => entry("stands", row.text, `${row.row || "row"} · confidence ${row.confidence.toFixed(2)}`)));
  if (!frame.standing.length) at("standing").append(make("p", "none", "None."));
  at("cursor").style.left = place(frame.time);
  for (const row of at("rows").children) row.classList.toggle("here", Number(row.dataset.frame) === current);
}

// The time line.
const length = data.end - data.start;
const GAP = 110;
const place = (time) => `calc(${GAP}px + (100% - ${GAP + 16}px) * ${(time - data.start) / length})`;
const percent = (time) => `${Math.max(0, Math.min(100, 100 * (time - data.start) / length))}%`;
const timeline = at("timeline");
timeline.style.width = `max(100%, ${Math.round(length * 110 + GAP)}px)`;
function lane(name, kind) {
  const one = make("div", `lane ${kind || ""}`), inside = make("div", "at");
  one.append(make("span", "name", name), inside);
  timeline.append(one);
  return inside;
}
function bar(into, from, to, kind, text, hint) {
  const one = tip(make("div", `bar ${kind}`, text), hint);
  one.style.left = percent(from);
  one.style.width = `${100 * (Math.min(to, data.end) - Math.max(from, data.start)) / length}%`;
  into.append(one);
}
function tick(into, time, kind, hint) {
  const one = tip(make("div", `tick ${kind}`), hint);
  one.style.left = percent(time);
  into.append(one);
}
function lanesOf(name, all, fill) {
  // Those that follow one another share a lane.
  const used = [];
  for (const life of all) {
    let free = used.find((one) => one.until <= life.from);
    if (!free) { free = { inside: lane(used.length ? "" : name) }; used.push(free); }
    free.until = life.to;
    fill(free.inside, life);
  }
  if (!used.length) lane(name);
}
const axis = lane("", "axis");
const step = length > 20 ? 2 : length > 5 ? 1 : 0.5;
for (let time = Math.ceil(data.start / step) * step; time <= data.end + 1e-6; time += step) {
  const one = make("span", "second", `${Number(time.toFixed(1))} s`);
  one.style.left = percent(time);
  axis.append(one);
}
const looks = lane("looks");
for (const one of data.decisions) if (one.subject === "region" || one.subject === "frame before") tick(looks, one.time, "look", tipOf(one));
const readings = lane("readings");
for (const one of data.decisions) if (one.verdict === "read" || one.verdict === "left") tick(readings, one.time, one.verdict === "left" ? "left" : kindOf(one) === "went" ? "went" : "came", tipOf(one));
lanesOf("rows", rows, (inside, row) => {
  bar(inside, row.from, row.to, `stands${row.early ? " open-left" : ""}${row.open ? " open-right" : ""}`, `${row.subject.slice(4)} · ${row.text}`,
    `${row.subject}: “${row.text}”\n${row.early ? "stood before" : `came at ${seconds(row.from)}`}, ${row.open ? "stands at the end" : `${row.end.verdict} at ${seconds(row.to)}: ${row.end.reason}`}`);
  for (const one of row.steps) if (!one.early && one.verdict !== "came") tick(inside, one.time, kindOf(one), tipOf(one));
});
lanesOf("lines", lines, (inside, line) => {
  let from = line.from, kind = "revealing", first = true;
  const piece = (to, last) => {
    const name = kind === "resting" ? "complete, resting" : "revealing";
    if (to > from || first) bar(inside, from, Math.max(to, from), `${kind}${line.early && first ? " open-left" : ""}${last && line.open ? " open-right" : ""}`, first ? `${line.subject.slice(5)} · ${line.text}` : "", `${line.subject}, ${name}\n“${line.text}”`);
    first = false;
  };
  for (const one of line.steps) {
    const next = one.verdict === "complete" ? "resting" : one.verdict === "revealing" ? "revealing" : kind;
    if (next !== kind && one.time >= from) { piece(one.time, false); from = Math.max(one.time, data.start); kind = next; }
  }
  piece(line.to, true);
  for (const one of line.steps) if (!one.early) tick(inside, one.time, kindOf(one), tipOf(one));
});
const spoken = data.lines.map((line) => ({ line, from: Math.max(data.start, line.started), to: Math.max(line.time, line.completed) }));
lanesOf("lines said", spoken, (inside, { line, from, to }) => {
  const text = `${line.speaker ? `${line.speaker}: ` : ""}${line.text}`;
  const hint = `line said, number ${line.number}: “${text}”\nfirst glyph at ${seconds(line.started)}, last glyph at ${seconds(line.completed)}, said at ${seconds(line.time)}\nconfidence ${line.confidence.toFixed(2)}${line.replaces !== null ? `\ncorrects number ${line.replaces}` : ""}`;
  bar(inside, from, to, "said", text, hint);
  tick(inside, line.time, "said", hint);
});
const cursor = make("div"); cursor.id = "cursor"; timeline.append(cursor);
timeline.addEventListener("click", (event) => {
  const box = axis.getBoundingClientRect();
  show(frameAt(data.start + length * (event.clientX - box.left) / box.width));
});

// The list of decisions.
const stages = [...new Set(events.map((one) => one.stage))];
const hiddenStages = new Set();
const search = make("input"); search.type = "search"; search.placeholder = "row 3, went, a word…";
for (const stage of stages) {
  const label = make("label"), box = make("input");
  box.type = "checkbox"; box.checked = true;
  box.addEventListener("change", () => { box.checked ? hiddenStages.delete(stage) : hiddenStages.add(stage); filter(); });
  label.append(box, ` ${stage} (${events.filter((one) => one.stage === stage).length})`);
  at("filters").append(label);
}
at("filters").append(search);
search.addEventListener("input", filter);
for (const one of events) {
  const row = make("tr");
  row.dataset.frame = one.frame; row.dataset.stage = one.stage;
  const verdict = make("td"); verdict.append(make("span", `dot ${kindOf(one)}`), one.verdict);
  row.append(make("td", "", one.time.toFixed(3)), make("td", "", one.stage), make("td", "", one.subject), verdict, make("td", "", why(one)),
    make("td", "number", one.value === null ? "" : one.value.toFixed(2)), make("td", "number", one.limit === null ? "" : one.limit.toFixed(2)));
  row.addEventListener("click", () => { show(one.frame); at("top").scrollIntoView({ behavior: "smooth" }); });
  at("rows").append(row);
}
function filter() {
  const words = search.value.toLowerCase();
  for (const row of at("rows").children) row.hidden = hiddenStages.has(row.dataset.stage) || !row.textContent.toLowerCase().includes(words);
}

// Moving about.
let playing = null;
function play(on) {
  if (playing) clearTimeout(playing);
  playing = null;
  at("play").textContent = on ? "■ stop" : "▶ play";
  if (!on || current >= frames.length - 1) { at("play").textContent = "▶ play"; return; }
  playing = setTimeout(() => { show(current + 1); play(true); }, Math.min(1000, 1000 * (frames[current + 1].time - frames[current].time)));
}
at("slider").max = Math.max(0, frames.length - 1);
at("slider").addEventListener("input", (event) => show(Number(event.target.value)));
at("back").addEventListener("click", () => show(current - 1));
at("next").addEventListener("click", () => show(current + 1));
at("play").addEventListener("click", () => play(!playing));
document.addEventListener("keydown", (event) => {
  if (event.target === search || event.target.type === "range") return;
  if (event.key === "ArrowLeft") show(current - 1);
  else if (event.key === "ArrowRight") show(current + 1);
  else if (event.key === " ") { event.preventDefault(); play(!playing); }
});
document.addEventListener("mousemove", (event) => {
  const text = event.target.dataset ? event.target.dataset.tip : undefined;
  at("tip").hidden = !text;
  if (!text) return;
  at("tip").textContent = text;
  const width = at("tip").offsetWidth, height = at("tip").offsetHeight;
  at("tip").style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  at("tip").style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
});
at("summary").textContent = `${frames.length} frames, ${data.decisions.length} decisions, ${data.lines.length === 1 ? "1 line" : `${data.lines.length} lines`} said; read ${data.live ? "as a screen: a line is said when it rests" : "as a recording: a line is said when it has gone"}. Boxes are in pixels of the whole frame, ${data.size[0]}x${data.size[1]}.`;
const wanted = Number(location.hash.slice(1));
show(wanted ? frameAt(wanted) : frames.length ? frameAt(events.length ? events[0].time : data.start) : 0);
