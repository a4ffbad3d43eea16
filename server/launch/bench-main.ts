// The entry of the benchmarks, built as dist/server/bench.js: hands the arguments over and exits with 0 when
// every bar was held, 1 when one was missed, 2 when there is no such benchmark.

import { fileURLToPath } from 'node:url'
import { runBenchmark } from '../bench/run.ts'

const distServer = fileURLToPath(new URL('.', import.meta.url)).replace(/.$/, '')

process.exitCode = await runBenchmark(process.argv.slice(2), (line) => console.log(line), distServer)
