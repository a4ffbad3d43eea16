// Above the tree: where one is, and finding: in the rows that are loaded as one types, or on the servers.

import { type FormEvent, useState } from 'react'
import { visibleText } from '../../i18n/visible-text.ts'
import { closeSearch, type SearchScope, searchTree } from '../../stores/tree/search-store.ts'
import { useTree } from '../../stores/tree/tree-state.ts'
import { setFilter } from '../../stores/tree-store.ts'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from './guarded-button.tsx'
import { PathBar } from './path-bar.tsx'

type Scope = 'rows' | SearchScope
const SCOPES: readonly Scope[] = ['rows', 'name', 'data', 'both']

export function TreeToolbar({ path }: { readonly path: string }) {
  const { tree: words, edit } = useMessages()
  const filter = useTree((state) => state.filter)
  const [scope, setScope] = useState<Scope>('rows')
  const [text, setText] = useState('')
  const label = scope === 'rows' ? words.filter : edit.searchField(visibleText(path))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run()
  }
  const run = () => {
    if (scope !== 'rows' && text !== '') void searchTree(path, text, scope)
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
            if (next === 'rows') closeSearch()
            else {
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
        {scope !== 'rows' && (
          <GuardedButton needs="tree:search" disabled={text === ''} onClick={run}>
            {edit.search}
          </GuardedButton>
        )}
      </span>
    </form>
  )
}
