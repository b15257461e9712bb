package cloud

import (
	"maps"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// anyVersions are named for types whose versions are not known here: any version is accepted for them, and clients choose
// one of those that they are told.
func anyVersions() []string { return []string{"2024-11-01", "2022-03-01", "2020-06-01"} }

// provider is the wire's form (Providers - Get).
type provider struct {
	ID        string         `json:"id"`
	Namespace string         `json:"namespace"`
	State     string         `json:"registrationState"`
	Policy    string         `json:"registrationPolicy"`
	Types     []resourceType `json:"resourceTypes"`
}

type resourceType struct {
	Type         string   `json:"resourceType"`
	Locations    []string `json:"locations"`
	Versions     []string `json:"apiVersions"`
	Default      string   `json:"defaultApiVersion"`
	Capabilities string   `json:"capabilities"`
}

// Known are the namespaces that are named whether something of them exists or not: those with operations of their own,
// and those of the sources that people have most. Versions are of the former.
type Known struct {
	Namespace string
	Types     []string
	Versions  []string // nil for any
}

// known lists them. own are the providers of the sub-rooms.
func known(own []Known) []Known {
	return append(slices.Clone(own),
		Known{Namespace: "Microsoft.Automation", Types: []string{"automationAccounts"}},
		Known{Namespace: "Microsoft.Compute", Types: []string{"virtualMachines", "virtualMachineScaleSets"}},
		Known{Namespace: "Microsoft.ContainerInstance", Types: []string{"containerGroups"}},
		Known{Namespace: "Microsoft.HybridCompute", Types: []string{"machines"}},
		Known{Namespace: "Microsoft.KeyVault", Types: []string{"vaults"}},
		Known{Namespace: "Microsoft.Storage", Types: []string{"storageAccounts", "storageAccounts/blobServices", "storageAccounts/blobServices/containers"}},
		Known{Namespace: "Microsoft.Web", Types: []string{"serverFarms", "sites"}},
	)
}

// providers gives the namespaces by their lower-case name, as the subscription has them: the known ones, and whatever its
// resources are of.
func providers(c *kit.Call, own []Known) map[string]provider {
	prefix := strings.TrimSuffix(c.Scope.String(), "/") + "/providers/"
	all := map[string]provider{}
	add := func(namespace, typ string, versions []string) {
		key := strings.ToLower(namespace)
		p, ok := all[key]
		if !ok {
			p = provider{ID: prefix + namespace, Namespace: namespace, State: "Registered", Policy: "RegistrationFree"}
		}
		if slices.ContainsFunc(p.Types, func(t resourceType) bool { return strings.EqualFold(t.Type, typ) }) {
			return
		}
		if len(versions) == 0 {
			versions = anyVersions()
		}
		p.Types = append(p.Types, resourceType{
			Type: typ, Locations: []string{"Local"}, Versions: versions, Default: versions[0], Capabilities: "SupportsTags, SupportsLocation",
		})
		all[key] = p
	}
	for _, k := range known(own) {
		for _, typ := range k.Types {
			add(k.Namespace, typ, k.Versions)
		}
	}
	if c.Scope.Key() == "/" {
		return all
	}
	for _, rec := range c.View.UnderAfter(c.Scope, "") {
		if r, ok := rec.(*view.Resource); ok && !c.View.Fenced(r.ID.Scope()) && c.Sees(r.ID.Type()+"/read", r.ID.Scope()) {
			namespace, typ, _ := strings.Cut(r.ID.Type(), "/")
			add(namespace, typ, nil)
		}
	}
	return all
}

// listProviders lists the namespaces.
func listProviders(own []Known) func(*kit.Call) (kit.Answer, error) {
	return func(c *kit.Call) (kit.Answer, error) {
		if err := maySee(c); err != nil {
			return kit.Answer{}, err
		}
		all := providers(c, own)
		return kit.List(c, func(after string, yield func(kit.Item) bool) {
			for _, key := range slices.Sorted(maps.Keys(all)) {
				if key > after && !yield(kit.Item{Key: key, Body: all[key]}) {
					return
				}
			}
		})
	}
}

// getProvider shows one namespace. Registering it is the same: every one is registered.
func getProvider(own []Known) func(*kit.Call) (kit.Answer, error) {
	return func(c *kit.Call) (kit.Answer, error) {
		if err := maySee(c); err != nil {
			return kit.Answer{}, err
		}
		p, ok := providers(c, own)[strings.ToLower(c.Param("namespace"))]
		if !ok {
			return kit.Answer{}, fault.New(fault.NotFound, kit.NamespaceUnknown, "The resource namespace '%s' is invalid.", kit.Shown(c.Param("namespace")))
		}
		return kit.OK(p, 0), nil
	}
}

// maySee refuses a caller to whom the subscription of the path is not shown; the tenant's own list names what all have.
func maySee(c *kit.Call) error {
	if c.Scope.Key() == "/" {
		return nil
	}
	_, err := seen(c)
	return err
}
