// Attaching a cluster from the page: which servers, and what it will do to them. What is typed into the password goes to
// the gateway with the request and nowhere else.

import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react'
import type { AttachRequest } from '#shared/events/cluster-list.ts'
import { ask } from '../../stores/ask.ts'
import { askTargets, openCluster, useClusters } from '../../stores/cluster-store.ts'
import { useBarrier, whyNot } from '../../stores/rights-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'

interface Form {
  readonly servers: string
  readonly name: string
  readonly allowWrites: boolean
  readonly tls: boolean
  readonly ca: string
  readonly serverName: string
  readonly user: string
  readonly password: string
  readonly inClear: boolean
  readonly keep: boolean
  readonly adminPorts: string
  readonly metricsPorts: string
}

const EMPTY: Form = {
  ...{ servers: '', name: '', allowWrites: false, tls: false, ca: '', serverName: '', user: '', password: '' },
  ...{ inClear: false, keep: false, adminPorts: '', metricsPorts: '' },
}

const PORTS = /^\s*(?:\d{1,5}(?:\s*,\s*\d{1,5})*)?\s*$/

function portsOf(text: string): readonly number[] {
  return text
    .split(',')
    .map((part) => Number(part.trim()))
    .filter((port) => port >= 1)
}

/** What is sent: fields that were left empty are left out. */
function requestOf(form: Form): AttachRequest {
  const { ca, serverName } = form
  const [adminPorts, metricsPorts] = [portsOf(form.adminPorts), portsOf(form.metricsPorts)]
  const tls = { ...(ca.trim() ? { ca } : {}), ...(serverName.trim() ? { serverName: serverName.trim() } : {}) }
  return {
    connectString: form.servers.trim(),
    allowWrites: form.allowWrites,
    ...(form.name.trim() ? { name: form.name.trim() } : {}),
    ...(form.tls ? { tls } : {}),
    ...(form.user ? { auth: [{ scheme: 'digest', auth: `${form.user}:${form.password}` }] } : { keep: form.keep }),
    ...(form.inClear ? { authInClear: true } : {}),
    ...(adminPorts.length > 0 ? { adminPorts } : {}),
    ...(metricsPorts.length > 0 ? { metricsPorts } : {}),
  }
}

