// The rows of the table. `least` and `aim` are what issue 4 asks for: a ratio at least so high, or with `most`, at most.
//   node       the worker's operation that rollcall_bench's benchmark `ours` is compared with (default of both: the row's name)
//   against    something else to compare with: a function of a Session (side-by-side.mjs) that gives nanoseconds
//   divide     how many operations one iteration of `ours` is
//   counter    the row is a figure of its own, this counter of the benchmark, not a ratio
export const rows = [
  { name: 'decode-v4', title: 'decode v4, package with 64 in flight', least: 35, aim: 50 },
  { name: 'decode-v5', title: 'decode v5, package with 64 in flight', least: 25, aim: 40 },
  { name: 'decode-v4-by-hand', ours: 'decode-v4', title: 'decode v4, node:crypto by hand', least: 10, aim: 16 },
  { name: 'decode-v5-by-hand', ours: 'decode-v5', title: 'decode v5, node:crypto by hand', least: 6, aim: 10 },
  { name: 'encode-v4', title: 'encode v4, package with 64 in flight' },
  { name: 'encode-v5', title: 'encode v5, package with 64 in flight' },
  { name: 'resolve-v4', title: 'whole resolution, getServerSession (v4)', least: 50, aim: 80 },
  { name: 'resolve-v5', title: 'whole resolution, auth() (v5)', least: 100, aim: 200 },
  { name: 'cache-hit', title: 'cache hit, 36 characters, lru-cache', least: 6, aim: 10 },
  { name: 'cache-hit-450', title: 'cache hit, 450 characters, lru-cache', least: 1.5, aim: 3 },
  { name: 'cache-miss', title: 'cache miss, 36 characters, lru-cache' },
  { name: 'cache-miss-450', title: 'cache miss, 450 characters, lru-cache' },
  { name: 'cache-memory', title: 'bytes for a cached session beyond its JSON, of a million', counter: 'bytes', most: true, least: 150, aim: 80 },
  { name: 'lookup-postgres-pgbench', ours: 'lookup-postgres', title: 'PostgreSQL look-up p50, pgbench -M prepared', against: 'pgbench', most: true, least: 1.15, aim: 1.05 },
  { name: 'lookup-postgres', title: 'PostgreSQL look-up p50, pg' },
  { name: 'resolve-v4-database', title: 'resolution p50, getServerSession + pg-adapter', least: 4, aim: 7 },
  { name: 'lookup-postgres-64', title: 'PostgreSQL batch of 64, one by one', against: 'oneByOne', divide: 64, least: 5, aim: 7 },
  { name: 'lookup-sqlite', title: 'SQLite look-up p50, node:sqlite' },
  { name: 'lookup-sqlite-64', title: 'SQLite batch of 64, one by one', against: 'oneByOne', divide: 64 },
]
