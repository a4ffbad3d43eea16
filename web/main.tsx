// Starts the page: takes the token out of the address, connects the live feed, draws.

import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import './pages/styles.ts'
import { keepToken, takeToken, tokenFromText } from './feeds/access-token.ts'
import { createSocketFeed } from './feeds/socket-feed.ts'
import { App } from './pages/app.tsx'
import { FailureBoundary } from './pages/failure-boundary.tsx'
import { followCluster } from './stores/cluster-store.ts'
import { followFeed } from './stores/feed-store.ts'
import { followHistory, useRoute } from './stores/route-store.ts'

/** The live feed of the cluster that the address names. */
function followGateway(token: string): void {
  followFeed(createSocketFeed(token, useRoute.getState().cluster))
}

function Page({ first }: { readonly first: string | null }) {
  const [hasToken, setHasToken] = useState(first !== null)
  const open = (token: string) => {
    keepToken(token)
    setHasToken(true)
    followGateway(token)
  }
  useEffect(() => {
    // Somebody pasted the printed URL over this one: only the fragment changes, nothing reloads.
    const onHash = () => {
      const token = location.hash.length > 1 ? takeToken() : null
      if (token === null) return
      setHasToken(true)
      followGateway(token)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])
  return <App hasToken={hasToken} readToken={tokenFromText} onToken={open} />
}

const token = takeToken()
followHistory()
followCluster()
if (token !== null) followGateway(token)
const root = document.getElementById('page')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <FailureBoundary>
        <Page first={token} />
      </FailureBoundary>
    </StrictMode>,
  )
}
