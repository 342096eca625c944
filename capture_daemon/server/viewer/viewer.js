/* The page: what is heard goes to the transcript, what is pressed goes to the daemon. */

/** Lines that are read back at a time. */
const BACK = 300;
/** Pixels from the end of the page within which it follows the newest line. */
const NEAR_END = 120;
const SIZES = [0.85, 1, 1.15, 1.3, 1.5, 1.75, 2];
const SIZE_KEY = "capture-daemon.text-size";
/** What the state button says; where the daemon tells several at once, the first of these. */
const STATES = { lost: "Lost", degraded: "Trouble", paused: "Paused", waiting: "Waiting", capturing: "Live" };
const SUBJECTS = { source: "Source", ocr: "Reading", log: "Log" };

const byId = (id) => document.getElementById(id);

const access = new Access();
const control = new Control(access);
// The last lines of all regions may hold none of the regions that are shown.
const back = layout.kind === "overlay" && !layout.regions.length ? layout.lines : BACK;
const pictures = new LinePictures(access, (text) => say(text));
const transcript = new Transcript((text) => copy(text, "Copied"), (line) => pictures.show(line), layout.regions);
const picker = new Picker(control);
const statuses = new Map();
let hello = null;
let connection = { state: "connecting", seconds: 0 };
let unseen = 0;
let following = true;
let scrolledTo = 0;
let reading = false;

const feed = new LiveFeed(access, {
  hello(record) {
    const isNew = hello?.stream !== record.stream;
    hello = record;
    statuses.clear();
    if (isNew) readEarlier(record.latest + 1);
  },
  line(line) {
    if (!transcript.add(line)) return;
    if (!following || document.hidden) count(unseen + 1);
    tellRegions();
    tellFound();
  },
  choice(choice) {
    this.line(choice);
  },
  partial(partial) {
    transcript.type(partial);
  },
  gap(gap) {
    transcript.addGap(gap, hello.stream);
  },
  status(status) {
    statuses.set(status.what, status);
    tellState();
  },
  connection(state, seconds) {
    connection = { state, seconds };
    if (state !== "connected") transcript.stopTyping();
    tellState();
  },
});

/* Lines from before */

/** Read the lines before number `until` of the present stream, as many as are read at a time. */
async function readEarlier(until) {
  const { stream, oldest } = hello;
  const first = Math.max(oldest, until - back);
  const button = byId("earlier");
  if (reading || until <= oldest) {
    button.hidden = until <= oldest;
    return;
  }
  reading = true;
  button.disabled = true;
  try {
    const records = await readBack(access, stream, first, until - 1);
    const fromEnd = document.documentElement.scrollHeight - window.scrollY;
    transcript.addEarlier(records, stream);
    tellRegions();
    if (!following) window.scrollTo({ top: document.documentElement.scrollHeight - fromEnd, behavior: "instant" });
    button.hidden = first <= oldest;
  } catch (error) {
    button.hidden = false;
    say(`Earlier lines are not available: ${error.message}`);
  } finally {
    reading = false;
    button.disabled = false;
  }
  tellFound();
}

byId("earlier").addEventListener("click", readMore);

/** Read lines from before the first that the page has of this stream; false if there are none, or they are not available. */
async function readMore() {
  const first = () => transcript.first(hello?.stream) ?? (hello?.latest ?? 0) + 1;
  const before = first();
  if (hello && !reading) await readEarlier(before);
  return first() < before;
}

/* Following the newest line */

function nearEnd() {
  return document.documentElement.scrollHeight - window.scrollY - window.innerHeight < NEAR_END;
}

