// The entry of the process that holds a crowd of pages for the benchmark of the gateway, built as
// dist/server/bench-crowd.js and started by bench.js alone.

import { runCrowd } from '../bench/watched/crowd.ts'

runCrowd()
