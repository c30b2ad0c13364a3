// What Microsoft's own parser finds wrong with many cards: node teams_cards.cjs <package> < cards.json
// It has to be given the whole bundle: the package itself is made of modules that node does not find.
const fs = require("fs");
const path = require("path");
const ac = require(path.join(process.argv[2], "dist", "adaptivecards.js"));

ac.AdaptiveCard.onProcessMarkdown = () => {};
const cards = JSON.parse(fs.readFileSync(0, "utf-8"));
const found = cards.map((json) => {
  const card = new ac.AdaptiveCard();
  card.hostConfig = new ac.HostConfig({ actions: { maxActions: 6 } }); // as in Teams
  ac.CardElement.langProperty.regEx.lastIndex = 0; // it remembers, and would refuse every second language
  const context = new ac.SerializationContext();
  card.parse(json, context);
  const parsed = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  const failures = card.validateProperties().validationEvents;
  return [...parsed, ...failures].map((event) => event.message);
});
process.stdout.write(JSON.stringify(found));
