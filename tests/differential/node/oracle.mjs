// Answers requests with the real packages: one JSON object a line on standard input, its answer on standard output, in order.
import { createInterface } from 'node:readline'
import { setNow } from './clock.mjs'
import { versions } from './packages.mjs'
import { parsers } from './cookies.mjs'
import { decode, verify } from './tokens.mjs'
import { middleware } from './middleware.mjs'
import { session } from './sessions.mjs'

const kinds = {
  decode,
  verify,
  middleware,
  session,
  parse: ({ dialect, header }) => ({ cookies: parsers[dialect](header) }),
  versions: () => versions,
}

// What stands in the environment of this process is none of the packages' business.
const setEnvironment = (variables) => {
  for (const name of Object.keys(process.env)) if (/AUTH|VERCEL|CF_PAGES|NODE_ENV/.test(name)) delete process.env[name]
  Object.assign(process.env, variables)
}

let output = ''
const flush = () => {
  process.stdout.write(output)
  output = ''
}
for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line)
  let answer
  try {
    setNow(given.now)
    setEnvironment(given.env)
    answer = await kinds[given.kind](given)
  } catch (error) {
    answer = { broken: error.stack ?? String(error) }
  }
  output += JSON.stringify(answer) + '\n'
  if (output.length > 65536 || given.flush) flush()
}
flush()
