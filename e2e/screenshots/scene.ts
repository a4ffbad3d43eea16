// The ensemble of the pictures: a tree as applications leave it, clients of every kind at work, a leader lost and
// back. Everything is real; nothing is drawn that did not happen.

import type { Page } from '@playwright/test'
import type { Ensemble } from '../ensemble.ts'
import { connectToAny, expect } from '../fixtures.ts'
import { type Gateway, gatewayOf } from '../gateway.ts'
import { findKazoo } from '../kazoo.ts'
import { actOnMember, memberRow, shownLeader } from '../page-parts.ts'
import { FLAGS, type ZkClient } from '../zk-client.ts'

const ORDERS = 120
/** Pictures are made on machines with other things to do. */
const SLOW = { timeout: 60_000 }
const SERVICES = ['checkout', 'search', 'billing'] as const

export interface Scene {
  readonly gateway: Gateway
  /** Ends the clients that are not the gateway's. */
  end(): void
}

const WORKLOADS = [
  { kind: 'load', settings: { opsPerSecond: 80, readShare: 60, keys: 40 } },
  { kind: 'lock', settings: { contenders: 6, holdMs: 700, thinkMs: 300 } },
  { kind: 'configuration', settings: { watchers: 12, writesPerSecond: 2 } },
  { kind: 'membership', settings: { membersMax: 12 } },
  { kind: 'deadlock', settings: {} },
] as const

/** A kazoo client that holds a lock for as long as the pictures are made. */
const KAZOO_HOLDER = `
import sys
from kazoo.client import KazooClient
zk = KazooClient(hosts=sys.argv[1]); zk.start()
with zk.Lock('/locks/nightly-report', 'report-host-1'):
    print('held', flush=True); sys.stdin.readline()
zk.stop()
`

export async function setScene(ensemble: Ensemble): Promise<Scene> {
  const gateway = gatewayOf(ensemble)
  const client = await connectToAny(ensemble)
  await growTree(client)
  await client.create('/locks')
  const kazoo = findKazoo()
  const hosts = ensemble.members.map(({ address }) => address).join(',')
  const holder = kazoo?.run(KAZOO_HOLDER, [hosts])
  await holder?.line('held')
  const waiter = kazoo?.run(KAZOO_HOLDER, [hosts])
  for (const workload of WORKLOADS) await gateway.ask('POST', '/workloads', workload)
  client.drop()
  return {
    gateway,
    end: () => {
      holder?.kill()
      waiter?.kill()
    },
  }
}

async function growTree(client: ZkClient): Promise<void> {
  await client.create('/app')
  await client.create(
    '/app/config',
    JSON.stringify({
      featureFlags: { newCheckout: true, betaSearch: false },
      pool: { min: 4, max: 32 },
      region: 'eu-1',
    }),
  )
  await client.create('/app/schedule', 'jobs:\n  - name: nightly-report\n    at: "02:30"\n    retries: 3\n')
  await client.create('/app/logging', '<logging>\n  <level>info</level>\n  <file>/var/log/app.log</file>\n</logging>')
  await client.create('/orders')
  for (let i = 0; i < ORDERS; i += 1)
    await client.create('/orders/order-', `{"item":"tea","pieces":${1 + (i % 5)}}`, FLAGS.sequential)
}

/** Services that register themselves, all in one session: with it. It lives until its connection is dropped. */
export async function registerServices(ensemble: Ensemble): Promise<ZkClient> {
  const client = await connectToAny(ensemble)
  await client.create('/services')
  for (const service of SERVICES) {
    await client.create(`/services/${service}`)
    for (let i = 0; i < 3; i += 1)
      await client.create(`/services/${service}/node-`, `10.0.${i}.7:8080`, FLAGS.ephemeralSequential)
  }
  return client
}

/** On the Ensemble view: the leader is killed as from a shell and started again. Resolves when all serve. */
export async function loseLeader(page: Page, ensemble: Ensemble): Promise<void> {
  const leader = await shownLeader(page)
  ensemble.kill(leader)
  await expect(memberRow(page, leader)).toContainText('Down', SLOW)
  await shownLeader(page)
  await actOnMember(page, 'Restart', leader)
  await expect(memberRow(page, leader)).toContainText('Following', SLOW)
}
