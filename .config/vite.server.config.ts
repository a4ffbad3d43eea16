import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

// One file for all that runs in Node: the command line, the members it spawns, the gateway. Packages stay in
// node_modules; our own modules are joined, so that a member process starts without resolving a hundred files.
export default defineConfig({
  root,
  publicDir: false,
  build: {
    ssr: 'server/launch/main.ts',
    outDir: 'dist/server',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: { output: { entryFileNames: 'main.js', chunkFileNames: '[name]-[hash].js' } },
  },
})