function scrollToEnd() {
  following = true;
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

/** Stay where the page is, also when lines come. */
function leaveEnd() {
  following = false;
  byId("newest").hidden = false;
}

function count(lines) {
  unseen = lines;
  byId("newest-text").textContent = lines === 1 ? "1 new line" : lines ? `${whole.format(lines)} new lines` : "Newest line";
  document.title = lines ? `(${whole.format(lines)}) capture-daemon` : "capture-daemon";
}

/** Whoever scrolls up leaves the newest line, whoever comes back to the end follows it again. */
function lookWhere() {
  if (nearEnd()) following = true;
  else if (window.scrollY < scrolledTo) following = false;
  scrolledTo = window.scrollY;
  byId("newest").hidden = following;
  if (following && !document.hidden && unseen) count(0);
}

window.addEventListener("scroll", lookWhere, { passive: true });
document.addEventListener("visibilitychange", lookWhere);
byId("newest").addEventListener("click", scrollToEnd);
// Also where lines wrap anew, because the window or the text changed its size.
new ResizeObserver(() => following && scrollToEnd()).observe(document.querySelector("main"));
window.addEventListener("resize", () => following && scrollToEnd());

/* How the daemon is doing */

function tellState() {
  const connected = connection.state === "connected";
  const told = [...statuses.values()];
  const worst = Object.keys(STATES).find((state) => told.some((status) => status.state === state)) ?? "waiting";
  const state = connected ? worst : connection.state === "connecting" ? "connecting" : "away";
  const text = connected ? STATES[worst] : connection.state === "connecting" ? "Connecting" : "Disconnected";
  byId("state").dataset.state = state;
  byId("state").setAttribute("aria-label", `State: ${text}`);
  byId("state-text").textContent = text;
  const paused = statuses.get("source")?.state === "paused";
  byId("pause").dataset.paused = paused;
  byId("pause-text").textContent = paused ? "Resume" : "Pause";
  for (const id of ["pause", "pick"]) byId(id).disabled = !connected;
  tellNotice(connected, told);
}

function tellNotice(connected, told) {
  const trouble = told.filter((status) => ["lost", "degraded", "waiting"].includes(status.state));
  // A source that is captured has something to say only where no line comes.
  const hint = connected && told.find((status) => status.what === "source" && status.state === "capturing" && status.detail);
  let text = trouble.map((status) => `${SUBJECTS[status.what] ?? status.what}: ${status.detail ?? status.state}`).join(" · ");
  if (hint) text = [hint.detail[0].toUpperCase() + hint.detail.slice(1), ...(text ? [text] : [])].join(" · ");
  byId("notice").dataset.kind = hint ? "hint" : "trouble";
  if (!connected && connection.state !== "connecting") {
    text = connection.state === "stopped" ? "The daemon has stopped." : "The connection to the daemon is lost.";
    text += " This page comes back by itself, and misses nothing.";
  }
  byId("retry").hidden = connected || connection.seconds < 2;
  if (byId("notice-text").textContent !== text) byId("notice-text").textContent = text;
}

byId("retry").addEventListener("click", () => feed.retry());

byId("about").addEventListener("beforetoggle", async (event) => {
  if (event.newState !== "open") return;
  tellAbout({});
  try {
    tellAbout(await control.request("status"));
  } catch (error) {
    tellAbout({ source: `not known: ${error.message}` });
  }
});

function tellAbout(answer) {
  const facts = [["Captures", answer.source ?? "…"]];
  for (const { what, state, detail } of statuses.values()) {
    facts.push([SUBJECTS[what] ?? what, (STATES[state] ?? state) + (detail ? `: ${detail}` : "")]);
  }
  if (hello) {
    facts.push(["Lines in the log", whole.format(answer.latest ?? hello.latest)], ["Stream", hello.stream]);
    facts.push(["Version", hello.version]);
  }
  byId("about-list").replaceChildren(...facts.flatMap(([name, value]) => [make("dt", "", name), make("dd", "", String(value))]));
}

/* Tools */

byId("pause").addEventListener("click", () => {
  const what = byId("pause").dataset.paused === "true" ? "resume" : "pause";
  control.request(what).catch((error) => say(`Can't ${what}: ${error.message}`));
});

byId("pick").addEventListener("click", () => picker.open());

byId("search").addEventListener("input", () => {
  transcript.search(byId("search").value);
  tellFound();
  scrollToEnd();
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  byId("search").value = "";
  byId("search").dispatchEvent(new Event("input"));
});

/** Offer the regions to choose from, where there are several. */
function tellRegions() {
  const { regions } = transcript;
  const select = byId("shown-region");
  for (const region of regions.slice(select.options.length - 1)) select.add(new Option(region, region));
  byId("regions-shown").hidden = regions.length < 2;
}

byId("shown-region").addEventListener("change", () => {
  transcript.showRegion(byId("shown-region").value);
  tellFound();
  scrollToEnd();
});

function tellFound() {
  const searching = byId("search").value.trim() !== "";
  const shown = transcript.shownCount;
  byId("found").textContent = searching ? `${whole.format(shown)} of ${whole.format(transcript.size)} lines` : "";
  byId("copy-text").textContent = searching ? "Copy found" : "Copy all";
  byId("copy").disabled = shown === 0;
}

byId("copy").addEventListener("click", () => {
  const lines = transcript.shownCount;
  copy(transcript.text, lines === 1 ? "Copied 1 line" : `Copied ${whole.format(lines)} lines`);
});

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    // Only pages that browsers call secure have the clipboard: over plain HTTP from another machine there is the old way.
    const field = make("textarea", "unseen");
    field.value = text;
    document.body.append(field);
    field.select();
    say(document.execCommand("copy") ? done : "The browser doesn't let this page copy");
    field.remove();
  }
}

let saidUntil;
function say(text) {
  clearTimeout(saidUntil);
  byId("said").textContent = text;
  saidUntil = setTimeout(() => (byId("said").textContent = ""), 4000);
}

function setSize(step) {
  const now = Number(remembered("localStorage", SIZE_KEY) ?? 1);
  const at = Math.min(Math.max((SIZES.includes(now) ? SIZES.indexOf(now) : 1) + step, 0), SIZES.length - 1);
  document.documentElement.style.setProperty("--size", SIZES[at]);
  remember("localStorage", SIZE_KEY, String(SIZES[at]));
  byId("smaller").disabled = at === 0;
  byId("larger").disabled = at === SIZES.length - 1;
}

byId("smaller").addEventListener("click", () => setSize(-1));
byId("larger").addEventListener("click", () => setSize(1));
setSize(0);

/* The height of what stays at the top changes; what is scrolled to must not end up under it. */
new ResizeObserver(([top]) => {
  document.documentElement.style.setProperty("--header", `${top.target.offsetHeight}px`);
  if (following) scrollToEnd();
}).observe(byId("top"));

feed.start();
