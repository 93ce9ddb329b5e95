// Calls the jwt callback of a not-before module as Auth.js does: a line of JSON in, a line of JSON out.
//
// Usage: node ask.mjs PACKAGES MODULE
//   in:  {"token":{…},"account":{…}?,"aheadMs":N?}   aheadMs: the clock goes on by so much first
//   out: {"accepted":bool,"token":{…}?,"threw":"…"?,"said":["…"],"tookMs":N}   said: what was logged as an error
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [packages, module] = process.argv.slice(2);

// Beside node_modules, so that its imports are found.
const place = mkdtempSync(join(packages, 'asked-'));
process.on('exit', () => rmSync(place, { recursive: true, force: true }));
const copy = join(place, 'not-before.mjs');
copyFileSync(module, copy);

const said = [];
console.error = (...words) => said.push(words.join(' '));
const now = Date.now;
let aheadMs = 0;
Date.now = () => now() + aheadMs;

const { endSessions } = await import(pathToFileURL(copy).href);
const callback = endSessions();

for await (const line of createInterface({ input: process.stdin })) {
  const { token, account, aheadMs: more = 0 } = JSON.parse(line);
  aheadMs += more;
  const begun = performance.now();
  let answer;
  try {
    const result = await callback({ token, account });
    answer = result === null ? { accepted: false } : { accepted: true, token: result };
  } catch (error) {
    answer = { accepted: false, threw: error.message };
  }
  console.log(JSON.stringify({ ...answer, said: said.splice(0), tookMs: Math.round(performance.now() - begun) }));
}
process.exit(0); // clients keep their links
