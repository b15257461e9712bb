package arm_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// thing is what tests look at in an answer.
type thing struct {
	ID         string
	Name       string
	Type       string
	Identity   *block
	Properties map[string]any
	Value      []thing
	NextLink   string
}

// block is an identity block.
type block struct {
	Type        string
	PrincipalID string
	Users       map[string]map[string]string `json:"userAssignedIdentities"`
}

func read(t *testing.T, rec *httptest.ResponseRecorder) (out thing) {
	t.Helper()
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v: %s", err, doortest.Text(rec))
	}
	return out
}

const (
	vms        = northGroup + "/providers/Microsoft.Compute/virtualMachines/"
	sites      = northGroup + "/providers/Microsoft.Web/sites/"
	identities = northGroup + "/providers/" + view.TypeUserIdentity + "/"
	msi        = "?api-version=2023-01-31"
)

// TestC23NoDirectoryRightIsNeeded: a Contributor, who has no right in the directory, makes a user-assigned identity and
// enables a system-assigned one.
func TestC23NoDirectoryRightIsNeeded(t *testing.T) {
	w, h := serve(t)
	who := actor(w, "maker", contributor, northGroup)
	made := read(t, w.Want(h, http.StatusCreated, as(w, who, "PUT", identities+"fresh"+msi, `{"location":"local"}`)))
	if made.Properties["principalId"] == "" || made.Properties["clientId"] == "" {
		t.Errorf("no principal: %+v", made)
	}
	vm := read(t, w.Want(h, http.StatusCreated, as(w, who, "PUT", vms+"vm", `{"location":"local","identity":{"type":"SystemAssigned"}}`)))
	if vm.Identity == nil || vm.Identity.PrincipalID == "" {
		t.Errorf("no principal: %+v", vm)
	}
}

// TestC25C43ThePropertiesOfAnIdentity: what is needed to sign in stands on the identity, and a system-assigned one is
// called as its resource.
func TestC25C43ThePropertiesOfAnIdentity(t *testing.T) {
	w, h := serve(t)
	one := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", identities+"one"+msi, "")))
	for property, value := range map[string]string{
		"principalId": doortest.GUID(doortest.OneID).String(), "clientId": doortest.GUID(doortest.OneID + 1).String(), "tenantId": doortest.North().String(),
	} {
		if one.Properties[property] != value {
			t.Errorf("%s is %v, want %s", property, one.Properties[property], value)
		}
	}
	system := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", sites+"function/providers/Microsoft.ManagedIdentity/identities/default"+msi, "")))
	owner, _ := w.View.PrincipalByObject(doortest.GUID(doortest.FunctionID))
	if system.Properties["principalId"] != owner.Principal().ObjectID.String() || owner.Display() != "function" {
		t.Errorf("%+v is the identity of %s", system, owner.Display())
	}
}

// TestC28SystemAssignedBelongsToItsResource: enabled at creation or later, gone when it is disabled, and not to be managed
// in any other way.
func TestC28SystemAssignedBelongsToItsResource(t *testing.T) {
	w, h := serve(t)
	at := read(t, w.Want(h, http.StatusCreated, as(w, "function", "PUT", vms+"vm", `{"location":"local","identity":{"type":"systemassigned"}}`)))
	w.Want(h, http.StatusOK, as(w, "function", "PATCH", vms+"vm", `{"identity":{"type":"None"}}`))
	if none := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", vms+"vm", ""))); none.Identity != nil {
		t.Errorf("disabled: %+v", none.Identity)
	}
	later := read(t, w.Want(h, http.StatusOK, as(w, "function", "PATCH", vms+"vm", `{"identity":{"type":"SystemAssigned"}}`)))
	if later.Identity.PrincipalID == at.Identity.PrincipalID || later.Identity.PrincipalID == "" {
		t.Errorf("enabled again as %s, was %s", later.Identity.PrincipalID, at.Identity.PrincipalID)
	}
	system := vms + "vm/providers/Microsoft.ManagedIdentity/identities/default"
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		if rec := w.Do(h, as(w, "function", method, system+msi, `{"location":"local"}`)); rec.Code < 400 {
			t.Errorf("%s of a system-assigned identity: %d", method, rec.Code)
		}
	}
	list := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", strings.TrimSuffix(identities, "/")+msi, "")))
	for _, i := range list.Value {
		if i.Name == "vm" {
			t.Error("a system-assigned identity is listed among the user-assigned")
		}
	}
	w.Want(h, http.StatusOK, as(w, "function", "DELETE", vms+"vm", ""))
	w.Want(h, http.StatusNotFound, as(w, "function", "GET", system+msi, ""))
}

// TestC29AnIdentityIsFoundByName: who knows the name finds the principal to grant a role to.
func TestC29AnIdentityIsFoundByName(t *testing.T) {
	w, h := serve(t)
	list := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", northSub+"/resources?$filter=name%20eq%20'one'", "")))
	if len(list.Value) != 1 {
		t.Fatalf("found %+v", list.Value)
	}
	one := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET", list.Value[0].ID+msi, "")))
	if one.Properties["principalId"] != doortest.GUID(doortest.OneID).String() {
		t.Errorf("found %+v", one)
	}
}

// TestC30EverySourceHasIdentities: machines, functions, automation accounts and whatever else takes an identity block.
func TestC30EverySourceHasIdentities(t *testing.T) {
	w, h := serve(t)
	for typ, separator := range map[string]string{
		"Microsoft.Compute/virtualMachines": ", ", "Microsoft.Web/sites": ", ", "Microsoft.Automation/automationAccounts": ",",
		"Microsoft.HybridCompute/machines": ",", "Microsoft.ContainerInstance/containerGroups": ",", "Contoso.Things/widgets": ",",
	} {
		t.Run(typ, func(t *testing.T) {
			at := northGroup + "/providers/" + typ + "/source"
			body := `{"location":"local","identity":{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"` + identities + `one":{}}}}`
			rec := w.Do(h, as(w, "function", "PUT", at, body))
			if rec.Code > http.StatusCreated {
				t.Fatalf("%d %s", rec.Code, doortest.Text(rec))
			}
			got := read(t, rec)
			if got.Type != typ || got.Identity.Type != "SystemAssigned"+separator+"UserAssigned" || got.Identity.PrincipalID == "" {
				t.Errorf("%+v %+v", got, got.Identity)
			}
			if one := got.Identity.Users[identities+"one"]; one["principalId"] != doortest.GUID(doortest.OneID).String() || one["clientId"] == "" {
				t.Errorf("the map has %+v", got.Identity.Users)
			}
		})
	}
}

// TestC32TheListShowsThePrincipal: the list by name that tutorials ask, each line with its identity.
func TestC32TheListShowsThePrincipal(t *testing.T) {
	w, h := serve(t)
	vm := read(t, w.Want(h, http.StatusCreated, as(w, "function", "PUT", vms+"vm", `{"location":"local","identity":{"type":"SystemAssigned"}}`)))
	list := read(t, w.Want(h, http.StatusOK, as(w, "function", "GET",
		northSub+"/resources?$filter=name%20eq%20'VM'&$expand=createdTime%2CchangedTime%2CprovisioningState", "")))
	if len(list.Value) != 1 || list.Value[0].Identity.PrincipalID != vm.Identity.PrincipalID {
		t.Errorf("%+v", list.Value)
	}
}
