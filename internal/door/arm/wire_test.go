package arm_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestWire16GraphInTheMetadata: az and Terraform cannot speak to Graph where the cloud's document does not name it, in
// each form that they ask for.
func TestWire16GraphInTheMetadata(t *testing.T) {
	w, h := serve(t)
	for _, version := range []string{"2019-05-01", "2022-09-01"} {
		rec := w.Want(h, http.StatusOK, doortest.Request{Method: http.MethodGet, Target: "/metadata/endpoints?api-version=" + version})
		text := doortest.Text(rec)
		if version == "2019-05-01" { // an array of clouds
			text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
		}
		var cloud struct{ Name, MicrosoftGraphResourceID string }
		if err := json.Unmarshal([]byte(text), &cloud); err != nil || !strings.HasPrefix(cloud.MicrosoftGraphResourceID, doortest.GraphURL) {
			t.Errorf("%s: %v: %s", version, err, text)
		}
		if cloud.Name == "AzureCloud" {
			t.Errorf("%s: az overwrites the sign-in address of a cloud of that name", version)
		}
	}
}

// TestWire19BareComparand: an expression whose comparand has no quotes is taken, and given back with them.
func TestWire19BareComparand(t *testing.T) {
	w, h := serve(t)
	rec := w.Want(h, http.StatusCreated, as(w, "function", "PUT", identities+"one/federatedIdentityCredentials/flexible"+msi,
		`{"properties":{"issuer":"https://issuer.example","audiences":["api://AzureADTokenExchange"],
		"claimsMatchingExpression":{"languageVersion":1,"value":"claims['sub'] matches system:serviceaccount:ns:*"}}}`))
	if text := doortest.Text(rec); !strings.Contains(text, `claims['sub'] matches 'system:serviceaccount:ns:*'`) {
		t.Error(text)
	}
}
