// Package fetch gets the key set of an outside issuer: the discovery document, then the keys that it points at.
//
// It owns what may be asked of the network on behalf of somebody's token: https, no redirects, no proxies, no more than
// 5 seconds and 1 MiB, and only addresses that are allowed at the moment they are dialled. It never keeps anything, never
// decides when to fetch, and never lets one issuer's answer count for another.
package fetch
