// Figures of against-wrk.sh: a line a block, then the table.
// Usage: node wrk-table.mjs block NAME RUN.json WRK.txt | frozen NAME RUN.json TRUE_MS | cost ANSWERS FOLDER SHORT LONG | table BLOCKS
import { readFileSync } from 'node:fs'

const [, , command, name, ...rest] = process.argv
const units = { us: 1e3, ms: 1e6, s: 1e9 }
const run = (path) => JSON.parse(readFileSync(path, 'utf8'))
const cell = (path) => run(path).cells[0]
const wrkText = (path) => readFileSync(path, 'utf8')

const wrkQuantile = (text, percent) => {
  const [, value, unit] = text.match(new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)$`, 'm'))
  return Number(value) * units[unit]
}
const wrkRequests = (text) => Number(text.match(/(\d+) requests in/)[1])
const say = (ours, theirs, unit, row = name) => console.log(`${row} ${ours.toFixed(3)} ${theirs.toFixed(3)} ${unit} ${(ours / theirs).toFixed(4)}`)

const bands = {
  'p50-1ms': [0.97, 1.03],
  'p50-20ms': [0.99, 1.01],
  'p99-freeze': [0.98, 1.02],
  'cpu-per-request': [0, 1.35],
  'cpu-autocannon': [0, 0.3333],
}
// The bars of the rows that are printed and not judged, where their kind of measure has one.
const unjudged = {
  'cpu-nginx': bands['cpu-per-request'],
  'cpu-autocannon-nginx': bands['cpu-autocannon'],
}

/** The median and, with six blocks or more, its distribution-free 95 % interval. */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const at = (sorted[Math.floor((n - 1) / 2)] + sorted[Math.ceil((n - 1) / 2)]) / 2
  if (n < 6) return { at }
  let below = 0
  let probability = 0.5 ** n
  let rank = 0
  while (below + probability <= 0.025) {
    below += probability
    probability *= (n - rank) / (rank + 1)
    ++rank
  }
  return { at, lo: sorted[rank - 1], hi: sorted[n - rank] }
}

if (command === 'block') {
  say(cell(rest[0]).service.p50 / 1e6, wrkQuantile(wrkText(rest[1]), 50) / 1e6, 'ms')
} else if (command === 'frozen') {
  say(cell(rest[0]).response.p99 / 1e6, Number(rest[1]), 'ms')
} else if (command === 'cost') {
  const [folder, short, long] = rest
  const processor = (tool) => Number(wrkText(`${folder}/${tool}-${long}`)) - Number(wrkText(`${folder}/${tool}-${short}`))
  // What the probe takes while it measures, as the system counts it for the process. The others are told apart from
  // their start by a second length; of ours that would count working out intervals, which they do not have.
  const { cpuNs, samples } = run(`${folder}/run-${long}.json`).meta
  const ours = cpuNs / 1e3 / samples
  const theirs = wrkRequests(wrkText(`${folder}/wrk-${long}.txt`)) - wrkRequests(wrkText(`${folder}/wrk-${short}.txt`))
  const wrk = (1e6 * processor('wrk')) / theirs
  // The rows of each kind of answers: beside wrk's, beside autocannon's, and beside wrk's with the figures worked out.
  const [besideWrk, besideAutocannon, whole] = {
    nginx: ['cpu-nginx', 'cpu-autocannon-nginx'],
    session: ['cpu-per-request', 'cpu-autocannon', 'cpu-with-figures'],
    'same-head': ['cpu-same-head'],
  }[name]
  say(ours, wrk, 'us', besideWrk)
  if (besideAutocannon) {
    const requests = (length) => JSON.parse(readFileSync(`${folder}/autocannon-${length}.json`, 'utf8')).requests.total
    const autocannons = requests(long) - requests(short)
    say(ours, (1e6 * processor('autocannon')) / autocannons, 'us', besideAutocannon)
  }
  if (whole) {
    const { samples: startingUp } = run(`${folder}/run-${short}.json`).meta
    say((1e6 * processor('probe')) / (samples - startingUp), wrk, 'us', whole)
  }
} else {
  let missed = 0
  const rows = new Map()
  for (const line of readFileSync(name, 'utf8').trim().split('\n')) {
    const [row, , , , ratio] = line.split(' ')
    rows.set(row, [...(rows.get(row) ?? []), Number(ratio)])
  }
  console.log('\nrow                   blocks   median ratio   95 % interval    band')
  for (const [row, ratios] of rows) {
    const { at, lo, hi } = median(ratios)
    const judged = row in bands
    const [from, to] = bands[row] ?? unjudged[row] ?? []
    const within = lo <= to && hi >= from
    const met =
      from === undefined || (!judged && lo === undefined) ? 'not judged'
      : lo === undefined ? 'too few blocks to judge'
      : judged ? (within ? 'met' : 'MISSED')
      : `would be ${within ? 'met' : 'missed'}, not judged`
    if (met === 'MISSED') ++missed
    const interval = lo === undefined ? '      –       ' : `${lo.toFixed(3)} – ${hi.toFixed(3)}`
    console.log(`${row.padEnd(21)} ${String(ratios.length).padStart(6)}   ${at.toFixed(3).padStart(12)}   ${interval}   ${from ?? ''} – ${to ?? ''}   ${met}`)
  }
  process.exit(missed ? 1 : 0)
}
