// Whose watch tables the comparison of wake edges rests on, and what would bring those that are missing.

import type { LockView } from '#shared/events/socket-protocol.ts'
import { useNow } from '../../stores/clock.ts'
import { Lacking } from '../../ui/lacking.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useMessages } from '../../ui/words.ts'

export function WatchTablesNote({ lock }: { readonly lock: LockView }) {
  const { lockDetail: words } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const tables = lock.detail?.watchTables ?? null
  const waits = lock.contenders.some(({ role }) => role === 'waiting')
  if (tables === null) return waits ? <Lacking of={['watches']} /> : null
  const ago = duration(Math.max(0, now - tables.readMs))
  const missing = tables.missing.map((sid) => words.member(String(sid))).join(', ')
  return (
    <>
      <p className={`watch-tables ${missing === '' ? 'tertiary' : 'behind'}`}>
        {missing === '' ? words.watchTables(ago) : words.tablesMissing(missing, ago)}
      </p>
      {missing !== '' && <Lacking of={['watches']} />}
    </>
  )
}
