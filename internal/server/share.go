package server

import (
	"net"

	"github.com/lanyard-id/lanyard/internal/web"
)

// What is known of the process's descriptors: connections and files come out of the same purse.
const (
	assumedDescriptors = 1024    // where the system does not say
	maxDescriptors     = 1 << 20 // beyond, more is not believed
	keptDescriptors    = 256     // for the store, the ledger and ourselves: without one they fail for good
	maxShare           = 4096    // connections or requests of one door, whatever the system would allow
)

// share is how many connections a listener may hold, and how many requests a door may serve at once. A connection costs
// one descriptor and a request at most one more, for the object that it reads or writes. Whatever strangers and callers do
// at the doors together, keptDescriptors are left for the keepers.
func share(descriptors int64) int64 {
	listeners := int64(len(places()) + 1) // and the operator's
	const storing = 2                     // doors whose requests open files
	return max(1, min(maxShare, (descriptors-keptDescriptors)/(listeners+storing)))
}

// bounded holds a listener to its share.
func bounded(ln net.Listener) net.Listener { return web.Bound(ln, share(descriptors())) }
