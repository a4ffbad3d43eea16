// A read from a member that does not know yet, and what sync does about it. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 10. */
export const STALE_READ: Scenario = {
  id: 'stale-read',
  title: w('A stale read, and sync', '陈旧的读取与 sync'),
  learn: w('Reads are local; sync, then read.', '读取是本地的；先 sync，再读。'),
  voters: 3,
  aboutSeconds: 15,
  steps: [
    does(
      w(
        'Connects a writer to the leader, a reader to a follower; both see "old".',
        '写者连到 leader，读者连到 follower；两者都看到 “old”。',
      ),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'bind', name: '$far', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$leader' },
      { do: 'connect', client: 'reader', to: '$far' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: 'old', name: 'create' },
      { do: 'call', client: 'reader', call: 'sync', node: 'x', name: 'ready' },
    ),
    {
      type: 'ask',
      text: w(
        'The link between leader and member {$far} becomes slow. The writer writes "new", is told ok, and then the reader reads. What does it get?',
        'leader 与成员 {$far} 之间的连接变慢。写者写入 “new” 并得到 ok，然后读者读取。它读到什么？',
      ),
      choices: [
        { id: 'new', text: w('"new": the write was acknowledged', '“new”：写入已得到确认') },
        { id: 'old', text: w('"old": its member does not know yet', '“old”：它的成员还不知道') },
      ],
      right: [
        { choice: 'new', when: [holds(fact('read'), '=', 'new')] },
        { choice: 'old', when: [holds(fact('read'), '=', 'old')] },
      ],
    },
    does(
      w(
        'Delays that link, writes, reads; then syncs, and reads again.',
        '延迟该连接，写入，读取；然后 sync，再读一次。',
      ),
      { do: 'fault', name: 'delay', fault: 'delay', on: 'link', at: '$leader', to: '$far', parameters: { ms: 400 } },
      { do: 'call', client: 'writer', call: 'set', node: 'x', data: 'new', name: 'write' },
      { do: 'call', client: 'reader', call: 'get', node: 'x', name: 'read' },
      { do: 'call', client: 'reader', call: 'sync', node: 'x', name: 'sync' },
      { do: 'call', client: 'reader', call: 'get', node: 'x', name: 'after' },
      { do: 'heal', name: 'delay' },
    ),
    {
      type: 'explain',
      text: w(
        'The write was done after {write.ms} ms, with the acks of the others. The reader’s member answered from what it had: "{read}". sync took {sync.ms} ms, a way to the leader and back behind everything already on that link; then the read gave "{after}".',
        '写入在 {write.ms} ms 后由其他成员的确认完成。读者所在的成员用手头的数据回答：“{read}”。sync 用了 {sync.ms} ms：到 leader 再回来，排在该连接上已有内容之后；之后读到 “{after}”。',
      ),
    },
  ],
  assertions: [
    {
      text: w('The write was acknowledged, and the read was older.', '写入已确认，而读到的更旧。'),
      that: [holds(fact('write'), '=', 'ok'), holds(fact('read'), '=', 'old')],
    },
    { text: w('After sync the read was new.', 'sync 之后读到新值。'), that: [holds(fact('after'), '=', 'new')] },
  ],
}
