// Steps that several scenarios share: waiting for a member to follow again, and a leader with a tail that nobody else has.
// What is asked and asserted about it is for the scenarios.

import type { Choice } from '#shared/events/scenario-run.ts'
import { does, fact, holds, LONG_MS, type Step, w } from './scenario.ts'

export const backAs = (of: '$old' | '$lone' | '$late'): Step => ({
  type: 'wait',
  text: w(`Until member {${of}} follows and serves again.`, `直到成员 {${of}} 重新跟随并提供服务。`),
  until: [holds({ gauge: 'state', of }, '=', 'FOLLOWING'), holds({ gauge: 'serves', of }, '=', 1)],
  withinMs: LONG_MS,
})

/** A leader logs a proposal that nobody else gets, loses its place, and comes back. Binds $old and $new. */
export function divergence(): readonly Step[] {
  return [
    does(
      w(
        'Connects a client to the leader, and cuts the leader off from the others. The client writes: the leader logs it, alone.',
        '把一个客户端连到 leader，再把 leader 与其他成员切断。客户端写入：只有 leader 自己记入日志。',
      ),
      { do: 'bind', name: '$old', to: 'leader' },
      { do: 'connect', client: 'ghost', to: '$old' },
      { do: 'fault', name: 'cut', fault: 'cut', on: 'isolate', at: '$old' },
      {
        do: 'call',
        client: 'ghost',
        call: 'set',
        node: 'x',
        data: 'ghost',
        name: 'ghost',
        withinMs: 60_000,
        background: true,
      },
    ),
    {
      type: 'wait',
      text: w('Until the others have a new leader.', '直到其余成员有了新的 leader。'),
      until: [holds({ gauge: 'leader' }, '≠', fact('$old')), holds({ gauge: 'leader' }, '>', 0)],
      withinMs: LONG_MS,
    },
    does(
      w('Writes under the new leader, then heals the cut.', '在新 leader 下写入，然后恢复连接。'),
      { do: 'measure', name: '$new', what: { gauge: 'leader' } },
      { do: 'connect', client: 'majority', to: '$new' },
      { do: 'call', client: 'majority', call: 'set', node: 'x', data: 'kept', name: 'kept' },
      { do: 'heal', name: 'cut' },
    ),
    backAs('$old'),
    does(
      w('Reads through member {$old}.', '通过成员 {$old} 读取。'),
      { do: 'measure', name: 'trunc', what: { gauge: 'sync', of: '$old' } },
      { do: 'connect', client: 'after', to: '$old' },
      { do: 'call', client: 'after', call: 'sync', node: 'x', name: 'synced' },
      { do: 'call', client: 'after', call: 'get', node: 'x', name: 'left' },
    ),
  ]
}

export const HOW: readonly Choice[] = [
  { id: 'DIFF', text: w('DIFF: it gets the txns that it lacks', 'DIFF：补上它缺少的事务') },
  { id: 'TRUNC', text: w('TRUNC: it has to forget some first', 'TRUNC：它必须先忘掉一些') },
  { id: 'SNAP', text: w('SNAP: it gets a whole snapshot', 'SNAP：得到一份完整的快照') },
]
