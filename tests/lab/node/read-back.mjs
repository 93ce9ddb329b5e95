// Reads what `latency report` wrote with hdr-histogram-js and compares it, cell by cell, with a histogram that this
// library makes of the single samples: every count, and the percentile text byte for byte.
// Usage: node read-back.mjs SAMPLES.csv RUN.hlog RUN.hgrm
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.ROLLCALL_LAB_NODE_DIR + '/')
const hdr = require('hdr-histogram-js')
const [samplesFile, logFile, textFile] = process.argv.slice(2)

const empty = () =>
  hdr.build({ lowestDiscernibleValue: 1, highestTrackableValue: 2 ** 41 - 1, numberOfSignificantValueDigits: 3, bitBucketSize: 32 })

/** The response times of each cell, measured ones alone: the wanted truth. */
function truth(csv) {
  const [head, ...lines] = csv.trim().split('\n')
  const column = Object.fromEntries(head.split(',').map((name, i) => [name, i]))
  const cells = new Map()
  for (const line of lines) {
    const fields = [...line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare)
    if (fields[column.warmup] !== '0' || fields[column.outcome] !== 'ok') continue
    const name = fields[column.cell]
    if (!cells.has(name)) cells.set(name, empty())
    cells.get(name).recordValue(Number(fields[column.total_ns]))
  }
  return cells
}

function logged(text) {
  const reader = new hdr.HistogramLogReader(text)
  const cells = new Map()
  for (let next = reader.nextIntervalHistogram(); next; next = reader.nextIntervalHistogram())
    cells.set(decodeURIComponent(next.tag), next)
  return cells
}

function percentileTexts(text) {
  const cells = new Map()
  for (const part of text.split(/^(?=#\[Cell: )/m)) {
    const [, name, body] = part.match(/^#\[Cell: (.*), response times in us\]\n([\s\S]*?)\n*$/)
    cells.set(name, body)
  }
  return cells
}

const wanted = truth(readFileSync(samplesFile, 'utf8'))
const log = logged(readFileSync(logFile, 'utf8'))
const texts = percentileTexts(readFileSync(textFile, 'utf8'))
if (wanted.size === 0) throw new Error('no samples to compare')
let failed = 0
console.log('cell                                     values   .hlog counts   .hgrm text')
for (const [name, histogram] of wanted) {
  const read = log.get(name)
  let different = read ? 0 : 1
  for (let i = 0; read && i < histogram.countsArrayLength; ++i)
    if (histogram.getCountAtIndex(i) !== read.getCountAtIndex(i)) ++different
  const text = histogram.outputPercentileDistribution(5, 1000).trimEnd()
  const sameText = texts.get(name) === text
  if (different > 0 || !sameText) ++failed
  console.log(`${name.padEnd(38)} ${String(histogram.totalCount).padStart(8)}   ${different ? `${different} DIFFER` : 'equal'}          ${sameText ? 'equal' : 'DIFFERS'}`)
  if (!sameText) {
    const got = (texts.get(name) ?? '').split('\n')
    text.split('\n').forEach((line, i) => line === got[i] || console.error(`  wanted ${line}\n  got    ${got[i]}`))
  }
}
if (log.size !== wanted.size || texts.size !== wanted.size) {
  console.error(`cells: ${wanted.size} measured, ${log.size} in the log, ${texts.size} in the text`)
  ++failed
}
process.exit(failed ? 1 : 0)
