import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

// dist/server/main.js: the command line. member.js: one member's process. workload.js: one workload's. example.js: the client's examples. bench.js: benchmarks. Packages stay outside.
export default defineConfig({
  root,
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/server',
    emptyOutDir: true,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: {
        main: 'server/launch/main.ts',
        member: 'server/launch/member-main.ts',
        workload: 'server/launch/workload-main.ts',
        example: 'server/launch/example-main.ts',
        bench: 'server/launch/bench-main.ts',
        'bench-load': 'server/launch/bench-load-main.ts',
        'bench-crowd': 'server/launch/bench-crowd-main.ts',
        'bench-database': 'server/launch/bench-database-main.ts',
      },
      output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { target: 'node', external: true },
})
