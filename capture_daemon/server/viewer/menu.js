/* The menu behind the three dots: files, a jump to a time, and on a phone what has no room in the header. */

function setUpMenu() {
  for (const button of document.querySelectorAll("#menu [data-format]")) {
    button.addEventListener("click", () => {
      saveLines(transcript.shownLines, button.dataset.format);
      byId("menu").hidePopover();
    });
  }
  byId("menu").addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    const lines = transcript.shownLines;
    for (const button of document.querySelectorAll("#menu [data-format]")) button.disabled = !lines.length;
    // Minutes are what the field shows; the line wanted is the first at that minute or later.
    const last = lines.at(-1);
    if (last && !byId("jump-time").value) byId("jump-time").value = localMinute(new Date(last.time));
  });
  byId("jump").addEventListener("submit", (event) => {
    event.preventDefault();
    jumpTo(byId("jump-time").value);
  });
  const narrow = matchMedia("(max-width: 46rem)");
  const arrange = () => {
    const place = narrow.matches ? byId("menu-tools") : byId("tools");
    place.append(byId("copy"), byId("smaller"), byId("larger"));
    byId("tools").append(byId("more"));
  };
  narrow.addEventListener("change", arrange);
  arrange();
  byId("find").addEventListener("click", () => {
    const searching = document.querySelector("header").classList.toggle("searching");
    byId("find").setAttribute("aria-expanded", String(searching));
    if (searching) byId("search").focus();
  });
}

/** A date as a field for date and time has it. */
function localMinute(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Show the first line said at that time or later; lines from before the page's first are read back until it is there. */
async function jumpTo(value) {
  const wanted = new Date(value).getTime();
  if (Number.isNaN(wanted)) return say("Choose a date and a time");
  byId("menu").hidePopover();
  leaveEnd();
  while (transcript.begins > wanted && (await readMore()));
  if (!transcript.showFrom(wanted)) say("No line was said at that time or later");
}

setUpMenu();
