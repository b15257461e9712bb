package iam_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestOutboundIsSwitched: on, off, and never twice the same; who may not, does not, and every change is in the ledger.
func TestOutboundIsSwitched(t *testing.T) {
	w, h := serve(t)
	admin, viewer := as(t, w, h, "admin"), as(t, w, h, "viewer")
	admin.refused(http.StatusNotFound, "FeatureDisabled", "GetOutboundWebIdentityFederationInfo")
	admin.refused(http.StatusNotFound, "FeatureDisabled", "DisableOutboundWebIdentityFederation")
	viewer.refused(http.StatusForbidden, "AccessDenied", "EnableOutboundWebIdentityFederation")
	issuer := "<IssuerIdentifier>" + w.Current().Installation().IssuerAWS(doortest.Main()) + "</IssuerIdentifier>"
	if got := admin.must("EnableOutboundWebIdentityFederation"); !strings.Contains(got, issuer) {
		t.Errorf("no %s in %s", issuer, got)
	}
	if last := w.Ledger.Last(); last.Stream != audit.LedgerStream || last.Outcome != audit.Changed || last.Decision == nil {
		t.Errorf("%+v", last)
	}
	if got := viewer.must("GetOutboundWebIdentityFederationInfo"); !strings.Contains(got, issuer+"<JwtVendingEnabled>true<") {
		t.Errorf("no %s in %s", issuer, got)
	}
	admin.refused(http.StatusConflict, "FeatureEnabled", "EnableOutboundWebIdentityFederation")
	viewer.refused(http.StatusForbidden, "AccessDenied", "DisableOutboundWebIdentityFederation")
	admin.must("DisableOutboundWebIdentityFederation")
	admin.refused(http.StatusNotFound, "FeatureDisabled", "GetOutboundWebIdentityFederationInfo")
	if a, _ := w.Current().Account(doortest.Main()); a.Outbound {
		t.Error("it is still on")
	}
}
