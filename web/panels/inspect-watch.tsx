// The watches on one path: every trigger with its fan-out, and who watches.

import { formatCount } from '../i18n/format.ts'
import { navigate } from '../stores/route-store.ts'
import { useCluster } from '../stores/view-store.ts'
import { MemberMark, SessionTag, ZxidTag } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { endWithConnections, groupWatches, watchLives } from '../viz/watch-groups.ts'

const TRIGGERS_SHOWN = 20
const LIVES_SHOWN = 100

export function InspectWatch({ path }: { readonly path: string }) {
  const { watches: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const groups = useCluster((view) => groupWatches(endWithConnections(watchLives(view.watchLog), view.connections)))
  const group = groups.find((each) => each.path === path)
  if (!group) return <p className="secondary">{words.gone}</p>
  return (
    <>
      <section>
        <button
          type="button"
          className="button small"
          onClick={() => navigate({ view: 'tree', selection: { type: 'znode', path } })}
        >
          {words.showZnode}
        </button>
      </section>
      <section>
        <h3>{words.triggers}</h3>
        {group.triggers.length === 0 && <p className="secondary">{words.noTriggers}</p>}
        <ul className="lines tall">
          {group.triggers.slice(0, TRIGGERS_SHOWN).map((trigger) => (
            <li key={`${trigger.zxid} ${trigger.event}`}>
              <span>
                {words.fired(trigger.event, trigger.fanOut)} {words.by} <ZxidTag zxid={trigger.zxid} />
                <br />
                <span className="tertiary">
                  <Ago t={trigger.at} /> ·{' '}
                  {trigger.slowestMs === null
                    ? words.delivering(trigger.delivered, trigger.fanOut)
                    : words.slowest(duration(trigger.slowestMs))}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{words.watchers}</h3>
        <ul className="lines">
          {group.lives.slice(0, LIVES_SHOWN).map((life) => (
            <li key={life.key}>
              <MemberMark sid={life.sid} />
              <SessionTag session={life.session} />
              <span className="tertiary end">{life.event ?? (life.ended ? words.ended : words.waiting)}</span>
            </li>
          ))}
        </ul>
        {group.lives.length > LIVES_SHOWN && (
          <p className="tertiary">{words.more(formatCount(group.lives.length - LIVES_SHOWN, language))}</p>
        )}
      </section>
    </>
  )
}
