// What `withAuth` of v4 and `auth` of v5 decide as Next.js middleware.
import { headersOf, options, thrown } from './deployment.mjs'
import { load, ofNextAuth4, v5 } from './packages.mjs'

const { withAuth } = ofNextAuth4('./next/middleware')
const { default: NextAuth5 } = await load('next-auth')
const { NextRequest, NextResponse } = v5('next/server')

const fail = (message) => {
  throw new Error(message)
}
const answer = (status, location) => new Response(null, { status, headers: location === undefined ? {} : { Location: location } })

// `callbacks.authorized`; v4 is given a token, v5 a session. EngineMiddleware.cpp has the same in C++.
const authorized = {
  always: () => true,
  never: () => false,
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  text: () => 'yes',
  object: () => ({}),
  'signed-in': ({ auth, token }) => !!(auth ?? token),
  'role-admin': ({ auth, token }) => {
    const holder = auth ?? token
    return (holder?.user ?? holder)?.role === 'admin'
  },
  'own-401': () => answer(401),
  'own-redirect': ({ request, req }) => answer(302, `${(request ?? req).nextUrl.origin}/login`),
  'own-relative': () => answer(303, '/login'),
  throws: () => fail('authorized failed'),
}

// The function that the middleware wraps.
const functions = {
  nothing: () => undefined,
  'own-200': () => answer(200),
  'own-403': () => answer(403),
  'own-redirect': ({ nextUrl }) => answer(308, `${nextUrl.origin}/elsewhere`),
  'own-relative': () => answer(302, '/elsewhere'),
  throws: () => fail('the function failed'),
}

const decisionOf = (response) => {
  if (!response || response.headers.get('x-middleware-next') === '1') return { outcome: 'pass' }
  const location = response.headers.get('location')
  const { status } = response
  return { outcome: location && status >= 300 && status < 400 ? 'redirect' : 'respond', status, location: location ?? '' }
}

export const middleware = async (given) => {
  const made = options(given)
  const { authorized: named, function: wrapped, signIn, error } = given.options ?? {}
  // A name of `undefined` would find the one called so.
  const callback = named && authorized[named]
  const inner = wrapped && functions[wrapped]
  const pages = {}
  if (signIn !== undefined) pages.signIn = signIn
  if (error !== undefined) pages.error = error
  // What Next.js's server adds to the headers before middleware runs.
  const own = headersOf(given)
  const request = new NextRequest(given.url, { headers: { 'x-forwarded-host': own.host, ...own }, nextConfig: given.next })
  const silent = console.error
  console.error = () => {}
  try {
    let response
    if (given.version === 'v4') {
      const { secret, cookies } = made.options
      const jwt = given.codec?.startsWith('signed-') ? made.options.jwt : undefined
      const config = { pages, secret, jwt, cookies, callbacks: callback ? { authorized: callback } : {} }
      response = await (inner ? withAuth(inner, config) : withAuth(config))(request, {})
    } else {
      if (callback) made.options.callbacks.authorized = callback
      if (signIn !== undefined) made.options.pages = pages
      const { auth } = NextAuth5(made.options)
      response = await (inner ? auth(inner)(request, {}) : auth(request, {}))
    }
    return { decision: { ...decisionOf(response), setCookies: response?.headers.getSetCookie() ?? [] }, calls: made.calls, log: made.log }
  } catch (failure) {
    return { decision: thrown(failure) }
  } finally {
    console.error = silent
  }
}
