// The Node.js side: runs what it is told to on standard input, {"name","milliseconds"} a line, and answers {"ns"}, the time of one operation.
// Processor time (threads of the pool and of the garbage collector included) where the processor is all that counts, the median of what a
// clock says where a database answers.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { cacheCases } from './cache.mjs'
import { databaseCases } from './database.mjs'
import { resolveCases } from './resolve.mjs'
import { tokenCases } from './tokens.mjs'

const inputs = JSON.parse(readFileSync(process.env.ROLLCALL_BENCH_INPUTS, 'utf8'))
const computing = { ...(await tokenCases(inputs)), ...(await resolveCases(inputs)), ...(await cacheCases()) }
const asking = await databaseCases(inputs)

const processorTime = async (run, milliseconds) => {
  const start = process.cpuUsage()
  const end = performance.now() + milliseconds
  let operations = 0
  while (performance.now() < end) operations += await run()
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1000) / operations
}

const medianTime = async (run, milliseconds) => {
  const times = []
  const end = performance.now() + milliseconds
  for (let i = 0, start; (start = performance.now()) < end; ++i) {
    await run(i)
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[times.length >> 1] * 1e6
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, milliseconds } = JSON.parse(line)
  const ns = await (computing[name] ? processorTime(computing[name], milliseconds) : medianTime(asking[name], milliseconds))
  console.log(JSON.stringify({ ns }))
}
process.exit(0)
