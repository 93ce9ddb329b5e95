// What both sides work on: tokens that the real packages sealed, requests that carry them, sessions in databases.
import { createHash, randomBytes } from 'node:crypto'
import { load, v4, v5 } from './packages.mjs'

export const distinct = 64
export const cookieNames = { v4: 'next-auth.session-token', v5: 'authjs.session-token' }

// A browser that has signed in sends a CSRF token and the callback URL along (facts: core/lib/csrf-token.js).
export const browserCookies = (version, secret, token) => {
  const prefix = cookieNames[version].split('.')[0]
  const random = randomBytes(32).toString('hex')
  const csrf = `${random}|${createHash('sha256').update(random + secret).digest('hex')}`
  return `${prefix}.csrf-token=${encodeURIComponent(csrf)}; ` +
    `${prefix}.callback-url=${encodeURIComponent('http://localhost:3000')}; ${cookieNames[version]}=${token}`
}

// As BenchInputs.cpp has it.
export const sessionToken = (length, number) => {
  const digest = createHash('sha256').update(`rollcall-bench:${length}:${number}`).digest('hex')
  return digest.repeat(Math.ceil(length / digest.length)).slice(0, length)
}

export const subject = (i) => String(i).padStart(21, '1')

export const makeInputs = async () => {
  const inputs = {}
  for (const [version, require] of [['v4', v4], ['v5', v5]]) {
    const { encode } = await load(require, 'next-auth/jwt')
    const secret = randomBytes(32).toString('base64')
    const salt = version === 'v4' ? '' : cookieNames.v5
    const tokens = []
    // As long as those of a sign-in with Google.
    const picture = (i) => `https://lh3.googleusercontent.com/a/${sessionToken(54, i)}=s96-c`
    for (let i = 0; i < distinct; ++i) {
      const token = { name: `User ${i}`, email: `user${i}@example.com`, picture: picture(i), sub: subject(i) }
      tokens.push(await encode({ token, secret, salt }))
    }
    inputs[version] = { secret, salt, tokens, cookieHeaders: tokens.map((token) => browserCookies(version, secret, token)) }
  }
  return inputs
}
