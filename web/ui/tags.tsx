// One meaning, one mark: a zxid, a session, a path and a member look the same in every view. Clicking one
// selects it, hovering one lights it up everywhere.

import { createContext, memo, type ReactNode, useContext } from 'react'
import { visibleText } from '../i18n/visible-text.ts'
import { hover, useHover } from '../stores/hover-store.ts'
import { type Selection, selectionKey } from '../stores/route.ts'
import { select, useRoute } from '../stores/route-store.ts'
import type { MemberRole } from '../viz/ensemble-answer.ts'
import { zxidParts } from '../viz/zxid-parts.ts'
import { MemberGlyph } from './member-glyph.tsx'
import { NameText } from './name-text.tsx'
import { useMessages } from './words.ts'

/** Props that make an element stand for `selection`: pointing lights it up, clicking selects it, and it says that it is. */
export function useMark(selection: Selection) {
  const key = selectionKey(selection)
  const lit = useHover((state) => state.key === key)
  const chosen = useRoute((route) => route.selection !== null && selectionKey(route.selection) === key)
  return {
    'data-lit': lit ? '' : undefined,
    'data-chosen': chosen ? '' : undefined,
    onPointerEnter: () => hover(key),
    onPointerLeave: () => hover(null),
    onClick: (event: React.MouseEvent) => {
      event.stopPropagation()
      select(selection)
    },
  }
}

/** True inside the rows of a list: there the row is what one clicks, and tags only light up. */
export const InRow = createContext(false)

interface TagProps {
  readonly selection: Selection
  readonly className: string
  readonly children: ReactNode
  readonly title?: string | undefined
  readonly 'data-tint'?: number
}

function Tag({ selection, children, ...looks }: TagProps) {
  const { onClick, ...mark } = useMark(selection)
  const inRow = useContext(InRow)
  if (inRow) {
    return (
      <span {...looks} {...mark}>
        {children}
      </span>
    )
  }
  return (
    <button type="button" {...looks} {...mark} onClick={onClick}>
      {children}
    </button>
  )
}

export const ZxidTag = memo(ZxidLook)

function ZxidLook({ zxid }: { readonly zxid: string }) {
  const parts = zxidParts(zxid)
  if (!parts) return <span className="mono">{zxid}</span>
  const title = `${parts.epoch}/${parts.counter}`
  return (
    <Tag selection={{ type: 'round', zxid }} className="tag zxid" data-tint={parts.tint} title={title}>
      {parts.epoch > 0 ? (
        <>
          <b>{parts.epochHex}</b>
          {parts.counterHex}
        </>
      ) : (
        zxid
      )}
    </Tag>
  )
}

export const SessionTag = memo(SessionLook)

function SessionLook({ session }: { readonly session: string }) {
  if (session === '0x0') return <span className="tertiary">–</span>
  return (
    <Tag selection={{ type: 'session', session }} className="tag session">
      {session}
    </Tag>
  )
}

export const PathTag = memo(PathLook)

function PathLook({ path, shown = path }: { readonly path: string; readonly shown?: string }) {
  return (
    <Tag selection={{ type: 'znode', path }} className="tag path" title={visibleText(path)}>
      <NameText text={shown} />
    </Tag>
  )
}

interface MemberMarkProps {
  readonly sid: number
  readonly doing?: MemberRole
  /** Words after the number's disc. */
  readonly children?: ReactNode
}

export const MemberMark = memo(MemberLook)

function MemberLook({ sid, doing = 'FOLLOWING', children }: MemberMarkProps) {
  const words = useMessages().ensemble
  const { onClick, ...mark } = useMark({ type: 'member', sid })
  const inRow = useContext(InRow)
  const content = (
    <>
      <svg width="20" height="20" viewBox="-12 -12 24 24" aria-hidden="true">
        <MemberGlyph sid={sid} role={doing} radius={9} />
      </svg>
      {children}
    </>
  )
  if (inRow) {
    return (
      <span className="member-mark" {...mark}>
        {content}
        {children === undefined && <span className="hidden">{words.member(String(sid))}</span>}
      </span>
    )
  }
  return (
    <button type="button" className="member-mark" aria-label={words.member(String(sid))} {...mark} onClick={onClick}>
      {content}
    </button>
  )
}
