import { expect, test } from 'vitest'
import { gatewayPath } from './gateway-path.ts'

test.each([
  ['http://127.0.0.1:8080/assets/index-1a2b.js', '/socket.io/'],
  ['https://zk.example.org/zk/assets/index-1a2b.js', '/zk/socket.io/'],
  ['http://127.0.0.1:5173/feeds/gateway-path.ts?t=1', '/socket.io/'],
])('%s is served beside %s', (script, path) => expect(gatewayPath('socket.io/', script)).toBe(path))
