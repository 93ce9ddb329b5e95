// Looks at a report as Chromium showed it: whether every chart is there, drawn, and of the colour scheme asked for.
// Usage: node look-at-report.mjs RUN.json DOM.html LIGHT.png DARK.png
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'

const [, , runFile, domFile, lightFile, darkFile] = process.argv
let missed = 0
const check = (what, found, kept) => {
  if (!kept) ++missed
  console.log(`${what.padEnd(52)} ${String(found).padStart(10)}   ${kept ? 'kept' : 'MISSED'}`)
}

/** Width, height and pixels of a PNG of 8 bits a sample without interlacing: what Chromium writes. */
function pixels(file) {
  const bytes = readFileSync(file)
  const width = bytes.readUInt32BE(16)
  const height = bytes.readUInt32BE(20)
  const channels = { 2: 3, 6: 4 }[bytes[25]]
  const parts = []
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const data = Buffer.alloc(stride * height)
  const paeth = (a, b, c) => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
  }
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; ++x) {
      const left = x >= channels ? data[y * stride + x - channels] : 0
      const up = y > 0 ? data[(y - 1) * stride + x] : 0
      const corner = x >= channels && y > 0 ? data[(y - 1) * stride + x - channels] : 0
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]
      data[y * stride + x] = (raw[y * (stride + 1) + 1 + x] + predicted) & 255
    }
  }
  return { width, height, channels, data }
}

/** How bright the picture is on average, 0 to 1, and how many pixels are of a clearly coloured kind: charts. */
function look(file) {
  const { width, height, channels, data } = pixels(file)
  let light = 0
  let coloured = 0
  for (let i = 0; i < data.length; i += channels) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]]
    light += (r + g + b) / 765
    if (Math.max(r, g, b) - Math.min(r, g, b) > 60) ++coloured
  }
  return { size: `${width}x${height}`, light: light / (width * height), coloured }
}

const run = JSON.parse(readFileSync(runFile, 'utf8'))
const dom = readFileSync(domFile, 'utf8')
const has = (id) => new RegExp(`<section id="${id}(-\\d+)?">`).test(dom)
const sections = ['routes', 'nines', 'blocks', 'shift', 'time', 'phases', 'stages', 'cells', 'how', ...(run.revocations ? ['revocations'] : [])]
for (const id of sections) check(`section ${id}`, has(id) ? 'there' : 'none', has(id))
const drawn = (dom.match(/<svg [\s\S]*?<\/svg>/g) ?? []).filter((svg) => /<(path|polyline|polygon|rect|circle|line)\b/.test(svg)).length
check('pictures with something drawn', drawn, drawn >= 8)
const rows = (dom.match(/<tr>/g) ?? []).length
check('table rows, two a cell and more', rows, rows > 2 * run.cells.length)
check('nothing fetched: src, href and url()', (dom.match(/\b(src|href)=|url\(/g) ?? []).length, !/\b(src|href)=|url\(/.test(dom))
const words = /\b(NaN|undefined|inf)\b/.exec(dom)
check('words that mean a lost number', words ? words[0] : 'none', !words)
for (const [name, file, kept] of [['light', lightFile, (l) => l > 0.75], ['dark', darkFile, (l) => l < 0.35]]) {
  const seen = look(file)
  check(`${name}: brightness of ${seen.size}`, seen.light.toFixed(2), kept(seen.light))
  check(`${name}: coloured pixels`, seen.coloured, seen.coloured > 5000)
}
process.exit(missed ? 1 : 0)
