/** A healthy proxy as the controller describes it, for tests to vary. */
import type { ProxyView } from '../../shared/protocol/control.ts'

export const proxyView = (different: Partial<ProxyView>): ProxyView => ({
  name: 'alice',
  host: '127.0.0.1',
  port: 10001,
  status: 'active',
  connected: true,
  lastSeen: '2026-05-01T12:00:00.000Z',
  version: { wanted: 1, applied: 1, refused: null },
  counters: { sent: 0, delivered: 0, received: 0, failed: 0, waiting: 0, asked: 0 },
  ...different,
})
