//go:build proof && linux

package proof

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	grants       = 10_000 // of each principal
	grantGroups  = 2_500  // each with as many roles as grantedRoles
	otherGranted = 9      // the other principals of the crowded tenant
	grantNoise   = 15     // percent that two runs of the same may differ by
)

func grantedRoles() []string {
	return []string{"Reader", "Contributor", "Storage Blob Data Reader", "Key Vault Secrets User"}
}

// TestBenchAssignmentsOfOnePrincipal lists the 10,000 role assignments of one principal at the Resource Manager, page for
// page, in a tenant that has no others and in one of 100,000. What others were granted must not make the list slower. The
// floor writes pages as long as ours from memory: it looks for nothing and encodes nothing.
func TestBenchAssignmentsOfOnePrincipal(t *testing.T) {
	b := newBench(t)
	door, token := b.at(t, "arm"), b.operatorToken(t, "https://management.azure.com")
	all := b.principals(t, 1)
	b.grant(t, all[0])
	for _, test := range []string{"principalId eq", "assignedTo"} {
		pages, length := b.pagesOf(t, token, test, all[0])
		pair{
			name: fmt.Sprintf("page of %d of 10,000 assignments, %s", grants/len(pages), test), ours: door,
			base: floor(t, "pages", pagesVariable+"="+strconv.Itoa(length)), load: pagesLoad(pages),
		}.compare(t)
	}
	crowd := newBench(t)
	others := crowd.principals(t, 1+otherGranted)
	for _, id := range others {
		crowd.grant(t, id)
	}
	pages, _ := b.pagesOf(t, token, "principalId eq", all[0])
	same, _ := crowd.pagesOf(t, crowd.operatorToken(t, "https://management.azure.com"), "principalId eq", others[0])
	var few, many []time.Duration
	for range benchRounds { // in turns, so that what else happens on the machine meets both
		each, _ := measure(t, door, pagesLoad(pages))
		few = append(few, each)
		each, _ = measure(t, crowd.at(t, "arm"), pagesLoad(same))
		many = append(many, each)
	}
	alone, crowded := percentile(few, 50), percentile(many, 50)
	word := "met"
	if crowded > alone*(100+grantNoise)/100 {
		word = "MISSED"
	}
	figure(t, "10,000 assignments of one principal in %d pages: %s in a tenant of 10,000, %s in one of 100,000 (goal no growth with those of others beyond %d %%: %s)",
		len(pages), short(alone*time.Duration(len(pages))), short(crowded*time.Duration(len(pages))), grantNoise, word)
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// principals makes so many identities, and the groups in which they are granted roles.
func (b bench) principals(t *testing.T, n int) (ids []string) {
	t.Helper()
	var m strings.Builder
	for i := range n {
		fmt.Fprintf(&m, "---\nkind: UserAssignedIdentity\nname: granted-%d\nresourceGroup: proof\n", i)
	}
	for g := range grantGroups {
		fmt.Fprintf(&m, "---\nkind: ResourceGroup\nname: granted-%d\n", g)
	}
	b.apply(t, strings.TrimPrefix(m.String(), "---\n"))
	for i := range n {
		ids = append(ids, b.thing(t, "UserAssignedIdentity", fmt.Sprintf("granted-%d", i))["principalId"].(string))
	}
	return ids
}

// grant gives a principal every role on every group.
func (b bench) grant(t *testing.T, principal string) {
	t.Helper()
	const each = perManifest / 4
	for from := 0; from < grantGroups; from += each {
		var m strings.Builder
		for g := from; g < min(from+each, grantGroups); g++ {
			for _, role := range grantedRoles() {
				fmt.Fprintf(&m, "---\nkind: RoleAssignment\nprincipal: %s\nrole: %s\nscope: /subscriptions/%s/resourceGroups/granted-%d\n",
					principal, role, b.status.Subscription, g)
			}
		}
		b.apply(t, strings.TrimPrefix(m.String(), "---\n"))
	}
}

// pagesOf walks the list once and gives the requests of its pages and how long one is on average. It fails unless every
// assignment of the principal is in it once, and nothing else.
func (b bench) pagesOf(t *testing.T, token, test, principal string) (requests [][]byte, length int) {
	t.Helper()
	filter := test + " '" + principal + "'"
	if test == "assignedTo" {
		filter = test + "('" + principal + "')"
	}
	path := "/subscriptions/" + b.status.Subscription + "/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=" + url.QueryEscape(filter)
	seen := map[string]bool{}
	for path != "" {
		req := b.request(http.MethodGet, "arm", path, nil, map[string]string{"Authorization": "Bearer " + token})
		requests = append(requests, written(t, req))
		a, err := b.send(b.request(http.MethodGet, "arm", path, nil, map[string]string{"Authorization": "Bearer " + token}))
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("list: %v, %d: %s", err, a.status, a.body)
		}
		var page struct {
			Value []struct {
				ID         string
				Properties struct{ PrincipalID string }
			}
			NextLink string
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			t.Fatal(err)
		}
		for _, entry := range page.Value {
			if seen[entry.ID] || entry.Properties.PrincipalID != principal {
				t.Fatalf("%s is listed twice, or is another's", entry.ID)
			}
			seen[entry.ID] = true
		}
		length += len(a.body)
		path = strings.TrimPrefix(page.NextLink, b.status.URLs["arm"])
	}
	if len(seen) != grants {
		t.Fatalf("%d assignments are listed", len(seen))
	}
	return requests, length / len(requests)
}

func pagesLoad(pages [][]byte) load {
	return load{Requests: pages, Conns: 4, Duration: benchTime}
}
