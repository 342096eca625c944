// Post each line to a Discord channel, by a webhook of it: node discord.cjs WEBHOOK [FEED]
const { follow, post } = require("./feed.cjs");
const [webhook, feed = "ws://localhost:6677"] = process.argv.slice(2);

// What is on screen mentions nobody.
follow(feed, (line) =>
  post(webhook, { content: `**${line.speaker ?? "…"}** ${line.text}`.slice(0, 2000), allowed_mentions: { parse: [] } }),
);
