// The real packages, from where the test deployments have them installed (tests/deployments/build.sh), and lru-cache.
import { createRequire, findPackageJSON, registerHooks } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Next.js has no `exports` by which next-auth 5 would find its parts outside a bundler.
registerHooks({
  resolve: (name, context, next) => next(/^next\/[a-z]+$/.test(name) ? `${name}.js` : name, context),
})

const manifest = (folder) => join(folder, 'package.json')
const deployments = process.env.ROLLCALL_DEPLOY_DIR
export const v4 = createRequire(manifest(join(deployments, 'v4')))
export const v5 = createRequire(manifest(join(deployments, 'v5')))

// The package.json of a package as the one at `base` sees it.
const find = (name, base) => {
  const found = findPackageJSON(name, pathToFileURL(base))
  if (!found) throw new Error(`${name} is not installed`)
  return found
}
export const places = {
  nextAuth4: find('next-auth', manifest(join(deployments, 'v4'))),
  nextAuth5: find('next-auth', manifest(join(deployments, 'v5'))),
  pgAdapter: find('@auth/pg-adapter', manifest(join(deployments, 'v4'))),
  pg: find('pg', manifest(join(deployments, 'v4'))),
  lruCache: find('lru-cache', manifest(process.env.ROLLCALL_BENCH_NODE_DIR)),
}
places.authCore = find('@auth/core', places.nextAuth5)

export const load = (require, name) => import(pathToFileURL(require.resolve(name)))
// A file of a package, whether its `exports` offer it or not.
export const loadFile = (place, path) => import(pathToFileURL(join(dirname(place), path)))
export const versionOf = (place) => JSON.parse(readFileSync(place, 'utf8')).version
