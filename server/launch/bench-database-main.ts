// The entry of the database benchmark's processes, built as dist/server/bench-database.js and started by bench.js alone.

import { type DatabaseJob, runDatabaseJob } from '../bench/database-load.ts'

await runDatabaseJob(JSON.parse(process.argv[2] ?? '') as DatabaseJob) // database.ts sends nothing else