export function AttachDialog({ onClose }: { readonly onClose: () => void }) {
  const { clusters: words, frame, edit } = useMessages()
  const [form, setForm] = useState(EMPTY)
  const [message, setMessage] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const allowed = useClusters((state) => state.allowedTargets)
  const barrier = useBarrier('cluster:attach')
  const put = (patch: Partial<Form>) => setForm((before) => ({ ...before, ...patch }))
  const portsWrong = !PORTS.test(form.adminPorts) || !PORTS.test(form.metricsPorts)
  useEffect(() => void askTargets(), [])

  async function attach(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy || portsWrong || barrier !== null || form.servers.trim() === '') return
    setBusy(true)
    const answer = await ask('cluster:attach', requestOf(form))
    setBusy(false)
    if (!answer.ok) {
      setMessage(answer.message)
      return
    }
    onClose()
    openCluster(answer.value.id)
  }

  const why = barrier === null ? null : whyNot(barrier, edit.barrier)
  return (
    <Dialog title={words.attachTitle} onClose={onClose} wide>
      <p>{words.what}</p>
      {allowed && <p className="tertiary">{words.allowed(allowed.join(', '))}</p>}
      <form className="form" autoComplete="off" onSubmit={(event) => void attach(event)}>
        <Field label={words.servers} hint={words.serversHint}>
          {(id) => (
            <input
              id={id}
              className="field mono"
              spellCheck={false}
              required
              placeholder="127.0.0.1:2181,127.0.0.1:2182/chroot"
              value={form.servers}
              onChange={(event) => put({ servers: event.target.value })}
            />
          )}
        </Field>
        <Field label={words.name} hint={words.nameHint}>
          {(id) => (
            <input
              id={id}
              className="field"
              maxLength={40}
              value={form.name}
              onChange={(event) => put({ name: event.target.value })}
            />
          )}
        </Field>
        <span>{words.changes}</span>
        <Segments
          label={words.changes}
          value={form.allowWrites ? 'yes' : 'no'}
          onChange={(value) => put({ allowWrites: value === 'yes' })}
          choices={[
            { value: 'no', label: words.changesNo },
            { value: 'yes', label: words.changesYes },
          ]}
        />
        <span>{words.connection}</span>
        <Segments
          label={words.connection}
          value={form.tls ? 'tls' : 'plain'}
          onChange={(value) => put({ tls: value === 'tls' })}
          choices={[
            { value: 'plain', label: words.plain },
            { value: 'tls', label: words.tls },
          ]}
        />
        {form.tls && <TlsFields form={form} put={put} />}
        <Field label={words.user} hint={words.userHint}>
          {(id) => (
            <input
              id={id}
              className="field mono"
              autoComplete="off"
              spellCheck={false}
              value={form.user}
              onChange={(event) => put({ user: event.target.value })}
            />
          )}
        </Field>
        {form.user !== '' && (
          <Field label={words.password}>
            {(id) => (
              <input
                id={id}
                className="field mono"
                type="password"
                autoComplete="off"
                value={form.password}
                onChange={(event) => put({ password: event.target.value })}
              />
            )}
          </Field>
        )}
        <div className="whole stack">
          {form.user === '' ? (
            <Check label={words.keep} checked={form.keep} onChange={(keep) => put({ keep })} />
          ) : (
            <p className="tertiary">{words.keepNot}</p>
          )}
          {form.user !== '' && !form.tls && (
            <Check label={words.inClear} checked={form.inClear} onChange={(inClear) => put({ inClear })} />
          )}
          <details>
            <summary>{words.more}</summary>
            <div className="form">
              <PortsField
                label={words.adminPorts}
                usual="8080"
                value={form.adminPorts}
                onChange={(adminPorts) => put({ adminPorts })}
              />
              <PortsField
                label={words.metricsPorts}
                usual="7000"
                value={form.metricsPorts}
                onChange={(metricsPorts) => put({ metricsPorts })}
              />
            </div>
          </details>
          {(portsWrong || why !== null || message !== null) && (
            <p role="alert" className="behind">
              <Visible text={portsWrong ? words.badPorts : (why ?? message ?? '')} />
            </p>
          )}
        </div>
        <div className="buttons whole">
          <button type="button" className="button" onClick={onClose}>
            {frame.cancel}
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={busy || portsWrong || barrier !== null || form.servers.trim() === ''}
          >
            {busy ? words.attaching : words.doAttach}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function TlsFields({ form, put }: { readonly form: Form; readonly put: (patch: Partial<Form>) => void }) {
  const { clusters: words } = useMessages()
  return (
    <>
      <Field label={words.ca} hint={words.caHint}>
        {(id) => (
          <textarea
            id={id}
            className="field mono"
            rows={3}
            spellCheck={false}
            value={form.ca}
            onChange={(event) => put({ ca: event.target.value })}
          />
        )}
      </Field>
      <Field label={words.serverName} hint={words.serverNameHint}>
        {(id) => (
          <input
            id={id}
            className="field mono"
            spellCheck={false}
            value={form.serverName}
            onChange={(event) => put({ serverName: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly children: (id: string) => ReactNode
}

function Field({ label, hint, children }: FieldProps) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <span className="stack">
        {children(id)}
        {hint !== undefined && <span className="tertiary">{hint}</span>}
      </span>
    </>
  )
}

interface PortsFieldProps {
  readonly label: string
  readonly usual: string
  readonly value: string
  readonly onChange: (text: string) => void
}

function PortsField({ label, usual, value, onChange }: PortsFieldProps) {
  const { clusters: words } = useMessages()
  return (
    <Field label={label} hint={words.portsHint}>
      {(id) => (
        <input
          id={id}
          className="field mono"
          inputMode="numeric"
          placeholder={usual}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}
