/* Lines as files: text, subtitles, JSONL. */

/** Seconds that a subtitle is shown at most. */
const LONGEST_CUE = 6;
const SHORTEST_CUE = 0.001;

/** What each format makes of lines, and the type of its file. */
const SAVED_AS = {
  txt: { make: (lines) => lines.map((line) => `${spoken(line)}\n`).join(""), type: "text/plain" },
  srt: { make: asSubtitles, type: "application/x-subrip" },
  jsonl: { make: (lines) => lines.map((line) => `${JSON.stringify(line)}\n`).join(""), type: "application/x-ndjson" },
};

/** The option of a menu that was chosen; null where that isn't known. */
function answerOf(choice) {
  return choice.options[choice.chosen - 1] ?? null;
}

/** A line with its speaker's name in front; of a menu what was chosen, or else all there was to choose from. */
function spoken(line) {
  if (line.type === "choice") return `▸ ${answerOf(line) ?? line.options.join(" / ")}`;
  return line.speaker ? `${line.speaker}: ${line.text}` : line.text;
}

/** Lines as SubRip: by their place in the recording; without one, by the time since the first line began. */
function asSubtitles(records) {
  const lines = records.filter((record) => record.type === "line");
  const recorded = lines.every((line) => line.media_started !== null);
  const seconds = (line) => (recorded ? line.media_started : Date.parse(line.started) / 1000);
  const cues = lines.map((line) => ({ line, start: seconds(line) })).sort((one, other) => one.start - other.start);
  const origin = recorded || !cues.length ? 0 : cues[0].start;
  // Only the next line of its region ends a cue. Of lines that began at once none ends the others.
  const coming = new Map();
  for (const cue of [...cues].reverse()) {
    const next = coming.get(cue.line.region);
    cue.next = next?.start === cue.start ? next.next : (next?.start ?? Infinity);
    coming.set(cue.line.region, cue);
  }
  return cues
    .map(({ line, start, next }, index) => {
      const end = Math.max(start + SHORTEST_CUE, Math.min(next, start + LONGEST_CUE));
      // A cue ends at a blank line, and "-->" would be taken for times; "<" and "{\" may begin a tag.
      const rows = line.rows.filter((row) => row.trim()).join("\n") || line.text;
      const text = (line.speaker ? `${line.speaker}: ` : "") + rows;
      const safe = text.replace(/<(?=[/!A-Za-z])/g, "＜").replace(/\{(?=\\)/g, "｛").replaceAll("-->", "->");
      return `${index + 1}\n${cueTime(start - origin)} --> ${cueTime(end - origin)}\n${safe}\n\n`;
    })
    .join("");
}

function cueTime(seconds) {
  const milliseconds = Math.round(seconds * 1000);
  const part = (size, modulus, digits) => String(Math.floor(milliseconds / size) % modulus).padStart(digits, "0");
  return `${String(Math.floor(milliseconds / 3_600_000)).padStart(2, "0")}:${part(60_000, 60, 2)}:${part(1000, 60, 2)},${part(1, 1000, 3)}`;
}

/** Have the browser save lines in a format of `SAVED_AS`. */
function saveLines(lines, format) {
  const { make: write, type } = SAVED_AS[format];
  const address = URL.createObjectURL(new Blob([write(lines)], { type: `${type};charset=utf-8` }));
  const link = make("a", "unseen");
  link.href = address;
  link.download = `dialogue.${format}`;
  link.click();
  // The browser has taken hold of the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
