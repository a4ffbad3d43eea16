// The entry of the benchmarks' load generator, built as dist/server/bench-load.js and started by bench.js alone.

import { runGenerator } from '../bench/load/generator.ts'

runGenerator()
