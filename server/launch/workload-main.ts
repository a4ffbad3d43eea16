// The entry of a workload's process, built as dist/server/workload.js.

import { runWorkloadProcess } from '../workloads/process/main.ts'

const code = runWorkloadProcess(process.argv.slice(2))
if (code !== null) process.exitCode = code
