//go:build proof || soak

package proof

import (
	"net/http"
	"time"

	"github.com/lanyard-id/lanyard/internal/opwire"
)

// group makes a resource group and gives the error.
func (h *house) group(name string) error {
	return h.ask(http.MethodPost, opwire.PathApply, opwire.ApplyRequest{Manifest: "kind: ResourceGroup\nname: " + name + "\ntags: {at: \"" +
		time.Now().Format(time.RFC3339Nano) + "\"}\n"}, nil)
}
