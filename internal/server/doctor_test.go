package server

import (
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func TestDurationsForPeople(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", 999 * time.Millisecond: "0 seconds", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds",
		15 * time.Minute: "15 minutes", time.Hour: "1 hour", 115 * time.Minute: "1 hour 55 minutes",
		3*time.Hour + time.Second: "3 hours 1 second", 49*time.Hour + 2*time.Minute + time.Second: "2 days 1 hour",
	} {
		if got := spoken(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// TestAnApplicationUnderOurName: a tenant's own application at api://lanyard is reported, Lanyard's own is not.
func TestAnApplicationUnderOurName(t *testing.T) {
	for _, house := range []bool{true, false} {
		tenant := &view.Tenant{ID: name.NewGUID(), Name: "north"}
		v, err := view.Load(1, []view.Record{tenant, &view.Application{
			ObjectID: name.NewGUID(), DisplayName: "mine", IDURIs: []string{"api://lanyard"}, House: house,
			Principal: view.Principal{ObjectID: name.NewGUID(), ClientID: name.NewGUID(), Tenant: tenant.ID},
		}})
		if err != nil {
			t.Fatal(err)
		}
		got := checkAudience(v)
		if ok := got.State == "ok"; ok != house || house == strings.Contains(got.Detail, `"mine" of tenant "north"`) || house != (got.Fix == "") {
			t.Errorf("house %t: %+v", house, got)
		}
	}
}
