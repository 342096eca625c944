// Print each line with its translation, by a LibreTranslate server: node translate.cjs [FEED] [SERVER]
const { follow, post } = require("./feed.cjs");
const [feed = "ws://localhost:6677", server = "http://localhost:5000"] = process.argv.slice(2);

follow(feed, async (line) => {
  const { translatedText } = await post(`${server}/translate`, { q: line.text, source: "auto", target: "en", format: "text" });
  console.log(`${line.speaker ?? "-"}: ${line.text}\n    ${translatedText}`);
});
