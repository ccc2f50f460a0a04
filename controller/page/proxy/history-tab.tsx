/** The versions of a routing table, newest first: when, by whom, what changed, and the way back. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ProxyView, TableVersion } from '../../../shared/protocol/control.ts'
import { failureWords, fetchHistory, restoreTable } from '../controller-api.ts'
import { noteSaved } from '../draft/editing.ts'
import { differenceWords, tableDifference } from '../draft/table-difference.ts'
import { learnTable } from '../live/tables.ts'
import { Ago } from '../parts/ago.tsx'
import { ask } from '../parts/ask.tsx'
import { ChangeList } from '../parts/change-list.tsx'
import { Notice } from '../parts/notice.tsx'
import { SavedNotice } from './saved-notice.tsx'
import { versionChanges } from './version-changes.ts'

type VersionProps = { entry: TableVersion; before: TableVersion | undefined; onRestore: (() => void) | undefined }

function Version({ entry, before, onRestore }: VersionProps) {
  const changes = versionChanges(entry, before)
  return (
    <li class="version panel" data-version={entry.version}>
      <details>
        <summary>
          <strong>Version {entry.version}</strong>
          <span class="version-facts">
            <Ago time={entry.time} /> · <bdi>{entry.author}</bdi> · {differenceWords(changes)}
          </span>
        </summary>
        {changes.length === 0 ? (
          <p class="muted">No changes.</p>
        ) : (
          <ChangeList changes={changes} label={`Changes of version ${entry.version}`} />
        )}
      </details>
      {onRestore === undefined ? (
        <span class="tag good">newest</span>
      ) : (
        <button type="button" class="button small" aria-label={`Restore version ${entry.version}`} onClick={onRestore}>
          Restore
        </button>
      )}
    </li>
  )
}

export function HistoryTab({ proxy: { name, version }, proxy }: { proxy: ProxyView }) {
  const history = useSignal<readonly TableVersion[] | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)

  const load = async (): Promise<void> => {
    try {
      history.value = await fetchHistory(name)
      problem.value = undefined
    } catch (error) {
      problem.value = failureWords(error)
    }
  }
  useEffect(() => {
    void load()
  }, [name, version.wanted])

  const restore = async (entry: TableVersion, newest: TableVersion): Promise<void> => {
    const changes = tableDifference(newest.endpoints, entry.endpoints)
    const agreed = await ask({
      title: `Restore version ${entry.version}?`,
      body: (
        <>
          <p>
            The routing table of {name} becomes what it was in version {entry.version}, as a new version. Compared with
            now: {differenceWords(changes)}.
          </p>
          <ChangeList changes={changes} label="What would change" />
        </>
      ),
      confirm: 'Restore',
    })
    if (!agreed) return
    try {
      const restored = await restoreTable(name, entry.version)
      learnTable(name, restored)
      noteSaved(name, restored.version)
    } catch (error) {
      problem.value = failureWords(error)
    }
  }

  const [newest] = history.value ?? []
  return (
    <>
      <SavedNotice proxy={proxy} />
      <div class="section-head">
        <h2>
          History <span class="muted">the last 50 versions</span>
        </h2>
      </div>
      {problem.value !== undefined && (
        <Notice
          tone="bad"
          actions={
            <button type="button" class="button small" onClick={() => void load()}>
              Try again
            </button>
          }
        >
          {problem.value}
        </Notice>
      )}
      {history.value === undefined && problem.value === undefined && <p class="empty">Fetching the history…</p>}
      <ol class="versions">
        {newest !== undefined &&
          history.value?.map((entry, index, all) => (
            <Version
              key={entry.version}
              entry={entry}
              before={all[index + 1]}
              onRestore={entry === newest ? undefined : () => void restore(entry, newest)}
            />
          ))}
      </ol>
    </>
  )
}
