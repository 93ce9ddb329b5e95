// The `jwt.encode` and `jwt.decode` that a request may name: those of deployments that do not use the packages' own.
// NamedCallbacks.cpp has the same in C++, SigningKeys.cpp the signed ones.
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import { load } from './packages.mjs'

const { SignJWT, jwtVerify } = await load('jose')

const fail = (message) => {
  throw new Error(message)
}

export const verifySigned = async (token, algorithm, materials) => {
  // As a deployment that looks at its secrets when it starts.
  if (!materials.length || materials.includes('')) throw new TypeError('a secret is missing')
  const keys = materials.map((material) => (algorithm.startsWith('HS') ? new TextEncoder().encode(material) : createPublicKey(material)))
  let refused
  for (const key of keys) {
    try {
      return (await jwtVerify(token, key, { clockTolerance: 15, algorithms: [algorithm] })).payload
    } catch (error) {
      refused = error
      if (error.code !== 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') throw error
    }
  }
  throw refused
}

const signed = (algorithm, keys) => ({
  decode: ({ token, secret }) => verifySigned(token, algorithm, keys ?? [secret].flat()),
  encode: ({ token = {}, maxAge, secret }) => {
    const [material] = keys ?? [secret].flat()
    const key = algorithm.startsWith('HS') ? new TextEncoder().encode(material) : createPrivateKey(material)
    // As JSON has them: what an encoder makes of infinite times is its own affair.
    const claims = JSON.parse(JSON.stringify(token))
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + maxAge)
      .setJti(randomUUID())
      .sign(key)
  },
})

const named = {
  plain: {
    decode: ({ token }) => JSON.parse(Buffer.from(token, 'base64url').toString()),
    encode: ({ token }) => Buffer.from(JSON.stringify(token ?? null)).toString('base64url'),
  },
  'decode-null': { decode: () => null },
  'decode-undefined': { decode: () => undefined },
  'decode-false': { decode: () => false },
  'decode-zero': { decode: () => 0 },
  'decode-text': { decode: () => 'text' },
  'decode-list': { decode: () => [1, 2] },
  'decode-claims': { decode: () => ({ name: 'Ada', sub: 'u1', 5: 'five', nbf: 1 }) },
  'decode-throws': { decode: () => fail('no such token') },
  'encode-undefined': { encode: () => undefined },
  'encode-null': { encode: () => null },
  'encode-number': { encode: () => 5 },
  'encode-object': { encode: () => ({}) },
  'encode-empty': { encode: () => '' },
  'encode-long': { encode: () => 'x'.repeat(10_000) },
  'encode-wide': { encode: () => 'é'.repeat(5_000) },
  'encode-throws': { encode: () => fail('no such key') },
}

// Of a request: { codec: "plain" } or { codec: "signed-ES256", keys }.
export const codecOf = ({ codec, keys }) => (codec?.startsWith('signed-') ? signed(codec.slice('signed-'.length), keys) : named[codec])
