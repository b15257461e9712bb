package form

import (
	"testing"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// TestPromises: what clients send by themselves is taken, and what would look safer than it is is not.
func TestPromises(t *testing.T) {
	const group = "/subscriptions/11111111-0000-4000-8000-000000000000/resourceGroups/g/providers/"
	for _, tc := range []struct {
		typ, taken, refused string
	}{
		{view.TypeStorageAccount, `{"publicNetworkAccess":"enabled","networkAcls":{"defaultAction":"Allow","ipRules":[{"value":"192.0.2.1"}]}}`, `{"publicNetworkAccess":"Disabled"}`},
		{view.TypeStorageAccount, `{"networkAcls":{"bypass":"AzureServices","virtualNetworkRules":[],"ipRules":null}}`, `{"networkAcls":{"defaultAction":"Deny"}}`},
		{view.TypeStorageAccount, `{"networkAcls":null}`, `{"NETWORKACLS":{"ipRules":[{"value":"192.0.2.1"}]}}`},
		{view.TypeStorageAccount, `{"minimumTlsVersion":"TLS1_2","supportsHttpsTrafficOnly":true,"allowBlobPublicAccess":true}`, `{"minimumTlsVersion":"TLS1_3"}`},
		{view.TypeStorageAccount, `{"isHnsEnabled":false,"sasPolicy":null}`, `{"isHnsEnabled":true}`},
		{view.TypeStorageAccount, `{"encryption":{"keySource":"Microsoft.Storage","services":{"blob":{}}}}`, `{"encryption":{"keySource":"Microsoft.Keyvault"}}`},
		{view.TypeStorageAccount, ``, `{"encryption":{"requireInfrastructureEncryption":true}}`},
		{view.TypeStorageAccount, `{}`, `{"immutableStorageWithVersioning":{"enabled":true}}`},
		{view.TypeStorageAccount, `{"allowSharedKeyAccess":true}`, `{"sasPolicy":{"sasExpirationPeriod":"1.00:00:00"}}`},
		{view.TypeStorageAccount, `{}`, `{"allowedCopyScope":"AAD"}`},
		{view.TypeStorageAccount, `{}`, `{"isHnsEnabled":"true"}`},
		{view.TypeStorageAccount, `{}`, `{"encryption":"all"}`},
		{view.TypeStorageAccount, `{}`, `{"networkAcls":{"ipRules":{}}}`},
		{view.TypeStorageAccount, `{}`, `{"isHnsEnabled":false,"ISHNSENABLED":false}`},
		{view.TypeStorageAccount, `{}`, `{`},
		{view.TypeKeyVault, `{"networkAcls":{"bypass":"AzureServices","defaultAction":"Allow"},"isHnsEnabled":true}`, `{"networkAcls":{"defaultAction":"Deny"}}`},
		{view.TypeKeyVault, `{"publicNetworkAccess":null}`, `{"publicNetworkAccess":"disabled"}`},
	} {
		id, err := name.ParseResourceID(group + tc.typ + "/abc")
		if err != nil {
			t.Fatal(err)
		}
		if err := Promises(id, []byte(tc.taken)); err != nil {
			t.Errorf("%s: %s: %v", tc.typ, tc.taken, err)
		}
		if err := Promises(id, []byte(tc.refused)); err == nil {
			t.Errorf("%s: %s is taken", tc.typ, tc.refused)
		}
	}
	site, err := name.ParseResourceID(group + "Microsoft.Web/sites/abc")
	if err != nil {
		t.Fatal(err)
	}
	if err := Promises(site, []byte(`{"publicNetworkAccess":"Disabled"}`)); err != nil {
		t.Errorf("nothing here leads to a site: %v", err)
	}
}
