import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_ZXID } from '../zk/zxid.ts'
import { quorumsReached } from './quorum.ts'
import { Ensemble } from './testing.ts'
import { configOf } from './testing-node.ts'

test('[LEAD-4] what a quorum has reached is the middle of all voters’ numbers, whoever is missing', () => {
  const leads = [1, 2, 3, 4, 5, 7, 9].map((voters) => {
    const ensemble = new Ensemble(configOf(Array.from({ length: voters }, (_, i) => i + 1)))
    ensemble.run(1000)
    return { voters, leader: ensemble.leader() }
  })
  fc.assert(
    fc.property(
      fc.nat(leads.length - 1),
      fc.array(fc.integer({ min: -1, max: 20 }), { minLength: 9, maxLength: 9 }),
      (i, acks) => {
        const lead = leads[i] ?? { voters: 1, leader: new Ensemble(configOf([1])).node(1) }
        const leading = lead.leader.leading()
        const learners = [...leading.learners.values()]
        for (const [at, learner] of learners.entries()) learner.acked = (acks[at] ?? NO_ZXID) as typeof learner.acked
        const own = acks[8] ?? 0
        const all = [own, ...learners.map((l) => l.acked)].sort((a, b) => b - a)
        expect(quorumsReached(leading, own, 'acked')).toBe(all[Math.floor(lead.voters / 2)])
      },
    ),
  )
})
