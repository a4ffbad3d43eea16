// Of one contender: why it waits, its fencing token, and what it sleeps on beside what it should sleep on.

import type { LockStanding } from '#shared/events/lock-requests.ts'
import { NameText } from '../../ui/name-text.tsx'
import { ZxidTag } from '../../ui/tags.tsx'
import { useMessages } from '../../ui/words.ts'
import { WhySentence } from './why-sentence.tsx'

const FINE: ReadonlySet<string> = new Set(['agrees', 'awake', 'unknown', 'not yet', 'polls'])
const PATHS_SHOWN = 3

interface ContenderWhyProps {
  readonly standing: LockStanding
  readonly toldAt: number
}

export function ContenderWhy({ standing, toldAt }: ContenderWhyProps) {
  const { lockView: words, lockDetail } = useMessages()
  const { wake, observed, verdict, token, why } = standing
  return (
    <section>
      <h3>{words.why}</h3>
      <p>
        <WhySentence sentence={why} toldAt={toldAt} />
      </p>
      <dl className="facts contender-wake">
        <dt title={words.tokenHint}>{words.token}</dt>
        <dd>
          <ZxidTag zxid={token} />
        </dd>
        {wake.via !== 'nothing' && (
          <>
            <dt>{words.shouldSleep}</dt>
            <dd>
              {wake.via === 'polling' ? (
                words.polling
              ) : wake.via === 'unknown' ? (
                words.unknownWake
              ) : (
                <Paths paths={wake.paths} />
              )}
            </dd>
          </>
        )}
        {observed !== null && observed.length > 0 && (
          <>
            <dt>{words.sleeps}</dt>
            <dd>
              <Paths paths={observed} />
            </dd>
          </>
        )}
        {verdict !== null && (
          <>
            <dt>{words.wakeVerdict}</dt>
            <dd className={FINE.has(verdict) ? undefined : 'behind'}>
              {words.verdicts[verdict]}
              <br />
              <span className="tertiary">{lockDetail.wakeWhy[verdict]}</span>
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Paths({ paths }: { readonly paths: readonly string[] }) {
  return (
    <span className="mono">
      {paths.slice(0, PATHS_SHOWN).map((path) => (
        <NameText key={path} text={path} />
      ))}
      {paths.length > PATHS_SHOWN && `+${paths.length - PATHS_SHOWN}`}
    </span>
  )
}
