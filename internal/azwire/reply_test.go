package azwire

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func issued() IssuedToken {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	return IssuedToken{
		AccessToken: "a.b.c", ClientID: guid, Resource: "https://storage.azure.com/",
		NotBefore: now.Add(-5 * time.Minute), ExpiresOn: now.Add(time.Hour), Now: now,
	}
}

func TestReplies(t *testing.T) {
	const (
		imdsBody = `{"access_token":"a.b.c","client_id":"` + guid + `","expires_in":"3600","expires_on":"1773504566",` +
			`"ext_expires_in":"3600","not_before":"1773500666","resource":"https://storage.azure.com/","token_type":"Bearer"}`
		appBody = `{"access_token":"a.b.c","client_id":"` + guid + `","expires_in":"3600","expires_on":"1773504566",` +
			`"resource":"https://storage.azure.com/","token_type":"Bearer"}`
		v2Body = `{"token_type":"Bearer","expires_in":3600,"ext_expires_in":3600,"access_token":"a.b.c"}`
		v1Body = `{"token_type":"Bearer","expires_in":"3600","ext_expires_in":"3600","expires_on":"1773504566",` +
			`"not_before":"1773500666","resource":"https://storage.azure.com/","access_token":"a.b.c"}`
	)
	for name, tc := range map[string]struct {
		got  []byte
		want string
	}{
		"IMDS":               {AppendMetadataToken(nil, IMDS, issued()), imdsBody},
		"Cloud Shell":        {AppendMetadataToken(nil, CloudShell, issued()), imdsBody},
		"App Service":        {AppendMetadataToken(nil, AppService, issued()), appBody},
		"App Service legacy": {AppendMetadataToken(nil, AppServiceLegacy, issued()), appBody},
		"token endpoint v2":  {AppendTokenV2(nil, issued()), v2Body},
		"token endpoint v1":  {AppendTokenV1(nil, issued()), v1Body},
	} {
		if diff := cmp.Diff(tc.want, string(tc.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if !json.Valid(tc.got) {
			t.Errorf("%s: not JSON", name)
		}
	}
	if got := string(AppendTokenV2([]byte("x"), issued())); got != "x"+v2Body {
		t.Errorf("not appended: %s", got)
	}
}

// TestNegativeLife: a token that ran out while it was on its way is told as one without life, not with a negative one.
func TestNegativeLife(t *testing.T) {
	late := issued()
	late.Now = late.ExpiresOn.Add(time.Second)
	if got := late.expiresIn(); got != 0 {
		t.Errorf("got %d", got)
	}
}
