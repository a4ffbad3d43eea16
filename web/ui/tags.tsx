// One meaning, one mark: a zxid, a session, a path and a member look the same in every view. Clicking one
// selects it, hovering one lights it up everywhere.

import { useMessages } from '../i18n/messages.ts'
import { visibleText } from '../i18n/visible-text.ts'
import { hover, useHover } from '../stores/hover-store.ts'
import { type Selection, selectionKey } from '../stores/route.ts'
import { select } from '../stores/route-store.ts'
import type { MemberRole } from '../viz/ensemble-answer.ts'
import { zxidParts } from '../viz/zxid-parts.ts'
import { MemberGlyph } from './member-glyph.tsx'
import { NameText } from './name-text.tsx'

/** Props that make an element stand for `selection`: pointing lights it up, clicking selects it. */
export function useMark(selection: Selection) {
  const key = selectionKey(selection)
  const lit = useHover((state) => state.key === key)
  return {
    'data-lit': lit ? '' : undefined,
    onPointerEnter: () => hover(key),
    onPointerLeave: () => hover(null),
    onClick: (event: React.MouseEvent) => {
      event.stopPropagation()
      select(selection)
    },
  }
}

export function ZxidTag({ zxid }: { readonly zxid: string }) {
  const mark = useMark({ type: 'round', zxid })
  const parts = zxidParts(zxid)
  if (!parts) return <span className="mono">{zxid}</span>
  return (
    <button
      type="button"
      className="tag zxid"
      data-tint={parts.tint}
      title={`${parts.epoch}/${parts.counter}`}
      {...mark}
    >
      {parts.epoch > 0 ? (
        <>
          <b>{parts.epochHex}</b>
          {parts.counterHex}
        </>
      ) : (
        zxid
      )}
    </button>
  )
}

export function SessionTag({ session }: { readonly session: string }) {
  const mark = useMark({ type: 'session', session })
  if (session === '0x0') return <span className="tertiary">–</span>
  return (
    <button type="button" className="tag session" {...mark}>
      {session}
    </button>
  )
}

export function PathTag({ path, shown = path }: { readonly path: string; readonly shown?: string }) {
  const mark = useMark({ type: 'znode', path })
  return (
    <button type="button" className="tag path" title={visibleText(path)} {...mark}>
      <NameText text={shown} />
    </button>
  )
}

interface MemberMarkProps {
  readonly sid: number
  readonly doing?: MemberRole
  /** Words after the number's disc. */
  readonly children?: React.ReactNode
}

export function MemberMark({ sid, doing = 'FOLLOWING', children }: MemberMarkProps) {
  const words = useMessages().ensemble
  const mark = useMark({ type: 'member', sid })
  return (
    <button type="button" className="member-mark" aria-label={words.member(String(sid))} {...mark}>
      <svg width="20" height="20" viewBox="-12 -12 24 24" aria-hidden="true">
        <MemberGlyph sid={sid} role={doing} radius={9} />
      </svg>
      {children}
    </button>
  )
}
