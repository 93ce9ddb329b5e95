// Writes a file of route-matcher vectors (the format of tests/data/vectors/matcher.json) in which the real Next.js
// decided every case: generate.mjs NEXT_DIR SEED COUNT OUT
// NEXT_DIR is the installed package "next". The same seed gives the same cases.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseUrl } from 'node:url';

const [nextDir, seed, count, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: generate.mjs NEXT_DIR SEED COUNT OUT');
  process.exit(2);
}
const require = createRequire(join(nextDir, 'package.json'));
const next = (path) => require(join(nextDir, 'dist', path));
const { MiddlewareConfigInputSchema } = next('build/segment-config/middleware/middleware-config.js');
const { getMiddlewareMatchers } = next('build/analysis/get-page-static-info.js');
const { getMiddlewareRouteMatcher } = next('shared/lib/router/utils/middleware-route-matcher.js');

// mulberry32
let state = Number(seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;
const times = (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make);

const words = ['a', 'b', 'api', 'admin', 'x', 'größe', '_next', 'index', 'a.b', 'A', '-', '~', '😀', 'data', 'en', ' ', '%20'];
const expressions = ['\\d+', '[a-z]+', '.*', 'a|b', '(?:a|b)+', '(?!api).*', '[^/]+?', '\\w{1,3}', '(?<!a)b', '(?<n>a)\\k<n>', '[\\s\\S]',
  '\\S+', '[^]', '[]', 'a{2}', 'a{,2}', 'x?y+', '.', '\\.', '[\\d.]+', '\\u0061', '\\x41', '\\b\\w', 'a$', '^a', '[a-]', '[-\\d]', '(?=a)*a', '\\cA',
  '\\1', '\\8', '\\07', '[\\b]', '\\-', '\\/', '[/]', '\\e', '\\Q.\\E', '[[:alpha:]]', 'a{3,1}', '*', 'a**', '[z-a]', '(?i:a)', '(?<n>a)(?<n>b)',
  '\\k<n>', '\\', '(?<=a|bc)d', '{', '}', ']', 'a{1', '\\D', '\\W', '[^\\W]', '\\p{L}', '[\\w-z]', 'a+?', 'a??', '(?:)', '\\u{61}', '[\ud83d]', '(?!a)*'];
const modifiers = ['', '', '', '?', '*', '+'];

const name = () => pick(['id', 'slug', 'path', 'a', 'b', 'x_1', 'nextData']);
const piece = () =>
  pick([
    () => '/' + pick(words),
    () => '/' + pick(words),
    () => '/:' + name() + pick(modifiers),
    () => '/:' + name() + '(' + pick(expressions) + ')' + pick(modifiers),
    () => '/(' + pick(expressions) + ')' + pick(modifiers),
    () => '(' + pick(expressions) + ')' + pick(modifiers),
    () => ':' + name() + pick(modifiers),
    () => '.' + pick(words),
    () => '{' + pick(['/', '-', '', '/a', '\\:']) + pick(['', ':' + name(), '(' + pick(expressions) + ')', ':' + name() + '(' + pick(expressions) + ')']) +
      pick(['', 'z', '/']) + '}' + pick(modifiers),
    () => '\\' + pick([':', '(', ')', '*', '{', 'a', '']),
    () => pick(['-', '~', '(', ')', '{', '}', '*', '?', ':', '//', '/', '#', '|', '$', '^', '[', ']', '+', '.', '=', '!']),
  ])();
const source = () => {
  const text = times(1, 4, piece).join('');
  return chance(0.1) ? pick(['/', '', text]) : chance(0.98) && !text.startsWith('/') ? '/' + text : text;
};

const values = [undefined, undefined, '', 'a', 'a|b', '.+', '(?<t>.*)', '(', '\\d+', 'A', 'ä'];
const condition = () => {
  const type = pick(['header', 'cookie', 'query', 'host', 'header']);
  const value = pick(values);
  const item = type === 'host' ? { type, value: value ?? 'h' } : { type, key: pick(['a', 'b', 'X-A', 'c']) };
  if (type !== 'host' && value !== undefined) item.value = value;
  if (chance(0.02)) item.type = 'ip';
  if (chance(0.02)) item.extra = 1;
  if (chance(0.02)) delete item.key;
  return item;
};
const element = () => {
  if (chance(0.6)) return source();
  const item = { source: source() };
  if (chance(0.4)) item.has = times(0, 2, condition);
  if (chance(0.4)) item.missing = times(0, 2, condition);
  if (chance(0.3)) item.locale = chance(0.9) ? false : true;
  if (chance(0.03)) item.other = 1;
  return item;
};

// Paths are grown from the source, so that a fair part matches.
const fill = (text) =>
  text
    .replace(/\\(.)/g, '$1')
    .replace(/:\w+(\([^)]*\))?[?*+]?/g, () => pick(['', 'a', 'b', '1', 'a/b', 'zz', 'a-b', '%61', 'aa']))
    .replace(/\((?:[^()]|\([^()]*\))*\)[?*+]?/g, () => pick(['', 'a', 'b', '12', 'x/y', 'aa', 'yy', 'A', '.']))
    .replace(/[{}]|[?*+]/g, '');
