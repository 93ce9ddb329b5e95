// The real packages, from where the test deployments have them installed (tests/deployments/build.sh --packages).
import { createRequire, findPackageJSON, registerHooks } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// next/headers answers only inside Next's own server; scope.mjs answers in its place. The other parts of Next.js have no `exports`
// by which next-auth 5 would find them outside a bundler.
const scope = new URL('scope.mjs', import.meta.url).href
registerHooks({
  resolve: (name, context, next) => {
    if (name === 'next/headers') return { url: scope, shortCircuit: true }
    return next(/^next\/[a-z]+$/.test(name) ? `${name}.js` : name, context)
  },
})

const manifest = (version) => join(process.env.ROLLCALL_DEPLOY_DIR, version, 'package.json')
export const v4 = createRequire(manifest('v4'))
export const v5 = createRequire(manifest('v5'))
const find = (name, base) => {
  const found = findPackageJSON(name, pathToFileURL(base))
  if (!found) throw new Error(`${name} is not installed`)
  return found
}
const nextAuth4 = find('next-auth', manifest('v4'))
const nextAuth5 = find('next-auth', manifest('v5'))
const authCore = find('@auth/core', nextAuth5)

export const ofNextAuth4 = createRequire(nextAuth4)
export const load = (name) => import(pathToFileURL(v5.resolve(name)))
// A file of @auth/core, whether its `exports` offer it or not.
export const loadCore = (path) => import(pathToFileURL(join(dirname(authCore), path)))

const versionOf = (place) => JSON.parse(readFileSync(place, 'utf8')).version
export const versions = { 'next-auth@4': versionOf(nextAuth4), 'next-auth@5': versionOf(nextAuth5), '@auth/core': versionOf(authCore) }
