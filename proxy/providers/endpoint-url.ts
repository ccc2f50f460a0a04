/** The address of one call: the path of the base URL, the path of the call, and the queries of both. */

/** A query such as Azure's `?api-version=…` belongs to the base URL and stands behind the path. Nothing of a user name is left. */
export function endpointUrl(baseUrl: string, call: string): string {
  const { origin, pathname, search } = new URL(baseUrl)
  const [path = '', query = ''] = call.split('?')
  const queries = [search.slice(1), query].filter(part => part !== '').join('&')
  return `${origin}${pathname.replace(/\/+$/, '')}${path}${queries === '' ? '' : `?${queries}`}`
}
