// As whom this page is open, for those who have logged in, and the way out.

import { keepToken, takeToken } from '../feeds/access-token.ts'
import { isLogin, logOut } from '../feeds/log-in.ts'
import { tell } from '../stores/notice-store.ts'
import { useRights } from '../stores/rights-store.ts'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function Who() {
  const { frame } = useMessages()
  const api = useRights((state) => state.api)
  const token = takeToken()
  if (api === null || !isLogin(token)) return null
  const leave = async () => {
    const answer = await logOut(token)
    if (!answer.ok) return tell(answer.message)
    keepToken(null)
    location.reload()
  }
  return (
    <div className="who">
      <span className="secondary">
        <Visible text={frame.youAre(api.user, api.role)} />
      </span>
      <button type="button" className="button small" onClick={() => void leave()}>
        {frame.logOut}
      </button>
    </div>
  )
}
