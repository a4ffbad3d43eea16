// Whose watch tables the comparison of wake edges rests on, and what would bring those that are missing.

import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatAgo } from '../../i18n/format.ts'
import { useNow } from '../../stores/clock.ts'
import { Lacking } from '../../ui/lacking.tsx'
import { useMessages } from '../../ui/words.ts'

export function WatchTablesNote({ lock }: { readonly lock: LockView }) {
  const { lockDetail: words, units } = useMessages()
  const now = useNow()
  const tables = lock.detail?.watchTables ?? null
  const waits = lock.contenders.some(({ role }) => role === 'waiting')
  if (tables === null) return waits ? <Lacking of={['watches']} /> : null
  const ago = formatAgo(Math.max(0, now - tables.readMs), units)
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
