// Operations on members of the ensemble that this process started, and on nothing else.

import { onlySid } from './fields.ts'
import type { Operation, Operations } from './operation.ts'

type MemberRequest = 'member:kill' | 'member:start' | 'member:stop' | 'member:pause' | 'member:resume'

function onMember<Verb extends string>(verb: Verb, summary: string): Operation<MemberRequest> {
  return {
    role: 'operator',
    audited: true,
    input: onlySid,
    summary,
    rest: { method: 'POST', path: `/members/{sid}/${verb}` },
  }
}

export const MEMBER_OPERATIONS: Operations<MemberRequest> = {
  'member:kill': onMember('kill', 'Ends a member’s process with SIGKILL: nothing is flushed, nobody says goodbye.'),
  'member:start': onMember('start', 'Starts a member that has no process.'),
  'member:stop': onMember('stop', 'Stops a member in good order, and answers when its process has ended.'),
  'member:pause': onMember('pause', 'Pauses a member’s process with SIGSTOP: connections stay open, nothing answers.'),
  'member:resume': onMember('resume', 'Lets a paused member go on.'),
}
