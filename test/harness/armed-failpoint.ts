/**
 * Bundled in the place of `shared/process/failpoint.ts`: ends this process, as a crash would, when it passes the place that
 * `OVERLAY_FAILPOINT=NAME:N` names for the Nth time.
 */
const [armed, times] = (process.env['OVERLAY_FAILPOINT'] ?? '').split(':')
let passes = 0

export function failpoint(name: string): void {
  if (name !== armed) return
  passes += 1
  if (passes === Number(times)) process.kill(process.pid, 'SIGKILL')
}
