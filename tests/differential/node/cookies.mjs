// The parsers that read a Cookie header in a deployment.
import { loadCore, ofNextAuth4, v5 } from './packages.mjs'

const cookie07 = ofNextAuth4('cookie')
const authCore = await loadCore('lib/vendored/cookie.js')
const { getCookieParser } = v5('next/dist/server/api-utils/get-cookie-parser')
const { RequestCookies } = v5('next/dist/compiled/@edge-runtime/cookies')

export const requestCookies = (headers) => new RequestCookies(headers)

const asWeb = (cookie) => new Headers({ cookie }).get('cookie')
export const parsers = {
  'cookie-0.7': (header) => Object.entries(cookie07.parse(asWeb(header))),
  authcore: (header) => Object.entries(authCore.parse(asWeb(header))),
  'next-api': (header) => Object.entries(getCookieParser({ cookie: asWeb(header) })()),
  'next-edge': (header) => requestCookies(new Headers({ cookie: header })).getAll().map(({ name, value }) => [name, value]),
}
export const pagesCookies = (headers) => getCookieParser(headers)()
