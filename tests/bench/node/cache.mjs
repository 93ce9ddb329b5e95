// A cached session: the token is cut out of the Cookie header by @auth/core's own parser, so that the key is a fresh string, whose hash V8 has yet to compute.
import { createRequire } from 'node:module'
import { load, loadFile, places } from './packages.mjs'
import { sessionToken } from './inputs.mjs'

export const cachedSessions = 10_000
const requests = 1024
const name = 'authjs.session-token'

export const cacheCases = async () => {
  const { LRUCache } = await load(createRequire(places.lruCache), 'lru-cache')
  const { parse } = await loadFile(places.authCore, 'lib/vendored/cookie.js')
  const cases = {}
  for (const length of [36, 450]) {
    const cache = new LRUCache({ max: 4 * cachedSessions, ttl: 3_600_000 })
    for (let i = 0; i < cachedSessions; ++i)
      cache.set(sessionToken(length, i), {
        user: { name: `User ${i}`, email: `user${i}@example.com`, image: `https://example.com/avatars/${i}.png` },
        expires: new Date(Date.now() + 86_400_000).toISOString(),
      })
    const headers = (first, step) =>
      Array.from({ length: requests }, (_, i) => `theme=dark; ${name}=${sessionToken(length, first + i * step)}`)
    const run = (cookies, expected) => () => {
      for (const cookie of cookies)
        if ((cache.get(parse(cookie)[name]) !== undefined) !== expected) throw new Error('the cache answered wrongly')
      return cookies.length
    }
    const suffix = length === 36 ? '' : `-${length}`
    cases[`cache-hit${suffix}`] = run(headers(0, 9), true)
    cases[`cache-miss${suffix}`] = run(headers(cachedSessions, 1), false)
  }
  return cases
}
