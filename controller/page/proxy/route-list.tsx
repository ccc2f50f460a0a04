/** A routing table to look at: for each name, how the proxy reaches it. */
import { type ApiRoute, type Endpoints, isApiRoute, type Route } from '../../../shared/protocol/route.ts'
import { type CredentialProblem, routeCredentialProblem } from '../draft/credential-references.ts'
import { credentials } from '../live/overlay.ts'
import { routeAddress, routeSettings } from './route-facts.ts'

type Problem = CredentialProblem | undefined

function CredentialTag({ route, problem }: { route: ApiRoute; problem: Problem }) {
  if (route.credential === undefined) return <span class="tag">no key</span>
  if (problem !== undefined)
    return (
      <span class="tag warn">{`key ${route.credential} ${problem.why === 'missing' ? 'not set' : 'not allowed here'}`}</span>
    )
  const known = credentials.value.find(({ id }) => id === route.credential)
  return <span class="tag">{`key ${route.credential} · ends in ${known?.last4}`}</span>
}

const ApiFacts = ({ route, problem }: { route: ApiRoute; problem: Problem }) => (
  <>
    <span class="route-settings">{[route.model, ...routeSettings(route)].join(' · ')}</span>
    {problem !== undefined && (
      <span class="field-warning" dir="auto">
        {problem.words}
      </span>
    )}
  </>
)

function RouteItem({ name, route }: { name: string; route: Route }) {
  const problem = routeCredentialProblem(route, credentials.value)
  return (
    <li data-route={name}>
      <bdi class="route-name">{name}</bdi>
      <span class="route-kind">{route.kind}</span>
      <span class="route-where">
        <span class="address">{routeAddress(route)}</span>
        {isApiRoute(route) && <ApiFacts route={route} problem={problem} />}
      </span>
      <span class="route-tags">
        {isApiRoute(route) && route.demo === true && <span class="tag warn">demonstration</span>}
        {isApiRoute(route) && <CredentialTag route={route} problem={problem} />}
      </span>
    </li>
  )
}

export const RouteList = ({ endpoints }: { endpoints: Endpoints }) => {
  const routes = Object.entries(endpoints)
  if (routes.length === 0)
    return <p class="empty">This table is empty: the proxy reaches nobody. Edit it to add a route.</p>
  return (
    <ul class="routes panel" aria-label="Routes">
      {routes.map(([name, route]) => (
        <RouteItem key={name} name={name} route={route} />
      ))}
    </ul>
  )
}
