// Bar: kazoo writes through all three members while the leader is killed ten times in a row. Every create that was
// acknowledged is there at the end, on every member.

import { type MemberLine, waitFor } from '../ensemble.ts'
import { expect, test } from '../fixtures.ts'
import { findKazoo } from '../kazoo.ts'
import { actOnMember, memberRow, shownLeader } from '../page-parts.ts'
import { ZkClient } from '../zk-client.ts'

const KILLS = 10
const PARENT = '/leader-kills'
const NEXT_ACK_TIMEOUT_MS = 30_000
const BACK_TIMEOUT_MS = 30_000
const ACKS_BETWEEN_KILLS = 50
const ACKS_AFTER_KILL = 5

// Prints `ack N` for each create that the ensemble acknowledged, and `lost N` where it cannot know. A create is never
// tried again: an unknown one may or may not exist, and both are right.
const WRITER = `
import sys, time
from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import KazooException
from kazoo.handlers.threading import KazooTimeoutError
hosts, parent = sys.argv[1:3]
zk = KazooClient(hosts=hosts, timeout=4, randomize_hosts=True)
zk.start(timeout=30)
zk.ensure_path(parent)
n = 0
while True:
    n += 1
    try:
        zk.create('%s/n-%06d' % (parent, n), b'x')
        print('ack %06d %.6f' % (n, time.time()), flush=True)
    except (KazooException, KazooTimeoutError) as error:
        print('lost %06d %s' % (n, type(error).__name__), flush=True)
        while zk.state != KazooState.CONNECTED:
            time.sleep(0.005)
`

test('ten leader kills lose no acknowledged create', async ({ app, ensemble }) => {
  const kazoo = findKazoo()
  test.skip(kazoo === null, 'needs python3-kazoo')
  if (kazoo === null) return
  const writer = kazoo.run(WRITER, [ensemble.members.map(({ address }) => address).join(','), PARENT])
  const acked = () => writer.lines().filter((line) => line.startsWith('ack'))
  const waitForAcks = async (more: number, kill: number): Promise<void> => {
    const wanted = acked().length + more
    const enough = () => (acked().length >= wanted ? true : null)
    await waitFor(enough, NEXT_ACK_TIMEOUT_MS, () => `creates are not acknowledged any more around kill ${kill}`)
  }
  const pausesMs: number[] = []
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await waitForAcks(ACKS_BETWEEN_KILLS, kill)
      const leader = await shownLeader(app)
      const killedAt = Date.now()
      ensemble.kill(leader)
      await expect(memberRow(app, leader)).toContainText('Down')
      await waitForAcks(ACKS_AFTER_KILL, kill)
      const pauseMs = longestPause(acked().map(ackTimeMs), killedAt)
      pausesMs.push(pauseMs)
      await actOnMember(app, 'Restart', leader)
      await expect(memberRow(app, leader)).toContainText('Following', { timeout: BACK_TIMEOUT_MS })
      console.log(`      kill ${kill}: member ${leader}; writes paused for ${seconds(pauseMs)}`)
    }
  } finally {
    writer.kill()
  }

  const promised = acked().map((line) => `n-${line.split(' ')[1]}`)
  for (const member of ensemble.members) {
    const present = new Set(await childrenOn(member))
    expect(
      promised.filter((name) => !present.has(name)),
      `acknowledged but missing on member ${member.sid}`,
    ).toEqual([])
  }
  const unknown = writer.lines().filter((line) => line.startsWith('lost')).length
  pausesMs.sort((a, b) => a - b)
  console.log(
    `      ${KILLS} leaders killed · ${promised.length} creates acknowledged, all on all ${ensemble.members.length} members · ` +
      `${unknown} unanswered · writes paused: median ${seconds(pausesMs[KILLS / 2])}, longest ${seconds(pausesMs.at(-1))}`,
  )
})

/** When the writer had the answer, ms since 1970. */
function ackTimeMs(line: string): number {
  return Number(line.split(' ')[2]) * 1000
}

/** The longest time between two answers of which the later came after the kill. */
function longestPause(times: readonly number[], killedAt: number): number {
  return times.reduce(
    (longest, time, i) => (time < killedAt ? longest : Math.max(longest, time - (times[i - 1] ?? time))),
    0,
  )
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(2)} s`
}

async function childrenOn({ sid, address }: MemberLine): Promise<string[]> {
  const connect = () => ZkClient.connect(address).catch(() => null)
  const client = await waitFor(connect, BACK_TIMEOUT_MS, () => `member ${sid} does not serve`)
  await client.sync()
  const children = await client.children(PARENT)
  await client.close()
  return children
}
