// Operations on members of the ensemble that this process started, and on nothing else.

import { z } from 'zod'
import { nothing, onlySid, sidField } from './fields.ts'
import type { Operation, Operations } from './operation.ts'
import type { Role } from './roles.ts'

type OneMember = 'kill' | 'start' | 'stop' | 'pause' | 'resume' | 'restart' | 'reset'
type MemberRequest =
  | `member:${OneMember}`
  | 'member:add'
  | 'member:remove'
  | 'ensemble:reset'
  | 'ensemble:rolling-restart'
  | 'ensemble:auto-restart'

function onMember(verb: OneMember, summary: string, role: Role = 'operator'): Operation<`member:${OneMember}`> {
  return {
    role,
    audited: true,
    touches: 'members',
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
  'member:restart': onMember('restart', 'Stops a member in good order if it runs, and starts it.'),
  'member:reset': {
    ...onMember(
      'reset',
      'Deletes the data of a member that is down and lets it join anew; answers when it serves again.',
      'admin',
    ),
    asksPassword: () => true,
  },
  'member:add': {
    role: 'admin',
    audited: true,
    touches: 'members',
    input: z.strictObject({ role: z.enum(['participant', 'observer']), sid: sidField.optional() }),
    summary: 'Adds a member; it gets its vote when it has everything that the others have, and answers then.',
    rest: { method: 'POST', path: '/members' },
  },
  'member:remove': {
    role: 'admin',
    audited: true,
    touches: 'members',
    input: onlySid,
    summary: 'Takes a member out of the ensemble and stops it; its data is set aside.',
    rest: { method: 'DELETE', path: '/members/{sid}' },
  },
  'ensemble:reset': {
    role: 'admin',
    audited: true,
    asksPassword: () => true,
    touches: 'members',
    input: nothing,
    summary: 'Deletes the data of all members, which must be down.',
    rest: { method: 'POST', path: '/ensemble/reset' },
  },
  'ensemble:rolling-restart': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: nothing,
    summary: 'Restarts one member after the other, the leader last; answers when all are back.',
    rest: { method: 'POST', path: '/ensemble/rolling-restart' },
  },
  'ensemble:auto-restart': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ on: z.boolean() }),
    summary: 'Says whether members that die are started again.',
    rest: { method: 'PUT', path: '/ensemble/auto-restart' },
  },
}
