// A strip for each member from looking to serving: election, discovery, synchronization, broadcast, and the
// block that it was sent. Its text is in each strip's title and in the hidden list.

import { scaleLinear } from 'd3'
import { useEffect } from 'react'
import { useChronicle } from '../stores/chronicle-store.ts'
import { loadElection, usePast } from '../stores/past-store.ts'
import { memberColour } from '../ui/member-glyph.tsx'
import { useDuration } from '../ui/times.tsx'
import { useSize } from '../ui/use-size.ts'
import { useMessages } from '../ui/words.ts'
import { type PhaseStrip, type PhaseStrips, phaseStrips } from '../viz/phase-strips.ts'

const LANE_PX = 30
const LEFT_PX = 32
const AXIS_PX = 18
/** A bar narrower than this has no room for its word. */
const WORD_PX = 64
const SYNC_PX = 38

export function PhaseStripsView({ startedAt, until }: { readonly startedAt: number; readonly until: number }) {
  const { story } = useMessages()
  const heardNow = useChronicle((heard) => phaseStrips(heard, startedAt, until))
  const past = usePast((state) => state.elections.get(startedAt) ?? null)
  const missing = heardNow === null
  useEffect(() => {
    if (missing) void loadElection(startedAt, until)
  }, [missing, startedAt, until])
  const found = heardNow ?? (past && phaseStrips(past, startedAt, until))
  const [ref, size] = useSize<HTMLDivElement>()
  return (
    <div className="strips">
      <h3 title={story.stripsHint}>{story.strips}</h3>
      <div ref={ref}>{found && size && size.width > 120 && <Drawing found={found} width={size.width} />}</div>
      {found ? <Mirror found={found} /> : <p className="tertiary">{story.stripsUnseen}</p>}
    </div>
  )
}

function Drawing({ found, width }: { readonly found: PhaseStrips; readonly width: number }) {
  const { story } = useMessages()
  const x = scaleLinear([0, found.spanMs], [LEFT_PX, width - 1])
  const height = AXIS_PX + found.strips.length * LANE_PX
  return (
    <svg width={width} height={height} aria-hidden="true">
      {x.ticks(Math.max(2, Math.floor(width / 100))).map((ms) => (
        <g key={ms}>
          <line className="grid-line" x1={x(ms)} x2={x(ms)} y1={AXIS_PX - 4} y2={height} />
          <text className="axis-label" x={x(ms)} y={10} textAnchor={ms === 0 ? 'start' : 'middle'}>
            {ms}
          </text>
        </g>
      ))}
      {found.strips.map((strip, i) => {
        const y = AXIS_PX + i * LANE_PX
        return (
          <g key={strip.sid} data-member={memberColour(strip.sid)}>
            <circle className="lane-disc" cx={9} cy={y + LANE_PX / 2} r={9} />
            <text className="lane-number" x={9} y={y + LANE_PX / 2} dy="0.36em">
              {strip.sid}
            </text>
            {strip.bars.map((bar) => {
              const [from, to] = [x(bar.from), x(bar.to)]
              return (
                <g key={`${bar.phase} ${bar.from}`}>
                  <rect
                    className="phase-bar"
                    data-phase={bar.phase}
                    data-open={bar.ended ? undefined : ''}
                    x={from}
                    y={y + 5}
                    width={Math.max(1.5, to - from - 1)}
                    height={LANE_PX - 10}
                  />
                  {to - from > WORD_PX &&
                    !strip.syncs.some(({ at }) => x(at) + SYNC_PX > from && x(at) < from + WORD_PX) && (
                      <text className="phase-word" data-phase={bar.phase} x={from + 6} y={y + LANE_PX / 2} dy="0.36em">
                        {story.phases[bar.phase]}
                      </text>
                    )}
                </g>
              )
            })}
            {strip.syncs.map((sync) => (
              <g key={sync.at} transform={`translate(${x(sync.at)} ${y})`}>
                <title>{`${story.ways[sync.how]} (${sync.zxid})`}</title>
                <rect
                  className="sync-block"
                  data-how={sync.how}
                  x={0}
                  y={3}
                  width={SYNC_PX}
                  height={LANE_PX - 6}
                  rx={2}
                />
                <text className="sync-word" x={SYNC_PX / 2} y={LANE_PX / 2} dy="0.36em" textAnchor="middle">
                  {sync.how}
                </text>
              </g>
            ))}
          </g>
        )
      })}
    </svg>
  )
}

function Mirror({ found }: { readonly found: PhaseStrips }) {
  const { story } = useMessages()
  const duration = useDuration()
  const tell = ({ bars, syncs }: PhaseStrip) =>
    [
      ...bars
        .filter(({ phase }) => phase !== 'BROADCAST')
        .map((bar) => story.phaseTook(story.phases[bar.phase], duration(bar.to - bar.from))),
      ...syncs.map(({ how }) => story.ways[how]),
    ].join('; ')
  return (
    <ul className="hidden">
      {found.strips.map((strip) => (
        <li key={strip.sid}>{story.strip(String(strip.sid), tell(strip))}</li>
      ))}
    </ul>
  )
}
