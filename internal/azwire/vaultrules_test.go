package azwire

import (
	"encoding/json"
	"testing"
)

// FuzzParseVaultRules throws junk at the properties of key vaults: what is accepted is within the bounds, and never
// something that looks safer than it is.
func FuzzParseVaultRules(f *testing.F) {
	for _, s := range []string{
		``, `{}`, `{"softDeleteRetentionInDays":7}`, `{"enablePurgeProtection":true}`, `{"ENABLEsoftdelete":false}`,
		`{"accessPolicies":[]}`, `{"accessPolicies":[{}]}`, `{"tenantId":"x","softDeleteRetentionInDays":null}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, properties []byte) {
		rules, err := ParseVaultRules(properties)
		if err != nil {
			return
		}
		var top map[string]any
		if len(properties) > 0 && json.Unmarshal(properties, &top) != nil || top["enablePurgeProtection"] == true {
			t.Errorf("%q was accepted", properties)
		}
		if rules.RetentionDays < 7 || rules.RetentionDays > 90 {
			t.Errorf("%q: %+v", properties, rules)
		}
	})
}
