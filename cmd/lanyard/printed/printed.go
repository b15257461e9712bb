package printed

import (
	"fmt"
	"regexp"

	"github.com/lanyard-id/lanyard/internal/requestid"
)

// guid is anything in the form of one.
var guid = regexp.MustCompile(`[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`)

// elsewhere says where the id is when a client kept it to itself.
const elsewhere = "lanyard explain --last finds the newest refusal without one. The AWS CLI prints none but with --debug, and " +
	"boto3 keeps it in response['ResponseMetadata']['RequestId']"

// ID finds the first request id in a text. SDKs print other GUIDs beside it, such as their own correlation id and ids of
// tenants; a request id tells itself by its version. The error says what to do instead.
func ID(text string) (requestid.ID, error) {
	found := guid.FindAllString(text, -1)
	for _, g := range found {
		if id, err := requestid.Parse(g); err == nil {
			return id, nil
		}
	}
	if len(found) == 0 {
		return requestid.ID{}, fmt.Errorf("there is no request id in the text: %s", elsewhere)
	}
	return requestid.ID{}, fmt.Errorf("%s is no request id of a server of ours, which have an 8 behind the second dash: %s", found[0], elsewhere)
}
