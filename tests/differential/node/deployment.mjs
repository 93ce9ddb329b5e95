// What the configuration of a deployment is made of, from a request.
import { makeAdapter } from './adapter.mjs'
import { callbacks } from './callbacks.mjs'
import { codecOf } from './codecs.mjs'

// As `output` holds them: JSON text, so that the order of members and the difference of null and undefined count.
export const thrown = (error) => ({ throws: error instanceof Error ? error.message : String(error) })

// A lone secret is passed as text: v5 takes a list of one empty text for a secret, an empty text for none. Without any, the
// environment has them.
export const secretOf = ({ version, secrets }) => (version === 'v4' || secrets?.length === 1 ? secrets?.[0] : secrets)

const withoutUndefined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

export const options = (given) => {
  const log = []
  const { adapter, calls } = given.db ? makeAdapter(given.db) : { calls: [] }
  const result = {
    providers: [],
    secret: secretOf(given),
    session: withoutUndefined({ strategy: given.strategy, maxAge: given.maxAge, updateAge: given.updateAge }),
    jwt: { ...withoutUndefined({ maxAge: given.jwtMaxAge }), ...codecOf(given) },
    adapter,
    callbacks: { ...callbacks[given.callbacks] },
    useSecureCookies: given.useSecureCookies,
    logger: {
      error: (code) => log.push(['error', typeof code === 'string' ? code : (code.type ?? code.name)]),
      warn: () => {},
      debug: () => {},
    },
  }
  // In an environment of its own a deployment may leave to it whether the host is trusted.
  if (given.version === 'v5') Object.assign(result, { trustHost: given.trustHost ?? (given.env ? undefined : true), basePath: given.basePath })
  if (given.cookieName !== undefined) {
    const cookie = { name: given.cookieName }
    if (given.cookieOptions) cookie.options = given.cookieOptions
    result.cookies = { sessionToken: cookie }
  }
  return { options: withoutUndefined(result), calls, log }
}

// As a Node.js server gives them to a page or route: without blanks at their ends.
export const headersOf = ({ url, headers }) => {
  const { host, protocol } = new URL(url)
  return Object.fromEntries(new Headers({ host, 'x-forwarded-proto': protocol.slice(0, -1), ...headers }))
}

// What a request hands to `new Request()`: bytes, as they come from the network. There a POST has a body, if an empty one.
export const bodyOf = ({ method, body = '' }) => (method === 'POST' ? Buffer.from(body, 'latin1') : undefined)
