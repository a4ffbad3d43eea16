// The left rail: the clusters, the views, theme and language. Under 900 px only the views stay, at the bottom.

import { toggleRail, useLayout } from '../stores/layout-store.ts'
import { formatRoute, LANGUAGES, VIEWS, type ViewName } from '../stores/route.ts'
import { navigate, openView, useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Segments } from '../ui/segments.tsx'
import { useMessages } from '../ui/words.ts'
import { ClusterList } from './clusters/cluster-list.tsx'
import { AttachButton } from './clusters/cluster-overlays.tsx'
import { Who } from './who.tsx'

export function Rail() {
  const words = useMessages()
  const about = useViewStore((state) => state.about)
  const collapsed = useLayout((layout) => layout.railCollapsed)
  return (
    <div className="rail">
      <div className="cluster">
        <ClusterList />
        {about && about.connectString !== '' && (
          <div className="connect">
            <span className="mono" title={about.connectString}>
              {about.connectString}
            </span>
            <CopyButton value={about.connectString} />
          </div>
        )}
        <AttachButton />
      </div>
      <nav aria-label={words.frame.navigation}>
        {VIEWS.map((view) => (
          <ViewLink key={view} view={view} />
        ))}
      </nav>
      <Settings />
      <button
        type="button"
        className="button quiet icon collapse"
        aria-label={collapsed ? words.palette.expand : words.palette.collapse}
        aria-expanded={!collapsed}
        title={collapsed ? words.palette.expand : words.palette.collapse}
        onClick={toggleRail}
      >
        <Icon name={collapsed ? 'expand' : 'collapse'} />
      </button>
    </div>
  )
}

function ViewLink({ view }: { readonly view: ViewName }) {
  const { frame } = useMessages()
  const route = useRoute()
  return (
    <a
      href={location.pathname + formatRoute({ ...route, view })}
      aria-label={frame.views[view]}
      aria-current={route.view === view ? 'page' : undefined}
      title={frame.viewHints[view]}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        openView(view)
      }}
    >
      <Icon name={view} />
      <span className="view-name">{frame.views[view]}</span>
    </a>
  )
}

const LANGUAGE_NAMES: Record<(typeof LANGUAGES)[number], string> = { en: 'English', 'zh-CN': '中文' }

/** Theme and language, and who this is. */
export function Settings() {
  const { frame } = useMessages()
  const theme = useRoute((route) => route.theme)
  return (
    <div className="settings">
      <Segments
        label={frame.theme}
        value={theme}
        onChange={(value) => navigate({ theme: value }, 'replace')}
        choices={[
          { value: null, label: <Icon name="auto" size={14} />, name: frame.themes.auto },
          { value: 'light', label: <Icon name="sun" size={14} />, name: frame.themes.light },
          { value: 'dark', label: <Icon name="moon" size={14} />, name: frame.themes.dark },
        ]}
      />
      <LanguageSwitch />
      <Who />
    </div>
  )
}

function LanguageSwitch() {
  const { frame } = useMessages()
  const chosen = useRoute((route) => route.language)
  const shown = chosen ?? (document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en')
  return (
    <Segments
      label={frame.language}
      value={shown}
      onChange={(language) => navigate({ language }, 'replace')}
      choices={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
    />
  )
}
