// Stands in for a member where only its process matters: opens the client port of its zoo.cfg, ends on SIGTERM
// and, unless it is to outlive its parent, when its standard input closes. With FAIL in its directory it ends at once.

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'

const config = process.argv[2] ?? ''
if (existsSync(join(dirname(config), 'FAIL'))) {
  console.log('told to fail')
  process.exit(3)
}
const port = Number(/^clientPort=(\d+)$/m.exec(readFileSync(config, 'utf8'))?.[1])
createServer((socket) => socket.on('error', () => undefined)).listen(port, '127.0.0.1')
if (process.env.ZABSCOPE_PARENT_PIPE === '1') process.stdin.on('end', () => process.exit(0)).resume()
process.on('SIGTERM', () => process.exit(0))
