// Above the tree: where one is, and finding: in the rows that are loaded as one types, or on the servers.

import { type FormEvent, useEffect, useState } from 'react'
import { parentPath } from '#shared/zk/path.ts'
import { formatCount } from '../../i18n/format.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { TREE_FORMS } from '../../stores/route.ts'
import { navigate, useRoute } from '../../stores/route-store.ts'
import { closeSearch, type SearchScope, searchTree } from '../../stores/tree/search-store.ts'
import { useTree } from '../../stores/tree/tree-state.ts'
import { goToChild, setFilter } from '../../stores/tree-store.ts'
import { Segments } from '../../ui/segments.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from './guarded-button.tsx'
import { PathBar } from './path-bar.tsx'

type Scope = 'rows' | 'begins' | SearchScope
const SCOPES: readonly Scope[] = ['rows', 'begins', 'name', 'data', 'both']
/** After the last letter. */
const GO_AFTER_MS = 150

export function TreeToolbar({ path }: { readonly path: string }) {
  const { tree: words, treeMap, edit } = useMessages()
  const filter = useTree((state) => state.filter)
  const [scope, setScope] = useState<Scope>('rows')
  const [text, setText] = useState('')
  const open = useTree((state) => state.expanded.has(path))
  const form = useRoute((route) => route.tree)
  // The children of what is selected, or where it has none to show, those beside it.
  const within = open || path === '/' ? path : parentPath(path)
  const said = useGoing(scope === 'begins' ? text : '', within)
  const behind = useTree((state) => state.listings.get(within)?.behind === true)
  const label =
    scope === 'rows'
      ? words.filter
      : scope === 'begins'
        ? treeMap.goTo(visibleText(within))
        : edit.searchField(visibleText(path))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run()
  }
  const run = () => {
    if (scope !== 'rows' && scope !== 'begins' && text !== '') void searchTree(path, text, scope)
  }
  return (
    <form className="toolbar" onSubmit={submit}>
      <PathBar path={path} />
      <span className="search-fields">
        <input
          type="search"
          className="field find"
          data-find=""
          placeholder={label}
          aria-label={label}
          value={scope === 'rows' ? filter : text}
          onChange={(event) => (scope === 'rows' ? setFilter : setText)(event.target.value)}
        />
        <select
          className="field"
          aria-label={edit.searchIn}
          value={scope}
          onChange={(event) => {
            const next = SCOPES.find((each) => each === event.target.value) ?? 'rows'
            setScope(next)
            if (next === 'rows' || next === 'begins') closeSearch()
            if (next !== 'rows') {
              setText(text === '' ? filter : text)
              setFilter('')
            }
          }}
        >
          {SCOPES.map((each) => (
            <option key={each} value={each}>
              {edit.searchScopes[each]}
            </option>
          ))}
        </select>
        {scope !== 'rows' && scope !== 'begins' && (
          <GuardedButton needs="tree:search" disabled={text === ''} onClick={run}>
            {edit.search}
          </GuardedButton>
        )}
      </span>
      <Segments
        label={treeMap.form}
        choices={TREE_FORMS.map((value) => ({ value, label: treeMap.forms[value] }))}
        value={form}
        onChange={(tree) => navigate({ tree })}
      />
      {(said !== '' || behind) && (
        <p role="status" className="secondary went">
          <Visible text={[said, behind ? treeMap.behind : ''].join(' ').trim()} />
        </p>
      )}
    </form>
  )
}

/** Goes to a child as its name is typed, and says where that is. */
function useGoing(text: string, within: string): string {
  const { treeMap: words } = useMessages()
  const language = useLanguage()
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (text === '') {
      setSaid('')
      return
    }
    let current = true
    const timer = setTimeout(() => {
      void goToChild(within, text).then((found) => {
        if (!current || !found) return
        const [position, total] = [formatCount(found.position, language), formatCount(found.total, language)]
        setSaid(found.begins ? words.wentTo(position, total) : words.noSuch(text, position, total))
      })
    }, GO_AFTER_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [text, within, language, words])
  return said
}
