// Firefox at a test's command: `node firefox.js PROGRAM`. Each line that comes in, [what, ...with what] in JSON, is done and
// answered by a line, {value} or {problem}. Firefox ends when nothing more comes in.
import { argv, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: argv[2],
});
const [page] = await browser.pages();
await page.setViewport({ width: 1440, height: 900 });
const problems = [];
page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
page.on("console", (message) => message.type() === "error" && problems.push(`console error: ${message.text()}`));

const acts = {
  visit: (address) => page.goto(address, { waitUntil: "domcontentloaded" }).then(() => null),
  evaluate: (code) => page.evaluate(code),
  click: (selector) => page.click(selector),
  problems: () => problems,
};

for await (const line of createInterface({ input: stdin })) {
  const [act, ...rest] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await acts[act](...rest)) ?? null };
  } catch (error) {
    answer = { problem: error.message };
  }
  stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
