// Make an Anki card of each line, with the picture, by the add-on AnkiConnect: node anki.cjs [FEED] [ANKICONNECT]
const { follow, picture, post } = require("./feed.cjs");
const [feed = "ws://localhost:6677", anki = "http://127.0.0.1:8765"] = process.argv.slice(2);

follow(feed, async (line) => {
  if (line.replaces !== undefined) return;
  const data = await picture(feed, line);
  const filename = `${line.stream}-${line.seq}.jpg`;
  const note = {
    deckName: "Default",
    modelName: "Basic",
    fields: { Front: line.text, Back: line.speaker ?? "" },
    picture: data === null ? [] : [{ data, filename, fields: ["Back"] }],
  };
  const { error } = await post(anki, { action: "addNote", version: 6, params: { note } });
  console.log(`${line.text}: ${error ?? "added"}`);
});
