// Decoding: the packages' own decode with 64 in flight, and the least code that does the same with node:crypto, synchronously, with a key that is ready.
import { createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { distinct, subject } from './inputs.mjs'
import { load, v4, v5 } from './packages.mjs'

const subjects = Array.from({ length: distinct }, (_, i) => subject(i))

const inFlight = async (given, decode) => {
  const all = await Promise.all(given.tokens.map(decode))
  for (let i = 0; i < all.length; ++i) if (all[i]?.sub !== subjects[i]) throw new Error(`token ${i} was not decoded`)
  return all.length
}

// As a session is renewed: new times and a new id for the claims that there were.
const sealedInFlight = async (given, decode, encode) => {
  const claims = await Promise.all(given.tokens.map(decode))
  return async () => {
    const all = await Promise.all(claims.map(encode))
    for (const token of all) if (typeof token !== 'string') throw new Error('a token was not sealed')
    return all.length
  }
}

const oneByOne = (given, decode) => {
  for (let i = 0; i < given.tokens.length; ++i) if (decode(given.tokens[i])?.sub !== subjects[i]) throw new Error(`token ${i} was not decoded`)
  return given.tokens.length
}

const tolerance = 15
const live = (claims) => (claims.exp > Date.now() / 1000 - tolerance ? claims : null)

const byHandV4 = ({ secret }) => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'NextAuth.js Generated Encryption Key', 32))
  return (token) => {
    const [header, , iv, text, tag] = token.split('.')
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
    cipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'))
    return live(JSON.parse(cipher.update(text, 'base64url', 'utf8') + cipher.final('utf8')))
  }
}

const byHandV5 = ({ secret, salt }) => {
  const key = Buffer.from(hkdfSync('sha256', secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64))
  const macKey = key.subarray(0, 32)
  const textKey = key.subarray(32)
  return (token) => {
    const [header, , ivText, text, tag] = token.split('.')
    const iv = Buffer.from(ivText, 'base64url')
    const sealed = Buffer.from(text, 'base64url')
    const bits = Buffer.alloc(8)
    bits.writeUInt32BE(header.length * 8, 4)
    const mac = createHmac('sha512', macKey).update(header).update(iv).update(sealed).update(bits).digest()
    if (!timingSafeEqual(mac.subarray(0, 32), Buffer.from(tag, 'base64url'))) return null
    const cipher = createDecipheriv('aes-256-cbc', textKey, iv)
    return live(JSON.parse(cipher.update(sealed, undefined, 'utf8') + cipher.final('utf8')))
  }
}

export const tokenCases = async (inputs) => {
  const { decode: decodeV4, encode: encodeV4 } = await load(v4, 'next-auth/jwt')
  const { decode: decodeV5, encode: encodeV5 } = await load(v5, 'next-auth/jwt')
  const { secret, salt } = inputs.v5
  const handV4 = byHandV4(inputs.v4)
  const handV5 = byHandV5(inputs.v5)
  const openV4 = (token) => decodeV4({ token, secret: inputs.v4.secret })
  const openV5 = (token) => decodeV5({ token, secret, salt })
  return {
    'decode-v4': () => inFlight(inputs.v4, openV4),
    'decode-v5': () => inFlight(inputs.v5, openV5),
    'encode-v4': await sealedInFlight(inputs.v4, openV4, (token) => encodeV4({ token, secret: inputs.v4.secret })),
    'encode-v5': await sealedInFlight(inputs.v5, openV5, (token) => encodeV5({ token, secret, salt })),
    'decode-v4-by-hand': () => oneByOne(inputs.v4, handV4),
    'decode-v5-by-hand': () => oneByOne(inputs.v5, handV5),
  }
}
