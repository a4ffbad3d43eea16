// Draws the page over a made-up cluster: open /testing/mock.html?story=calm on the development server.

import { createRoot } from 'react-dom/client'
import '../pages/styles.ts'
import { App } from '../pages/app.tsx'
import { followFeed } from '../stores/feed-store.ts'
import { followHistory } from '../stores/route-store.ts'
import { createMockFeed } from './mock-feed.ts'

const story = new URLSearchParams(location.search).get('story') ?? 'calm'
followHistory()
if (story !== 'none') followFeed(createMockFeed(story))
const root = document.getElementById('page')
if (root)
  createRoot(root).render(<App hasToken={story !== 'none'} readToken={() => null} onToken={() => location.reload()} />)
