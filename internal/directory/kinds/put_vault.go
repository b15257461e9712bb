package kinds

import (
	"encoding/json"
	"strings"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// retention is the one property of a key vault that a manifest says.
const retention = "softDeleteRetentionInDays"

func (p *planner) putVault(s *manifest.KeyVault) (string, directory.Outcome, error) {
	id, err := p.resourceID(view.TypeKeyVault, s.ResourceGroup, s.Name)
	if err != nil {
		return "", directory.Unchanged, err
	}
	spec := p.asBefore(id)
	if err := p.all(pair{&spec.Location, s.Location}); err != nil {
		return "", directory.Unchanged, err
	}
	if spec.Tags, err = p.tags(s.Tags); err != nil {
		return "", directory.Unchanged, err
	}
	if s.Retention.Given {
		if spec.Properties, err = withRetention(spec.Properties, s.Retention.N); err != nil {
			return "", directory.Unchanged, err
		}
	}
	full, outcome, err := p.saveResource(spec)
	if err != nil && s.Retention.Given {
		err = at(s.Retention.At, err)
	}
	return full, outcome, err
}

// withRetention gives the properties with another retention; whatever else they say stays.
func withRetention(properties view.Raw, days int) (view.Raw, error) {
	all := map[string]any{}
	if len(properties) > 0 {
		if err := json.Unmarshal(properties, &all); err != nil {
			return nil, err // they were checked when they were written
		}
	}
	for property := range all {
		if strings.EqualFold(property, retention) {
			delete(all, property)
		}
	}
	all[retention] = days
	return json.Marshal(all)
}
