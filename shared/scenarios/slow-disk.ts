// One slow disk that the quorum hides, and a second one that it cannot. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, type Scenario, w } from './scenario.ts'

const SLOW_MS = 400

/** Source: consensus-demo.md §6, 16. */
export const SLOW_DISK: Scenario = {
  id: 'slow-disk',
  title: w('A slow disk on a follower, then on the leader too', '慢磁盘：先是 follower，再加上 leader'),
  learn: w(
    'The flush is on the path of every write; a quorum hides one slow disk, not two.',
    '落盘在每次写入的路径上；多数派能掩盖一个慢磁盘，掩盖不了两个。',
  ),
  voters: 3,
  aboutSeconds: 20,
  steps: [
    does(
      w(
        'Times ten writes; then slows the disk of one follower, and times ten again.',
        '测量十次写入；然后减慢一个 follower 的磁盘，再测量十次。',
      ),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'bind', name: '$slow', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$leader' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: '0', name: 'create' },
      { do: 'writes', client: 'writer', node: 'x', count: 10, name: 'healthy' },
      { do: 'fault', name: 'one', fault: 'slow-flush', on: 'disk', at: '$slow', parameters: { delayMs: SLOW_MS } },
      { do: 'writes', client: 'writer', node: 'x', count: 10, name: 'one' },
    ),
    {
      type: 'ask',
      text: w(
        `A write took {healthy} ms, and {one} ms with one slow disk. Now the leader’s flushes take ${SLOW_MS} ms longer, too. And then?`,
        `写入原来用 {healthy} ms，有一个慢磁盘时 {one} ms。现在 leader 的落盘也多花 ${SLOW_MS} ms。之后呢？`,
      ),
      choices: [
        { id: 'slow', text: w(`At least ${SLOW_MS} ms`, `至少 ${SLOW_MS} ms`) },
        { id: 'same', text: w('Still about as fast', '仍然差不多快') },
      ],
      right: [
        { choice: 'slow', when: [holds(fact('two'), '≥', SLOW_MS)] },
        { choice: 'same', when: [holds(fact('two'), '<', SLOW_MS)] },
      ],
    },
    does(
      w('Slows the leader’s disk, too, and times five writes.', '也减慢 leader 的磁盘，测量五次写入。'),
      { do: 'fault', name: 'two', fault: 'slow-flush', on: 'disk', at: '$leader', parameters: { delayMs: SLOW_MS } },
      { do: 'writes', client: 'writer', node: 'x', count: 5, name: 'two' },
      { do: 'heal', name: 'one' },
      { do: 'heal', name: 'two' },
    ),
    {
      type: 'explain',
      text: w(
        'Healthy {healthy} ms, one slow disk {one} ms, two slow disks {two} ms. Of three acks the second fastest decides: with two slow disks it is a slow one.',
        '健康时 {healthy} ms，一个慢磁盘 {one} ms，两个慢磁盘 {two} ms。三个确认中第二快的起决定作用：有两个慢磁盘时，它就是慢的。',
      ),
    },
  ],
  assertions: [
    { text: w('The quorum hid one slow disk.', '多数派掩盖了一个慢磁盘。'), that: [holds(fact('one'), '<', SLOW_MS)] },
    { text: w('It could not hide two.', '两个就掩盖不了。'), that: [holds(fact('two'), '≥', SLOW_MS)] },
  ],
}
