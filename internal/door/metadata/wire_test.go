package metadata_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/mint"
)

func TestWire01JSTrailingSlash(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{"/metadata/identity/oauth2/token", "/metadata/identity/oauth2/token/"} {
		req := imds("function", "")
		req.Target = "/launch/" + doortest.Secret("function") + path + "?api-version=2018-02-01&" + storage
		granted(t, w, h, req)
	}
}

// TestWire08ExpiryIsDigits wants both forms of the expiry, as strings of digits, in every flavour.
func TestWire08ExpiryIsDigits(t *testing.T) {
	w, h := serve(t)
	legacy := doortest.Request{
		Target: "/msi/token/?api-version=2017-09-01&" + storage, Header: http.Header{"Secret": {doortest.Secret("function")}}, Plain: true,
	}
	for _, req := range []doortest.Request{
		appService(doortest.Secret("function"), ""), legacy, imds("function", "api-version=2018-02-01&"+storage), post("function", ""),
	} {
		r := granted(t, w, h, req)
		on, err := strconv.ParseInt(r.ExpiresOn, 10, 64)
		in, err2 := strconv.ParseInt(r.ExpiresIn, 10, 64)
		if err != nil || err2 != nil || on != w.Now().Unix()+in || in <= 0 {
			t.Errorf("%s: expires_on %q, expires_in %q", req.Target, r.ExpiresOn, r.ExpiresIn)
		}
	}
}

// TestWire09GoEmptyClientID is the Azure ML form: Go sends an empty clientid for the system-assigned identity.
func TestWire09GoEmptyClientID(t *testing.T) {
	w, h := serve(t)
	r := granted(t, w, h, doortest.Request{
		Target: "/msi/token?api-version=2017-09-01&clientid=&" + storage, Header: http.Header{"Secret": {doortest.Secret("function")}}, Plain: true,
	})
	if want := doortest.GUID(doortest.FunctionID + 1).String(); r.ClientID != want {
		t.Errorf("client id %s, want %s", r.ClientID, want)
	}
}

// TestWire10AzAddedSlash is MSI_ENDPOINT with "/?" behind it.
func TestWire10AzAddedSlash(t *testing.T) {
	w, h := serve(t)
	granted(t, w, h, doortest.Request{
		Target: "/msi/token/?" + storage + "&api-version=2017-09-01", Header: http.Header{"Secret": {doortest.Secret("function")}}, Plain: true,
	})
}

// TestWire11AzObjectIDOverPOST: az sends an object id as client_id and does not try again.
func TestWire11AzObjectIDOverPOST(t *testing.T) {
	w, h := serve(t)
	for _, id := range []int{doortest.OneID, doortest.OneID + 1} {
		r := granted(t, w, h, post("several", "&client_id="+doortest.GUID(id).String()))
		if want := doortest.GUID(doortest.OneID + 1).String(); r.ClientID != want {
			t.Errorf("client id %s, want %s", r.ClientID, want)
		}
	}
}

// post is the form that az sends with MSI_ENDPOINT alone.
func post(workload, more string) doortest.Request {
	return doortest.Request{
		Method: http.MethodPost, Target: "/launch/" + doortest.Secret(workload) + "/msi/token", Body: storage + more, Plain: true,
		Header: http.Header{"Metadata": {"true"}, "Content-Type": {"application/x-www-form-urlencoded"}},
	}
}

// TestOperator: a tool that an operator runs gets the operator's own identity, and no other.
func TestOperator(t *testing.T) {
	w, h := serve(t)
	r := granted(t, w, h, imds("operator", "api-version=2018-02-01&"+storage))
	if want := doortest.GUID(doortest.OperatorID + 1).String(); r.ClientID != want {
		t.Errorf("client id %s, want %s", r.ClientID, want)
	}
	other := imds("operator", "api-version=2018-02-01&"+storage+"&client_id="+doortest.GUID(doortest.OneID+1).String())
	w.Refused(w.Do(h, other), http.StatusBadRequest, mint.IdentityNotFound)
}

// TestWire12AzAsksTwice: az asks twice and more often in one command. The second answer is the first token again, so that it
// costs no signature and no record of a new credential.
func TestWire12AzAsksTwice(t *testing.T) {
	w, h := serve(t)
	first, second := granted(t, w, h, post("function", "")), granted(t, w, h, post("function", ""))
	if first.AccessToken != second.AccessToken {
		t.Error("a new token was signed")
	}
}
