package kit

import (
	"slices"
	"strings"
	"time"
)

// Versions say in which api-versions an operation is served. Whatever the version, the answer is the same superset.
type Versions struct {
	namespace string
	listed    []string // all that are served; empty for any
}

// Listed are the versions of a resource provider whose versions are known.
func Listed(namespace string, versions ...string) Versions { return Versions{namespace, versions} }

// Any is every version there may be: nothing is known of the resource provider's own.
func Any() Versions { return Versions{} }

// All gives the listed versions, the newest first.
func (v Versions) All() []string {
	all := slices.Clone(v.listed)
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(b, a) })
	return all
}

// stages are what may follow the day in an api-version (ARM RPC, "API versioning").
func stages() []string { return []string{"", "-preview", "-alpha", "-beta", "-rc", "-privatepreview"} }

// check refuses a request without a version, with something that is none, or with one that is not served.
func (v Versions) check(c *Call) error {
	version, ok := c.Query("api-version")
	if !ok || version == "" {
		return invalid(MissingVersion, "The api-version query parameter (?api-version=) is required for all requests.")
	}
	day, stage := version[:min(len(version), len(time.DateOnly))], ""
	if len(version) > len(day) {
		stage = strings.ToLower(version[len(day):])
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil || !slices.Contains(stages(), stage) {
		return v.bad(version)
	}
	if len(v.listed) == 0 || slices.Contains(v.listed, day+stage) {
		return nil
	}
	return invalid(UnsupportedVersion, "No registered resource provider found for API version '%s' of '%s'. The supported api-versions are '%s'.",
		version, v.namespace, strings.Join(v.All(), ", "))
}

func (v Versions) bad(version string) error {
	if len(v.listed) == 0 {
		return invalid(BadVersion, "The api-version '%s' is invalid. It has the form YYYY-MM-DD, or YYYY-MM-DD-preview.", Shown(version))
	}
	return invalid(BadVersion, "The api-version '%s' is invalid. The supported versions are '%s'.", Shown(version), strings.Join(v.All(), ", "))
}
