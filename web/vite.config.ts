// Builds the page into dist/web for the gateway to serve, and serves it with reload while developing,
// passing sockets on to a gateway on 8080. testing/ is no entry, so it is never built.
//
// Nothing is inlined (assetsInlineLimit 0, no preload polyfill): the gateway's content security policy
// allows only files of its own origin.

import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const gateway = 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // Everything is beside the page, so that a gateway may offer it below any path.
  base: './',
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/socket.io': { target: gateway, ws: true, changeOrigin: true },
      '/api': { target: gateway, changeOrigin: true },
    },
  },
})
