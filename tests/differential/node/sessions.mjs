// The session endpoint, the server-side helper and getToken of both versions, for one request at a time.
import { Readable } from 'node:stream'
import { pagesCookies, parsers, requestCookies } from './cookies.mjs'
import { bodyOf, headersOf, options, secretOf, thrown } from './deployment.mjs'
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
const { parseBody } = v5('next/dist/server/api-utils/node/parse-body')

const returned = (value) => ({ returns: value === undefined ? 'undefined' : JSON.stringify(value) })
const attempt = (work) => work().then(returned, thrown)

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

// Of a Pages API route: one value, or all of them.
const pagesQuery = ({ searchParams }) =>
  Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]).map(([name, all]) => [name, all.length > 1 ? all : all[0]]))

const pagesBody = async (headers, body) => parseBody(Object.assign(Readable.from(body?.length ? [body] : []), { headers }), '1mb')

const endpointV4 = async (given, headers, url) => {
  const method = given.method ?? 'GET'
  const body = bodyOf(given)
  const { options: made, calls, log } = options(given)
  // What Next.js makes of the path behind the route's folder.
  const route = `${given.route ?? '/api/auth'}/`
  const nextauth = url.pathname.startsWith(route) ? url.pathname.slice(route.length).split('/').filter(Boolean) : ['no-such-route']
  if (given.parser === 'pages') {
    const answer = new PagesAnswer()
    const query = { ...pagesQuery(url), nextauth }
    try {
      const parsed = await pagesBody(headers, body)
      await NextAuth4({ query, headers, method, body: parsed, cookies: pagesCookies(headers) }, answer, made)
    } catch (error) {
      // Next.js's own refusals.
      if (error.name !== 'ApiError' && !error.statusCode) throw error
      return { calls, log, status: error.statusCode, body: error.message, setCookies: [] }
    }
    return { calls, log, status: answer.code, body: answer.text, setCookies: answer.getHeader('set-cookie') ?? [] }
  }
  if (given.parser === 'web') {
    made.secret ??= process.env.NEXTAUTH_SECRET ?? process.env.AUTH_SECRET
    const internal = await AuthHandler({ req: new Request(url, { headers, method, body }), options: made })
    return { calls, log, ...(await ofResponse(toResponse(internal))) }
  }
  const request = new NextRequest(url, { headers, method, body })
  return { calls, log, ...(await ofResponse(await NextAuth4(request, { params: { nextauth } }, made))) }
}

const endpointV5 = async (given, headers, url) => {
  const { options: made, calls, log } = options(given)
  const { handlers } = NextAuth5(made)
  const request = new NextRequest(url, { headers, method: given.method ?? 'GET', body: bodyOf(given) })
  return { calls, log, ...(await ofResponse(await handlers.GET(request))) }
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
  const { options: made } = options(given)
  // Of the deployments that sign; the others' getToken is left as it is.
  const decode = given.codec?.startsWith('signed-') ? made.jwt.decode : undefined
  const common = { cookieName, secureCookie, raw, decode }
  for (const key of Object.keys(common)) if (common[key] === undefined) delete common[key]
  if (given.version === 'v5') {
    NextAuth5(made) // fills in the secrets of the environment
    return getTokenV5({ req: { headers: new Headers(headers) }, secret: made.secret?.length ? made.secret : undefined, ...common })
  }
  const cookies = given.parser === 'pages' ? pagesCookies(headers) : Object.fromEntries(parsers['next-edge'](headers.cookie ?? ''))
  return getTokenV4({ req: { headers, cookies }, secret: secretOf(given), ...common })
}

export const session = async (given) => {
  const url = new URL(given.url)
  const headers = headersOf(given)
  setRequest(new Headers(headers), requestCookies(new Headers(headers)))
  const isV4 = given.version === 'v4'
  const ask = () => (isV4 ? endpointV4(given, headers, url) : endpointV5(given, headers, url))
  return {
    endpoint: await ask().catch(thrown),
    helper: isV4 ? await helperV4(given, headers) : await helperV5(given),
    token: await attempt(async () => tokenOf(given, headers)),
  }
}
