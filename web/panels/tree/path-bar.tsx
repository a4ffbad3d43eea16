// The path of the selected znode as a field: type another, with the children that fit offered, and go there.

import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { parentPath, pathProblem } from '#shared/zk/path.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { ask } from '../../stores/ask.ts'
import { select } from '../../stores/route-store.ts'
import { reveal } from '../../stores/tree-store.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'

const OFFERED_MAX = 12
const ASK_AFTER_MS = 120

/** The paths below the last whole part of `text` that begin with it, however many children there are. */
async function complete(text: string): Promise<string[]> {
  const slash = text.lastIndexOf('/')
  const parent = slash <= 0 ? '/' : text.slice(0, slash)
  if (!text.startsWith('/') || pathProblem(parent) !== null) return []
  const answer = await ask('tree:list', { path: parent, offset: 0, from: text.slice(slash + 1), watch: false })
  if (!answer.ok) return []
  return answer.value.children
    .map(({ path }) => path)
    .filter((path) => path.startsWith(text) && path !== text)
    .slice(0, OFFERED_MAX)
}

export function PathBar({ path }: { readonly path: string }) {
  const { edit: words } = useMessages()
  const [text, setText] = useState(path)
  const [typing, setTyping] = useState(false)
  const [offered, setOffered] = useState<readonly string[]>([])
  const [at, setAt] = useState(-1)
  const [problem, setProblem] = useState<string | null>(null)
  const id = useId()
  useEffect(() => {
    setText(path)
    setTyping(false)
    setProblem(null)
  }, [path])
  useEffect(() => {
    if (!typing) return
    let current = true
    const timer = setTimeout(() => {
      void complete(text).then((paths) => {
        if (!current) return
        setOffered(paths)
        setAt(-1)
      })
    }, ASK_AFTER_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text, typing])
  const open = typing && offered.length > 0

  const go = (to: string) => {
    const wanted = to.length > 1 ? to.replace(/\/$/, '') : to
    const wrong = pathProblem(wanted)
    setProblem(wrong)
    if (wrong !== null) return
    setTyping(false)
    setOffered([])
    setText(wanted)
    if (wanted !== '/') reveal(wanted)
    select({ type: 'znode', path: wanted })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && open) {
      event.preventDefault()
      // Around through -1, which is what was typed.
      const places = offered.length + 1
      setAt(((at + 1 + step + places) % places) - 1)
    } else if (event.key === 'Tab' && open && !event.shiftKey) {
      event.preventDefault()
      setText(offered[Math.max(0, at)] ?? text)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(offered[at] ?? text)
    } else if (event.key === 'Escape' && typing) {
      event.stopPropagation()
      setTyping(false)
      setText(path)
    }
  }
  return (
    <div className="path-bar">
      <input
        className="field mono"
        role="combobox"
        aria-label={words.pathField}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
        aria-invalid={problem !== null || undefined}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setTyping(true)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setTyping(false)}
      />
      <button
        type="button"
        className="button small quiet"
        disabled={path === '/'}
        aria-label={words.up}
        title={words.up}
        onClick={() => select({ type: 'znode', path: parentPath(path) })}
      >
        ↑
      </button>
      <div id={`${id}-list`} role="listbox" aria-label={words.completions} className="completions" hidden={!open}>
        {offered.map((each, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, as comboboxes do
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the field
          <div
            key={each}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => go(each)}
          >
            <Visible text={visibleText(each)} />
          </div>
        ))}
      </div>
      {problem !== null && (
        <p role="alert" className="behind">
          {words.badPath(problem)}
        </p>
      )}
    </div>
  )
}