const path = (from, basePath, locales) => {
  let text = chance(0.85) ? fill(from) : '/' + times(0, 3, () => pick(words)).join('/');
  if (!text.startsWith('/')) text = '/' + text;
  if (locales && chance(0.7)) text = '/' + pick(['en', 'de', 'fr', 'e.n']) + (text === '/' ? '' : text);
  if (chance(0.15)) text = '/_next/data/B' + text;
  if (basePath && chance(0.85)) text = basePath + text;
  text += pick(['', '', '', '', '/', '.json', '.rsc', '.segments/_tree.segment.rsc', '//', '\n', '%', '%2F', 'x']);
  if (chance(0.1)) text = encodeURI(text.toWellFormed());
  text = text.replaceAll('?', '%3F').replaceAll('#', '%23');
  if (chance(0.3)) text += '?' + times(1, 3, () => pick(['a', 'b', 'c']) + pick(['', '=', '=a', '=b', '=ab', '=1', '=%C3%A4', '=+'])).join('&');
  return text;
};
const headers = () => {
  const all = {};
  for (const key of ['a', 'b', 'x-a', 'c']) if (chance(0.3)) all[key] = pick(['', 'a', 'b', 'xa', '12', 'ä']);
  if (chance(0.5)) all.cookie = times(1, 3, () => pick(['a', 'b', 'c']) + pick(['=', '=a', '="b"', '=%61', '', '=a b'])).join('; ');
  if (chance(0.5)) all.host = pick(['h', 'H:80', 'a.test', 'A', '[::1]:3']);
  return all;
};

// Next.js prints a refusal to the console too; here it is an expected outcome.
console.error = () => {};

const decide = (vector) => {
  const parsed = MiddlewareConfigInputSchema.safeParse({ matcher: vector.matcher });
  if (!parsed.success) return { invalid: true, message: parsed.error.issues[0].message };
  const config = { basePath: vector.basePath ?? '', i18n: vector.locales ? { locales: vector.locales, defaultLocale: vector.locales[0] } : undefined };
  const exit = process.exit;
  process.exit = () => {
    throw new Error('refused when complete');
  };
  let matchers;
  try {
    matchers = getMiddlewareMatchers(vector.matcher, config);
  } catch (error) {
    return { invalid: true, message: error.message };
  } finally {
    process.exit = exit;
  }
  const url = parseUrl(vector.path.replaceAll('\n', '\u0001'), true);
  const query = url.query;
  const raw = vector.path.split('?')[0];
  let decoded = raw;
  try {
    decoded = decodeURIComponent(raw);
  } catch {
    // stays raw, as in Next.js
  }
  const match = getMiddlewareRouteMatcher(matchers);
  const request = { headers: vector.headers ?? {} };
  return { regexps: matchers.map((m) => m.regexp), matches: match(raw, request, query) || match(decoded, request, query) };
};

const cases = [];
while (cases.length < Number(count)) {
  const matcher = chance(0.6) ? source() : times(0, 3, element);
  const vector = { id: `generated-${cases.length}`, note: `seed ${seed}`, matcher };
  if (chance(0.2)) vector.basePath = pick(['/app', '/a.b', '/app/x']);
  if (chance(0.25)) vector.locales = ['en', 'de'];
  const first = Array.isArray(matcher) ? (matcher[0]?.source ?? matcher[0] ?? '/') : matcher;
  vector.path = path(String(first), vector.basePath, vector.locales);
  if (chance(0.5)) vector.headers = headers();
  let outcome;
  try {
    outcome = decide(vector);
  } catch (error) {
    // A condition whose value is no regular expression throws at the request: there is no verdict to compare.
    continue;
  }
  if (outcome.invalid) delete vector.path, delete vector.headers;
  cases.push({ ...vector, ...outcome });
}
const version = require(join(nextDir, 'package.json')).version;
writeFileSync(out, JSON.stringify({ description: 'generated route matcher cases', packages: { next: version }, cases }));
const tally = (test) => cases.filter(test).length;
console.log(`${cases.length} cases: ${tally((c) => c.matches)} match, ${tally((c) => c.matches === false)} do not, ${tally((c) => c.invalid)} refused`);
