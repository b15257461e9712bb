package azwire

import (
	"errors"
	"fmt"

	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// VaultRules is what the properties of a key vault say of its secrets.
type VaultRules struct {
	RetentionDays int    // for how many days a deleted secret can be recovered
	Tenant        string // the tenant as the properties name it; empty if they do not
}

// Bounds of the retention, and what holds when nobody says (Microsoft.KeyVault/vaults, softDeleteRetentionInDays).
const (
	minRetention = 7
	maxRetention = 90
	// DefaultVaultRetention is how long a deleted secret can be recovered when nobody says, in days.
	DefaultVaultRetention = 90
)

// ParseVaultRules reads the properties of a key vault. What they ask for and Lanyard does not do is an error, because a
// vault that took it would look safer, or more open, than it is.
func ParseVaultRules(properties []byte) (VaultRules, error) {
	rules := VaultRules{RetentionDays: DefaultVaultRetention}
	if len(properties) == 0 {
		return rules, nil
	}
	o, err := strictjson.Parse(properties, strictjson.Limits{})
	if err != nil {
		return rules, err
	}
	wanted := map[string]bool{"enableSoftDelete": true, "enableRbacAuthorization": true, "enablePurgeProtection": false}
	for property, can := range wanted {
		member, err := o.GetFold(property)
		if err != nil {
			return rules, err
		}
		said, isBool := member.Bool()
		switch {
		case member.Kind() == strictjson.Invalid || member.Kind() == strictjson.Null:
		case !isBool:
			return rules, fmt.Errorf("%s is true or false", property)
		case said != can:
			return rules, fmt.Errorf("%s can only be %t here", property, can)
		}
	}
	return rules, errors.Join(noAccessPolicies(o), rules.readRetention(o), rules.readTenant(o))
}

// noAccessPolicies refuses the older way of granting rights on a vault: roles decide here, and nothing else.
func noAccessPolicies(o strictjson.Object) error {
	member, err := o.GetFold("accessPolicies")
	if err != nil {
		return err
	}
	list, isList := member.Elements()
	if member.Kind() == strictjson.Invalid || member.Kind() == strictjson.Null || isList && len(list) == 0 {
		return nil
	}
	return errors.New("accessPolicies are not offered: grant roles on the vault or on its secrets")
}

func (r *VaultRules) readRetention(o strictjson.Object) error {
	member, err := o.GetFold("softDeleteRetentionInDays")
	if err != nil || member.Kind() == strictjson.Invalid || member.Kind() == strictjson.Null {
		return err
	}
	days, ok := member.Float()
	if !ok || days < minRetention || days > maxRetention || days != float64(int(days)) {
		return fmt.Errorf("softDeleteRetentionInDays is a whole number from %d to %d", minRetention, maxRetention)
	}
	r.RetentionDays = int(days)
	return nil
}

func (r *VaultRules) readTenant(o strictjson.Object) error {
	member, err := o.GetFold("tenantId")
	if err != nil || member.Kind() == strictjson.Invalid || member.Kind() == strictjson.Null {
		return err
	}
	tenant, ok := member.Text()
	if !ok {
		return errors.New("tenantId is a text")
	}
	r.Tenant = tenant
	return nil
}
