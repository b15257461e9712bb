package operator

import (
	"encoding/json"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// AppSetting means that a resource's siteConfig.appSettings is not a list of names and values as App Service has it, is
// too long, or names one setting twice.
const AppSetting fault.Reason = "operator.app_setting"

// Bounds of a resource's settings.
const (
	maxSettings = 256
	maxSetting  = 32 << 10 // bytes of one name and value
)

// siteConfig is the part of an App Service resource's properties that is read.
type siteConfig struct {
	SiteConfig struct {
		AppSettings []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"appSettings"`
	} `json:"siteConfig"`
}

// settingsOf gives the settings of a resource as it has them. Which of them a process gets is for its launcher to say: it
// knows what it sets itself, and what would lead a client to other credentials.
func settingsOf(r *view.Resource) (map[string]string, error) {
	if len(r.Properties) == 0 {
		return nil, nil
	}
	var p siteConfig
	if err := json.Unmarshal(r.Properties, &p); err != nil {
		return nil, badSetting(r, "siteConfig.appSettings is not a list of name and value")
	}
	list := p.SiteConfig.AppSettings
	if len(list) > maxSettings {
		return nil, badSetting(r, "there are more than %d app settings", maxSettings)
	}
	env := make(map[string]string, len(list))
	for _, s := range list {
		if _, twice := env[s.Name]; twice || s.Name == "" || len(s.Name)+len(s.Value) > maxSetting {
			return nil, badSetting(r, "the app setting %.80q stands twice, has no name, or is longer than %d bytes", s.Name, maxSetting)
		}
		env[s.Name] = s.Value
	}
	return env, nil
}

func badSetting(r *view.Resource, format string, args ...any) error {
	f := fault.New(fault.Invalid, AppSetting, format, args...)
	f.Public = r.ID.String() + ": " + f.Public + "."
	return f
}
