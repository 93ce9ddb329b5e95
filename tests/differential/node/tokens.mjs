// jwt.decode of both versions, and what its errors are called here (tests/data/vectors has the same words).
import { verifySigned } from './codecs.mjs'
import { load, v4 } from './packages.mjs'

const decodeV4 = v4('next-auth/jwt').decode
const decodeV5 = (await load('next-auth/jwt')).decode

const kinds = {
  ERR_JWE_INVALID: 'malformed',
  ERR_JWS_INVALID: 'malformed',
  ERR_JOSE_ALG_NOT_ALLOWED: 'alg-not-allowed',
  ERR_JOSE_NOT_SUPPORTED: 'unsupported',
  ERR_JWE_DECRYPTION_FAILED: 'decryption-failed',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'decryption-failed',
  ERR_JWE_DECOMPRESSION_FAILED: 'decompression-failed',
  ERR_JWT_INVALID: 'invalid-payload',
  ERR_JWT_EXPIRED: 'expired',
}

const kindOf = (error) => {
  if (kinds[error.code]) return kinds[error.code]
  if (error.code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') {
    if (error.reason === 'invalid') return 'claim-type'
    return error.claim === 'nbf' ? 'not-before' : 'header-claim-mismatch'
  }
  if (/"ikm" must be at least one byte/.test(error.message)) return 'empty-secret'
  if (/no matching decryption secret/.test(error.message)) return 'no-matching-secret'
  return 'other'
}

export const decode = async ({ version, token, secrets, salt }) => {
  try {
    const claims = version === 'v4' ? await decodeV4({ token, secret: secrets[0], salt }) : await decodeV5({ token, secret: secrets, salt })
    return claims === null ? { kind: 'empty' } : { claims: JSON.stringify(claims) }
  } catch (error) {
    return { kind: kindOf(error) }
  }
}

// A signed token, as an application of its own verifies it.
export const verify = async ({ algorithm, keys, secrets, token }) => {
  try {
    if (token === '') return { kind: 'empty' }
    return { claims: JSON.stringify(await verifySigned(token, algorithm, keys ?? secrets)) }
  } catch (error) {
    return { kind: kindOf(error) }
  }
}
