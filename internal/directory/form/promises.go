package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// promise is a property that bounds who reaches a resource, or how its content is kept. Only the values that promise
// nothing are taken: no door holds the others.
type promise struct {
	path string   // member names with dots between
	can  []string // texts, or true and false; none takes nothing but null
}

// promises are those of a type (Microsoft.Storage/storageAccounts and Microsoft.KeyVault/vaults, resource definitions). What
// is stricter here than it can be said, such as keys that do not exist and TLS everywhere, is taken as it comes.
func promises(id name.ResourceID) []promise {
	network := []promise{{"publicNetworkAccess", []string{"Enabled"}}, {"networkAcls.defaultAction", []string{"Allow"}}}
	no := []string{"false"}
	switch {
	case id.IsType(view.TypeKeyVault):
		return network
	case id.IsType(view.TypeStorageAccount):
		return append(network, promise{"allowedCopyScope", nil}, promise{"sasPolicy", nil},
			promise{"minimumTlsVersion", []string{"TLS1_0", "TLS1_1", "TLS1_2"}},
			promise{"isHnsEnabled", no}, promise{"isNfsV3Enabled", no}, promise{"isSftpEnabled", no}, promise{"isLocalUserEnabled", no},
			promise{"immutableStorageWithVersioning.enabled", no},
			promise{"encryption.keySource", []string{"Microsoft.Storage"}}, promise{"encryption.requireInfrastructureEncryption", no})
	}
	return nil
}

// Promises refuses properties by which a storage account or a key vault would look safer than it is.
func Promises(id name.ResourceID, properties []byte) error {
	all := promises(id)
	if len(all) == 0 || len(properties) == 0 {
		return nil
	}
	o, err := strictjson.Parse(properties, strictjson.Limits{})
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := p.hold(o); err != nil {
			return err
		}
	}
	return openRules(o)
}

// hold looks at the property in the object, which may have it or not.
func (p promise) hold(o strictjson.Object) error {
	first, rest, deeper := strings.Cut(p.path, ".")
	member, err := o.GetFold(first)
	if err != nil || member.Kind() == strictjson.Invalid || member.Kind() == strictjson.Null {
		return err
	}
	if deeper {
		inner, ok := member.Object()
		if !ok {
			return fmt.Errorf("%s is an object", first)
		}
		return promise{rest, p.can}.hold(inner)
	}
	said, isText := member.Text()
	if yes, isBool := member.Bool(); isBool {
		said, isText = fmt.Sprint(yes), true
	}
	switch {
	case isText && slices.ContainsFunc(p.can, func(can string) bool { return strings.EqualFold(can, said) }):
		return nil
	case len(p.can) == 0:
		return fmt.Errorf("%s is not offered", p.path)
	}
	return fmt.Errorf("%s can only be %s here", p.path, strings.Join(p.can, ", "))
}

// openRules refuses rules of networks where nothing says that all others are let in as well.
func openRules(o strictjson.Object) error {
	member, err := o.GetFold("networkAcls")
	acls, ok := member.Object()
	if err != nil || !ok {
		return err
	}
	action, err := acls.GetFold("defaultAction")
	if _, said := action.Text(); err != nil || said {
		return err // it was looked at
	}
	for _, list := range []string{"ipRules", "virtualNetworkRules", "resourceAccessRules"} {
		rules, err := acls.GetFold(list)
		if err != nil {
			return err
		}
		if elements, isList := rules.Elements(); !isList && rules.Kind() != strictjson.Invalid && rules.Kind() != strictjson.Null || len(elements) > 0 {
			return errors.New("networkAcls are not held here: their defaultAction must be Allow")
		}
	}
	return nil
}
