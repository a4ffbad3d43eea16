// The entry of one member's process, built as dist/server/member.js. It loads nothing but the member, so that
// a restarted member is back at once.

import { runServer } from '../member/main.ts'

runServer(process.argv[2] ?? 'zoo.cfg').then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
