// The session endpoint, the server-side helper and getToken of both versions, for one request at a time.
import { makeAdapter } from './adapter.mjs'
import { callbacks } from './callbacks.mjs'
import { pagesCookies, parsers, requestCookies } from './cookies.mjs'
import { load, ofNextAuth4, v4, v5 } from './packages.mjs'
import { setRequest } from './scope.mjs'

const NextAuth4 = v4('next-auth').default
const { getServerSession } = v4('next-auth')
const { AuthHandler } = ofNextAuth4('./core')
const { toResponse } = ofNextAuth4('./next/utils')
const getTokenV4 = v4('next-auth/jwt').getToken
const { default: NextAuth5 } = await load('next-auth')
const { getToken: getTokenV5 } = await load('next-auth/jwt')
const { NextRequest } = v5('next/server')

// As `output` holds them: JSON text, so that the order of members and the difference of null and undefined count.
const thrown = (error) => ({ throws: error instanceof Error ? error.message : String(error) })
const returned = (value) => ({ returns: value === undefined ? 'undefined' : JSON.stringify(value) })
const attempt = (work) => work().then(returned, thrown)

// A lone secret is passed as text: v5 takes a list of one empty text for a secret, an empty text for none.
const secretOf = ({ version, secrets }) => (version === 'v4' || secrets.length === 1 ? secrets[0] : secrets)

const options = (given) => {
  const log = []
  const { adapter, calls } = given.db ? makeAdapter(given.db) : { calls: [] }
  const result = {
    providers: [],
    secret: secretOf(given),
    session: { strategy: given.strategy, maxAge: given.maxAge, updateAge: given.updateAge },
    jwt: { maxAge: given.jwtMaxAge },
    adapter,
    callbacks: { ...callbacks[given.callbacks] },
    useSecureCookies: given.useSecureCookies,
    logger: {
      error: (code) => log.push(['error', typeof code === 'string' ? code : (code.type ?? code.name)]),
      warn: () => {},
      debug: () => {},
    },
  }
  if (given.version === 'v5') Object.assign(result, { trustHost: given.trustHost ?? true, basePath: given.basePath })
  if (given.cookieName !== undefined) {
    const cookie = { name: given.cookieName }
    if (given.cookieOptions) cookie.options = given.cookieOptions
    result.cookies = { sessionToken: cookie }
  }
  for (const key of Object.keys(result)) if (result[key] === undefined) delete result[key]
  for (const part of [result.session, result.jwt]) for (const key of Object.keys(part)) if (part[key] === undefined) delete part[key]
  return { options: result, calls, log }
}

// As a Node.js server gives them to a page or route: without blanks at their ends.
const headersOf = ({ url, headers }) => {
  const { host, protocol } = new URL(url)
  return Object.fromEntries(new Headers({ host, 'x-forwarded-proto': protocol.slice(0, -1), ...headers }))
}

// The answer object of a Pages API route.
class PagesAnswer {
  code = 200
  text = ''
  headers = new Map()
  status(code) {
    this.code = code
    return this
  }
  getHeader(name) {
    return this.headers.get(name.toLowerCase())
  }
  setHeader(name, value) {
    this.headers.set(name.toLowerCase(), value)
    return this
  }
  // Next's own send(): objects as JSON, nothing for null.
  send(body) {
    if (body === null || body === undefined) return
    this.text = typeof body === 'object' ? JSON.stringify(body) : String(body)
  }
  json(body) {
    this.text = JSON.stringify(body)
  }
  end() {}
}

const ofResponse = async (response) => ({ status: response.status, body: await response.text(), setCookies: response.headers.getSetCookie() })

const endpointV4 = async (given, headers, url, nextauth) => {
  const method = given.method ?? 'GET'
  const { options: made, calls, log } = options(given)
  if (given.parser === 'pages') {
    const answer = new PagesAnswer()
    const query = { ...Object.fromEntries(url.searchParams), nextauth }
    await NextAuth4({ query, headers, method, cookies: pagesCookies(headers) }, answer, made)
    return { calls, log, status: answer.code, body: answer.text, setCookies: answer.getHeader('set-cookie') ?? [] }
  }
  if (given.parser === 'web') {
    const internal = await AuthHandler({ req: new Request(url, { headers, method }), options: made })
    return { calls, log, ...(await ofResponse(toResponse(internal))) }
  }
  const request = new NextRequest(url, { headers, method })
  return { calls, log, ...(await ofResponse(await NextAuth4(request, { params: { nextauth } }, made))) }
}

const endpointV5 = async (given, headers, url) => {
  const { options: made, calls, log } = options(given)
  const { handlers } = NextAuth5(made)
  return { calls, log, ...(await ofResponse(await handlers.GET(new NextRequest(url, { headers, method: given.method ?? 'GET' })))) }
}

const helperV4 = async (given, headers) => {
  const made = options(given)
  if (given.parser !== 'pages') return { ...(await attempt(() => getServerSession(made.options))), calls: made.calls }
  const answer = new PagesAnswer()
  const result = await attempt(() => getServerSession({ headers, cookies: pagesCookies(headers) }, answer, made.options))
  return { ...result, calls: made.calls, setCookies: answer.getHeader('set-cookie') ?? [] }
}

const helperV5 = async (given) => {
  const made = options(given)
  const result = await attempt(() => NextAuth5(made.options).auth())
  return { ...result, calls: made.calls }
}

const tokenOf = (given, headers) => {
  const { cookieName, secureCookie, raw } = given
  const common = { cookieName, secureCookie, raw }
  for (const key of Object.keys(common)) if (common[key] === undefined) delete common[key]
  if (given.version === 'v5') return getTokenV5({ req: { headers: new Headers(headers) }, secret: secretOf(given), ...common })
  const cookies = given.parser === 'pages' ? pagesCookies(headers) : Object.fromEntries(parsers['next-edge'](headers.cookie ?? ''))
  return getTokenV4({ req: { headers, cookies }, secret: secretOf(given), ...common })
}

export const session = async (given) => {
  const url = new URL(given.url)
  const headers = headersOf(given)
  setRequest(new Headers(headers), requestCookies(new Headers(headers)))
  const isV4 = given.version === 'v4'
  const ask = () => (isV4 ? endpointV4(given, headers, url, url.pathname.split('/').slice(3)) : endpointV5(given, headers, url))
  return {
    endpoint: await ask().catch(thrown),
    helper: isV4 ? await helperV4(given, headers) : await helperV5(given),
    token: await attempt(() => tokenOf(given, headers)),
  }
}
