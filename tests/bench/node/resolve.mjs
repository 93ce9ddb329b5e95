// Whole resolution: getServerSession(req, res, options) of v4 and auth(req, res) of v5, as pages call them, with 64 requests in flight.
import { load, v4, v5 } from './packages.mjs'

// The part of Next's request that the packages read; its cookies come from Next's own parser, when they are asked for.
export const requestMaker = () => {
  const { getCookieParser } = v4('next/dist/server/api-utils/get-cookie-parser')
  return (cookie) => {
    const headers = { host: 'localhost:3000', 'x-forwarded-proto': 'http', cookie }
    return {
      headers,
      get cookies() {
        return getCookieParser(headers)()
      },
    }
  }
}

export class Answer {
  lines = []
  getHeader() {
    return this.lines
  }
  setHeader(name, value) {
    this.lines = value
  }
  appendHeader(name, value) {
    this.lines.push(value)
  }
  renewed(cookieName) {
    return this.lines.some((line) => line.startsWith(`${cookieName}=`) && line.includes('Expires='))
  }
}

export const resolveCases = async (inputs) => {
  const { getServerSession } = v4('next-auth')
  const { default: NextAuth } = await load(v5, 'next-auth')
  const request = requestMaker()
  const options = { secret: inputs.v4.secret, session: { strategy: 'jwt' } }
  const { auth } = NextAuth({ secret: inputs.v5.secret, trustHost: true, providers: [], session: { strategy: 'jwt' } })

  const all = (given, cookieName, resolve) => async () => {
    const answers = given.cookieHeaders.map(() => new Answer())
    const sessions = await Promise.all(given.cookieHeaders.map((cookie, i) => resolve(request(cookie), answers[i])))
    for (let i = 0; i < sessions.length; ++i)
      if (sessions[i]?.user?.name !== `User ${i}` || !answers[i].renewed(cookieName)) throw new Error(`request ${i} was not resolved`)
    return sessions.length
  }
  return {
    'resolve-v4': all(inputs.v4, 'next-auth.session-token', (req, res) => getServerSession(req, res, { ...options })),
    'resolve-v5': all(inputs.v5, 'authjs.session-token', (req, res) => auth(req, res)),
  }
}
