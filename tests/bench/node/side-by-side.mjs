// Runs both sides in turns and prints the table. Started by side-by-side.sh: node side-by-side.mjs BENCHMARK FOLDER JSON SHORT
import { execFile, spawn } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { lookedUp, preparePostgres, prepareSqlite } from './database.mjs'
import { makeInputs } from './inputs.mjs'
import { places, versionOf } from './packages.mjs'
import { rows } from './rows.mjs'

const [benchmark, folder, json, short] = process.argv.slice(2).map((text) => (text === 'true' ? true : text === 'false' ? false : text))
const size = short ? { rounds: 2, milliseconds: 20, sessions: 1000 } : { rounds: 9, milliseconds: 400, sessions: 100_000 }
const run = promisify(execFile)
const say = (text) => process.stderr.write(`side-by-side: ${text}\n`)

// A child that says a line of JSON for each line that it is given.
const converse = (command, args, options = {}) => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${args[0]} ended`)
    return JSON.parse(value)
  }
  return {
    answer,
    ask: (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return answer()
    },
    end: () => {
      const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null
      child.stdin.end()
      return ended
    },
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

const measureOurs = async ({ name, ours = name, divide = 1 }) => {
  const { stdout } = await run(benchmark, [
    `--benchmark_filter=^${ours}(/iterations:1)?(/real_time)?$`, `--benchmark_min_time=${size.milliseconds / 1000}`, '--benchmark_format=json',
  ])
  const { benchmarks, context } = JSON.parse(stdout)
  if (benchmarks.length !== 1) throw new Error(`rollcall_bench has no benchmark ${ours}`)
  const [result] = benchmarks
  if (result.error_occurred) throw new Error(`${ours}: ${result.error_message}`)
  return { ns: (result.p50 ?? result.cpu_time) / divide, result, context }
}

// pgbench on the query that the store really sends, with the tokens that the others look up, a script for each.
const pgbench = async (server, query) => {
  const tokens = lookedUp(size.sessions)
  const scripts = tokens.map((_, i) => {
    writeFileSync(`${folder}/lookup${i}.sql`, `${query.replaceAll('$1', `:t${i}`)};\n`)
    return `--file=${folder}/lookup${i}.sql`
  })
  return async () => {
    await run('pgbench', [
      '--protocol=prepared', '--no-vacuum', '--log', `--log-prefix=${folder}/pgbench`, `--time=${Math.max(1, Math.round(size.milliseconds / 1000))}`,
      ...tokens.map((token, i) => `--define=t${i}=${token}`), ...scripts,
      '-h', server.host, '-p', String(server.port), '-U', server.user, 'postgres',
    ], { env: { ...process.env, PGPASSWORD: server.password } })
    const times = []
    for (const log of readdirSync(folder).filter((name) => name.startsWith('pgbench.'))) {
      for (const line of readFileSync(`${folder}/${log}`, 'utf8').split('\n')) if (line) times.push(Number(line.split(' ')[2]))
      rmSync(`${folder}/${log}`)
    }
    return median(times) * 1000
  }
}

say('starting PostgreSQL, filling databases, sealing tokens')
// The database server stays off the core that is measured: a deployment's is on another machine.
const others = process.env.ROLLCALL_BENCH_OTHER_CORES
const script = new URL('../../support/postgres-server.sh', import.meta.url).pathname
const server = others ? converse('taskset', ['-c', others, 'bash', script]) : converse('bash', [script])
const postgres = await server.answer()
const inputs = await makeInputs()
Object.assign(inputs, { postgresUrl: postgres.url, sqliteUrl: `sqlite:${folder}/sessions.db`, databaseSessions: size.sessions })
writeFileSync(process.env.ROLLCALL_BENCH_INPUTS, JSON.stringify(inputs), { mode: 0o600 })
await preparePostgres(postgres.url, size.sessions)
prepareSqlite(`${folder}/sessions.db`, size.sessions)

// A figure of its own is the same in every round.
const counters = new Map()
for (const row of rows) if (row.counter) counters.set(row.name, (await measureOurs(row)).result[row.counter])
const compared = rows.filter((row) => !row.counter)

const worker = converse(process.execPath, [new URL('worker.mjs', import.meta.url).pathname])
const measureNode = async ({ name, node = name }) => (await worker.ask({ name: node, milliseconds: size.milliseconds })).ns
const query = (await measureOurs({ name: 'statement' })).result.label
const opponents = {
  pgbench: await pgbench(postgres, query),
  oneByOne: async ({ name }) => (await measureOurs({ name: name.replace(/-64$/, '') })).ns,
}

// V8 compiles what is hot in the first second or so.
for (const row of compared) if (!row.against) await worker.ask({ name: row.node ?? row.name, milliseconds: size.milliseconds * 5 })

const samples = new Map(compared.map((row) => [row.name, { theirs: [], ours: [] }]))
const load = []
for (let round = 1; round <= size.rounds; ++round) {
  say(`round ${round} of ${size.rounds}`)
  load.push(loadavg()[0])
  for (const row of compared) {
    const { theirs, ours } = samples.get(row.name)
    theirs.push(row.against ? await opponents[row.against](row) : await measureNode(row))
    ours.push((await measureOurs(row)).ns)
  }
}
await worker.end()
await server.end()

const results = rows.map((row) => {
  if (row.counter) return { ...row, ratio: counters.get(row.name) }
  const { theirs, ours } = samples.get(row.name)
  const ratios = theirs.map((ns, i) => (row.most ? ours[i] / ns : ns / ours[i]))
  return { ...row, theirs: median(theirs), ours: median(ours), ratio: median(ratios) }
})

if (json) {
  const withNode = results.filter((row) => !row.against && !row.counter)
  console.log(JSON.stringify({ rows: withNode.map(({ name, theirs, ours }) => ({ name, nodeNs: theirs, rollcallNs: ours })) }))
} else {
  const time = (ns) => (ns === undefined ? '–' : ns < 10_000 ? `${ns.toFixed(0)} ns` : `${(ns / 1000).toFixed(1)} µs`)
  const missed = 'MISSED'
  const verdict = ({ ratio, least, aim, most }) => {
    if (least === undefined) return ''
    const reached = (limit) => (most ? ratio <= limit : ratio >= limit)
    return reached(aim) ? 'met, aim reached' : reached(least) ? 'met' : missed
  }
  const figure = ({ counter }, text) => (counter ? `${text} B` : `${text}×`)
  const limit = (row, value) => (value === undefined ? '–' : `${row.most ? '≤ ' : ''}${figure(row, String(value))}`)
  const cells = results.map((row) => [
    row.title, time(row.theirs), time(row.ours), figure(row, row.ratio.toFixed(row.counter ? 0 : 2)), limit(row, row.least), limit(row, row.aim), verdict(row),
  ])
  cells.unshift(['one operation', 'theirs', 'Rollcall', 'ratio', 'at least', 'aim', ''])
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  for (const row of cells) console.log(row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[0]))).join('  ').trimEnd())
  const serverCores = others ? 'both sides on one core in turns, PostgreSQL on the others;' : 'everything on one core;'
  const bytes = (version) => inputs[version].tokens[0].length
  console.log(`
Conditions: ${cpus()[0].model}, ${serverCores} load ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}.
Node.js ${process.version}, next-auth ${versionOf(places.nextAuth4)} and ${versionOf(places.nextAuth5)}, lru-cache ${versionOf(places.lruCache)}, pg ${versionOf(places.pg)}, NODE_ENV=production.
Tokens of ${bytes('v4')} (v4) and ${bytes('v5')} (v5) characters, 64 of each in turn; resolutions with 64 in flight, database work one at a time, ${size.sessions} rows.
Processor time of the whole process where nothing waits; for databases the median of one operation's time by the clock. Each figure is the
median of ${size.rounds} rounds of ${size.milliseconds} ms, Node.js and Rollcall in turns; each ratio that of the rounds' ratios.${short ? '\nA SHORT RUN: these figures mean nothing.' : ''}`)
  if (!short && cells.some((row) => row.at(-1) === missed)) process.exitCode = 1
}
